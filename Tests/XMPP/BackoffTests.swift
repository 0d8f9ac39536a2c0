import Testing

@testable import XMPP

@Suite struct BackoffTests {
    /// Delays without jitter: `random` that is a multiple of 1024 gives the full length.
    private func delays(_ retries: [(Retry, Duration?)]) -> [Duration] {
        var backoff = Backoff()
        return retries.map { backoff.next(after: $0.0, lasted: $0.1, random: 1024) }
    }

    @Test func `delays double from one second to five minutes`() {
        let seconds = delays(Array(repeating: (.backoff, nil), count: 12))
        #expect(seconds == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300].map { .seconds($0) })
    }

    @Test func `a very long run of failures stays at five minutes`() {
        #expect(delays(Array(repeating: (.backoff, nil), count: 1000)).last == .seconds(300))
    }

    @Test func `only a session that lasted starts anew`() {
        #expect(delays([(.backoff, nil), (.backoff, nil), (.backoff, .seconds(9)), (.backoff, .seconds(10)), (.backoff, nil)])
            == [1, 2, 4, 1, 2].map { .seconds($0) })
    }

    @Test func `after a clean restart of the server the first attempt is at once`() {
        #expect(delays([(.now, .seconds(3600)), (.now, nil), (.backoff, nil), (.now, .seconds(3600))]) == [.zero, .seconds(1), .seconds(2), .zero])
    }

    @Test func `a server that restarts all the time is not hammered`() {
        #expect(delays([(.now, .seconds(1)), (.now, .seconds(1)), (.now, .seconds(1)), (.now, .seconds(1))]) == [.zero, .seconds(1), .seconds(2), .seconds(4)])
    }

    @Test func `rejected credentials are tried again after five minutes to an hour`() {
        #expect(delays(Array(repeating: (.slowly, nil), count: 6)) == [5, 10, 20, 40, 60, 60].map { .seconds($0 * 60) })
    }

    @Test func `two boards with one account do not kick each other for ever`() {
        // Each conflict ends a session that lasted, and still the delay grows.
        #expect(delays([(.slowly, .seconds(600)), (.slowly, .seconds(600)), (.slowly, .seconds(600))]) == [5, 10, 20].map { .seconds($0 * 60) })
    }

    @Test func `short sessions in between do not make two boards with one account quicker`() {
        #expect(delays([(.slowly, .seconds(300)), (.backoff, .seconds(5)), (.slowly, .seconds(300)), (.slowly, .seconds(3599)), (.slowly, nil)])
            == [300, 1, 600, 1200, 2400].map { .seconds($0) })
    }

    @Test func `a session that lasted forgets the conflicts before it`() {
        #expect(delays([(.slowly, nil), (.slowly, .seconds(300)), (.backoff, .seconds(60)), (.slowly, .seconds(300)), (.slowly, .seconds(3600))])
            == [300, 600, 1, 300, 300].map { .seconds($0) })
    }

    @Test func `jitter takes away up to half`() {
        for random in stride(from: UInt64(0), to: 4096, by: 7) {
            var backoff = Backoff()
            let delay = backoff.next(after: .backoff, lasted: nil, random: random)
            #expect(delay > .milliseconds(500) && delay <= .seconds(1))
        }
        var backoff = Backoff()
        let shortest = backoff.next(after: .backoff, lasted: nil, random: .max)
        #expect(shortest < .milliseconds(501))
    }
}

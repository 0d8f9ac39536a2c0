import Testing

@testable import XMPP

@Suite struct ServerTargetsTests {
    private func record(_ target: String, _ priority: UInt16 = 0, _ weight: UInt16 = 0, port: UInt16 = 5222) -> SRVRecord {
        SRVRecord(priority: priority, weight: weight, port: port, target: target)
    }

    private func order(direct: [SRVRecord] = [], startTLS: [SRVRecord] = [], random: UInt64 = 1) -> [ServerTarget] {
        ServerTargets.order(domain: "example.org", direct: direct, startTLS: startTLS, random: random)
    }

    @Test func `without records the domain itself is tried on port 5222`() {
        #expect(order() == [ServerTarget(host: "example.org", port: 5222, directTLS: false)])
    }

    @Test func `lower priorities come first and direct TLS before STARTTLS at the same one`() {
        let targets = order(
            direct: [record("d20", 20, port: 443), record("d10", 10, port: 5223)], startTLS: [record("s20", 20), record("s5", 5), record("s10", 10)])
        #expect(targets.map(\.host) == ["s5", "d10", "s10", "d20", "s20"])
        #expect(targets.map(\.directTLS) == [false, true, false, true, false])
        #expect(targets.map(\.port) == [5222, 5223, 5222, 443, 5222])
    }

    @Test func `a dot says that a service is not offered`() {
        #expect(order(startTLS: [record(".")]) == [])
        #expect(order(direct: [record(".")], startTLS: [record("s")]).map(\.host) == ["s"])
        #expect(order(direct: [record("d")], startTLS: [record(".")]).map(\.host) == ["d"])
        #expect(order(direct: [record("")], startTLS: [record("")]) == [])
    }

    @Test func `a dot for direct TLS alone leaves the domain's own port`() {
        #expect(order(direct: [record(".")]) == [ServerTarget(host: "example.org", port: 5222, directTLS: false)])
    }

    @Test func `within a priority the choice follows the weights`() {
        var firsts: [String: Int] = [:]
        for seed in 0..<4000 {
            let targets = order(startTLS: [record("small", 0, 10), record("big", 0, 30), record("none", 0, 0)], random: UInt64(seed))
            #expect(targets.count == 3)
            firsts[targets[0].host, default: 0] += 1
        }
        // 10 : 30 of 40, and a small chance for weight 0 (RFC 2782). Five standard deviations either way.
        #expect(abs((firsts["big"] ?? 0) - 2930) < 160, "\(firsts)")
        #expect((20...200).contains(firsts["none"] ?? 0), "\(firsts)")
    }

    @Test func `the same random number gives the same order`() {
        let records = (0..<20).map { record("host\($0)", UInt16($0 % 3), UInt16($0 * 7)) }
        #expect(order(startTLS: records, random: 42) == order(startTLS: records, random: 42))
        #expect(Set(order(startTLS: records, random: 42).map(\.host)).count == 20)
    }

    @Test func `a flood of records is bounded`() {
        let records = (0..<1000).map { record("host\($0)", 0, .max) }
        #expect(order(direct: records, startTLS: records).count == 2 * ServerTargets.mostRecords)
    }
}

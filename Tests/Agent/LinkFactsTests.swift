import Testing
import Time

@testable import Agent

/// What `about` promises of the roster.
@Suite struct LinkFactsTests {
    @Test(arguments: [
        (LinkFacts(offlineAfter: .seconds(120)), "How long I look online after a power cut I do not know yet."),
        (LinkFacts(offlineAfter: .seconds(120), kept: .seconds(60), notices: .seconds(48)), "After a power cut I look offline within 1 min 48 s."),
        (LinkFacts(offlineAfter: .seconds(120), notices: .seconds(120)), "After a power cut I look offline within 2 min."),
        (
            LinkFacts(offlineAfter: .seconds(120), kept: .seconds(60), notices: .seconds(120)),
            "After a power cut I may look online for 3 min. The server's owner can change that (docs/servers.md)."
        ),
        (
            LinkFacts(offlineAfter: .seconds(120), unbroken: .seconds(120)),
            "After a power cut I may look online for long: this server does not ask whether a silent board is still there. The server's owner can change that (docs/servers.md)."
        ),
        (LinkFacts(offlineAfter: .seconds(120), unbroken: .seconds(119)), "How long I look online after a power cut I do not know yet."),
    ])
    func `the sentence says what is known`(facts: LinkFacts, sentence: String) {
        #expect(facts.sentence == sentence)
    }

    @Test(arguments: [(10, 5), (25, 12), (120, 60), (86_400, 43_200)])
    func `the server may keep a session for half of the promise`(offlineAfter: Int, seconds: Int) {
        #expect(LinkFacts.resumption(within: .seconds(offlineAfter)) == .seconds(seconds))
    }
}

import Testing
import Time

@testable import XMPP

/// How long the server keeps a session is known before anybody sees us.
extension ResumptionTests {
    private func hidden(_ body: (Transcript) throws -> Void) rethrows {
        try transcript(.testing {
            $0.resumption = .seconds(60)
            $0.awaitsResumption = true
            $0.requestsRoster = true
        }) {
            $0.authenticate()
            $0.play("S: {stream}{offer bind and sm}\nC: {bind}\nS: {bound}\nC: {enable}")
            try body($0)
        }
    }

    private static let shown = "E: online user@example.org/board\nC: <iq type='get' id='x1'><query xmlns='jabber:iq:roster'/></iq>"

    @Test func `nobody sees us before the server has said how long it keeps a session`() {
        hidden {
            $0.play("""
                S: <message from='alice@example.org/a'><body>lamp on</body></message>
                E: message normal from alice@example.org/a delayed 1970-01-01T00:00:00Z "lamp on"
                S: {enabled}
                E: resumable
                \(Self.shown)
                S: <message from='alice@example.org/a'><body>lamp on</body></message>
                E: message normal from alice@example.org/a "lamp on"
                """)
        }
    }

    @Test func `nobody sees us where it is too long`() {
        hidden {
            $0.play("S: <enabled xmlns='urn:xmpp:sm:3' resume='true' id='a' max='600'/>\nC: {end}\nE: ended, now: the server keeps a lost session for 10 min\nO: closeTransport")
        }
    }

    @Test func `a server that refuses, or does not answer, is used without`() {
        hidden { $0.play("S: <failed xmlns='urn:xmpp:sm:3'/>\n" + Self.shown) }
        hidden { $0.play("T: 29s\nT: 1s\n" + Self.shown) }
        hidden { $0.play("S: <enabled xmlns='urn:xmpp:sm:3'/>\nE: not resumable\n" + Self.shown) }
    }

    @Test func `without being asked for, a promise is not used`() {
        transcript {
            $0.logIn(streamManagement: true)
            $0.play("S: <enabled xmlns='urn:xmpp:sm:3' resume='true' id='a'/>\nD: disconnected\nE: ended, backoff: the connection was lost\nO: closeTransport")
            #expect($0.session.continuation == nil)
        }
    }
}

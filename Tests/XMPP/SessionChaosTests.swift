import Testing
import Time

@testable import XMPP

/// Whatever arrives, in whatever pieces: the session does not trap, ends once, and says nothing afterwards.
@Suite struct SessionChaosTests {
    /// SplitMix64, so that a printed seed brings a failure back.
    struct Random: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    /// A conversation of a server with all that Perch reads.
    static let conversation = [
        "{stream}\(Transcript.offer("SCRAM-SHA-1"))",
        "<challenge xmlns='{sasl}'>⟦r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096⟧</challenge>",
        "<success xmlns='{sasl}'>⟦v=rmF9pqV8S7suAoZWja4dJRkFsKQ=⟧</success>",
        "{stream}{offer bind and sm}", "{bound}", "<enabled xmlns='urn:xmpp:sm:3'/><r xmlns='urn:xmpp:sm:3'/>",
        "<iq type='result' id='x1'><query xmlns='jabber:iq:roster'><item jid='alice@example.org' name='A' subscription='both'/></query></iq>",
        "<message from='alice@example.org/a' id='m1' type='chat'><body>lamp on</body><request xmlns='urn:xmpp:receipts'/></message>",
        "<message from='alice@example.org/a' type='error'><delay xmlns='urn:xmpp:delay' stamp='2026-05-01T11:00:00Z'/><error><gone xmlns='{stanzas}'/></error></message>",
        "<presence from='alice@example.org/a'><show>away</show><status>x</status><priority>-1</priority></presence><presence type='subscribe' from='bob@example.org'/>",
        "<iq type='get' id='1' from='alice@example.org/a'><query xmlns='http://jabber.org/protocol/disco#info'/></iq><iq type='get' id='2'><time xmlns='urn:xmpp:time'/></iq>",
        "<iq type='set' id='p1'><query xmlns='jabber:iq:roster'><item jid='bob@example.org' subscription='remove'/></query></iq>",
        "<a xmlns='urn:xmpp:sm:3' h='5'/>", "<stream:error><system-shutdown xmlns='{streams}'/></stream:error></stream:stream>",
    ].map { Array(Transcript.expand($0).utf8) }

    @Test func `a damaged conversation never traps and ends at most once`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Random(state: seed)
        let alice = try JID("alice@example.org")
        var logins = 0
        for round in 0..<300 {
            let label: Comment = "seed \(seed), round \(round)"
            let session = Session(.testing {
                $0.credentials = .password("pencil")
                $0.requestsRoster = true
            })
            var now = Moment(instant: Instant(.seconds(1)), timestamp: Timestamp(milliseconds: 0))
            var ends = 0
            func drain() {
                while let output = session.nextOutput() {
                    if ends > 0 { #expect(output == .closeTransport, label) }
                    if case .event(.ended) = output { ends += 1 }
                    if case .event(.online) = output { logins += 1 }
                }
            }
            session.connected(secured: true, at: now)
            // The first rounds damage everything, the later ones only what follows the login.
            let harmless = round % 2 == 0 ? 0 : 5
            for (index, part) in Self.conversation.enumerated() {
                var bytes = part
                if index >= harmless { damage(&bytes, &random) }
                var from = 0
                while from < bytes.count {
                    let to = min(bytes.count, from + Int.random(in: 1...40, using: &random))
                    session.receive(Array(bytes[from..<to]), at: now)
                    from = to
                    drain()
                }
                now.instant = now.instant + .seconds(Int.random(in: 0...20, using: &random))
                session.tick(at: now)
                session.send(OutgoingMessage(to: alice, body: "x"), at: now)
                session.setPresence(OwnPresence(status: "s"), at: now)
                drain()
                if session.nextDeadline.map({ $0 < now.instant - .seconds(1) }) ?? false { Issue.record("a deadline was missed, \(label)") }
            }
            if Bool.random(using: &random) { session.close(at: now) }
            session.disconnected(at: now)
            drain()
            #expect(ends == 1, label)
            #expect(session.nextDeadline == nil, label)
        }
        #expect(logins >= 100, "seed \(seed)")
    }

    private func damage(_ bytes: inout [UInt8], _ random: inout Random) {
        guard Int.random(in: 0..<3, using: &random) == 0, !bytes.isEmpty else { return }
        let at = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: at)
        case 2: bytes.insert(contentsOf: bytes[..<at], at: at)
        case 3: bytes.removeSubrange(at...)
        case 4: bytes.insert(contentsOf: Array("<!-- -->&#0;'\"<a>".utf8).prefix(Int.random(in: 1...16, using: &random)), at: at)
        default: bytes = Self.conversation[Int.random(in: 0..<Self.conversation.count, using: &random)]
        }
    }
}

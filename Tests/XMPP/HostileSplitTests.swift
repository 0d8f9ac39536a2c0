import Testing

@testable import XMPP

/// A read may end anywhere: at each place of a conversation the session must do as if it had not.
@Suite struct HostileSplitTests {
    /// What the server sends, one element of the list for each of its turns; a change in what the client says would stop it.
    private static let login = [
        "{stream}{offer starttls}", "{proceed}", "{stream}\(Transcript.offer("SCRAM-SHA-1", "PLAIN"))",
        "<challenge xmlns='{sasl}'>⟦r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096⟧</challenge>",
        "<success xmlns='{sasl}'>⟦v=rmF9pqV8S7suAoZWja4dJRkFsKQ=⟧</success>", "{stream}{offer bind and sm}", "{bound}<enabled xmlns='urn:xmpp:sm:3'/>",
    ].map { Array(Transcript.expand($0).utf8) }

    private static let stanzas = Array(Transcript.expand("""
        <message from='alice@example.org/phone' type='chat' id='a&amp;1'><body>lamp ön &lt;3</body><request xmlns='urn:xmpp:receipts'/></message>
        <iq type='get' id='q' from='alice@example.org/phone'><query xmlns='http://jabber.org/protocol/disco#info'/></iq><r xmlns='urn:xmpp:sm:3'/>
        <presence from='bob@example.org/x'><show>dnd</show><status><![CDATA[a<b]]></status></presence></stream:stream>
        """).utf8)

    /// Everything that came out, sends joined; each turn of the server cut at one place, counted through all of them.
    private func outcome(_ turns: [[UInt8]], cutAt cut: Int, in options: SessionOptions) -> [String] {
        let transcript = Transcript(options, .whole)
        transcript.session.connected(secured: false, at: transcript.now)
        transcript.drain()
        var before = 0
        for turn in turns {
            if turns.count == Self.login.count, before == Self.login[0].count + Self.login[1].count {
                transcript.session.secured(at: transcript.now)
                transcript.drain()
            }
            let at = min(max(0, cut - before), turn.count)
            transcript.receive(Array(turn[..<at]))
            transcript.receive(Array(turn[at...]))
            before += turn.count
        }
        return transcript.takeOutput()
    }

    @Test func `a login may be cut anywhere`() {
        let whole = outcome(Self.login, cutAt: 0, in: .password())
        #expect(whole.contains("E: online user@example.org/board"), "\(whole)")
        for cut in 1..<Self.login.reduce(0, { $0 + $1.count }) {
            #expect(outcome(Self.login, cutAt: cut, in: .password()) == whole, "at byte \(cut)")
        }
    }

    @Test func `stanzas may be cut anywhere`() {
        var whole: [String]?
        for cut in 0..<Self.stanzas.count {
            let transcript = Transcript(.testing, .whole)
            transcript.logIn(streamManagement: true)
            _ = transcript.takeOutput()
            transcript.receive(Array(Transcript.expand("<enabled xmlns='urn:xmpp:sm:3'/>").utf8) + Array(Self.stanzas[..<cut]))
            transcript.receive(Array(Self.stanzas[cut...]))
            let got = transcript.takeOutput()
            if whole == nil {
                whole = got
                #expect(got.contains { $0.hasPrefix("E: message chat") } && got.contains { $0.contains("disco#info") } && got.last == "O: closeTransport", "\(got)")
            }
            #expect(got == whole, "at byte \(cut)")
        }
    }
}

import Testing

@testable import XMPP

/// What a server, or somebody between it and us, may try before we are logged in.
@Suite struct HostileServerTests {
    static let scramStart = """
        D: connected secured
        C: {open}
        S: {stream}\(Transcript.offer("SCRAM-SHA-1"))
        C: <auth xmlns='{sasl}' mechanism='SCRAM-SHA-1'>⟦n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL⟧</auth>

        """
    static let scramAnswer = """
        S: <challenge xmlns='{sasl}'>⟦r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096⟧</challenge>
        C: <response xmlns='{sasl}'>⟦c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=⟧</response>

        """

    @Test func `a DOCTYPE before the stream header is refused`() {
        transcript {
            $0.play("""
                D: connected
                C: {open in clear}
                S: <?xml version='1.0'?><!DOCTYPE stream [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><stream:stream/>
                C: <stream:error><restricted-xml xmlns='{streams}'/></stream:error>{end}
                E: ended, backoff: protocol error: a DOCTYPE, which XMPP forbids
                O: closeTransport
                """)
        }
    }

    @Test func `a server without STARTTLS is not logged in to`() {
        transcript(.password(allowPlain: true)) {
            $0.play("""
                D: connected
                C: {open in clear}
                S: {stream}\(Transcript.offer("PLAIN", "SCRAM-SHA-1"))
                C: {end}
                E: ended, backoff: not safe: the server does not offer encryption (STARTTLS), or somebody on the way removed the offer
                O: closeTransport
                """)
        }
    }

    @Test(arguments: [
        "<stream:features><mechanisms xmlns='{sasl}'><mechanism>PLAIN</mechanism></mechanisms></stream:features>", "<success xmlns='{sasl}'/>",
        "<message from='alice@example.org'><body>lamp on</body></message>", "<challenge xmlns='{sasl}'/>",
    ])
    func `a server that goes on without the encryption it offered is left`(instead: String) {
        transcript(.password(allowPlain: true)) {
            $0.play(LoginStage.proceed.script + """
                S: \(instead)
                C: {end}
                E: ended, backoff: not safe: the server offered encryption and then went on without it
                O: closeTransport
                """)
        }
    }

    @Test func `a server that fails to begin encryption is left`() {
        transcript {
            $0.play(LoginStage.proceed.script + """
                S: <failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>
                C: {end}
                E: ended, backoff: not safe: the server offered encryption and then could not begin it
                O: closeTransport
                """)
        }
    }

    @Test(arguments: ["{stream}", " ", "<message/>"])
    func `bytes after proceed in the same read are refused`(extra: String) {
        transcript {
            $0.play(LoginStage.proceed.script + "S: {proceed}" + (extra == " " ? "" : extra))
            if extra == " " { $0.receive([0x20]) }
            $0.expect([
                "O: startTLS",
                "E: ended, backoff: not safe: the server sent data in the clear where encryption had to begin (an attempt to inject commands)",
                "O: closeTransport",
            ])
        }
    }

    @Test func `what was offered before encryption does not count after it`() {
        transcript(.password(allowPlain: true)) {
            $0.play("""
                D: connected
                C: {open in clear}
                S: {stream}<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
                   <mechanisms xmlns='{sasl}'><mechanism>PLAIN</mechanism></mechanisms></stream:features>
                C: {starttls}
                S: {proceed}
                O: startTLS
                D: secured
                C: {open}
                S: {stream}\(Transcript.offer("SCRAM-SHA-1"))
                C: <auth xmlns='{sasl}' mechanism='SCRAM-SHA-1'>⟦n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL⟧</auth>
                """)
        }
    }

    @Test func `a restarted stream keeps nothing of the old one's parser`() {
        transcript {
            $0.play(LoginStage.sasl.script + """
                S: <success xmlns='{sasl}'/>
                C: {open}
                S: <message from='alice@example.org'><body>lamp on</body></message>
                C: <stream:error><invalid-namespace xmlns='{streams}'/></stream:error>{end}
                E: ended, backoff: protocol error: the server does not open an XMPP stream
                O: closeTransport
                """)
        }
    }

    @Test(arguments: ["v=AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "v=", "", "e=other-error"])
    func `a server that cannot prove that it knows the password is left`(last: String) {
        transcript(.password()) {
            $0.play(Self.scramStart + Self.scramAnswer + "S: <success xmlns='{sasl}'>⟦\(last)⟧</success>")
            $0.expectEnd(last.hasPrefix("e=") ? "E: ended, slowly: the server refused the login: " : "E: ended, backoff: not safe: ")
        }
    }

    @Test func `a success before the server was asked for its proof is refused`() {
        transcript(.password()) {
            $0.play(Self.scramStart + "S: <success xmlns='{sasl}'>⟦v=rmF9pqV8S7suAoZWja4dJRkFsKQ=⟧</success>")
            $0.expectEnd("E: ended, backoff: not safe: ")
        }
    }

    @Test(arguments: [
        ("1", "not safe"), ("4095", "not safe"), ("10000001", "protocol error"), ("1000000000", "protocol error"),
        ("99999999999999999999999", "protocol error"), ("-4096", "protocol error"), ("x", "protocol error"), ("", "protocol error"),
    ])
    func `an iteration count that is too cheap or too dear is refused`(count: String, blame: String) {
        transcript(.password()) {
            $0.play(
                Self.scramStart
                    + "S: <challenge xmlns='{sasl}'>⟦r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=\(count)⟧</challenge>")
            $0.expectEnd("E: ended, backoff: \(blame): ")
        }
    }

    @Test(arguments: ["fyko+d2lbbFgONRv9qkxdawL", "gyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j", ""])
    func `a nonce that is not ours continued is refused`(nonce: String) {
        transcript(.password()) {
            $0.play(Self.scramStart + "S: <challenge xmlns='{sasl}'>⟦r=\(nonce),s=QSXCR+Q6sek8bf92,i=4096⟧</challenge>")
            $0.expectEnd("E: ended, backoff: not safe: ")
        }
    }

    @Test(arguments: ["!!!", "=", "⟦⟧", "⟦m=x,r=1,s=2,i=3⟧", "⟦,,,,⟧"])
    func `a challenge that makes no sense ends the login`(challenge: String) {
        transcript(.password()) {
            $0.play(Self.scramStart + "S: <challenge xmlns='{sasl}'>\(challenge)</challenge>")
            $0.expectEnd("E: ended, backoff: ")
        }
    }

    @Test func `what a server says cannot forge lines of the log`() {
        transcript {
            $0.play(LoginStage.features.script + """
                S: <stream:error><host-unknown xmlns='{streams}'/><text xmlns='{streams}'>no&#10;perch: lamp on&#x9b;2J\(String(repeating: "x", count: 1000))</text></stream:error>
                C: {end}
                E: ended, backoff: the server does not know the domain of our account (check `jid` and `server` in the configuration): host-unknown (no perch: lamp on 2J\(String(repeating: "x", count: 236)))
                O: closeTransport
                """)
        }
    }

    @Test func `names that no mechanism can have are not offers`() {
        transcript {
            $0.play("D: connected secured\nC: {open}\nS: {stream}" + Transcript.offer("external", "EXTERNAL ", "A\u{9b}", "", "ABCDEFGHIJKLMNOPQRSTU", "X-OK"))
            $0.expectEnd("E: ended, slowly: cannot log in: the server offers only X-OK to log in")
            #expect($0.session.loginReport.offered == ["X-OK"])
        }
    }

    @Test func `challenges without end do not go on for ever`() {
        transcript(.password()) {
            $0.play(Self.scramStart + Self.scramAnswer)
            $0.play("S: <challenge xmlns='{sasl}'>⟦v=rmF9pqV8S7suAoZWja4dJRkFsKQ=⟧</challenge>\nC: <response xmlns='{sasl}'/>")
            $0.play("S: <challenge xmlns='{sasl}'>⟦v=rmF9pqV8S7suAoZWja4dJRkFsKQ=⟧</challenge>")
            $0.expectEnd("E: ended, backoff: ")
        }
    }

    @Test func `a huge element before login is refused`() {
        transcript {
            $0.play("D: connected\nC: {open in clear}\nS: {stream}")
            $0.receive(Array(("<stream:features><x>" + String(repeating: "a", count: 20_000)).utf8))
            $0.expect([
                "C: <stream:error><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>",
                "E: ended, backoff: protocol error: a stanza of more than 10000 bytes", "O: closeTransport",
            ])
        }
    }

    @Test(arguments: ["<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
        "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='0.9'>"])
    func `a server older than XMPP 1.0 is left`(header: String) {
        transcript {
            $0.play("""
                D: connected
                C: {open in clear}
                S: \(header)
                C: <stream:error><unsupported-version xmlns='{streams}'/></stream:error>{end}
                E: ended, backoff: protocol error: the server speaks a protocol older than XMPP 1.0
                O: closeTransport
                """)
        }
    }

    @Test(arguments: [
        "<jid>example.org/x</jid>", "<jid>user@example.org</jid>", "<jid></jid>", "",
    ])
    func `an address that is no full address is not taken`(jid: String) {
        transcript {
            $0.play(LoginStage.bind.script + """
                S: <iq type='result' id='x0'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>\(jid)</bind></iq>
                C: <stream:error><undefined-condition xmlns='{streams}'/></stream:error>{end}
                E: ended, backoff: protocol error: the server bound no usable address
                O: closeTransport
                """)
        }
    }
}

extension Transcript {
    /// The session has ended with an event that begins so, and said nothing else but the stream's end.
    func expectEnd(_ prefix: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let output = takeOutput()
        let events = output.filter { $0.hasPrefix("E: ") }
        #expect(events.count == 1 && events[0].hasPrefix(prefix), "\(output)", sourceLocation: sourceLocation)
        #expect(output.last == "O: closeTransport", sourceLocation: sourceLocation)
        #expect(output.first { $0.hasPrefix("C: ") }?.hasSuffix("</stream:stream>") != false, sourceLocation: sourceLocation)
    }

    func expect(_ expecting: [String], sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(takeOutput() == expecting, sourceLocation: sourceLocation)
    }
}

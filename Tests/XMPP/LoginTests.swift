import Testing

@testable import XMPP

/// From a connected transport to a bound session (RFC 6120 §4 to §7).
@Suite struct LoginTests {
    @Test func `a board logs in with STARTTLS and SCRAM-SHA-1`() {
        transcript(.password()) {
            $0.play("""
                \(Transcript.startTLS)
                C: {open}
                S: {stream}\(Transcript.offer("SCRAM-SHA-1", "PLAIN"))
                C: <auth xmlns='{sasl}' mechanism='SCRAM-SHA-1'>⟦n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL⟧</auth>
                S: <challenge xmlns='{sasl}'>⟦r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096⟧</challenge>
                C: <response xmlns='{sasl}'>⟦c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=⟧</response>
                S: <success xmlns='{sasl}'>⟦v=rmF9pqV8S7suAoZWja4dJRkFsKQ=⟧</success>
                C: {open}
                S: {stream}{offer bind}
                C: {bind}
                S: {bound}
                E: online user@example.org/board
                """)
            #expect($0.session.isOnline)
        }
    }

    @Test func `with direct TLS the strongest SCRAM is chosen`() {
        transcript(.password(nonce: "rOprNGfwEbeRWgbNEkqO")) {
            $0.play("""
                D: connected secured
                C: {open}
                S: {stream}\(Transcript.offer("PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"))
                C: <auth xmlns='{sasl}' mechanism='SCRAM-SHA-256'>⟦n,,n=user,r=rOprNGfwEbeRWgbNEkqO⟧</auth>
                S: <challenge xmlns='{sasl}'>⟦r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096⟧</challenge>
                C: <response xmlns='{sasl}'>⟦c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=⟧</response>
                S: <success xmlns='{sasl}'>⟦v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=⟧</success>
                C: {open}
                S: {stream}{offer bind}
                C: {bind}
                S: {bound}
                E: online user@example.org/board
                """)
        }
    }

    @Test func `the server's signature may come in a last challenge`() {
        transcript(.password()) {
            $0.play("""
                D: connected secured
                C: {open}
                S: {stream}\(Transcript.offer("SCRAM-SHA-1"))
                C: <auth xmlns='{sasl}' mechanism='SCRAM-SHA-1'>⟦n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL⟧</auth>
                S: <challenge xmlns='{sasl}'>⟦r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096⟧</challenge>
                C: <response xmlns='{sasl}'>⟦c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=⟧</response>
                S: <challenge xmlns='{sasl}'>⟦v=rmF9pqV8S7suAoZWja4dJRkFsKQ=⟧</challenge>
                C: <response xmlns='{sasl}'/>
                S: <success xmlns='{sasl}'/>
                C: {open}
                """)
        }
    }

    @Test func `PLAIN is used where it is allowed and nothing better is offered`() {
        transcript(.password(allowPlain: true)) {
            $0.play("""
                D: connected secured
                C: {open}
                S: {stream}\(Transcript.offer("PLAIN", "X-WEIRD"))
                C: <auth xmlns='{sasl}' mechanism='PLAIN'>\(Transcript.plain)</auth>
                S: <success xmlns='{sasl}'/>
                C: {open}
                """)
        }
    }

    @Test func `PLAIN is not used where it is not allowed`() {
        transcript(.password()) {
            $0.play("D: connected secured\nC: {open}\nS: {stream}\(Transcript.offer("PLAIN"))")
            let output = $0.takeOutput()
            #expect(output.first == "C: </stream:stream>")
            #expect(output.dropFirst().first?.hasPrefix("E: ended, slowly: cannot log in: the server offers only PLAIN") == true)
            #expect(output.dropFirst().first?.contains("allow-plain") == true)
            #expect(output.last == "O: closeTransport")
        }
    }

    @Test func `the server makes the resource where none is asked for`() {
        transcript(.testing { $0.resource = nil }) {
            $0.play("""
                D: connected secured
                C: {open}
                S: {stream}\(Transcript.offer("EXTERNAL"))
                C: <auth xmlns='{sasl}' mechanism='EXTERNAL'>=</auth>
                S: <success xmlns='{sasl}'/>
                C: {open}
                S: {stream}{offer bind}
                C: <iq type='set' id='x0'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>
                S: <iq type='result' id='x0'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>
                   <jid>user@example.org/1f6a</jid></bind></iq>
                E: online user@example.org/1f6a
                """)
        }
    }

    @Test func `the roster is asked for once bound`() {
        transcript(.testing { $0.requestsRoster = true }) {
            $0.logIn()
            $0.play("""
                S: <iq type='result' id='x1'><query xmlns='jabber:iq:roster'>
                   <item jid='alice@example.org' name='Alice &amp; co' subscription='both'><group>People</group></item>
                   <item jid='bob@example.org' ask='subscribe'/><item jid=''/><item/></query></iq>
                E: roster alice@example.org "Alice & co" both, bob@example.org none asked
                """)
        }
    }

    @Test(arguments: [
        ("not-authorized", Retry.slowly), ("account-disabled", .slowly), ("credentials-expired", .slowly), ("temporary-auth-failure", .backoff),
    ])
    func `a refused login says why and when to try again`(condition: String, retry: Retry) {
        transcript {
            $0.play("""
                D: connected secured
                C: {open}
                S: {stream}\(Transcript.offer("EXTERNAL"))
                C: <auth xmlns='{sasl}' mechanism='EXTERNAL'>=</auth>
                S: <failure xmlns='{sasl}'><\(condition)/><text xml:lang='en'>Call us</text></failure>
                C: {end}
                E: ended, \(retry): the server refused the login: \(condition) (Call us)
                O: closeTransport
                """)
        }
    }

    @Test func `a certificate that logs in to another account than ours is refused by us`() {
        transcript {
            $0.play("""
                D: connected secured
                C: {open}
                S: {stream}\(Transcript.offer("EXTERNAL"))
                C: <auth xmlns='{sasl}' mechanism='EXTERNAL'>=</auth>
                S: <success xmlns='{sasl}'/>
                C: {open}
                S: {stream}{offer bind}
                C: {bind}
                S: <iq type='result' id='x0'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>other@example.org/board</jid></bind></iq>
                C: {end}
                E: ended, slowly: cannot log in: the client certificate is that of other@example.org, not of user@example.org; give the right file as certificate under [account]
                O: closeTransport
                """)
        }
    }

    @Test func `a refused resource says why`() {
        transcript {
            $0.play("""
                D: connected secured
                C: {open}
                S: {stream}\(Transcript.offer("EXTERNAL"))
                C: <auth xmlns='{sasl}' mechanism='EXTERNAL'>=</auth>
                S: <success xmlns='{sasl}'/>
                C: {open}
                S: {stream}{offer bind}
                C: {bind}
                S: <iq type='error' id='x0'><error type='wait'><resource-constraint xmlns='{stanzas}'/></error></iq>
                C: {end}
                E: ended, backoff: the server closed the session: resource-constraint (it refused the resource)
                O: closeTransport
                """)
        }
    }

    @Test func `stanzas that come before the session is bound are not acted on`() {
        transcript {
            $0.play("""
                D: connected secured
                C: {open}
                S: {stream}\(Transcript.offer("EXTERNAL"))
                C: <auth xmlns='{sasl}' mechanism='EXTERNAL'>=</auth>
                S: <success xmlns='{sasl}'/>
                C: {open}
                S: {stream}{offer bind}
                C: {bind}
                S: <message from='alice@example.org/phone'><body>lamp on</body></message><iq type='get' id='x0' from='eve@example.net/x'><ping xmlns='urn:xmpp:ping'/></iq>
                S: {bound}
                E: online user@example.org/board
                """)
        }
    }

    @Test func `how we logged in can be told`() {
        transcript {
            $0.logIn(streamManagement: true)
            #expect($0.session.loginReport.offered == ["EXTERNAL"])
            #expect($0.session.loginReport.mechanism == "EXTERNAL")
            #expect($0.session.loginReport.hasStreamManagement)
        }
    }

    @Test func `compression is never taken up`() {
        transcript {
            $0.play("""
                D: connected secured
                C: {open}
                S: {stream}<stream:features><compression xmlns='http://jabber.org/features/compress'><method>zlib</method></compression>
                   <mechanisms xmlns='{sasl}'><mechanism>EXTERNAL</mechanism></mechanisms></stream:features>
                C: <auth xmlns='{sasl}' mechanism='EXTERNAL'>=</auth>
                """)
        }
    }
}

extension Transcript {
    /// NUL user NUL pencil.
    static var plain: String { "AHVzZXIAcGVuY2ls" }
}

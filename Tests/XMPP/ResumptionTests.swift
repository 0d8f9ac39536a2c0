import Testing
import Time

@testable import XMPP

/// XEP-0198 §5: a session that goes on over another connection.
@Suite struct ResumptionTests {
    private static let alice = try! JID("alice@example.org")
    private static var options: SessionOptions { .testing { $0.resumption = .seconds(60) } }

    private func resumable(_ body: (Transcript) throws -> Void) rethrows {
        try transcript(Self.options) {
            $0.logIn(streamManagement: true)
            $0.play("S: {enabled}\nE: resumable")
            try body($0)
        }
    }

    private func say(_ id: String, _ transcript: Transcript) {
        transcript.session.send(OutgoingMessage(to: Self.alice, id: id), at: transcript.now)
    }

    /// Cuts the connection and goes on as far as `<resume/>`.
    private func cut(_ before: Transcript, h: Int = 0, _ body: (Transcript) throws -> Void) rethrows {
        before.play("D: disconnected\nE: ended, backoff: the connection was lost\nO: closeTransport\nT: 5s")
        try resume(before, h: h, body)
    }

    private func resume(_ before: Transcript, h: Int = 0, _ body: (Transcript) throws -> Void) rethrows {
        let next = before.next()
        next.authenticate()
        next.play("S: {stream}{offer bind and sm}\nC: <resume xmlns='urn:xmpp:sm:3' h='\(h)' previd='sm1'/>")
        try body(next)
        next.finish()
    }

    @Test func `what the server had not handled is sent again, once and in order`() {
        resumable {
            say("1", $0)
            $0.session.setPresence(OwnPresence(available: false), at: $0.now)
            say("2", $0)
            $0.session.removeContact(Self.alice, at: $0.now)
            $0.play("""
                C: <message to='alice@example.org' id='1' type='chat'/><presence type='unavailable'/><message to='alice@example.org' id='2' type='chat'/>
                   <iq type='set' id='x1'><query xmlns='jabber:iq:roster'><item jid='alice@example.org' subscription='remove'/></query></iq>{r}
                S: <message from='alice@example.org/a'/><presence from='alice@example.org/a'/>
                E: message normal from alice@example.org/a
                E: presence available from alice@example.org/a
                """)
            cut($0, h: 2) {
                $0.play("""
                    S: <resumed xmlns='urn:xmpp:sm:3' previd='sm1' h='1'/>
                    E: acknowledged 1
                    C: <presence type='unavailable'/><message to='alice@example.org' id='2' type='chat'/>
                       <iq type='set' id='x1'><query xmlns='jabber:iq:roster'><item jid='alice@example.org' subscription='remove'/></query></iq>
                    E: online user@example.org/board resumed
                    C: <iq type='get' id='xn1' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>{r}
                    S: <iq type='error' id='x1'><error><forbidden xmlns='{stanzas}'/></error></iq><a xmlns='urn:xmpp:sm:3' h='5'/>
                    E: notice: alice@example.org could not be removed from the roster: forbidden
                    E: acknowledged 2
                    S: <iq type='result' id='xn1' from='example.org'/>{r}
                    C: <a xmlns='urn:xmpp:sm:3' h='4'/>
                    """)
                // And again, over a third connection: nothing is sent twice.
                cut($0, h: 4) {
                    $0.play("""
                        S: <resumed xmlns='urn:xmpp:sm:3' previd='sm1' h='5'/>
                        E: online user@example.org/board resumed
                        C: <iq type='get' id='xnn1' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>
                        """)
                }
            }
        }
    }

    @Test func `a command that waited for us is late`() {
        resumable {
            cut($0) {
                $0.play("""
                    S: <resumed xmlns='urn:xmpp:sm:3' previd='sm1' h='0'/><message from='alice@example.org/a' type='chat'><body>lamp on</body></message>
                    E: online user@example.org/board resumed
                    C: <iq type='get' id='xn1' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>
                    E: message chat from alice@example.org/a delayed 1970-01-01T00:00:00Z "lamp on"
                    S: {r}<a xmlns='urn:xmpp:sm:3' h='0'/><iq type='result' id='xn1' from='eve@example.net'/>
                       <message from='alice@example.org/a' type='chat'><body>lamp off</body></message>
                    C: <a xmlns='urn:xmpp:sm:3' h='1'/>
                    E: message chat from alice@example.org/a delayed 1970-01-01T00:00:00Z "lamp off"
                    S: <iq type='result' id='xn1' from='example.org'/><message from='alice@example.org/a' type='chat'><body>lamp on</body></message>
                    E: message chat from alice@example.org/a "lamp on"
                    """)
            }
        }
    }

    @Test func `after a sleep what waited is late, and the old answers say nothing`() {
        resumable {
            say("1", $0)
            $0.play("C: <message to='alice@example.org' id='1' type='chat'/>{r}")
            $0.skip(.seconds(3600))
            $0.session.woke(at: $0.now)
            $0.session.tick(at: $0.now)
            $0.play("""
                C: <iq type='get' id='x1' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>
                S: <a xmlns='urn:xmpp:sm:3' h='1'/><message from='alice@example.org/a'><body>lamp on</body></message>
                E: acknowledged 1
                E: message normal from alice@example.org/a delayed 1970-01-01T00:00:00Z "lamp on"
                S: <iq type='error' id='x1' from='example.org'/><message from='alice@example.org/a'><body>lamp on</body></message>
                E: message normal from alice@example.org/a "lamp on"
                """)
        }
    }

    @Test func `without stream management a sleep makes late as well`() {
        online {
            $0.skip(.seconds(3600))
            $0.session.woke(at: $0.now)
            $0.play("""
                C: <iq type='get' id='x1' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>
                S: <message from='alice@example.org/a'><body>lamp on</body></message>
                E: message normal from alice@example.org/a delayed 1970-01-01T00:00:00Z "lamp on"
                T: 30s
                C: {end}
                E: ended, backoff: timeout: the server does not answer any more
                O: closeTransport
                """)
        }
    }

    @Test func `a server that has forgotten the session binds a new one`() {
        resumable {
            say("1", $0)
            say("2", $0)
            _ = $0.takeOutput()
            cut($0) {
                $0.play("""
                    S: <failed xmlns='urn:xmpp:sm:3' h='1'><item-not-found xmlns='{stanzas}'/></failed>
                    E: acknowledged 1
                    C: <iq type='set' id='xn0'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>board</resource></bind></iq>
                    S: <iq type='result' id='xn0'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>user@example.org/board</jid></bind></iq>
                    C: {enable}
                    E: online user@example.org/board
                    S: <enabled xmlns='urn:xmpp:sm:3' resume='1' id='sm2' max='60'/>
                    E: resumable
                    """)
                #expect($0.session.continuation == nil)
            }
        }
    }

    @Test(arguments: ["", " h='x'", " h='99'"])
    func `a failed resumption without a count that can be acknowledges nothing`(h: String) {
        resumable {
            say("1", $0)
            _ = $0.takeOutput()
            cut($0) {
                $0.play("""
                    S: <failed xmlns='urn:xmpp:sm:3'\(h)/>
                    C: <iq type='set' id='xn0'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>board</resource></bind></iq>
                    """)
            }
        }
    }

    @Test func `an attempt that is cut before the answer leaves the session as it was`() {
        resumable {
            say("1", $0)
            _ = $0.takeOutput()
            cut($0) {
                cut($0) {
                    $0.play("""
                        T: 55s
                        S: <message from='alice@example.org/a'/>
                        T: 5s
                        E: ended, backoff: timeout: the server did not resume the session
                        O: closeTransport
                        """)
                    resume($0) {
                        $0.play("""
                            S: <resumed xmlns='urn:xmpp:sm:3' previd='sm1' h='0'/>
                            C: <message to='alice@example.org' id='1' type='chat'/>
                            E: online user@example.org/board resumed
                            C: <iq type='get' id='xnnn1' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>{r}
                            """)
                    }
                }
            }
        }
    }

    @Test func `a login that fails leaves the session as it was`() {
        resumable {
            $0.play("D: disconnected\nE: ended, backoff: the connection was lost\nO: closeTransport")
            let next = $0.next()
            next.play("""
                D: connected secured
                C: {open}
                S: {stream}\(Transcript.offer("EXTERNAL"))
                C: <auth xmlns='{sasl}' mechanism='EXTERNAL'>=</auth>
                S: <failure xmlns='{sasl}'><temporary-auth-failure/></failure>
                C: {end}
                E: ended, backoff: the server refused the login: temporary-auth-failure
                O: closeTransport
                """)
            #expect(next.session.continuation === $0.session.continuation && next.session.continuation != nil)
        }
    }

    @Test(arguments: [
        ("<resumed xmlns='urn:xmpp:sm:3' previd='sm2' h='0'/>", "the server resumed another session than ours"),
        ("<resumed xmlns='urn:xmpp:sm:3' h='0'/>", "the server resumed another session than ours"),
        ("<resumed xmlns='urn:xmpp:sm:3' previd='sm1'/>", "the server resumed another session than ours"),
        ("<resumed xmlns='urn:xmpp:sm:3' previd='sm1' h='-1'/>", "the server resumed another session than ours"),
        ("<enabled xmlns='urn:xmpp:sm:3' id='sm1'/>", "the server sent something else than the answer to resuming the session"),
        ("<a xmlns='urn:xmpp:sm:3' h='0'/>", "the server sent something else than the answer to resuming the session"),
        ("<r xmlns='urn:xmpp:sm:3'/>", "the server sent something else than the answer to resuming the session"),
    ])
    func `a wrong answer ends it for good`(answer: String, reason: String) {
        resumable {
            cut($0) {
                $0.play("S: \(answer)\nC: <stream:error><invalid-xml xmlns='{streams}'/></stream:error>{end}\nE: ended, backoff: protocol error: \(reason)\nO: closeTransport")
                #expect($0.session.continuation == nil)
            }
        }
    }

    @Test func `a server that had handled more than was sent is left`() {
        resumable {
            say("1", $0)
            _ = $0.takeOutput()
            cut($0) {
                $0.play("""
                    S: <resumed xmlns='urn:xmpp:sm:3' previd='sm1' h='2'/>
                    C: <stream:error><undefined-condition xmlns='{streams}'/><handled-count-too-high xmlns='urn:xmpp:sm:3' h='2' send-count='1'/></stream:error>{end}
                    E: ended, backoff: protocol error: the server acknowledged 2 stanzas of 1
                    O: closeTransport
                    """)
                #expect($0.session.continuation == nil)
            }
        }
    }

    @Test(arguments: [false, true])
    func `nobody resumes what was not asked for`(isOnline: Bool) {
        let answer = "S: <resumed xmlns='urn:xmpp:sm:3' previd='sm1' h='0'/>\nC: <stream:error><invalid-xml xmlns='{streams}'/></stream:error>{end}\n"
        transcript {
            if isOnline {
                $0.logIn()
                $0.play(answer + "E: ended, backoff: protocol error: the server resumed a session without being asked\nO: closeTransport")
            } else {
                $0.authenticate()
                $0.play("S: {stream}{offer bind}\nC: {bind}\n" + answer + "E: ended, backoff: protocol error: the server sent something else than the bound address\nO: closeTransport")
            }
        }
    }

    @Test(arguments: ["{end}", "<stream:error><conflict xmlns='{streams}'/></stream:error>", "<stream:error><system-shutdown xmlns='{streams}'/></stream:error>", "<!-- -->"])
    func `a stream that was ended is not resumed`(end: String) {
        resumable {
            $0.receive(Array(Transcript.expand(end).utf8))
            #expect($0.takeOutput().last == "O: closeTransport")
            #expect($0.session.continuation == nil)
        }
    }

    @Test func `a session that was closed in order is not resumed`() {
        resumable {
            $0.play("D: close\nC: <a xmlns='urn:xmpp:sm:3' h='0'/>{end}\nD: disconnected\nE: ended, backoff: the session was closed\nO: closeTransport")
            #expect($0.session.continuation == nil)
        }
    }

    @Test func `a silent server is left without a word, so that it keeps the session`() {
        resumable {
            $0.play("T: 60s\nC: {r}\nT: 30s\nE: ended, backoff: timeout: the server does not answer any more\nO: closeTransport")
            #expect($0.session.continuation != nil)
        }
    }

    @Test(arguments: [
        "", " resume='true'", " id='a'", " resume='false' id='a'", " resume='yes' id='a'", " resume='true' id=''",
        " resume='true' id='\(String(repeating: "a", count: 4001))'",
    ])
    func `a server that does not promise it is not believed`(attributes: String) {
        transcript(Self.options) {
            $0.logIn(streamManagement: true)
            say("1", $0)
            $0.play("C: <message to='alice@example.org' id='1' type='chat'/>\nS: <enabled xmlns='urn:xmpp:sm:3'\(attributes)/>\nE: not resumable\nC: {r}\nS: <a xmlns='urn:xmpp:sm:3' h='1'/>\nE: acknowledged 1")
            $0.play("D: disconnected\nE: ended, backoff: the connection was lost\nO: closeTransport")
            #expect($0.session.continuation == nil)
        }
    }

    @Test(arguments: [
        ("", nil), (" location='[2001:db8::1]:9222'", "[2001:db8::1]:9222"), (" location=''", nil),
        (" location='\(String(repeating: "a", count: 262))'", nil),
    ] as [(String, String?)])
    func `what a server tells about the promise is bounded`(attributes: String, location: String?) {
        transcript(Self.options) {
            $0.logIn(streamManagement: true)
            $0.play("S: <enabled xmlns='urn:xmpp:sm:3' resume='true' id='a' max='50'\(attributes)/>\nE: resumable")
            #expect($0.session.loginReport.resumptionLimit == .seconds(50))
            $0.play("D: disconnected\nE: ended, backoff: the connection was lost\nO: closeTransport")
            #expect($0.session.continuation?.location == location)
            #expect($0.session.continuation?.expires == $0.now.instant + .seconds(350))
        }
    }

    @Test(arguments: [
        ("", "longer than it says"), (" max='61'", "1 min 1 s"), (" max='600'", "10 min"), (" max='-1'", "longer than it says"),
        (" max='x'", "longer than it says"), (" max='4294967296'", "longer than it says"), (" max='4294967295'", "49710 d 6 h"),
    ])
    func `a server that keeps us in the roster for too long is left`(attributes: String, time: String) {
        transcript(Self.options) {
            $0.logIn(streamManagement: true)
            $0.play("""
                S: <enabled xmlns='urn:xmpp:sm:3' resume='true' id='a'\(attributes)/>
                C: {end}
                E: ended, now: the server keeps a lost session for \(time)
                O: closeTransport
                """)
            #expect($0.session.continuation == nil)
        }
    }

    @Test func `a session that is too old, or of another account, is not resumed`() throws {
        let other = try JID("eve@example.org")
        resumable {
            $0.play("D: disconnected\nE: ended, backoff: the connection was lost\nO: closeTransport")
            for wait in [359, 360] {
                let next = $0.next()
                next.skip(.seconds(wait))
                next.authenticate()
                next.play("S: {stream}{offer bind and sm}")
                #expect(next.takeOutput().joined().contains("<resume") == (wait == 359))
            }
            let next = $0.next { $0.jid = other }
            next.session.connected(secured: true, at: next.now)
            #expect(next.session.continuation == nil)
        }
    }

    @Test func `more than can be kept makes the session one that cannot be resumed`() {
        resumable {
            let text = String(repeating: "a", count: 1000)
            var count = 0
            while $0.session.bound?.resumption != nil, count < 1000 {
                count += 1
                $0.session.send(OutgoingMessage(to: Self.alice, id: "\(count)", body: text), at: $0.now)
            }
            #expect((100...131).contains(count))
            _ = $0.takeOutput()
            $0.play("S: <a xmlns='urn:xmpp:sm:3' h='2'/>\nE: acknowledged 1 2")
            $0.play("D: disconnected\nE: ended, backoff: the connection was lost\nO: closeTransport")
            #expect($0.session.continuation == nil)
        }
    }

    @Test func `one stanza too large to keep does no harm`() {
        resumable {
            $0.session.send(OutgoingMessage(to: Self.alice, id: "1", body: String(repeating: "a", count: 200_000)), at: $0.now)
            _ = $0.takeOutput()
            $0.play("S: <a xmlns='urn:xmpp:sm:3' h='1'/>\nE: acknowledged 1")
            #expect($0.session.bound?.resumption == nil)
        }
    }
}

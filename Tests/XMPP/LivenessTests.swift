import Testing
import Time

@testable import XMPP

/// Silence, the close, and the server's end of the session.
@Suite struct LivenessTests {
    @Test func `a silent server is pinged and its answer is a sign of life`() {
        online {
            $0.play("""
                T: 59s
                T: 1s
                C: <iq type='get' id='x1' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>
                T: 29s
                S: <iq type='error' id='x1' from='example.org'><error type='cancel'><service-unavailable xmlns='{stanzas}'/></error></iq>
                T: 59s
                T: 1s
                C: <iq type='get' id='x2' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>
                """)
        }
    }

    @Test func `a server that does not answer is given up`() {
        online {
            $0.play("""
                T: 60s
                C: <iq type='get' id='x1' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>
                T: 30s
                C: {end}
                E: ended, backoff: timeout: the server does not answer any more
                O: closeTransport
                T: 600s
                """)
        }
    }

    @Test func `white space is no sign of life`() {
        online {
            $0.play("T: 60s\nC: <iq type='get' id='x1' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>\nT: 20s")
            $0.receive([0x20, 0x0A])
            $0.play("T: 10s\nC: {end}\nE: ended, backoff: timeout: the server does not answer any more\nO: closeTransport")
        }
    }

    @Test func `with stream management an acknowledgement is asked for instead`() {
        transcript {
            $0.logIn(streamManagement: true)
            $0.play("""
                S: <enabled xmlns='urn:xmpp:sm:3'/>
                T: 60s
                C: <r xmlns='urn:xmpp:sm:3'/>
                S: <a xmlns='urn:xmpp:sm:3' h='0'/>
                T: 60s
                C: <r xmlns='urn:xmpp:sm:3'/>
                T: 30s
                C: {end}
                E: ended, backoff: timeout: the server does not answer any more
                O: closeTransport
                """)
        }
    }

    @Test func `a probe can be asked for at once, one at a time`() {
        online {
            $0.session.ping(at: $0.now)
            $0.session.ping(at: $0.now)
            $0.play("C: <iq type='get' id='x1' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>")
        }
    }

    @Test func `after a suspend the server is asked whether it is still there`() {
        online {
            $0.play("T: 5s")
            $0.sleep(.seconds(3600))
            $0.play("C: <iq type='get' id='x1' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>")
        }
    }

    // MARK: What is learnt

    private static var listening: SessionOptions { .testing { $0.liveness = Liveness(listening: .seconds(120)) } }

    private func managed(_ body: (Transcript) throws -> Void) rethrows {
        try transcript(Self.listening) {
            $0.logIn(streamManagement: true)
            $0.play("S: <enabled xmlns='urn:xmpp:sm:3'/>")
            try body($0)
        }
    }

    @Test func `the first silence is listened to for longer`() {
        managed {
            $0.play("T: 119s\nT: 1s\nC: {r}\nS: <a xmlns='urn:xmpp:sm:3' h='0'/>")
            #expect($0.session.liveness.unbroken == .seconds(120) && $0.session.liveness.serverAsks == nil)
            $0.play("T: 59s\nT: 1s\nC: {r}")
        }
    }

    @Test(arguments: [true, false])
    func `a server that asks by itself is not asked`(nonza: Bool) {
        managed {
            let ask = nonza ? "S: {r}\nC: <a xmlns='urn:xmpp:sm:3' h='0'/>" : "S: <iq type='get' id='p' from='example.org'><ping xmlns='urn:xmpp:ping'/></iq>\nC: <iq type='result' id='p' to='example.org'/>"
            $0.play("T: 110s\n\(ask)\nT: 110s\n\(ask)")
            #expect($0.session.liveness.serverAsks == .seconds(110))
            #expect($0.session.liveness.serverNotices == .seconds(nonza ? 220 : 165))
            // And when it does not ask any more, it is asked as before.
            $0.play("T: 119s\nT: 1s\nC: {r}\nS: <a xmlns='urn:xmpp:sm:3' h='0'/>\nT: 59s\nT: 1s\nC: {r}")
            #expect($0.session.liveness.serverAsks == nil)
        }
    }

    @Test func `a question that comes late once is the link's fault, twice the server's habit`() {
        managed {
            let transcript = $0
            func asks(after seconds: Int, _ known: Int) {
                transcript.play("T: \(seconds)s\nS: {r}\nC: <a xmlns='urn:xmpp:sm:3' h='0'/>")
                #expect(transcript.session.liveness.serverAsks == .seconds(known))
            }
            asks(after: 18, 18)
            asks(after: 30, 18)
            asks(after: 18, 18)
            asks(after: 30, 18)
            asks(after: 31, 30)
        }
    }

    @Test func `what a server asks while we talk says nothing about silence`() {
        managed {
            $0.play("T: 50s")
            $0.session.setPresence(OwnPresence(available: false), at: $0.now)
            $0.play("""
                C: <presence type='unavailable'/>
                T: 9s
                S: {r}
                C: <a xmlns='urn:xmpp:sm:3' h='0'/>
                T: 9s
                S: {r}
                C: <a xmlns='urn:xmpp:sm:3' h='0'/>
                T: 20s
                S: <iq type='get' id='p' from='alice@example.org/a'><ping xmlns='urn:xmpp:ping'/></iq>
                C: <iq type='result' id='p' to='alice@example.org/a'/>
                """)
            #expect($0.session.liveness.serverAsks == nil)
        }
    }

    @Test func `where a link died silently the next is asked sooner`() {
        transcript {
            $0.logIn()
            $0.play("T: 60s\nC: <iq type='get' id='x1' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>\nT: 30s\nC: {end}\nE: ended, backoff: timeout: the server does not answer any more\nO: closeTransport")
            let second = $0.next { $0.idSeed = "x" }
            second.logIn()
            second.play("T: 29s\nT: 1s\nC: <iq type='get' id='x1' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>\nD: disconnected\nE: ended, backoff: the connection was lost\nO: closeTransport")
            let third = second.next { $0.idSeed = "x" }
            third.logIn()
            third.play("T: 14s\nT: 1s\nC: <iq type='get' id='x1' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>\nT: 30s\nC: {end}\nE: ended, backoff: timeout: the server does not answer any more\nO: closeTransport")
            // 15 s is the floor.
            let fourth = third.next { $0.idSeed = "x" }
            fourth.logIn()
            fourth.play("T: 14s\nT: 1s\nC: <iq type='get' id='x1' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>")
            fourth.finish()
        }
    }

    @Test func `what died for another reason than silence teaches nothing`() {
        online {
            $0.play("T: 50s")
            $0.session.ping(at: $0.now)
            $0.play("C: <iq type='get' id='x1' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>\nT: 30s\nC: {end}\nE: ended, backoff: timeout: the server does not answer any more\nO: closeTransport")
            #expect($0.session.liveness == Liveness())
        }
        online {
            $0.skip(.seconds(3600))
            $0.session.woke(at: $0.now)
            $0.play("C: <iq type='get' id='x1' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>\nT: 30s\nC: {end}\nE: ended, backoff: timeout: the server does not answer any more\nO: closeTransport")
            #expect($0.session.liveness == Liveness())
        }
    }

    @Test func `the interval recovers slowly`() {
        var liveness = Liveness()
        liveness.died(after: .seconds(60))
        liveness.died(after: .seconds(30))
        #expect(liveness.keepalive == .seconds(15))
        var probes = 0
        var time = Duration.zero
        while liveness.keepalive < .seconds(60), probes < 1000 {
            time += liveness.keepalive
            liveness.answered(after: .milliseconds(50), idle: liveness.keepalive, unbroken: liveness.keepalive)
            probes += 1
        }
        #expect((80...100).contains(probes))
        #expect(time > .seconds(40 * 60) && time < .seconds(60 * 60))
    }

    @Test(arguments: [(0, 10), (2, 10), (5, 20), (8, 30), (29, 30)])
    func `an answer has four round trips`(roundTrip: Int, seconds: Int) {
        var liveness = Liveness()
        #expect(liveness.answer == .seconds(30))
        liveness.answered(after: .seconds(roundTrip), idle: .zero, unbroken: .zero)
        #expect(liveness.answer == .seconds(seconds))
    }

    @Test func `listening is bounded`() {
        let bounds = [Duration.zero, .seconds(20), .seconds(86_400)].map { Liveness(listening: $0).keepalive }
        #expect(bounds == [.seconds(15), .seconds(20), .seconds(120)])
    }

    @Test func `closing waits for the server's end`() {
        online {
            $0.play("""
                D: close
                C: {end}
                S: <message from='alice@example.org/a'><body>lamp on</body></message>{end}
                E: ended, backoff: the session was closed
                O: closeTransport
                S: {end}
                D: disconnected
                D: close
                """)
        }
    }

    @Test func `closing does not wait long`() {
        online {
            $0.play("D: close\nC: {end}\nT: 1s\nT: 1s\nE: ended, backoff: the session was closed\nO: closeTransport")
        }
    }

    @Test func `closing says what was handled`() {
        transcript {
            $0.logIn(streamManagement: true)
            $0.play("""
                S: <enabled xmlns='urn:xmpp:sm:3'/><message from='alice@example.org/a'/>
                E: message normal from alice@example.org/a
                D: close
                C: <a xmlns='urn:xmpp:sm:3' h='1'/>{end}
                D: disconnected
                E: ended, backoff: the session was closed
                O: closeTransport
                """)
        }
    }

    @Test(arguments: [
        ("system-shutdown", "backoff: the server closed the session: system-shutdown"), ("reset", "now: the server closed the session: reset"),
        ("conflict", "slowly: another program logged in with this account and the same resource; give each board an account of its own, or each machine a name of its own, which is the resource"),
        ("host-unknown", "backoff: the server does not know the domain of our account (check `jid` and `server` in the configuration): host-unknown"),
        ("policy-violation", "backoff: the server closed the session because we did what it does not allow: policy-violation"),
        ("connection-timeout", "backoff: the server closed the session: connection-timeout"), ("x", "backoff: the server closed the session: x"),
    ])
    func `a stream error decides how soon to come back`(condition: String, end: String) {
        online {
            $0.play("S: <stream:error><\(condition) xmlns='{streams}'/></stream:error>{end}\nC: {end}\nE: ended, \(end)\nO: closeTransport")
        }
    }

    @Test func `a server that closes the stream is answered`() {
        online { $0.play("S: {end}\nC: {end}\nE: ended, backoff: the server closed the session\nO: closeTransport") }
    }

    @Test func `a lost connection ends the session`() {
        online { $0.play("D: disconnected\nE: ended, backoff: the connection was lost\nO: closeTransport") }
    }

    /// Servers let through more than we hold, to anybody: a stranger must not be able to end our stream.
    @Test(arguments: [
        ("<body>" + String(repeating: "a", count: 300 * 1024) + "</body>", "a stanza of more than 262144 bytes"),
        (String(repeating: "<a>", count: 100) + String(repeating: "</a>", count: 100), "XML nested more than 32 levels deep"),
        ("<x " + (0..<65).map { "a\($0)=''" }.joined(separator: " ") + "/>", "an XML element with more than 64 attributes"),
        (String(repeating: "<a/>", count: 17_000), "a stanza of more than 16384 elements"),
        ("<x a='" + String(repeating: "a", count: 40_000) + "'/>", "an XML tag of more than 16384 bytes"),
    ])
    func `a stanza beyond our limits is passed over and counts as handled`(payload: String, why: String) {
        transcript {
            $0.logIn(streamManagement: true)
            $0.play("S: <enabled xmlns='urn:xmpp:sm:3'/>")
            // Not byte by byte: 300 KB of that take a debug build long.
            for piece in Array("<message from='eve@example.net/x'>\(payload)</message>".utf8).chunked(5000) { $0.session.receive(piece, at: $0.now) }
            $0.play("""
                C: <a xmlns='urn:xmpp:sm:3' h='1'/>
                E: notice: passed over what somebody sent: \(why)
                S: <message from='alice@example.org/phone' type='chat'><body>lamp on</body></message>
                E: message chat from alice@example.org/phone "lamp on"
                S: <r xmlns='urn:xmpp:sm:3'/>
                C: <a xmlns='urn:xmpp:sm:3' h='2'/>
                """)
        }
    }

    @Test func `what cannot even be passed over ends the session and is not sent again`() {
        transcript {
            $0.logIn(streamManagement: true)
            $0.play("S: <enabled xmlns='urn:xmpp:sm:3'/>")
            for piece in Array(("<message>" + String(repeating: "<a>", count: 9000)).utf8).chunked(5000) { $0.session.receive(piece, at: $0.now) }
            $0.play("""
                C: <a xmlns='urn:xmpp:sm:3' h='1'/>
                E: notice: passed over what somebody sent: XML nested more than 8192 levels deep
                C: <stream:error><policy-violation xmlns='{streams}'/></stream:error></stream:stream>
                E: ended, backoff: protocol error: XML nested more than 8192 levels deep
                O: closeTransport
                """)
        }
    }

    @Test func `a stanza without an end is no sign of life`() {
        online {
            $0.receive(Array("<message><body>".utf8))
            for _ in 0..<20 {
                $0.receive(Array(String(repeating: "a", count: 20_000).utf8))
                $0.pass(.seconds(5))
            }
            #expect($0.takeOutput().contains { $0.hasPrefix("E: ended, backoff: timeout") })
        }
    }

    @Test(arguments: [
        ("<!-- -->", "restricted-xml"), ("<?php ?>", "restricted-xml"), ("<message>&bomb;</message>", "restricted-xml"), ("<a></b>", "not-well-formed"),
        ("x", "bad-format"), ("<x:a/>", "bad-namespace-prefix"), ("<message>\u{1}</message>", "not-well-formed"),
    ])
    func `XML that XMPP forbids ends the session`(xml: String, condition: String) {
        online {
            $0.receive(Array(xml.utf8))
            let output = $0.takeOutput()
            #expect(output.first == "C: " + Transcript.expand("<stream:error><\(condition) xmlns='{streams}'/></stream:error>{end}"))
            #expect(output.last == "O: closeTransport")
        }
    }

    @Test func `nothing happens after the end`() throws {
        let alice = try JID("alice@example.org")
        online {
            $0.play("D: disconnected\nE: ended, backoff: the connection was lost\nO: closeTransport")
            #expect(!$0.session.isOnline)
            #expect($0.session.nextDeadline == nil)
            #expect($0.session.send(OutgoingMessage(to: alice), at: $0.now) == nil)
            $0.play("S: <message from='alice@example.org'/>\nD: connected\nD: secured\nD: close\nT: 3600s")
        }
    }
}

extension Transcript {
    /// The clock jumps, and one tick comes late.
    func sleep(_ duration: Duration) {
        skip(duration)
        session.tick(at: now)
        drain()
    }
}

extension Array {
    fileprivate func chunked(_ size: Int) -> [[Element]] { stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) } }
}

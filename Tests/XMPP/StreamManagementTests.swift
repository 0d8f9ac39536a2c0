import Testing
import Time

@testable import XMPP

/// XEP-0198 without resumption.
@Suite struct StreamManagementTests {
    private func managed(_ body: (Transcript) throws -> Void) rethrows {
        try transcript {
            $0.logIn(streamManagement: true)
            try body($0)
        }
    }

    @Test func `what was handled is acknowledged when the server asks`() {
        managed {
            $0.play("""
                S: <enabled xmlns='urn:xmpp:sm:3'/><r xmlns='urn:xmpp:sm:3'/>
                C: <a xmlns='urn:xmpp:sm:3' h='0'/>
                S: <message from='alice@example.org/a'/><presence from='alice@example.org/a'/><iq type='result' id='7'/><r xmlns='urn:xmpp:sm:3'/>
                E: message normal from alice@example.org/a
                E: presence available from alice@example.org/a
                C: <a xmlns='urn:xmpp:sm:3' h='3'/>
                """)
        }
    }

    @Test func `messages that are not believed were handled as well`() {
        managed {
            $0.play("""
                S: <enabled xmlns='urn:xmpp:sm:3'/><message from='@'/><message from='eve@example.net'><received xmlns='urn:xmpp:carbons:2'/></message><r xmlns='urn:xmpp:sm:3'/>
                C: <a xmlns='urn:xmpp:sm:3' h='2'/>
                """)
        }
    }

    @Test func `a server that does not enable it is not acknowledged to`() {
        managed {
            $0.play("""
                S: <failed xmlns='urn:xmpp:sm:3'><unexpected-request xmlns='{stanzas}'/></failed><r xmlns='urn:xmpp:sm:3'/><a xmlns='urn:xmpp:sm:3' h='99'/>
                S: <iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>
                C: <iq type='result' id='1'/>
                """)
        }
    }

    @Test func `an acknowledgement is asked for once a batch of messages`() throws {
        let alice = try JID("alice@example.org")
        managed {
            $0.play("S: <enabled xmlns='urn:xmpp:sm:3'/>")
            for number in 1...3 { $0.session.send(OutgoingMessage(to: alice, id: "\(number)"), at: $0.now) }
            $0.play("""
                C: <message to='alice@example.org' id='1' type='chat'/><message to='alice@example.org' id='2' type='chat'/>
                   <message to='alice@example.org' id='3' type='chat'/><r xmlns='urn:xmpp:sm:3'/>
                """)
            $0.session.send(OutgoingMessage(to: alice, id: "4"), at: $0.now)
            $0.play("""
                C: <message to='alice@example.org' id='4' type='chat'/>
                S: <a xmlns='urn:xmpp:sm:3' h='3'/>
                E: acknowledged 1 2 3
                C: <r xmlns='urn:xmpp:sm:3'/>
                S: <a xmlns='urn:xmpp:sm:3' h='4'/>
                E: acknowledged 4
                """)
        }
    }

    @Test func `what else is heard does not stand for the acknowledgement`() throws {
        let alice = try JID("alice@example.org")
        managed {
            $0.play("S: <enabled xmlns='urn:xmpp:sm:3'/>")
            $0.session.send(OutgoingMessage(to: alice, id: "1"), at: $0.now)
            $0.play("C: <message to='alice@example.org' id='1' type='chat'/><r xmlns='urn:xmpp:sm:3'/>")
            // On its way when the link died.
            $0.play("""
                T: 1s
                S: <presence from='alice@example.org/phone'/>
                E: presence available from alice@example.org/phone
                """)
            #expect($0.session.nextDeadline == $0.now.instant + .seconds(30))
        }
    }

    @Test func `presence alone is acknowledged rarely`() {
        managed {
            $0.play("S: <enabled xmlns='urn:xmpp:sm:3'/>")
            for _ in 1...9 { $0.session.setPresence(OwnPresence(available: false), at: $0.now) }
            #expect(!$0.takeOutput().joined().contains("<r xmlns"))
            for _ in 1...9 { $0.session.setPresence(OwnPresence(available: false), at: $0.now) }
            #expect($0.takeOutput().joined().hasSuffix("<presence type='unavailable'/><r xmlns='urn:xmpp:sm:3'/>"))
        }
    }

    @Test func `messages that were sent before it was enabled are acknowledged with the others`() throws {
        let alice = try JID("alice@example.org")
        managed {
            $0.session.send(OutgoingMessage(to: alice, id: "1"), at: $0.now)
            $0.play("C: <message to='alice@example.org' id='1' type='chat'/>\nS: <enabled xmlns='urn:xmpp:sm:3'/>\nC: <r xmlns='urn:xmpp:sm:3'/>")
            $0.session.setPresence(OwnPresence(available: false), at: $0.now)
            $0.session.send(OutgoingMessage(to: alice, id: "2"), at: $0.now)
            $0.play("""
                C: <presence type='unavailable'/><message to='alice@example.org' id='2' type='chat'/>
                S: <a xmlns='urn:xmpp:sm:3' h='2'/>
                E: acknowledged 1
                C: <r xmlns='urn:xmpp:sm:3'/>
                S: <a xmlns='urn:xmpp:sm:3' h='2'/>
                S: <a xmlns='urn:xmpp:sm:3' h='3'/>
                E: acknowledged 2
                """)
        }
    }

    @Test func `without it a message counts as taken over when it is sent`() throws {
        let alice = try JID("alice@example.org")
        managed {
            $0.session.send(OutgoingMessage(to: alice, id: "1"), at: $0.now)
            $0.play("C: <message to='alice@example.org' id='1' type='chat'/>\nS: <failed xmlns='urn:xmpp:sm:3'/>\nE: acknowledged 1")
            $0.session.send(OutgoingMessage(to: alice, id: "2"), at: $0.now)
            $0.play("C: <message to='alice@example.org' id='2' type='chat'/>\nE: acknowledged 2")
        }
    }

    @Test func `a server that never answers whether it manages the stream is left`() throws {
        managed {
            for _ in 0...Limits.unacknowledgedStanzas { $0.session.setPresence(OwnPresence(available: false), at: $0.now) }
            $0.expectEnd("E: ended, backoff: timeout: the server acknowledged none of 1000 stanzas")
        }
    }

    @Test func `an answer to our request that does not come in time ends the session`() throws {
        let alice = try JID("alice@example.org")
        managed {
            $0.play("S: <enabled xmlns='urn:xmpp:sm:3'/>")
            for number in 1...10 { $0.session.send(OutgoingMessage(to: alice, id: "\(number)"), at: $0.now) }
            _ = $0.takeOutput()
            $0.play("T: 29s")
            $0.play("T: 1s\nC: {end}\nE: ended, backoff: timeout: the server does not answer any more\nO: closeTransport")
        }
    }

    @Test(arguments: ["1", "4294967295"])
    func `a server that acknowledges more than was sent is left`(h: String) {
        managed {
            $0.play("""
                S: <enabled xmlns='urn:xmpp:sm:3'/><a xmlns='urn:xmpp:sm:3' h='\(h)'/>
                C: <stream:error><undefined-condition xmlns='{streams}'/><handled-count-too-high xmlns='urn:xmpp:sm:3' h='\(h)' send-count='0'/></stream:error>{end}
                E: ended, backoff: protocol error: the server acknowledged \(h) stanzas of 0
                O: closeTransport
                """)
        }
    }

    @Test(arguments: ["", " h=''", " h='-1'", " h='4294967296'", " h='x'"])
    func `an acknowledgement without a count is a protocol error`(attribute: String) {
        managed {
            $0.play("""
                S: <enabled xmlns='urn:xmpp:sm:3'/><a xmlns='urn:xmpp:sm:3'\(attribute)/>
                C: <stream:error><invalid-xml xmlns='{streams}'/></stream:error>{end}
                E: ended, backoff: protocol error: an acknowledgement without a count
                O: closeTransport
                """)
        }
    }

    @Test func `a server that enables what nobody asked for is left`() {
        online {
            $0.play("""
                S: <enabled xmlns='urn:xmpp:sm:3'/>
                C: <stream:error><invalid-xml xmlns='{streams}'/></stream:error>{end}
                E: ended, backoff: protocol error: stream management enabled without being asked for
                O: closeTransport
                """)
        }
    }

    @Test func `stanzas without an acknowledgement are bounded`() throws {
        let alice = try JID("alice@example.org")
        managed {
            $0.play("S: <enabled xmlns='urn:xmpp:sm:3'/>")
            for _ in 0...Limits.unacknowledgedStanzas { $0.session.send(OutgoingMessage(to: alice), at: $0.now) }
            $0.expectEnd("E: ended, backoff: timeout: the server acknowledged none of 1000 stanzas")
            #expect($0.session.send(OutgoingMessage(to: alice), at: $0.now) == nil)
        }
    }

    @Test func `counters wrap at 2^32`() {
        var counters = StreamManagement(inbound: .max, outbound: .max, acknowledged: .max)
        counters.received()
        counters.sent([], messageID: nil)
        #expect(counters.inbound == 0 && counters.outbound == 0 && counters.unacknowledged == 1)
        let accepted = [1, 0, .max].map { counters.acknowledge($0) }
        #expect(accepted == [false, true, false])
        #expect(counters.unacknowledged == 0)
    }
}

import Testing
import Time

@testable import XMPP

/// Messages as they arrive and as they are sent.
@Suite struct MessageTests {
    @Test func `a chat message becomes an event`() {
        online {
            $0.play("""
                S: <message from='alice@example.org/phone' to='user@example.org/board' id='m1' type='chat'>
                   <body>lamp on</body><body xml:lang='de'>Lampe an</body><thread>t1</thread><active xmlns='http://jabber.org/protocol/chatstates'/>
                   <request xmlns='urn:xmpp:receipts'/><origin-id xmlns='urn:xmpp:sid:0' id='o1'/></message>
                E: message chat from alice@example.org/phone to user@example.org/board id m1 thread t1 receipt wanted origin o1 "lamp on"
                """)
        }
    }

    @Test func `several messages in one read come in order`() {
        online {
            $0.play("""
                S: <message from='alice@example.org/phone'><body>1</body></message> <message from='alice@example.org/phone' type='headline'><body>2</body></message>
                E: message normal from alice@example.org/phone "1"
                E: message headline from alice@example.org/phone "2"
                """)
        }
    }

    @Test(arguments: [("", "normal"), ("normal", "normal"), ("chat", "chat"), ("groupchat", "groupchat"), ("headline", "headline"), ("CHAT", "normal"), ("x", "normal")])
    func `the type of a message is read as RFC 6121 says`(type: String, kind: String) {
        online {
            $0.play("S: <message from='alice@example.org/phone' type='\(type)'/>\nE: message \(kind) from alice@example.org/phone")
        }
    }

    @Test func `a message without a sender is our own account's`() {
        online { $0.play("S: <message><body>hi</body></message>\nE: message normal from user@example.org \"hi\"") }
    }

    @Test func `a message from what is no address is ignored`() {
        online { $0.play("S: <message from='alice@'><body>lamp on</body></message><message from=''/>") }
    }

    @Test func `any delay marks a message as late and the oldest one counts`() {
        online {
            $0.play("""
                S: <message from='alice@example.org/phone'><body>lamp on</body><delay xmlns='urn:xmpp:delay' from='example.org' stamp='2026-05-01T11:00:00Z'/>
                   <delay xmlns='urn:xmpp:delay' stamp='2026-05-01T10:00:00Z'/><delay xmlns='urn:xmpp:delay' stamp='2026-05-01T11:30:00Z'/></message>
                E: message normal from alice@example.org/phone delayed 2026-05-01T10:00:00Z "lamp on"
                S: <message from='alice@example.org/phone'><x xmlns='jabber:x:delay' stamp='20020910T23:41:07'/></message>
                E: message normal from alice@example.org/phone delayed 2002-09-10T23:41:07Z
                """)
        }
    }

    @Test(arguments: ["<delay xmlns='urn:xmpp:delay'/>", "<delay xmlns='urn:xmpp:delay' stamp='yesterday'/>", "<x xmlns='jabber:x:delay' stamp='2002'/>"])
    func `a delay that cannot be read marks a message as late all the same`(delay: String) {
        online {
            $0.play("S: <message from='alice@example.org/phone'>\(delay)</message>\nE: message normal from alice@example.org/phone delayed 1970-01-01T00:00:00Z")
        }
    }

    @Test(arguments: ["eve@example.net/x", "user@example.org", "user@example.org/phone", "example.org"])
    func `a carbon is never opened, whoever sends it`(sender: String) {
        online {
            for wrapper in ["received", "sent"] {
                $0.play("""
                    S: <message from='\(sender)'><\(wrapper) xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>
                       <message xmlns='jabber:client' from='alice@example.org/phone' type='chat'><body>lamp on</body></message></forwarded></\(wrapper)></message>
                    """)
                #expect($0.takeOutput() == [])
            }
        }
    }

    @Test func `a result from an archive is never opened`() {
        online {
            $0.play("""
                S: <message from='user@example.org'><result xmlns='urn:xmpp:mam:2' queryid='q' id='1'><forwarded xmlns='urn:xmpp:forward:0'>
                   <message xmlns='jabber:client' from='alice@example.org/phone' type='chat'><body>lamp on</body></message></forwarded></result></message>
                """)
        }
    }

    @Test func `what somebody forwards is not what they say`() {
        online {
            $0.play("""
                S: <message from='eve@example.net/x'><forwarded xmlns='urn:xmpp:forward:0'>
                   <message xmlns='jabber:client' from='alice@example.org/phone'><body>lamp on</body></message></forwarded></message>
                S: <message from='alice@example.org/phone'><body>lamp on</body><forwarded xmlns='urn:xmpp:forward:0'>
                   <delay xmlns='urn:xmpp:delay' stamp='2026-11-22T16:00:00Z'/>
                   <message xmlns='jabber:client' from='alice@example.org/phone'><body>lamp on</body></message></forwarded></message>
                """)
        }
    }

    @Test(arguments: [
        "<encryption xmlns='urn:xmpp:eme:0' namespace='eu.siacs.conversations.axolotl'/>", "<encrypted xmlns='eu.siacs.conversations.axolotl'/>",
        "<encrypted xmlns='urn:xmpp:omemo:2'/>", "<openpgp xmlns='urn:xmpp:openpgp:0'>x</openpgp>", "<x xmlns='jabber:x:encrypted'>x</x>",
    ])
    func `an encrypted message is marked`(sign: String) {
        online {
            $0.play("S: <message from='alice@example.org/phone'>\(sign)<body>hint</body></message>\nE: message normal from alice@example.org/phone encrypted \"hint\"")
        }
    }

    @Test(arguments: [
        "<x xmlns='http://jabber.org/protocol/muc#user'/>", "<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='owner' jid='alice@example.org/phone'/></x>",
        "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='x'/>",
    ])
    func `what an occupant of a room says privately is marked`(sign: String) {
        online {
            $0.play("S: <message from='garden@rooms.example.org/alice' type='chat'><body>lamp on</body>\(sign)</message>\nE: message chat from garden@rooms.example.org/alice from a room \"lamp on\"")
        }
    }

    @Test func `an OTR message is marked`() {
        online {
            $0.play("S: <message from='alice@example.org/phone'><body>?OTRv23?</body></message>\nE: message normal from alice@example.org/phone encrypted \"?OTRv23?\"")
        }
    }

    @Test func `receipts, corrections and errors are read`() {
        online {
            $0.play("""
                S: <message from='alice@example.org/phone'><received xmlns='urn:xmpp:receipts' id='r1'/></message>
                E: message normal from alice@example.org/phone receipt for r1
                S: <message from='alice@example.org/phone'><body>lamp off</body><replace xmlns='urn:xmpp:message-correct:0' id='m1'/></message>
                E: message normal from alice@example.org/phone replaces m1 "lamp off"
                S: <message from='bob@example.org' id='m2' type='error'><body>hello</body><error type='cancel'>
                   <service-unavailable xmlns='{stanzas}'/><text xmlns='{stanzas}'>away</text></error></message>
                E: message error from bob@example.org id m2 error service-unavailable "hello"
                S: <message from='bob@example.org' type='error'/>
                E: message error from bob@example.org error undefined-condition
                """)
        }
    }

    // MARK: Sending

    @Test func `a message is written with all that it carries`() throws {
        let alice = try JID("alice@example.org/phone")
        online {
            let id = $0.session.send(
                OutgoingMessage(
                    to: alice, id: "m1", body: "air 21.4 °C <ok>", thread: "t&1", receiptFor: "r1", requestsReceipt: true,
                    delay: $0.now.timestamp, noStore: true, replaces: "m0", originID: true, payload: Array("<x xmlns='urn:x'/>".utf8)), at: $0.now)
            #expect(id == "m1")
            $0.play("""
                C: <message to='alice@example.org/phone' id='m1' type='chat'><body>air 21.4 °C &lt;ok&gt;</body><thread>t&amp;1</thread>
                   <received xmlns='urn:xmpp:receipts' id='r1'/><request xmlns='urn:xmpp:receipts'/><replace xmlns='urn:xmpp:message-correct:0' id='m0'/>
                   <origin-id xmlns='urn:xmpp:sid:0' id='m1'/><delay xmlns='urn:xmpp:delay' from='user@example.org' stamp='2026-05-01T12:00:00Z'/><no-store xmlns='urn:xmpp:hints'/><x xmlns='urn:x'/></message>
                E: acknowledged m1
                """)
        }
    }

    @Test func `a message without an id gets one of its own`() throws {
        let room = try JID("garden@rooms.example.org")
        online {
            #expect($0.session.send(OutgoingMessage(to: room, kind: .groupchat, body: "a"), at: $0.now) == "x1")
            #expect($0.session.send(OutgoingMessage(to: room, kind: .normal, body: "b"), at: $0.now) == "x2")
            $0.play("C: <message to='garden@rooms.example.org' id='x1' type='groupchat'><body>a</body></message><message to='garden@rooms.example.org' id='x2'><body>b</body></message>\nE: acknowledged x1 x2")
        }
    }

    @Test func `characters that XML forbids are dropped from a body`() throws {
        let alice = try JID("alice@example.org")
        online {
            $0.session.send(OutgoingMessage(to: alice, body: "a\u{0}b\u{8}c\u{FFFE}d\r\n"), at: $0.now)
            #expect($0.takeOutput() == ["C: <message to='alice@example.org' id='x1' type='chat'><body>abcd&#13;\n</body></message>", "E: acknowledged x1"])
        }
    }

    @Test func `an error is never sent as a message`() throws {
        let alice = try JID("alice@example.org")
        online { #expect($0.session.send(OutgoingMessage(to: alice, kind: .error, body: "a"), at: $0.now) == nil) }
    }
}

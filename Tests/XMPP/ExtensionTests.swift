import Testing
import Time

@testable import XMPP

/// What a trusted contact can ask.
@Suite struct ExtensionTests {
    @Test func `service discovery names exactly what the list of extensions can do`() {
        online {
            $0.play("""
                S: <iq type='get' id='1' from='alice@example.org/a'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
                C: <iq type='result' id='1' to='alice@example.org/a'><query xmlns='http://jabber.org/protocol/disco#info'>
                   <identity category='client' type='bot' name='greenhouse'/>
                   <feature var='http://jabber.org/protocol/caps'/><feature var='http://jabber.org/protocol/disco#info'/>
                   <feature var='http://jabber.org/protocol/disco#items'/><feature var='jabber:iq:last'/><feature var='jabber:iq:version'/>
                   <feature var='urn:xmpp:delay'/><feature var='urn:xmpp:ping'/><feature var='urn:xmpp:receipts'/><feature var='urn:xmpp:time'/></query></iq>
                """)
        }
    }

    @Test func `every namespace with a handler is announced`() {
        let announced = Set(Extension.all.flatMap(\.features))
        for handler in Extension.all.flatMap(\.handlers) { #expect(announced.contains(handler.namespace.description)) }
    }

    @Test func `the node of our capabilities is answered and any other is not found`() {
        online {
            let node = "urn:x-perch#" + ($0.session.verification ?? "")
            $0.play("S: <iq type='get' id='1'><query xmlns='http://jabber.org/protocol/disco#info' node='\(node)'/></iq>")
            #expect($0.takeOutput().first?.hasPrefix("C: <iq type='result' id='1'><query xmlns='http://jabber.org/protocol/disco#info' node='\(node)'>") == true)
            $0.play("""
                S: <iq type='get' id='2'><query xmlns='http://jabber.org/protocol/disco#info' node='urn:x-perch#x'/></iq>
                C: <iq type='error' id='2'>{not found}</iq>
                S: <iq type='get' id='3'><query xmlns='http://jabber.org/protocol/disco#items' node='x'/></iq>
                C: <iq type='error' id='3'>{not found}</iq>
                S: <iq type='get' id='4'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>
                C: <iq type='result' id='4'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>
                """)
        }
    }

    @Test func `the hash in our presence is that of what discovery answers`() throws {
        try online {
            let hash = try Caps.verification(
                identities: [Caps.Identity(category: "client", type: "bot", name: "greenhouse")], features: $0.session.features.reversed())
            #expect($0.session.verification == hash)
        }
    }

    @Test func `version, time and last activity are told`() throws {
        let alice = try JID("alice@example.org")
        online {
            $0.play("""
                S: <iq type='get' id='1'><query xmlns='jabber:iq:version'/></iq>
                C: <iq type='result' id='1'><query xmlns='jabber:iq:version'><name>Perch</name><version>0.1</version><os>Linux 6.1</os></query></iq>
                S: <iq type='get' id='2'><time xmlns='urn:xmpp:time'/></iq>
                C: <iq type='result' id='2'><time xmlns='urn:xmpp:time'><tzo>+02:00</tzo><utc>2026-05-01T12:00:00Z</utc></time></iq>
                T: 42s
                S: <iq type='get' id='3'><query xmlns='jabber:iq:last'/></iq>
                C: <iq type='result' id='3'><query xmlns='jabber:iq:last' seconds='42'/></iq>
                """)
            $0.session.send(OutgoingMessage(to: alice, id: "m"), at: $0.now)
            $0.play("""
                C: <message to='alice@example.org' id='m' type='chat'/>
                E: acknowledged m
                S: <iq type='get' id='4'><query xmlns='jabber:iq:last'/></iq>
                C: <iq type='result' id='4'><query xmlns='jabber:iq:last' seconds='0'/></iq>
                """)
        }
    }

    @Test(arguments: [(0, "+00:00"), (7200, "+02:00"), (-12_600, "-03:30"), (20_700, "+05:45"), (Int32.min, "-596523:14")] as [(Int32, String)])
    func `a time zone is written as XEP-0082 says`(offset: Int32, text: String) {
        #expect(EntityTime.zone(offset) == text)
    }
}

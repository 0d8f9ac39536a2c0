import Testing

@testable import XMPP

@Suite struct PresenceTests {
    @Test func `presence of others becomes events`() {
        online {
            $0.play("""
                S: <presence from='alice@example.org/phone'><show>dnd</show><status>busy</status><priority>-5</priority><c xmlns='http://jabber.org/protocol/caps'/></presence>
                E: presence available from alice@example.org/phone dnd "busy" priority -5
                S: <presence from='alice@example.org/phone' type='unavailable'/>
                E: presence unavailable from alice@example.org/phone
                S: <presence from='bob@example.net' type='error'><error type='cancel'><remote-server-not-found xmlns='{stanzas}'/></error></presence>
                E: presence error from bob@example.net
                S: <presence from='carol@example.org/a'><show>sleepy</show><priority>1000</priority></presence>
                E: presence available from carol@example.org/a
                """)
        }
    }

    @Test func `subscription traffic names bare addresses`() {
        online {
            $0.play("""
                S: <presence from='alice@example.org/phone' type='subscribe'/>
                E: subscribe alice@example.org
                S: <presence from='alice@example.org' type='subscribed'/><presence from='alice@example.org' type='unsubscribe'/><presence from='alice@example.org' type='unsubscribed'/>
                E: subscribed alice@example.org
                E: unsubscribe alice@example.org
                E: unsubscribed alice@example.org
                """)
        }
    }

    @Test func `our own broadcast, probes and unknown types are nobody's news`() {
        online {
            $0.play("S: <presence from='user@example.org/board'/><presence from='alice@example.org' type='probe'/><presence from='a@example.org' type='x'/><presence from='@'/>")
        }
    }

    @Test func `our presence says how we are and what we can do`() {
        online {
            let hash = $0.session.verification ?? ""
            #expect($0.session.setPresence(OwnPresence(show: .dnd, status: "air 34 °C & rising"), at: $0.now))
            $0.play("""
                C: <presence><show>dnd</show><status>air 34 °C &amp; rising</status>
                   <c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='urn:x-perch' ver='\(hash)'/></presence>
                """)
            #expect($0.session.setPresence(OwnPresence(), at: $0.now))
            $0.play("C: <presence><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='urn:x-perch' ver='\(hash)'/></presence>")
            #expect($0.session.setPresence(OwnPresence(available: false, show: .away, status: "restarting"), at: $0.now))
            $0.play("C: <presence type='unavailable'><status>restarting</status></presence>")
        }
    }

    @Test func `presence is not sent before it is set`() {
        online { $0.play("T: 30s") }
    }

    @Test(arguments: [(SubscriptionVerb.subscribe, "subscribe"), (.subscribed, "subscribed"), (.unsubscribe, "unsubscribe"), (.unsubscribed, "unsubscribed")])
    func `subscriptions are managed between bare addresses`(verb: SubscriptionVerb, type: String) throws {
        let alice = try JID("alice@example.org/phone")
        online {
            #expect($0.session.send(verb, to: alice, at: $0.now))
            $0.play("C: <presence type='\(type)' to='alice@example.org'/>")
        }
    }
}

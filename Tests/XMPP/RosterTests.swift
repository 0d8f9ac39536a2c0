import Testing

@testable import XMPP

@Suite struct RosterTests {
    static let push = "<query xmlns='jabber:iq:roster'><item jid='bob@example.org' subscription='from'/></query>"

    @Test(arguments: ["", "from='user@example.org'"])
    func `a roster push of our own account is taken and answered`(from: String) {
        online {
            $0.play("""
                S: <iq type='set' id='p1' \(from)>\(Self.push)</iq>
                C: <iq type='result' id='p1'\(from.isEmpty ? "" : " to='user@example.org'")/>
                E: roster changed bob@example.org from
                """)
        }
    }

    @Test(arguments: ["eve@example.net/x", "alice@example.org/phone", "example.org", "user@example.org/other", "user@example.net"])
    func `a roster push of anybody else is refused`(sender: String) {
        online {
            $0.play("S: <iq type='set' id='p1' from='\(sender)'>\(Self.push)</iq>")
            let output = $0.takeOutput()
            #expect(!output.contains { $0.hasPrefix("E: roster") })
            #expect(output.last == "C: " + Transcript.expand("<iq type='error' id='p1' to='\(sender)'>{unavailable}</iq>"))
        }
    }

    @Test(arguments: [
        "", "<item jid='@' subscription='both'/>", "<item/>", "<item jid='a@example.org'/><item jid='b@example.org'/>",
    ])
    func `a roster push without exactly one item is a bad request`(items: String) {
        online {
            $0.play("S: <iq type='set' id='p1'><query xmlns='jabber:iq:roster'>\(items)</query></iq>\nC: <iq type='error' id='p1'>{bad request}</iq>")
        }
    }

    @Test func `a removed contact is taken out of the roster`() throws {
        let bob = try JID("bob@example.org/x")
        online {
            #expect($0.session.removeContact(bob, at: $0.now))
            $0.play("""
                C: <iq type='set' id='x1'><query xmlns='jabber:iq:roster'><item jid='bob@example.org' subscription='remove'/></query></iq>
                S: <iq type='set' id='p1'><query xmlns='jabber:iq:roster'><item jid='bob@example.org' subscription='remove'/></query></iq><iq type='result' id='x1'/>
                C: <iq type='result' id='p1'/>
                E: roster changed bob@example.org remove
                """)
        }
    }

    @Test func `a removal that the server refuses is told`() throws {
        let bob = try JID("bob@example.org")
        online {
            $0.session.removeContact(bob, at: $0.now)
            $0.play("""
                C: <iq type='set' id='x1'><query xmlns='jabber:iq:roster'><item jid='bob@example.org' subscription='remove'/></query></iq>
                S: <iq type='error' id='x1' from='user@example.org'><error type='cancel'><item-not-found xmlns='{stanzas}'/></error></iq>
                E: notice: bob@example.org could not be removed from the roster: item-not-found
                """)
        }
    }

    @Test func `a roster that is refused or never comes is told`() {
        transcript(.testing { $0.requestsRoster = true }) {
            $0.logIn()
            $0.play("""
                S: <iq type='error' id='x1'><error type='cancel'><feature-not-implemented xmlns='{stanzas}'/></error></iq>
                E: notice: the server did not give the roster: feature-not-implemented
                """)
        }
        transcript(.testing { $0.requestsRoster = true }) {
            $0.logIn()
            $0.play("""
                T: 29s
                T: 1s
                E: notice: the server did not answer the request for the roster
                S: <iq type='result' id='x1'><query xmlns='jabber:iq:roster'/></iq>
                """)
        }
    }
}

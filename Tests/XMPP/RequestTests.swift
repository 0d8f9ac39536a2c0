import Testing
import Time

@testable import XMPP

/// `iq` stanzas: theirs and ours (RFC 6120 §8.2.3).
@Suite struct RequestTests {
    static let ping = "<ping xmlns='urn:xmpp:ping'/>"

    @Test(arguments: ["from='alice@example.org/phone'", "from='user@example.org/phone'", "from='user@example.org'", "from='example.org'", ""])
    func `those we trust, our account and our server are answered`(from: String) {
        online {
            let to = from.isEmpty ? "" : from.replacing("from", with: " to")
            $0.play("S: <iq type='get' id='1' \(from)>\(Self.ping)</iq>\nC: <iq type='result' id='1'\(to)/>")
        }
    }

    @Test func `a stranger gets what the server answers for an account that is not there, whatever they ask`() {
        online {
            for payload in [
                Self.ping, "<query xmlns='jabber:iq:version'/>", "<query xmlns='http://jabber.org/protocol/disco#info'/>", "<query xmlns='jabber:iq:last'/>",
                "<time xmlns='urn:xmpp:time'/>", "<x xmlns='urn:unknown'/>", "", "<a xmlns='a'/><b xmlns='b'/>",
            ] {
                for type in ["get", "set"] {
                    $0.play("S: <iq type='\(type)' id='1' from='eve@example.net/x'>\(payload)</iq>\nC: <iq type='error' id='1' to='eve@example.net/x'>{unavailable}</iq>")
                }
            }
            $0.play("S: <iq type='x' id='1' from='eve@example.net/x'/>\nC: <iq type='error' id='1' to='eve@example.net/x'>{unavailable}</iq>")
        }
    }

    @Test func `a request without a handler is answered as unavailable`() {
        online {
            $0.play("""
                S: <iq type='get' id='1' from='alice@example.org/phone'><vCard xmlns='vcard-temp'/></iq>
                C: <iq type='error' id='1' to='alice@example.org/phone'>{unavailable}</iq>
                S: <iq type='set' id='2' from='alice@example.org/phone'><ping xmlns='urn:xmpp:ping'/></iq>
                C: <iq type='error' id='2' to='alice@example.org/phone'>{unavailable}</iq>
                """)
        }
    }

    @Test func `a malformed request is a bad request`() {
        online {
            $0.play("""
                S: <iq type='get' id='1'/>
                C: <iq type='error' id='1'>{bad request}</iq>
                S: <iq type='get' id='1'>\(Self.ping)\(Self.ping)</iq>
                C: <iq type='error' id='1'>{bad request}</iq>
                S: <iq type='get'>\(Self.ping)</iq>
                C: <iq type='error'>{bad request}</iq>
                S: <iq id='1'>\(Self.ping)</iq>
                C: <iq type='error' id='1'>{bad request}</iq>
                S: <iq type='fetch' id='1'>\(Self.ping)</iq>
                C: <iq type='error' id='1'>{bad request}</iq>
                """)
        }
    }

    @Test func `results and errors are never answered`() {
        online {
            $0.play("""
                S: <iq type='result' id='1' from='alice@example.org/phone'/><iq type='error' id='1' from='alice@example.org/phone'/><iq type='result'/><iq type='error'/>
                S: <message type='error' from='eve@example.net'/>
                E: message error from eve@example.net error undefined-condition
                S: <presence type='error' from='eve@example.net'/>
                E: presence error from eve@example.net
                """)
        }
    }

    @Test func `a request from what is no address is ignored`() {
        online { $0.play("S: <iq type='get' id='1' from='@'>\(Self.ping)</iq>") }
    }

    @Test(arguments: ["eve@example.net/x", "alice@example.org/phone", "user@example.net", "example.net"])
    func `an answer from somebody who was not asked is not believed`(sender: String) {
        transcript(.testing { $0.requestsRoster = true }) {
            $0.logIn()
            $0.play("""
                S: <iq type='result' id='x1' from='\(sender)'><query xmlns='jabber:iq:roster'><item jid='eve@example.net' subscription='both'/></query></iq>
                S: <iq type='error' id='x1' from='\(sender)'/>
                S: <iq type='result' id='x1' from='user@example.org'><query xmlns='jabber:iq:roster'/></iq>
                E: roster
                S: <iq type='result' id='x1'><query xmlns='jabber:iq:roster'/></iq>
                """)
        }
    }

    @Test func `who may answer follows RFC 6120 8_1_2_1`() throws {
        let own = try JID("user@example.org/board"), alice = try JID("alice@example.org/phone"), server = try JID("example.org")
        #expect(Requests.mayAnswer(nil, to: nil, own: own))
        #expect(Requests.mayAnswer(own, to: nil, own: own))
        #expect(Requests.mayAnswer(own.bare, to: nil, own: own))
        #expect(Requests.mayAnswer(server, to: nil, own: own))
        #expect(!Requests.mayAnswer(alice, to: nil, own: own))
        #expect(!Requests.mayAnswer(try JID("user@example.org/other"), to: nil, own: own))
        #expect(Requests.mayAnswer(nil, to: server, own: own))
        #expect(Requests.mayAnswer(server, to: server, own: own))
        #expect(!Requests.mayAnswer(own.bare, to: server, own: own))
        #expect(Requests.mayAnswer(nil, to: own.bare, own: own))
        #expect(Requests.mayAnswer(alice, to: alice, own: own))
        #expect(!Requests.mayAnswer(alice.bare, to: alice, own: own))
        #expect(!Requests.mayAnswer(nil, to: alice, own: own))
        #expect(!Requests.mayAnswer(server, to: alice, own: own))
    }

    @Test func `a publication that is refused or not answered is told`() {
        online {
            #expect($0.session.publish(node: "urn:x-perch:air", id: "now", item: Array("<sensml xmlns='urn:ietf:params:xml:ns:senml'/>".utf8), at: $0.now))
            #expect($0.session.publish(node: "b", id: "1", item: [], at: $0.now))
            $0.play("""
                C: <iq type='set' id='x1'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='urn:x-perch:air'><item id='now'>
                   <sensml xmlns='urn:ietf:params:xml:ns:senml'/></item></publish></pubsub></iq>
                   <iq type='set' id='x2'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='b'><item id='1'/></publish></pubsub></iq>
                S: <iq type='error' id='x1' from='user@example.org'><error type='cancel'><feature-not-implemented xmlns='{stanzas}'/><unsupported xmlns='http://jabber.org/protocol/pubsub#errors'/></error></iq>
                E: notice: urn:x-perch:air could not be published: feature-not-implemented
                T: 30s
                E: notice: the server did not answer the publishing of b
                """)
        }
    }

    @Test func `requests without an answer are bounded`() {
        online {
            for _ in 0..<Limits.outstandingRequests { #expect($0.session.publish(node: "n", id: "i", item: [], at: $0.now)) }
            _ = $0.takeOutput()
            #expect(!$0.session.publish(node: "n", id: "i", item: [], at: $0.now))
            #expect($0.takeOutput() == [])
        }
    }

    @Test func `an unknown stanza ends the stream and an unknown namespace does not`() {
        online {
            $0.play("""
                S: <future xmlns='urn:xmpp:future:0'><x/></future>
                S: <letter/>
                C: <stream:error><unsupported-stanza-type xmlns='{streams}'/></stream:error>{end}
                E: ended, backoff: protocol error: an unknown stanza <letter/>
                O: closeTransport
                """)
        }
    }
}

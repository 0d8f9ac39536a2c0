import Testing
import Time

@testable import XMPP

/// A server that manages streams, over connections that break anywhere: nothing is lost, nothing is doubled, nothing is out of order.
@Suite struct ResumptionChaosTests {
    /// The server's side of one session, which outlives its connections.
    private struct Server {
        var handled: UInt32 = 0
        var messages: [String] = []
        /// Of the connection at hand.
        var isAuthenticated = false
        var isBound = false
        var bindID: String?
        var pingID: String?
        /// What it has read of the connection at hand, up to the end of an element.
        var unread: [UInt8] = []
    }

    @Test func `whatever breaks when, each message arrives once and in order`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SessionChaosTests.Random(state: seed)
        let alice = try JID("alice@example.org")
        var resumptions = 0
        for round in 0..<25 {
            let label: Comment = "seed \(seed), round \(round)"
            var server = Server()
            var options = SessionOptions.testing { $0.resumption = .seconds(60) }
            var now = Moment(instant: Instant(.seconds(1)), timestamp: Timestamp(milliseconds: 0))
            var sent: [String] = []
            var acknowledged: [String] = []
            for connection in 0..<12 {
                options.idSeed = "c\(connection)-"
                let session = Session(options)
                var isOnline = false
                // Bytes of ours that still get through before the line is cut.
                var budget = connection == 11 ? Int.max : Int.random(in: 0...3000, using: &random)
                var answers: [UInt8] = []
                server.unread = []
                server.isAuthenticated = false
                server.isBound = false
                server.bindID = nil
                server.pingID = nil

                func drain() {
                    while let output = session.nextOutput() {
                        switch output {
                        case .send(let bytes):
                            let through = bytes.prefix(budget)
                            budget -= through.count
                            server.unread += through
                        case .event(.online(_, let resumed)):
                            isOnline = true
                            if resumed { resumptions += 1 }
                        case .event(.acknowledged(let ids)): acknowledged += ids
                        case .event, .startTLS, .closeTransport: break
                        }
                    }
                }
                session.connected(secured: true, at: now)
                drain()
                for _ in 0..<40 {
                    serve(&server, &answers)
                    let count = connection == 11 ? answers.count : Int.random(in: 0...answers.count, using: &random)
                    session.receive(Array(answers.prefix(count)), at: now)
                    answers.removeFirst(count)
                    drain()
                    if isOnline, connection < 11, Bool.random(using: &random) {
                        for _ in 0..<Int.random(in: 1...3, using: &random) {
                            let id = "m\(sent.count)"
                            if session.send(OutgoingMessage(to: alice, id: id), at: now) != nil { sent.append(id) }
                            if Bool.random(using: &random) { session.setPresence(OwnPresence(available: false), at: now) }
                        }
                    }
                    drain()
                    now.instant = now.instant + .milliseconds(Int.random(in: 0...100, using: &random))
                    session.tick(at: now)
                    drain()
                    if budget == 0, Bool.random(using: &random) { break }
                }
                session.disconnected(at: now)
                drain()
                options.continuation = session.continuation
                // Cut before there was anything to go on with: what that session sent is the outbox's.
                if options.continuation == nil {
                    server = Server()
                    sent = []
                    acknowledged = []
                }
            }
            #expect(server.messages == sent, label)
            #expect(acknowledged == sent, label)
        }
        #expect(resumptions > 50, "seed \(seed)")
    }

    /// Answers what is complete, as a server does that has only one client.
    private func serve(_ server: inout Server, _ answers: inout [UInt8]) {
        while let end = server.unread.firstIndex(of: UInt8(ascii: ">")) {
            let text = String(decoding: server.unread[...end], as: UTF8.self)
            server.unread.removeFirst(end + 1)
            func answer(_ xml: String) { answers += Array(Transcript.expand(xml).utf8) }
            if text.hasPrefix("<stream:stream") {
                answer("{stream}" + (server.isAuthenticated ? "{offer bind and sm}" : Transcript.offer("EXTERNAL")))
            } else if text.hasSuffix("</auth>") {
                server.isAuthenticated = true
                answer("<success xmlns='{sasl}'/>")
            } else if text.hasPrefix("<iq type='set'"), !server.isBound {
                server.bindID = attribute("id", text)
            } else if text.hasPrefix("</iq"), let id = server.bindID {
                server.bindID = nil
                server.isBound = true
                answer("<iq type='result' id='\(id)'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>user@example.org/board</jid></bind></iq>")
            } else if text.hasPrefix("<enable ") {
                server.handled = 0
                answer("{enabled}")
            } else if text.hasPrefix("<resume ") {
                server.isBound = true
                answer("<resumed xmlns='urn:xmpp:sm:3' previd='sm1' h='\(server.handled)'/>")
            } else if text.hasPrefix("<r ") {
                answer("<a xmlns='urn:xmpp:sm:3' h='\(server.handled)'/>")
            } else if text.hasPrefix("<message ") {
                server.handled &+= 1
                server.messages.append(attribute("id", text) ?? "")
            } else if text.hasPrefix("<presence ") {
                server.handled &+= 1
            } else if text.hasPrefix("<iq type='get'") {
                server.pingID = attribute("id", text)
            } else if text.hasPrefix("</iq"), let id = server.pingID {
                server.pingID = nil
                server.handled &+= 1
                answer("<iq type='result' id='\(id)' from='example.org'/>")
            }
        }
    }

    private func attribute(_ name: String, _ text: String) -> String? {
        guard let range = text.firstRange(of: " \(name)='") else { return nil }
        return String(text[range.upperBound...].prefix { $0 != "'" })
    }
}

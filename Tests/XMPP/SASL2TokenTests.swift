import Crypto
import Foundation
import Testing
import Time

@testable import XMPP

/// Tokens that are no good any more, and sessions that go on.
extension SASL2Tests {
    // MARK: Tokens that are no good

    @Test(arguments: ["not-authorized", "credentials-expired", "malformed-request"])
    func `a refused token is forgotten and the password used in the same stream`(condition: String) {
        transcript(Self.options(Self.memory())) {
            $0.play("""
                D: connected secured
                C: {open}\(Self.fast("secret-1"))
                S: {stream}\(Self.offer("SCRAM-SHA-1"))<failure xmlns='urn:xmpp:sasl:2'><\(condition) xmlns='{sasl}'/></failure>
                C: \(Self.authenticate(Self.first + Self.userAgent + Self.bind + Self.requestToken))
                S: \(Self.challenge)
                C: \(Self.response)
                S: \(Self.success(Self.proof + Self.address + Self.bound + Self.token("secret-3")))
                E: online user@example.org/board.x1
                """)
            #expect($0.learned?.token?.text == "secret-3")
            #expect($0.learned?.strikes == 0)
        }
    }

    @Test func `a server that takes no password after a token is connected to anew`() {
        transcript(Self.options(Self.memory())) {
            $0.play("""
                D: connected secured
                C: {open}\(Self.fast("secret-1"))
                S: {stream}\(Self.offer("SCRAM-SHA-1"))<failure xmlns='urn:xmpp:sasl:2'><not-authorized xmlns='{sasl}'/></failure>
                C: \(Self.authenticate(Self.first + Self.userAgent + Self.bind + Self.requestToken))
                S: <failure xmlns='urn:xmpp:sasl:2'><invalid-mechanism xmlns='{sasl}'/></failure>
                C: {end}
                E: ended, now: the server closed the session: reset (it refused the saved token; the password is next)
                O: closeTransport
                """)
            #expect($0.learned != nil && $0.learned?.token == nil)
        }
    }

    @Test func `a token outlives a server that is out of order`() {
        transcript(Self.options(Self.memory())) {
            $0.play("""
                D: connected secured
                C: {open}\(Self.fast("secret-1"))
                S: {stream}\(Self.offer("SCRAM-SHA-1"))<failure xmlns='urn:xmpp:sasl:2'><temporary-auth-failure xmlns='{sasl}'/></failure>
                C: {end}
                E: ended, backoff: the server refused the login: temporary-auth-failure
                O: closeTransport
                """)
            #expect($0.learned == nil)
        }
    }

    @Test func `a token that is over is not shown`() {
        var memory = Self.memory()
        memory.token?.expires = Timestamp("2026-05-01T11:59:59Z")!
        transcript(Self.options(memory)) {
            $0.play("D: connected secured\nC: {open}\(Self.authenticate(Self.first + Self.userAgent + Self.bind))")
        }
    }

    @Test func `a token of a server that has no tokens any more is kept but not used`() {
        var memory = Self.memory()
        memory.isCareful = true
        transcript(Self.options(memory)) {
            $0.play("""
                D: connected secured
                C: {open}
                S: {stream}\(Self.offer("SCRAM-SHA-1", inline: ""))
                C: \(Self.authenticate(Self.first + Self.userAgent))
                """)
        }
    }

    @Test(arguments: ["a b", "ä", "", "line&#10;break", String(repeating: "x", count: 1025)])
    func `a token that would not fit into the file is not kept`(text: String) {
        transcript(Self.options()) {
            $0.play("""
                D: connected secured
                C: {open}
                S: {stream}\(Self.offer("SCRAM-SHA-1"))
                C: \(Self.authenticate(Self.first + Self.userAgent + Self.bind + Self.requestToken))
                S: \(Self.challenge)
                C: \(Self.response)
                S: \(Self.success(Self.proof + Self.address + Self.bound + Self.token(text)))
                E: online user@example.org/board.x1
                """)
            #expect($0.learned != nil && $0.learned?.token == nil)
        }
    }

    @Test func `tokens that are new on a server are asked for the next time`() {
        var memory = Self.memory()
        memory.token = nil
        transcript(Self.options(memory)) {
            $0.play("""
                D: connected secured
                C: {open}\(Self.authenticate(Self.first + Self.userAgent + Self.bind))
                S: {stream}\(Self.offer("SCRAM-SHA-1"))\(Self.challenge)
                C: \(Self.response)
                S: \(Self.success(Self.proof + Self.address + Self.bound))
                E: online user@example.org/board.x1
                """)
            #expect($0.learned?.mayRunAhead == false)
        }
    }

    // MARK: Resumption

    /// A first login with `resumption`, a message on its way, and the cut; then the next connection with what was learnt.
    func resumed(_ change: @escaping (inout SessionOptions) -> Void = { _ in }, _ body: (Transcript) throws -> Void) rethrows {
        try transcript(Self.options { $0.resumption = .seconds(120) }) {
            let bind = Self.bind.replacingOccurrences(of: "<enable xmlns='urn:xmpp:sm:3'/>", with: "<enable xmlns='urn:xmpp:sm:3' resume='true' max='120'/>")
            $0.play(Self.firstLogin.replacingOccurrences(of: Self.bind, with: bind).replacingOccurrences(of: "board.x1\nS:", with: "board.x1\nE: resumable\nS:"))
            $0.session.send(OutgoingMessage(to: try! JID("alice@example.org"), id: "1"), at: $0.now)
            $0.play("""
                C: <message to='alice@example.org' id='1' type='chat'/>{r}
                D: disconnected
                E: ended, backoff: the connection was lost
                O: closeTransport
                """)
            let memory = $0.learned ?? LoginMemory()
            let next = $0.next {
                $0.memory = memory
                change(&$0)
            }
            try body(next)
            next.finish()
        }
    }

    static let enable = bind.replacingOccurrences(of: "<enable xmlns='urn:xmpp:sm:3'/>", with: "<enable xmlns='urn:xmpp:sm:3' resume='true' max='120'/>")
    static let resume = "<resume xmlns='urn:xmpp:sm:3' h='0' previd='s1'/>"

    @Test func `the session before goes on in one flight`() {
        resumed {
            $0.play("""
                D: connected secured
                C: {open}\(Self.fast("secret-1", more: Self.resume + Self.enable))
                S: {stream}\(Self.offer("SCRAM-SHA-1"))
                   \(Self.success(Self.proof("secret-1") + Self.address + "<resumed xmlns='urn:xmpp:sm:3' previd='s1' h='0'/>"))
                C: <message to='alice@example.org' id='1' type='chat'/>
                E: online user@example.org/board.x1 resumed
                C: <iq type='get' id='xn1' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>{r}
                """)
        }
    }

    @Test func `a session that is gone is replaced in the same flight, and what it had handled is told`() {
        resumed {
            $0.play("""
                D: connected secured
                C: {open}\(Self.fast("secret-1", more: Self.resume + Self.enable))
                S: {stream}\(Self.offer("SCRAM-SHA-1"))
                   \(Self.success(Self.proof("secret-1") + Self.address + "<failed xmlns='urn:xmpp:sm:3' h='1'><item-not-found xmlns='{stanzas}'/></failed>" + Self.bound))
                E: acknowledged 1
                E: online user@example.org/board.x1
                E: resumable
                """)
        }
    }

    @Test func `nothing that was not resumed is believed to be`() {
        resumed {
            $0.play("D: connected secured")
            _ = $0.takeOutput()
            $0.play("""
                S: {stream}\(Self.offer("SCRAM-SHA-1"))
                   \(Self.success(Self.proof("secret-1") + Self.address + "<resumed xmlns='urn:xmpp:sm:3' previd='other' h='0'/>"))
                C: <stream:error><invalid-xml xmlns='{streams}'/></stream:error>{end}
                E: ended, backoff: protocol error: the server resumed another session than ours
                O: closeTransport
                """)
        }
    }

    @Test func `where resumption is not part of the login it follows it, and nothing is bound before`() {
        resumed({ $0.memory.inline = [.sasl2, .bind] }) {
            $0.play("""
                D: connected secured
                C: {open}\(Self.fast("secret-1", more: ""))
                S: {stream}\(Self.offer("SCRAM-SHA-1"))
                   \(Self.success(Self.proof("secret-1") + "<authorization-identifier>user@example.org</authorization-identifier>")){offer bind and sm}
                C: \(Self.resume)
                S: <resumed xmlns='urn:xmpp:sm:3' previd='s1' h='1'/>
                E: acknowledged 1
                E: online user@example.org/board.x1 resumed
                C: <iq type='get' id='xn1' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>
                """)
        }
    }

    @Test func `a token that is refused does not cost the session before`() {
        resumed {
            $0.play("""
                D: connected secured
                C: {open}\(Self.fast("secret-1", more: Self.resume + Self.enable))
                S: {stream}\(Self.offer("SCRAM-SHA-1"))<failure xmlns='urn:xmpp:sasl:2'><not-authorized xmlns='{sasl}'/></failure>
                C: \(Self.authenticate(Self.first + Self.userAgent + Self.resume + Self.enable + Self.requestToken))
                S: \(Self.challenge)
                C: \(Self.response)
                S: \(Self.success(Self.proof + Self.address + "<resumed xmlns='urn:xmpp:sm:3' previd='s1' h='1'/>"))
                E: acknowledged 1
                E: online user@example.org/board.x1 resumed
                C: <iq type='get' id='xn1' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>
                """)
        }
    }
}

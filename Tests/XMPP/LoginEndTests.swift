import Testing
import Time

@testable import XMPP

/// Every stage of a login at which the server may fall silent or go away.
enum LoginStage: String, CaseIterable, CustomTestStringConvertible {
    case header, features, proceed, handshake, sasl, restarted, restartedFeatures, bind

    var testDescription: String { rawValue }

    var script: String {
        let steps: [(LoginStage, String)] = [
            (.header, "D: connected\nC: {open in clear}\n"),
            (.features, "S: {stream}\n"),
            (.proceed, "S: {offer starttls}\nC: {starttls}\n"),
            (.handshake, "S: {proceed}\nO: startTLS\n"),
            (.sasl, "D: secured\nC: {open}\nS: {stream}\(Transcript.offer("EXTERNAL"))\nC: <auth xmlns='{sasl}' mechanism='EXTERNAL'>=</auth>\n"),
            (.restarted, "S: <success xmlns='{sasl}'/>\nC: {open}\n"),
            (.restartedFeatures, "S: {stream}\n"),
            (.bind, "S: {offer bind}\nC: {bind}\n"),
        ]
        var script = ""
        for (stage, step) in steps {
            script += step
            if stage == self { break }
        }
        return script
    }

    /// Whether the server's stream is open, so that it can be closed.
    var hasServerStream: Bool { self != .header && self != .restarted && self != .handshake }
}

@Suite struct LoginEndTests {
    @Test(arguments: LoginStage.allCases)
    func `a connection that is lost while logging in ends the session`(stage: LoginStage) {
        transcript {
            $0.play(stage.script + "D: disconnected\nE: ended, backoff: the connection was lost\nO: closeTransport\nD: disconnected\nT: 600s")
        }
    }

    @Test(arguments: LoginStage.allCases.filter(\.hasServerStream))
    func `a stream that the server closes while logging in ends the session`(stage: LoginStage) {
        transcript {
            $0.play(stage.script + "S: {end}\nC: {end}\nE: ended, backoff: the server closed the session\nO: closeTransport")
        }
    }

    @Test(arguments: LoginStage.allCases.filter(\.hasServerStream))
    func `a stream error while logging in is told with its text`(stage: LoginStage) {
        transcript {
            $0.play(stage.script + """
                S: <stream:error><host-unknown xmlns='{streams}'/><text xmlns='{streams}'>no such host</text></stream:error>{end}
                C: {end}
                E: ended, backoff: the server does not know the domain of our account (check `jid` and `server` in the configuration): host-unknown (no such host)
                O: closeTransport
                """)
        }
    }

    @Test(arguments: LoginStage.allCases)
    func `a server that never answers is given up when the login has lasted too long`(stage: LoginStage) {
        transcript {
            $0.play(stage.script + "T: 59s")
            $0.pass(.seconds(1))
            let output = $0.takeOutput()
            #expect(output.contains { $0.hasPrefix("E: ended, backoff: timeout: ") })
            #expect(output.last == "O: closeTransport")
            #expect(output.first == (stage == .handshake ? output.first : "C: </stream:stream>"))
            #expect($0.session.nextDeadline == nil)
        }
    }

    @Test func `a server that sends a byte a minute is given up as well`() {
        transcript {
            $0.play("D: connected\nC: {open in clear}\nS: <")
            $0.pass(.seconds(59))
            $0.receive(Array("?".utf8))
            $0.play("T: 1s\nC: {end}\nE: ended, backoff: timeout: the server did not open its stream\nO: closeTransport")
        }
    }

    @Test(arguments: LoginStage.allCases)
    func `closing while logging in ends at once`(stage: LoginStage) {
        transcript {
            $0.play(stage.script + (stage == .handshake ? "D: close" : "D: close\nC: {end}") + "\nE: ended, backoff: the session was closed\nO: closeTransport")
        }
    }

    @Test(arguments: LoginStage.allCases)
    func `nothing is sent before the session is online`(stage: LoginStage) throws {
        let alice = try JID("alice@example.org")
        transcript {
            $0.play(stage.script)
            #expect($0.session.send(OutgoingMessage(to: alice, body: "hello"), at: $0.now) == nil)
            #expect(!$0.session.setPresence(OwnPresence(), at: $0.now))
            #expect(!$0.session.send(.subscribe, to: alice, at: $0.now))
            #expect(!$0.session.removeContact(alice, at: $0.now))
            #expect(!$0.session.publish(node: "n", id: "i", item: [], at: $0.now))
            $0.session.ping(at: $0.now)
        }
    }

    @Test(arguments: ["", "<text xmlns='{streams}'>we move</text>"])
    func `another host is told, whatever else is`(text: String) {
        transcript {
            $0.play(LoginStage.features.script + """
                S: <stream:error>\(text)<see-other-host xmlns='{streams}'>[2001:db8::1]:9222</see-other-host></stream:error>
                C: {end}
                E: ended, backoff: the server sends us to another host ([2001:db8::1]:9222)
                O: closeTransport
                """)
        }
    }
}

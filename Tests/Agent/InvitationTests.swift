import Testing
import Time
import XMPP

@testable import Agent

/// `invite` and the one-time codes that strangers say.
@Suite struct InvitationTests {
    private let nina = "nina@example.net/phone"

    /// The code in the answer to `invite …`.
    private func invite(_ board: Conversation, _ role: String = "operator") -> String {
        String(board.say("invite \(role)").first?.split(separator: "\n").first ?? "")
    }

    @Test func `a stranger who says the code is let in and greeted`() {
        let board = Conversation()
        let answer = board.say("invite operator")[0], code = String(answer.prefix(14))
        #expect(answer == "\(code)\nWhoever says this to me first is operator; it is good once, until 17:37 tomorrow. As a link to tap: xmpp:greenhouse@example.org?message;body=\(code)")
        #expect(code.split(separator: "-").map(\.count) == [4, 4, 4])
        #expect(!String(decoding: board.stored["people"] ?? [], as: UTF8.self).contains(code), "only its digest is kept")
        let out = board.tell(code, from: nina) { $0.requestsReceipt = true }
        let texts = Conversation.messages(out).compactMap { message in message.body.map { "\(message.to): " + ($0.split(separator: "\n").first ?? "") } }
        #expect(texts == [
            "nina@example.net/phone: Welcome! You are operator here: alice@example.org has invited you.",
            "alice@example.org: nina@example.net has said your code and is operator now. If that is a surprise, say \"deny nina@example.net\".",
        ])
        #expect(Conversation.texts(out)[0].contains("\nYou may say:\nstatus: everything at a glance"))
        #expect(Conversation.messages(out).contains { $0.receiptFor != nil })
        #expect(out.contains(.subscription(.subscribed, to: jid("nina@example.net"))) && out.contains(.subscription(.subscribe, to: jid("nina@example.net"))))
        #expect(board.say("lamp on", from: nina) == ["lamp is on"])
        #expect(board.say("log")[0].contains("nina@example.net (phone): a one-time code → operator now, invited by alice@example.org"))
        #expect(!board.effects.contains { if case .log(_, let text) = $0 { text.contains(code) } else { false } }, "no log has it")
        #expect(!board.say("log")[0].contains(code))
    }

    @Test func `a code is good once`() {
        let board = Conversation()
        let code = invite(board)
        #expect(board.say(code, from: nina).count == 2)
        #expect(board.tell(code, from: "mallory@evil.example/x").allSatisfy { if case .log = $0 { true } else { false } })
        #expect(board.agent.role(of: jid("mallory@evil.example")) == nil)
        // From the same person, delivered again.
        let twice = Conversation(), again = invite(twice)
        #expect(!twice.tell(again, from: nina) { $0.id = "same" }.isEmpty)
        #expect(twice.tell(again, from: nina) { $0.id = "same" }.isEmpty)
        let later = Conversation(saved: twice.stored)
        #expect(later.tell(again, from: nina) { $0.id = "same" }.isEmpty, "also after a restart")
    }

    @Test(arguments: ["lower", "no dashes", "blanks", "quoted", "letters for digits"])
    func `a code is understood however it is written`(_ way: String) {
        let board = Conversation()
        let code = invite(board)
        let said = switch way {
        case "lower": code.lowercased()
        case "no dashes": code.filter { $0 != "-" }
        case "blanks": String(code.map { $0 == "-" ? " " : $0 }) + "\n"
        case "quoted": "“\(code)”."
        default: String(code.map { $0 == "0" ? "o" : $0 == "1" ? "l" : $0 })
        }
        #expect(board.say(said, from: nina).count == 2)
    }

    @Test func `a code is over after a day, by the clock on the wall`() {
        let board = Conversation()
        let code = invite(board), other = invite(board)
        board.wait(.seconds(24 * 3600 - 1))
        #expect(board.say(code, from: nina).count == 2)
        board.wait(.seconds(1))
        #expect(board.say(other, from: "otto@example.net/x") == [])
        #expect(board.say("invite") == ["There is no open code. Say \"invite operator\" to make one."])
    }

    @Test func `a code outlasts a restart and a reload, not a clock that is wrong`() {
        let board = Conversation()
        let code = invite(board)
        board.handle(.reloaded(.greenhouse, levels: board.levels))
        let early = Conversation(saved: board.stored)
        early.elapsed = .seconds(-90_000)
        #expect(early.say(code, from: nina) == [])
        early.elapsed = .seconds(60)
        #expect(early.say(code, from: nina).count == 2)
        let late = Conversation(saved: board.stored)
        late.elapsed = .seconds(86_400)
        #expect(late.say(code, from: nina) == [])
        let unset = Conversation()
        unset.elapsed = .milliseconds(-Conversation.start.milliseconds)
        #expect(unset.say("invite viewer")[0].hasPrefix("My clock is not set yet"))
    }

    @Test func `nothing but a plain message of this moment redeems a code`() {
        let board = Conversation()
        let code = invite(board)
        let ways: [(String, (inout Message) -> Void)] = [
            (nina, { $0.delay = Conversation.start }), (nina, { $0.isEncrypted = true }), (nina, { $0.replaces = "m1" }), (nina, { $0.kind = .groupchat }),
            (nina, { $0.kind = .headline }), (nina, { $0.kind = .error }), ("room@rooms.example.org/nina", { $0.isFromRoom = true }), ("example.net", { _ in }),
            ("greenhouse@example.org/other", { _ in }), (nina, { $0.body = "My code is \(code), and some more text" }), (nina, { $0.body = nil }),
        ]
        for (from, change) in ways {
            #expect(board.tell(code, from: from, change).allSatisfy { if case .log = $0 { true } else { false } })
        }
        #expect(board.agent.guests.guests == [])
        #expect(board.say(code, from: nina).count == 2)
    }

    @Test func `a wrong code gets no answer and one line in the log`() {
        let board = Conversation()
        _ = invite(board)
        #expect(board.tell("AAAA-BBBB-CCCC", from: "m@evil.example/x") == [.log(.notice, "m@evil.example said a wrong one-time code, but has no role here: no answer was given")])
        #expect(board.tell("AAAA-BBBB-CCCD", from: "m@evil.example/x") == [])
    }

    @Test func `guesses of strangers are limited, of all together, and then a right one is not looked at either`() {
        let board = Conversation()
        let code = invite(board)
        var logs = 0
        for index in 0..<500 {
            for effect in board.tell("AAAA-BBBB-CCCC", from: "m\(index)@evil.example/x") { if case .log = effect { logs += 1 } }
        }
        #expect(logs <= 6)
        #expect(board.say(code, from: nina) == [])
        board.wait(.seconds(60))
        #expect(board.say(code, from: nina).count == 2)
    }

    @Test func `open codes are listed, bounded and made void`() {
        let board = Conversation()
        board.play("""
            alice: invite
            perch: There is no open code. Say "invite operator" to make one.
            """)
        var codes: Set<String> = []
        for _ in 0..<GuestList.maximumInvitations { codes.insert(invite(board, "viewer")) }
        #expect(codes.count == GuestList.maximumInvitations)
        #expect(board.say("invite viewer") == ["There are 8 open codes, and I keep no more: say \"cancel invites\" to make them void. I changed nothing."])
        board.wait(.seconds(10))
        #expect(board.say("people")[0].hasSuffix("\nopen code for viewer until 17:37 tomorrow, by alice@example.org"))
        board.play("""
            alice: cancel invites
            perch: 8 open codes made void.
            """)
        for code in codes { #expect(board.say(code, from: nina) == []) }
    }

    @Test func `a code dies with the role of the admin who made it`() {
        let board = Conversation()
        _ = board.say("allow otto@example.net admin")
        let code = String(board.say("invite admin", from: "otto@example.net/x")[0].prefix(14))
        _ = board.say("allow otto@example.net viewer")
        #expect(board.say(code, from: nina) == [])
        #expect(board.agent.guests.invitations == [])
    }

    @Test func `a code makes more of a person, never less`() {
        let board = Conversation()
        let viewer = invite(board, "viewer"), admin = invite(board, "admin")
        #expect(board.say(viewer, from: "alice@example.org/x") == ["You are admin already, so the code stays good for somebody else."])
        #expect(board.say(admin, from: "bob@example.org/x")[0].hasPrefix("bob@example.org is operator by [people] in perch.conf"))
        #expect(board.say(admin, from: "carol@family.example.org/x")[0].hasPrefix("Welcome! You are admin here"))
        #expect(board.say(viewer, from: nina)[0].hasPrefix("Welcome! You are viewer here"))
    }

    @Test func `whoever was kept out by name is not let in by a code`() {
        let board = Conversation()
        _ = board.say("deny carol@family.example.org")
        let code = invite(board)
        #expect(board.say(code, from: "carol@family.example.org/x") == [])
        #expect(board.say(code, from: nina).count == 2)
    }

    @Test func `an ordinary command of twelve letters is one while codes are open`() {
        let board = Conversation()
        _ = invite(board)
        for _ in 0..<5 { #expect(board.say("switch lamp on", from: "bob@example.org/x").count == 1) }
        #expect(board.say("switch off fan", from: "bob@example.org/x") == ["fan is off (it was before, so it stays that way)"] || board.say("fan off") == ["fan is off"])
    }

    @Test func `without random numbers nobody is invited`() {
        let board = Conversation(secret: [])
        #expect(board.say("invite viewer")[0].hasPrefix("I cannot make codes"))
        #expect(OneTimeCode.make(secret: Array(1...31), number: 1) == nil)
    }

    @Test func `codes differ with the secret and the number`() {
        var codes: Set<String> = []
        for number in 0..<100 { for secret in 0..<10 { codes.insert(OneTimeCode.make(secret: [UInt8](repeating: UInt8(secret), count: 32), number: UInt64(number)) ?? "") } }
        #expect(codes.count == 1000 && codes.allSatisfy { $0.utf8.count == 14 && OneTimeCode.digest($0) != nil })
    }

    @Test func `a link names the address as RFC 5122 writes it`() {
        #expect(jid("greenhouse@example.org/x").link(saying: "lamp on & more") == "xmpp:greenhouse@example.org?message;body=lamp%20on%20%26%20more")
        #expect(jid("bücher#1@example.org").link(saying: "?") == "xmpp:b%C3%BCcher%231@example.org?message;body=%3F")
    }
}

import Testing
import Time
import XMPP

@testable import Agent

/// Commands that come late or twice, whichever way.
@Suite struct RecentMessagesTests {
    private static func restarted(_ board: Conversation) -> Conversation {
        let next = Conversation(saved: board.stored)
        next.elapsed = board.elapsed + .seconds(2)
        return next
    }

    @Test func `a command that comes again after a restart is not done again`() {
        for command in ["toggle lamp", "pulse fan 500ms", "lamp on", "lamp off", "lamp on for 10min"] {
            let first = Conversation()
            #expect(Conversation.switched(first.tell(command) { $0.id = "x1" }).count == 1, "\(command)")
            let second = RecentMessagesTests.restarted(first)
            #expect(second.tell(command) { $0.id = "x1" } == [], "\(command)")
            // From another client of the same person as well, and under its origin-id.
            #expect(second.tell(command, from: "alice@example.org/laptop") { $0.id = "x1" } == [], "\(command)")
            #expect(second.tell(command, from: "alice@example.org/laptop") { $0.id = "y"; $0.originID = "x1" } == [], "\(command)")
            #expect(Conversation.switched(second.tell(command) { $0.id = "x2" }).count == 1, "\(command)")
        }
    }

    @Test func `a command that was refused as late stays refused, also after a restart`() {
        let first = Conversation()
        let refusal = first.tell("toggle lamp") { $0.id = "x1"; $0.delay = Conversation.start - .seconds(5) }
        #expect(Conversation.texts(refusal).first?.hasPrefix("You said that") == true)
        // Without its stamp, as a client sends it again that does not know whether it arrived.
        #expect(first.tell("toggle lamp") { $0.id = "x1" } == [])
        let second = RecentMessagesTests.restarted(first)
        #expect(second.tell("toggle lamp") { $0.id = "x1" } == [])
        #expect(Conversation.switched(second.tell("toggle lamp") { $0.id = "x2" }).count == 1)
    }

    @Test func `a command that was refused as too fast stays refused, also after a restart`() throws {
        let first = Conversation()
        var refused: String?
        for number in 0..<20 where refused == nil {
            let answers = Conversation.texts(first.tell("toggle lamp") { $0.id = "x\(number)" })
            if answers.first?.contains("I did not do this one") == true { refused = "x\(number)" }
        }
        let id = try #require(refused)
        let second = RecentMessagesTests.restarted(first)
        second.elapsed = second.elapsed + .seconds(60)
        #expect(second.tell("toggle lamp") { $0.id = id } == [])
    }

    @Test func `a confirmation that comes again after a restart opens nothing`() throws {
        let first = Conversation()
        let question = first.say("gate on").joined()
        let code = String(try #require(question.split(separator: "\"").dropFirst().first))
        #expect(Conversation.switched(first.tell(code) { $0.id = "x1" }) == ["2 on"])
        let second = RecentMessagesTests.restarted(first)
        #expect(second.tell(code) { $0.id = "x1" } == [])
        #expect(second.say(code) == ["I did not ask you anything."])
    }

    @Test func `a late confirmation is none`() throws {
        let board = Conversation()
        let question = board.say("gate on").joined()
        let code = String(try #require(question.split(separator: "\"").dropFirst().first))
        let effects = board.tell(code) { $0.delay = Conversation.start - .seconds(5) }
        #expect(Conversation.switched(effects) == [])
        #expect(Conversation.texts(effects).first?.hasPrefix("You said that") == true)
    }

    @Test func `it is written before it is done`() {
        let board = Conversation()
        for command in ["toggle lamp", "toggle fan"] {
            let effects = board.tell(command)
            let write = effects.firstIndex {
                switch $0 {
                case .append(name: "acted", bytes: _, isUrgent: _), .store(name: "acted", bytes: _): true
                default: false
                }
            }
            let set = effects.firstIndex { if case .setLine = $0 { true } else { false } }
            #expect(write != nil && set != nil)
            if let write, let set { #expect(write < set) }
        }
    }

    @Test func `questions, refusals and people without a role write nothing`() {
        let board = Conversation()
        for (text, person) in [("status", "alice"), ("lamp", "alice"), ("lamp on", "vera"), ("lmap on", "alice"), ("lamp on", "mallory")] {
            board.tell(text, from: "\(person)@example.org/x")
        }
        #expect(board.stored["acted"] == nil)
    }

    @Test func `a client that counts anew after a restart is understood`() {
        let first = Conversation()
        first.tell("lamp on") { $0.id = "1" }
        #expect(RecentMessagesTests.restarted(first).say("fan on") { $0.id = "1" } .first?.hasPrefix("fan is on") == true)
    }

    @Test func `after a day an id is forgotten, but not because the clock is not set`() {
        let first = Conversation()
        first.tell("lamp on") { $0.id = "1" }
        let later = RecentMessagesTests.restarted(first)
        let message = Message(from: jid("alice@example.org/phone"), id: "1", body: "lamp on")
        func sighting(_ timestamp: Timestamp) -> RecentMessages.Sighting {
            var recent = RecentMessages()
            let now = Moment(instant: Instant(.seconds(100)), timestamp: timestamp)
            _ = recent.load(later.stored["acted"] ?? first.stored["acted"], now)
            return recent.see(message, at: now.instant)
        }
        #expect(sighting(Conversation.start + .seconds(86_399)) == .again)
        #expect(sighting(Conversation.start + .seconds(86_401)) == .new)
        #expect(sighting(Timestamp(milliseconds: 100_000)) == .again)
    }

    @Test func `the file stays small and keeps the latest, whatever is in it`() {
        let board = Conversation()
        var longest = 0
        for number in 0..<1000 {
            board.wait(.seconds(2))
            board.tell("fan \(number % 2 == 0 ? "on" : "off")") { $0.id = "n\(number)" }
            longest = max(longest, board.stored["acted"]?.count ?? 0)
        }
        #expect(longest <= 14 + 24 * RecentMessages.maximumSaved)
        // A start makes it short again.
        #expect(Conversation(saved: board.stored).stored["acted"].map { $0.count <= 14 + 24 * RecentMessages.capacity } == true)
        for cut in [0, 1, 5, 24, 25] {
            let second = Conversation(saved: ["acted": Array((board.stored["acted"] ?? []).dropLast(cut))])
            second.elapsed = board.elapsed
            #expect(second.tell("fan off") { $0.id = "n995" } == [])
            #expect(!second.tell("fan off") { $0.id = "n1001" }.isEmpty)
            // What was cut off does not shift what is added.
            let third = Conversation(saved: second.stored)
            third.elapsed = board.elapsed
            #expect(third.tell("fan off") { $0.id = "n1001" } == [])
        }
        let random = Conversation(saved: ["acted": [UInt8](repeating: 0xFF, count: 999), "journal": [UInt8](repeating: 0xA5, count: 999)])
        #expect(random.say("ping") == ["pong"])
    }
}

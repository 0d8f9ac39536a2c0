import Testing
import Time
import XMPP

@testable import Agent

@Suite struct SwitchingTests {
    @Test func `a lamp is switched and read back`() {
        Conversation().play(
            """
            alice: lamp on
            perch: lamp is on
            alice: lamp?
            perch: lamp is on
            bob: turn the lamp off, please
            perch: lamp is off
            bob: toggle lamp
            perch: lamp is on
            """)
    }

    @Test func `one command drives each line once`() {
        let board = Conversation()
        #expect(Conversation.switched(board.tell("lamp on")) == ["0 on"])
        #expect(Conversation.switched(board.tell("lights off")) == ["0 off", "1 off"])
        #expect(Conversation.switched(board.tell("lamp and lights on")) == ["0 on", "1 on"])
    }

    @Test func `groups are answered line by line`() {
        Conversation().play(
            """
            alice: lights on
            perch: lamp is on
             fan is on until 01:37 tomorrow (I switch it off after 8 h at the latest)
            alice: all off
            perch: lamp is off
             fan is off
             gate is closed
            """)
    }

    @Test func `a time ends by itself`() {
        let board = Conversation()
        board.play(
            """
            alice: lamp on for 10min
            perch: lamp is on until 17:47
            alice: lamp
            perch: lamp is on until 17:47
            +9min
            alice: lamp
            perch: lamp is on until 17:47:00
            +61s
            alice: lamp
            perch: lamp is off
            """)
        #expect(board.levels[0] == false)
    }

    @Test func `a new command replaces the time`() {
        let board = Conversation()
        board.play(
            """
            alice: lamp on for 10min
            perch: lamp is on until 17:47
            alice: lamp on
            perch: lamp is on
            +1h
            alice: lamp
            perch: lamp is on
            """)
    }

    @Test func `a pulse is answered when it is over`() {
        let board = Conversation()
        #expect(Conversation.switched(board.tell("pulse lamp 500ms")) == ["0 on"])
        let end = board.wait(.milliseconds(500))
        #expect(Conversation.switched(end) == ["0 off"])
        #expect(Conversation.texts(end) == ["lamp pulsed for 500 ms"])
    }

    @Test func `a pulse is not shortened by a board that is slow to switch`() throws {
        let board = Conversation()
        board.silentLines = [0]
        guard case .setLine(_, _, let ticket) = try #require(board.tell("pulse lamp 500ms").first(where: { if case .setLine = $0 { true } else { false } }))
        else { return }
        board.elapsed += .milliseconds(300)
        board.handle(.lineOutcome(ticket, .on))
        #expect(Conversation.switched(board.wait(.milliseconds(499))) == [])
        #expect(Conversation.switched(board.wait(.milliseconds(1))) == ["0 off"])
    }

    @Test func `a pulse that another command cuts short says so`() {
        let board = Conversation()
        #expect(board.say("pulse lamp 5s") == [])
        #expect(board.say("lamp on", from: "bob@example.org/x") == ["lamp: another command came before the pulse was over", "lamp is on"])
        #expect(Conversation.switched(board.wait(.seconds(10))) == [])
    }

    @Test func `a pulse ends without a link`() {
        let board = Conversation()
        board.tell("pulse lamp 5s")
        board.handle(.offline(reason: "test"))
        #expect(Conversation.switched(board.wait(.seconds(5))) == ["0 off"])
    }

    @Test func `a line that is on is not pulsed`() {
        Conversation().play(
            """
            alice: lamp on
            perch: lamp is on
            alice: pulse lamp 1s
            perch: lamp is on already, so there is nothing to pulse. Say "lamp off" first.
            """)
    }

    @Test func `off for a while brings back only what was on`() {
        let board = Conversation()
        board.play(
            """
            alice: lamp off for 10s
            perch: lamp is off (it was before, so it stays that way)
            +20s
            alice: lamp on
            perch: lamp is on
            alice: lamp off for 10s
            perch: lamp is off until 17:37:30
            +11s
            alice: lamp
            perch: lamp is on
            """)
    }

    @Test func `the longest time holds, however often and long somebody asks`() {
        let board = Conversation()
        board.play(
            """
            alice: fan on for 10h
            perch: fan is on until 01:37 tomorrow (I switch it off after 8 h at the latest)
            +8h
            alice: fan
            perch: fan is off
            """)
    }

    @Test func `what cannot be switched is refused in words`() {
        Conversation().play(
            """
            alice: door on
            perch: door is an input: I can read it, not switch it. door is closed.
            alice: air off
            perch: air is a sensor: I can read it, not switch it. Say "air?".
            alice: close the door
            perch: door is an input: I can read it, not switch it. door is closed.
            """)
    }

    @Test func `a failure is said in words`() {
        let board = Conversation()
        board.failures[0] = .failed("the line is in use by gpio-fan")
        #expect(board.say("lamp on") == ["lamp did not switch: the line is in use by gpio-fan"])
        board.failures[0] = .off
        #expect(board.say("lamp on") == ["lamp did not switch: I asked for on, but it reads off."])
    }

    @Test func `a board that does not answer is told`() {
        let board = Conversation()
        board.silentLines = [0]
        #expect(board.say("lamp on") == [])
        #expect(Conversation.texts(board.wait(.seconds(5))) == ["lamp: the board did not answer within 5 s, so I do not know whether it switched."])
    }

    @Test func `a line that does not go off at its time is tried again, and somebody is told`() {
        let board = Conversation()
        board.tell("lamp on for 10s")
        board.failures[0] = .failed("Input/output error")
        let end = board.wait(.seconds(10))
        #expect(Conversation.texts(end) == ["lamp should be off by now, but did not switch: Input/output error. I try again every 30 s."])
        #expect(Conversation.switched(board.wait(.seconds(30))) == ["0 off"])
        board.failures[0] = nil
        #expect(Conversation.switched(board.wait(.seconds(30))) == ["0 off"])
        #expect(Conversation.switched(board.wait(.seconds(300))) == [])
    }

    // MARK: Asking back

    @Test func `a line with confirm asks back`() {
        let board = Conversation()
        let question = board.say("open gate")
        let code = Conversation.code(question)
        #expect(question == ["Really open gate? Say \"yes \(code)\" within 30 s."])
        #expect(code.count == 4)
        #expect(board.levels[2] == false)
        #expect(board.say("yes \(code)") == ["gate is open"])
        #expect(board.say("yes \(code)") == ["I did not ask you anything."])
    }

    @Test func `a wrong or late answer leaves it alone`() {
        let board = Conversation()
        board.tell("open gate")
        #expect(board.say("yes 0000") == ["That is not the number I asked for, so I left gate alone. Ask again if you still mean it."])
        let code = Conversation.code(board.say("gate on"))
        board.wait(.seconds(30))
        #expect(board.say("yes \(code)") == ["That was more than 30 s, so I left gate alone. Ask again if you still mean it."])
        board.tell("gate on")
        #expect(board.say("no") == ["All right, I left gate alone."])
        #expect(board.levels[2] == false)
    }

    @Test func `somebody else's yes does not count`() {
        let board = Conversation()
        let code = Conversation.code(board.say("open gate"))
        #expect(board.say("yes \(code)", from: "bob@example.org/x") == ["I did not ask you anything."])
        #expect(board.levels[2] == false)
    }

    @Test func `a group switches what needs no question and asks about the rest`() {
        let board = Conversation()
        let answers = board.say("all on")
        #expect(
            answers == [
                """
                lamp is on
                fan is on until 01:37 tomorrow (I switch it off after 8 h at the latest)
                Really open gate? Say "yes \(Conversation.code(answers))" within 30 s.
                """
            ])
        #expect(board.levels == [true, true, false, false])
    }

    @Test func `both directions ask`() {
        let board = Conversation()
        let code = Conversation.code(board.say("gate on"))
        board.tell("yes \(code)")
        #expect(board.say("close gate").first?.hasPrefix("Really close gate? Say \"yes ") == true)
        #expect(board.levels[2] == true)
    }

    // MARK: The link, the start and the end

    @Test func `on-disconnect acts when the link has been down long enough`() {
        var configuration = Configuration.greenhouse
        configuration.lines[0].onDisconnect = .init(on: false, after: .seconds(600))
        let board = Conversation(configuration)
        board.tell("lamp on")
        board.handle(.offline(reason: "test"))
        #expect(Conversation.switched(board.wait(.seconds(300))) == [])
        board.goOnline()
        #expect(Conversation.switched(board.wait(.seconds(3600))) == [])
        board.handle(.offline(reason: "test"))
        #expect(Conversation.switched(board.wait(.seconds(3600))) == ["0 off"])
    }

    @Test func `stopping carries out on-exit and says why`() {
        var configuration = Configuration.greenhouse
        configuration.lines[0].onExit = .keep
        configuration.lines[2].onExit = .on
        let board = Conversation(configuration)
        let end = board.handle(.stopping(reason: "restarting"))
        #expect(Conversation.switched(end) == ["1 off", "2 on"])
        #expect(Conversation.presences(end) == [OwnPresence(available: false, status: "restarting")])
    }

    @Test func `restore brings back what was on, minus times that are over`() {
        let first = Conversation()
        first.tell("lamp on for 10min")
        let saved = first.stored
        let soon = Conversation(saved: saved)
        #expect(soon.levels[0] == true)
        #expect(soon.say("lamp") == ["lamp is on until 17:47"])
        #expect(Conversation.switched(soon.wait(.seconds(600))) == ["0 off"])

        let agent = Agent(configuration: .greenhouse, saved: saved, facts: HostFacts(), seed: 1)
        #expect(agent.initialLevel(of: 0, at: Moment(instant: Instant(.zero), timestamp: Conversation.start + .seconds(599))) == .on)
        #expect(agent.initialLevel(of: 0, at: Moment(instant: Instant(.zero), timestamp: Conversation.start + .seconds(600))) == .off)
        // A board without a battery: the clock stands in 1970, so what was left then is left now.
        #expect(agent.initialLevel(of: 0, at: Moment(instant: Instant(.zero), timestamp: Timestamp(milliseconds: 5000))) == .on)
        #expect(agent.initialLevel(of: 1, at: first.moment) == .off)
        #expect(agent.initialLevel(of: 3, at: first.moment) == .keep)
        #expect(agent.initialLevel(of: 99, at: first.moment) == .keep)
    }

    @Test func `a stop with on-exit off is no reason not to restore`() {
        let first = Conversation()
        first.tell("lamp on")
        first.handle(.stopping(reason: "restarting"))
        #expect(Conversation(saved: first.stored).levels[0] == true)
    }

    @Test func `the state file is written only when something changed`() {
        let board = Conversation()
        func writes(_ effects: [Effect]) -> Int { effects.filter { if case .store(name: "lines", bytes: _) = $0 { true } else { false } }.count }
        #expect(writes(board.tell("lamp on")) == 1)
        #expect(writes(board.tell("lamp on")) == 0)
        #expect(writes(board.tell("fan on")) == 0)
        #expect(writes(board.tell("lamp off")) == 1)
        #expect(writes(board.tell("pulse lamp 1s")) + writes(board.wait(.seconds(2))) == 0)
    }

    @Test func `a damaged state file restores nothing`() {
        for text in ["", "perch-lines 2\non - lamp\n", "on - lamp", "perch-lines 1\non x lamp\non 99999999999999999999 lamp\non\n\non -9 lamp\n"] {
            #expect(Conversation(saved: ["lines": Array(text.utf8)]).levels[0] == false, "\(text)")
        }
        #expect(Conversation(saved: ["lines": [0xFF, 0xFE, 0x00, 0x0A]]).levels[0] == false)
        #expect(Conversation(saved: ["lines": Array("perch-lines 1\non - lamp\n".utf8)]).levels[0] == true)
    }

    @Test func `an output that somebody else switched on gets its longest time`() {
        let board = Conversation()
        board.handle(.lineChanged(1, on: true))
        #expect(Conversation.switched(board.wait(.seconds(8 * 3600))) == ["1 off"])
    }

    @Test func `what is on at the start gets its longest time`() {
        var configuration = Configuration.greenhouse
        configuration.lines[1].initial = .on
        #expect(Conversation.switched(Conversation(configuration).wait(.seconds(8 * 3600))) == ["1 off"])
    }

    // MARK: Reload

    @Test func `a reload keeps the time of a line that did not change, under its new number`() {
        let board = Conversation()
        board.tell("lamp on for 10min")
        var changed = Configuration.greenhouse
        changed.lines.swapAt(0, 1)
        changed.lines[0].tags = []
        board.levels.swapAt(0, 1)
        let effects = board.handle(.reloaded(changed, levels: board.levels))
        #expect(Conversation.switched(effects) == [])
        #expect(board.say("lamp") == ["lamp is on until 17:47"])
        #expect(Conversation.switched(board.wait(.seconds(600))) == ["1 off"])
        #expect(board.say("log lamp").first?.contains("lamp on for 10min") == true)
    }

    @Test func `a reload takes away what was asked back and who is not listed any more`() {
        let board = Conversation()
        board.handle(.roster([RosterItem(jid: jid("bob@example.org"), subscription: .both), RosterItem(jid: jid("alice@example.org"), subscription: .both)]))
        let code = Conversation.code(board.say("open gate"))
        var changed = Configuration.greenhouse
        changed.people.entries.removeAll { $0.local == "bob" }
        let effects = board.handle(.reloaded(changed, levels: board.levels))
        #expect(effects.contains(.removeContact(jid("bob@example.org"))))
        #expect(!effects.contains(.removeContact(jid("alice@example.org"))))
        #expect(board.say("yes \(code)") == ["I did not ask you anything."])
        #expect(board.say("lamp on", from: "bob@example.org/x") == [])
    }
}

extension Conversation {
    /// The number in `Really …? Say "yes 4821" within 30 s.`
    static func code(_ answers: [String]) -> String {
        guard let range = answers.last?.range(of: "yes ") else { return "" }
        return String((answers.last ?? "")[range.upperBound...].prefix(4))
    }
}

extension String {
    func range(of text: String) -> Range<String.Index>? { self.ranges(of: text).first }
}

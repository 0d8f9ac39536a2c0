import Testing
import Time
import XMPP

@testable import Agent

/// Percent and fades on PWM lines.
@Suite struct DimmingTests {
    /// lamp 0 (restored) and fan 1 (8 h at most) by PWM, valve 2 (asks back), door 3, servo 4, relay 5 without PWM.
    static var configuration: Configuration {
        var configuration = Configuration.greenhouse
        configuration.lines[0].pwm = 1000
        configuration.lines[1].pwm = 25_000
        configuration.lines[2].pwm = 100
        var servo = LineConfiguration(name: "servo", pin: "GPIO19")
        servo.pwm = 50
        servo.pwmLowest = 5
        servo.pwmHighest = 10
        var relay = LineConfiguration(name: "relay", pin: "GPIO6")
        relay.tags = ["lights"]
        configuration.lines += [servo, relay]
        return configuration
    }

    private func conversation(saved: [String: [UInt8]] = [:], online: Bool = true) -> Conversation {
        Conversation(Self.configuration, saved: saved, online: online)
    }

    private func file(_ board: Conversation) -> String { String(decoding: board.stored[SavedLines.fileName] ?? [], as: UTF8.self) }

    @Test func `a lamp takes per cents`() {
        conversation().play(
            """
            alice: lamp 40%
            perch: lamp is at 40 %
            alice: set lamp to 12.5 %
            perch: lamp is at 12.5 %
            alice: dim the lamp to 7 percent please
            perch: lamp is at 7 %
            alice: lamp?
            perch: lamp is at 7 %
            alice: turn lamp on to 30%
            perch: lamp is at 30 %
            alice: lamp on
            perch: lamp is on
            alice: lamp 0%
            perch: lamp is off
            alice: lamp 100%
            perch: lamp is on
            alice: lamp 40% for 10min
            perch: lamp is at 40 % until 17:47
            +11min
            alice: lamp?
            perch: lamp is off
            """)
    }

    @Test func `each command is one effect`() {
        let board = conversation()
        let effects = board.tell("lamp 40%")
        #expect(Conversation.dimmed(effects) == ["0 40 %"])
        #expect(Conversation.switched(effects) == [])
        #expect(Conversation.switched(board.tell("lamp off")) == ["0 off"])
        #expect(Conversation.switched(board.tell("lamp on")) == ["0 on"])
    }

    @Test func `what comes back by itself is as bright as it was`() {
        let board = conversation()
        #expect(board.say("lamp 40%") == ["lamp is at 40 %"])
        #expect(board.say("lamp off for 10min") == ["lamp is off until 17:47"])
        #expect(Conversation.dimmed(board.wait(.seconds(600))) == ["0 40 %"])
        _ = board.say("blink lamp 1Hz for 3s")
        #expect(Conversation.dimmed(board.wait(.seconds(4))) == ["0 40 %"])
        #expect(board.say("lamp?") == ["lamp is at 40 %"])
    }

    @Test func `a line without PWM can only be on or off`() {
        let refusal = "relay can only be on or off: it has no `pwm = …` in perch.conf. `perch check` tells whether its pin could have it."
        let board = conversation()
        #expect(board.say("relay 40%") == [refusal])
        #expect(board.say("fade relay off") == [refusal])
        #expect(board.say("lights 40%") == ["\(refusal)\nlamp is at 40 %\nfan is at 40 % until 01:37 tomorrow (I switch it off after 8 h at the latest)"])
        #expect(board.say("door 40%") == ["door is an input: I can read it, not switch it. door is closed."])
        #expect(board.say("air 40%") == ["air is a sensor: I can read it, not switch it. Say \"air?\"."])
        #expect(board.say("lamp 40%", from: "vera@example.org/phone") == ["You may not switch lamp: that needs the operator role."])
    }

    @Test func `what is no percentage is refused`() {
        let board = conversation()
        #expect(board.say("lamp 140%") == ["I cannot set \"140%\". Say a percentage from 0% to 100%: \"lamp 40%\"."])
        #expect(board.say("lamp 1.2.3 %") == ["I cannot set \"1.2.3 %\". Say a percentage from 0% to 100%: \"lamp 40%\"."])
        #expect(board.say("dim lamp") == ["To what? Say for example \"lamp 40%\" or \"fade lamp to 40% in 5s\"."])
        #expect(board.say("fade lamp in 5s") == ["To what? Say for example \"lamp 40%\" or \"fade lamp to 40% in 5s\"."])
        #expect(board.say("lamp 40% off") == ["One command a message, please: I did nothing. Say them one after the other."])
        #expect(board.say("lamp 40% 50%") == ["One command a message, please: I did nothing. Say them one after the other."])
        #expect(board.say("in 10min lamp 40%").first?.hasPrefix("I cannot keep times of day or schedules yet.") == true)
        #expect(board.say("lamp 40% for").first?.hasPrefix("For how long?") == true)
        #expect(Conversation.dimmed(board.effects) == [])
    }

    @Test func `a fade goes there in steps and ends at its target`() {
        let board = conversation()
        #expect(board.say("fade lamp to 40% in 5s") == ["lamp fades to 40 % until 17:37:05"])
        let steps = Conversation.dimmed(board.wait(.seconds(5)))
        #expect(steps.last == "0 40 %")
        #expect(steps.count > 200 && steps.count <= 250)
        #expect(board.duties[0] == 400)
        #expect(board.say("lamp?") == ["lamp is at 40 %"])
        #expect(board.agent.nextDeadline.map { $0 > board.moment.instant } ?? true)
        // Down again: without a time in one second.
        #expect(board.say("fade lamp off") == ["lamp fades to 0 % until 17:37:06"])
        let down = Conversation.dimmed(board.wait(.seconds(1)))
        #expect(down.count <= 50)
        #expect(down.last == "0 0 %")
        #expect(board.say("lamp?") == ["lamp is off"])
    }

    @Test func `a slow fade has no more steps than there are brightnesses`() {
        let board = conversation()
        #expect(board.say("dim lamp to 10% in 1h") == ["lamp fades to 10 % until 18:37"])
        let steps = Conversation.dimmed(board.wait(.seconds(3600)))
        #expect(steps.count <= 101 && steps.last == "0 10 %")
    }

    @Test func `each step is brighter than the one before`() {
        let board = conversation()
        _ = board.say("lamp 20%")
        board.tell("fade lamp to 80% in 3s")
        var last = 200
        board.wait(.seconds(3))
        for effect in board.effects {
            guard case .setDuty(0, let permille, _) = effect, permille != 200 else { continue }
            #expect(permille >= last && permille <= 800)
            last = permille
        }
        #expect(last == 800)
    }

    @Test func `steps are no news: one presence and one file at the end`() {
        let board = conversation()
        _ = board.say("lamp 10%")
        board.wait(.seconds(30))
        board.tell("fade lamp to 60% in 20s")
        let effects = board.wait(.seconds(19))
        #expect(Conversation.presences(effects).compactMap(\.status).filter { $0.contains("%") }.allSatisfy { $0.hasPrefix("lamp fading to 60 %") })
        #expect(Conversation.presences(effects).count <= 1)
        #expect(effects.allSatisfy { if case .store = $0 { false } else { true } })
        let end = board.wait(.seconds(20))
        #expect(Conversation.presences(end).last?.status?.hasPrefix("lamp 60 %") == true)
        #expect(file(board).contains("on@600 - lamp\n"))
        #expect(board.say("log lamp")[0].hasSuffix("end of fade → lamp is at 60 %"))
    }

    @Test func `a fade ends without a link, and on-disconnect ends it`() {
        var configuration = Self.configuration
        configuration.lines[1].onDisconnect = .init(on: false, after: .seconds(60))
        let board = Conversation(configuration)
        board.tell("fade lamp to 40% in 30s")
        board.tell("fade fan to 90% in 2min")
        board.handle(.offline(reason: "gone"))
        board.wait(.seconds(61))
        #expect(board.duties[0] == 400 && board.levels[0] == true)
        #expect(board.levels[1] == false)
        board.wait(.seconds(120))
        #expect(board.levels[1] == false)
    }

    @Test(arguments: ["lamp off", "lamp on", "lamp 5%", "toggle lamp", "pulse lamp 1s", "blink lamp 1Hz for 2s"]) func `any other command ends a fade`(command: String) {
        let board = conversation()
        board.tell("fade lamp to 40% in 10s")
        board.wait(.seconds(2))
        board.tell(command)
        board.wait(.seconds(30))
        #expect(board.agent.outputs.lines[0].fade == nil)
        let expected: [String: Int?] = ["lamp 5%": 50, "lamp on": 1000]
        if let wanted = expected[command] { #expect(board.agent.outputs.lines[0].permille == wanted && board.levels[0] == true) }
        let effects = board.wait(.seconds(30))
        #expect(Conversation.dimmed(effects) == [])
    }

    @Test func `a line that somebody else switches off while it fades stays off`() {
        let board = conversation()
        board.tell("lamp on")
        board.tell("fade lamp to 0% in 10s")
        board.wait(.seconds(2))
        board.handle(.lineChanged(0, on: false))
        #expect(Conversation.dimmed(board.wait(.seconds(30))) == [])
        #expect(board.agent.outputs.lines[0].fade == nil && board.agent.outputs.lines[0].level == false)
    }

    @Test func `a fade from a fade begins where that one was`() {
        let board = conversation()
        board.tell("fade lamp to 100% in 10s")
        board.wait(.seconds(5))
        let effects = board.tell("fade lamp to 0% in 10s")
        #expect(Conversation.dimmed(effects) == ["0 49.9 %"])
        board.wait(.seconds(10))
        #expect(board.levels[0] == false)
    }

    @Test func `max-on counts from when it went on, however bright`() {
        let board = conversation()
        let until = "until 01:37 tomorrow (I switch it off after 8 h at the latest)"
        #expect(board.say("fan 40%") == ["fan is at 40 % \(until)"])
        board.wait(.seconds(3600))
        #expect(board.say("fan 60%") == ["fan is at 60 % \(until)"])
        #expect(board.say("fade fan to 30% in 1min") == ["fan fades to 30 % until 18:38:00 (I switch it off after 8 h at the latest)"])
        board.wait(.seconds(7 * 3600))
        #expect(board.levels[1] == false)
    }

    @Test func `a fade to nothing that fails is told and tried again`() {
        let board = conversation()
        _ = board.say("fan 40%")
        board.tell("fade fan off in 10s")
        board.wait(.seconds(5))
        board.failures[1] = .failed("the wire is loose")
        let effects = board.wait(.seconds(1))
        #expect(Conversation.texts(effects) == ["I stopped fading: fan did not switch: the wire is loose"])
        board.failures[1] = nil
        board.wait(.seconds(40))
        #expect(board.levels[1] == false)
    }

    @Test func `a board that is silent ends a fade`() {
        let board = conversation()
        board.silentLines = [0]
        #expect(board.say("fade lamp to 40% in 1min") == [])
        #expect(Conversation.texts(board.wait(.seconds(6))).first?.hasPrefix("lamp: the board did not answer") == true)
        board.silentLines = []
        #expect(Conversation.dimmed(board.wait(.seconds(120))) == [])
    }

    @Test func `a board that reads something else is told so`() {
        let board = conversation()
        board.failures[0] = .duty(300)
        #expect(board.say("lamp 40%") == ["lamp did not switch: I asked for 40 %, but it reads 30 %."])
        board.failures[0] = .duty(395)
        #expect(board.say("lamp 40%") == ["lamp is at 39.5 %"])
        board.failures[0] = .failed("the chip is hot")
        #expect(board.say("lamp 40%") == ["lamp did not switch: the chip is hot"])
    }

    @Test func `a line that asks back asks for per cents too`() {
        let board = conversation()
        let asked = board.say("gate 40%")[0]
        #expect(asked.hasPrefix("Really set gate to 40 %? Say \"yes "))
        let code = String(asked.split(separator: "\"")[1])
        #expect(Conversation.dimmed(board.effects) == [])
        #expect(board.say(code) == ["gate is at 40 %"])
        let question = board.say("fade gate to 0% in 5s")[0]
        #expect(question.hasPrefix("Really fade gate to 0 % in 5 s? Say \"yes "))
    }

    @Test func `a servo at 0 % still gets pulses`() {
        let board = conversation()
        #expect(board.say("servo 0%") == ["servo is at 0 %"])
        #expect(board.levels[4] == true)
        #expect(board.say("servo 100%") == ["servo is at 100 %"])
        #expect(board.say("servo off") == ["servo is off"])
        #expect(Conversation.switched(board.effects) == ["4 off"])
    }

    @Test func `restore brings back the per cent`() {
        let board = conversation()
        _ = board.say("lamp 40%")
        #expect(file(board).hasSuffix("on@400 - lamp\n"))
        let again = conversation(saved: board.stored)
        #expect(again.agent.initialLevel(of: 0, at: again.moment) == .duty(400))
        #expect(again.say("lamp?") == ["lamp is at 40 %"])
        _ = again.say("lamp 70% for 1h")
        let third = conversation(saved: again.stored)
        #expect(third.say("lamp?") == ["lamp is at 70 % until 18:37"])
        _ = third.say("lamp off for 10min")
        let fourth = conversation(saved: third.stored)
        #expect(fourth.levels[0] == false)
        #expect(Conversation.dimmed(fourth.wait(.seconds(601))) == ["0 70 %"])
    }

    @Test func `a crash in a fade leaves the darker end`() {
        let board = conversation()
        board.tell("fade lamp to 40% in 1min")
        board.wait(.seconds(30))
        #expect(conversation(saved: board.stored).agent.initialLevel(of: 0, at: board.moment) == .off)
        board.wait(.seconds(31))
        board.tell("fade lamp to 20% in 1min")
        board.wait(.seconds(30))
        #expect(conversation(saved: board.stored).agent.initialLevel(of: 0, at: board.moment) == .duty(200))
    }

    @Test func `a file of another version, or a damaged one, restores nothing wrong`() {
        func initial(_ row: String, pwm: Bool = true) -> InitialLevel {
            let configuration = pwm ? Self.configuration : Configuration.greenhouse
            let board = Conversation(configuration, saved: [SavedLines.fileName: Array("perch-lines 1\nsaved 1\n\(row)\n".utf8)])
            return board.agent.initialLevel(of: 0, at: board.moment)
        }
        #expect(initial("on - lamp") == .on)
        #expect(initial("on@0 - lamp") == .duty(0))
        #expect(initial("on@250 - lamp") == .duty(250))
        for row in ["on@1001 - lamp", "on@-1 - lamp", "on@ - lamp", "on@4@4 - lamp", "on@x - lamp", "@400 - lamp", "on@400 lamp", "off@400 - lamp"] {
            #expect(initial(row) == .off, "\(row)")
        }
        // It was dimmed; on or off is all it can do now.
        #expect(initial("on@250 - lamp", pwm: false) == .off)
        #expect(initial("on - lamp", pwm: false) == .on)
    }

    @Test func `what the board was claimed with is shown`() {
        let board = Conversation(Self.configuration, online: false)
        board.handle(.reloaded(Self.configuration, levels: [true, false, false, false, false, false], duties: [250]))
        board.goOnline()
        #expect(board.say("status")[0].hasPrefix("lamp is at 25 %"))
    }

    @Test func `presence shows per cents`() {
        let board = conversation()
        _ = board.say("lamp 40%")
        _ = board.say("fan on")
        #expect(Conversation.presences(board.wait(.seconds(20))).last?.status?.hasPrefix("lamp 40 % · fan on") == true)
    }

    @Test func `help tells what can be dimmed`() {
        let board = conversation()
        #expect(board.say("help")[0].contains("lamp 40% · fade lamp to 40% in 5s: how bright, fast or far, at once or slowly"))
        #expect(board.say("help lamp")[0].contains("lamp 40% · fade lamp to 40% in 5s"))
        #expect(!board.say("help relay")[0].contains("%"))
        #expect(board.say("help fade") == ["lamp 40% · fade lamp to 40% in 5s: how bright, fast or far, at once or slowly"])
        #expect(!Conversation().say("help")[0].contains("40%"))
    }

    @Test func `exit leaves no fade to nothing half way`() {
        var configuration = Self.configuration
        configuration.lines[0].onExit = .keep
        configuration.lines[1].onExit = .keep
        let board = Conversation(configuration)
        _ = board.say("lamp 40%")
        _ = board.say("fan 40%")
        board.tell("fade fan off in 1min")
        board.wait(.seconds(20))
        board.handle(.stopping(reason: "stopped"))
        #expect(board.levels[0] == true && board.levels[1] == false)
    }
}

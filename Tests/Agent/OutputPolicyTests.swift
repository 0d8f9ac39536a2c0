import Testing
import Time
import XMPP

@testable import Agent

/// What holds for an output whatever goes wrong around it.
@Suite struct OutputPolicyTests {
    private func board(_ saved: String = "", _ change: (inout [LineConfiguration]) -> Void) -> Conversation {
        var configuration = Configuration.greenhouse
        change(&configuration.lines)
        return Conversation(configuration, saved: saved.isEmpty ? [:] : ["lines": Array("perch-lines 1\nsaved 1795365420000\n\(saved)\n".utf8)])
    }

    @Test func `an off that fails takes no end away`() {
        let board = Conversation()
        board.tell("fan on")
        board.failures[1] = .failed("Input/output error")
        #expect(board.say("fan off") == ["fan did not switch: Input/output error"])
        #expect(board.say("fan off for 10s") == ["fan did not switch: Input/output error"])
        board.failures[1] = nil
        #expect(Conversation.switched(board.wait(.seconds(8 * 3600))) == ["1 off"])
    }

    @Test func `on-disconnect is tried again until the line is off`() {
        let board = board { $0[0].onDisconnect = .init(on: false, after: .seconds(60)) }
        board.tell("lamp on")
        board.failures[0] = .on
        board.handle(.offline(reason: "test"))
        #expect(Conversation.switched(board.wait(.seconds(60))) == ["0 off"])
        board.failures[0] = nil
        #expect(Conversation.switched(board.wait(.seconds(300))) == ["0 off"])
    }

    @Test func `what on-disconnect has switched off does not come on again by itself`() {
        let board = board { $0[0].onDisconnect = .init(on: false, after: .seconds(60)) }
        board.tell("lamp on")
        board.tell("lamp off for 10min")
        board.handle(.offline(reason: "test"))
        #expect(Conversation.switched(board.wait(.seconds(3600))) == [])
        #expect(board.levels[0] == false)
    }

    @Test func `a line that is kept ends when it was said, also after a crash`() {
        let first = board { $0[0].initial = .keep }
        first.tell("lamp on for 10min")
        let saved = first.stored
        let configuration = first.agent.configuration
        let soon = Conversation(configuration, saved: saved, online: false)
        soon.elapsed = .seconds(60)
        soon.handle(.started(levels: [true, false, false, false]))
        #expect(Conversation.switched(soon.wait(.seconds(540))) == ["0 off"])
        let late = Conversation(configuration, saved: saved, online: false)
        late.elapsed = .seconds(700)
        late.handle(.started(levels: [true, false, false, false]))
        #expect(Conversation.switched(late.wait(.seconds(1))) == ["0 off"])
        // What is off already is not touched, and what nobody gave a time stays on.
        let off = Conversation(configuration, saved: saved, online: false)
        off.elapsed = .seconds(700)
        off.handle(.started(levels: [false, false, false, false]))
        #expect(Conversation.switched(off.wait(.seconds(3600))) == [])
        let lasting = board { $0[0].initial = .keep }
        #expect(!lasting.tell("lamp on").contains { if case .store = $0 { true } else { false } })
    }

    @Test func `a pulse does not outlive the program, not even on a line that is kept`() {
        let board = board { $0[0].onExit = .keep }
        board.tell("pulse lamp 5s")
        #expect(Conversation.switched(board.handle(.stopping(reason: "test"))).contains("0 off"))
        let lasting = self.board { $0[0].onExit = .keep }
        lasting.tell("lamp on")
        #expect(!Conversation.switched(lasting.handle(.stopping(reason: "test"))).contains("0 off"))
    }

    @Test func `what cannot be read at the start has its longest time all the same`() {
        var configuration = Configuration.greenhouse
        configuration.lines[1].initial = .on
        let board = Conversation(configuration, online: false)
        board.handle(.started(levels: [nil, nil, nil, nil]))
        #expect(Conversation.switched(board.wait(.seconds(8 * 3600))) == ["1 off"])
    }

    @Test func `an output that is found switched on by somebody else gets its longest time`() {
        let board = Conversation()
        board.levels[1] = true
        #expect(board.say("fan?") == ["fan is on until 01:37 tomorrow"])
        #expect(Conversation.switched(board.wait(.seconds(8 * 3600))) == ["1 off"])
    }

    @Test func `a retry is no reason to write the state file`() {
        let board = Conversation()
        board.tell("lamp on for 10s")
        board.failures[0] = .failed("Input/output error")
        board.wait(.seconds(10))
        board.effects.removeAll()
        board.wait(.seconds(600))
        #expect(!board.effects.contains { if case .store(name: "lines", bytes: _) = $0 { true } else { false } })
        // After a crash it stays off.
        #expect(Conversation(saved: board.stored).levels[0] == false)
    }

    @Test func `a pulse is one entry in the log`() {
        let board = Conversation()
        board.tell("pulse lamp 1s")
        board.wait(.seconds(2))
        #expect(board.say("log lamp") == ["17:37 alice@example.org (phone): pulse lamp 1s → lamp pulsed for 1 s"])
        // A long one is answered when it begins, so its end is another entry.
        board.tell("pulse lamp 1min")
        board.wait(.seconds(61))
        #expect(board.say("log lamp").first?.hasSuffix("17:38 time is over → lamp is off") == true)
    }

    @Test func `a line that gets another name keeps its time`() {
        let board = Conversation()
        board.tell("lamp on for 10min")
        var renamed = Configuration.greenhouse
        renamed.lines[0].name = "lantern"
        board.handle(.reloaded(renamed, levels: board.levels))
        #expect(board.say("lantern?") == ["lantern is on until 17:47"])
        // And under its name, another word for the pin does not make it last for ever.
        renamed.lines[0].pin = "pin 11"
        board.handle(.reloaded(renamed, levels: board.levels))
        #expect(Conversation.switched(board.wait(.seconds(600))) == ["0 off"])
    }

    @Test func `what had to go off when the configuration was changed goes off after it`() {
        let board = Conversation()
        board.tell("lamp on for 10s")
        board.silentLines = [0]
        board.wait(.seconds(11))
        board.silentLines = []
        board.handle(.reloaded(.greenhouse, levels: board.levels))
        #expect(Conversation.switched(board.wait(.seconds(1))) == ["0 off"])
    }
}

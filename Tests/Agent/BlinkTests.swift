import Testing
import Time
import XMPP

@testable import Agent

@Suite struct BlinkTests {
    /// When each line was driven, in milliseconds of the virtual clock.
    private func edges(_ board: Conversation, _ duration: Duration) -> [String] {
        let end = board.elapsed + duration
        var edges: [String] = []
        while let deadline = board.agent.nextDeadline, deadline <= Instant(.seconds(86400) + end) {
            let step = board.wait(deadline.sinceOrigin - .seconds(86400) - board.elapsed)
            for text in Conversation.switched(step) { edges.append("\(board.elapsed.components.seconds * 1000 + board.elapsed.components.attoseconds / 1_000_000_000_000_000) \(text)") }
        }
        board.elapsed = end
        return edges
    }

    @Test func `a lamp blinks on a grid and is what it was afterwards`() {
        let board = Conversation()
        #expect(board.say("blink lamp 2Hz for 1s") == ["lamp is blinking at 2 Hz until 17:37:01"])
        #expect(board.levels[0] == true)
        #expect(edges(board, .seconds(5)) == ["250 0 off", "500 0 on", "750 0 off", "1000 0 off"])
        #expect(board.say("lamp?") == ["lamp is off"])
    }

    @Test func `late wake-ups do not add up, and edges that were slept through are left out`() {
        let board = Conversation()
        board.tell("blink lamp 2Hz for 10s")
        board.elapsed = .milliseconds(290)
        #expect(Conversation.switched(board.handle(.tick)) == ["0 off"])
        #expect(board.agent.nextDeadline == Instant(.seconds(86400) + .milliseconds(500)))
        board.elapsed = .milliseconds(1040)
        #expect(Conversation.switched(board.handle(.tick)) == ["0 on"])
        #expect(board.agent.nextDeadline == Instant(.seconds(86400) + .milliseconds(1250)))
        board.elapsed = .seconds(3600)
        #expect(Conversation.switched(board.handle(.tick)) == ["0 off"])
        #expect(board.agent.outputs.lines[0].blink == nil)
    }

    @Test func `what was on is on again, with the time that it had`() {
        let board = Conversation()
        board.play(
            """
            alice: lamp on for 10min
            perch: lamp is on until 17:47
            alice: blink the lamp
            perch: lamp is blinking at 1 Hz until 17:38:00
            +2min
            alice: lamp
            perch: lamp is on until 17:47
            alice: flash lamp 0.5 Hz for 1h
            perch: lamp is blinking at 0.5 Hz until 18:39
            +8min
            alice: lamp
            perch: lamp is off
            """)
    }

    @Test(arguments: ["lamp on", "lamp off", "toggle lamp", "lamp on for 10s"]) func `any other command ends it`(_ command: String) {
        let board = Conversation()
        board.tell("blink lamp for 10min")
        board.wait(.milliseconds(700))
        // Whatever the edge of the moment: it was off.
        #expect(board.say(command) == [command == "lamp off" ? "lamp is off" : command == "lamp on for 10s" ? "lamp is on until 17:37:10" : "lamp is on"])
        #expect(edges(board, .seconds(5)) == [])
    }

    @Test func `it ends without link and server`() {
        let board = Conversation()
        board.tell("blink lamp 10Hz for 2s")
        board.handle(.offline(reason: "test"))
        #expect(edges(board, .seconds(60)).count == 40)
        #expect(board.levels[0] == false)
    }

    @Test func `the longest time holds`() {
        let board = Conversation()
        #expect(board.say("blink fan for 9h") == ["fan is blinking at 1 Hz until 01:37 tomorrow (I switch it off after 8 h at the latest)"])
    }

    @Test func `presence says it once, and the files and the log do not blink`() {
        let board = Conversation()
        board.wait(.seconds(60))
        board.effects.removeAll()
        board.tell("blink lamp 5Hz for 1min")
        board.wait(.seconds(59))
        #expect(Conversation.presences(board.effects).map { $0.status ?? "" } == ["lamp blinking · door closed · air 21.4 °C · fan off · gate closed"])
        #expect(!board.effects.contains { if case .store(name: "lines", bytes: _) = $0 { true } else { false } })
        board.wait(.seconds(60))
        #expect(board.say("log lamp") == ["17:38 alice@example.org (phone): blink lamp 5Hz for 1min → lamp is blinking at 5 Hz until 17:39:00\n17:39 end of blinking → lamp is off"])
    }

    @Test func `a failure ends it and is told once`() {
        let board = Conversation()
        board.tell("blink lamp for 10min")
        board.failures[0] = .failed("Input/output error")
        let end = board.wait(.seconds(20))
        #expect(Conversation.texts(end) == ["I stopped blinking: lamp did not switch: Input/output error"])
        #expect(Conversation.switched(end) == ["0 off", "0 off"])
        board.failures[0] = nil
        #expect(Conversation.switched(board.wait(.seconds(60))) == ["0 off"])
        #expect(board.levels[0] == false)
        board.failures[0] = .failed("Input/output error")
        #expect(board.say("blink lamp") == ["lamp did not switch: Input/output error"])
    }

    @Test func `a board that is slow or silent is not asked again and again`() {
        let board = Conversation()
        board.silentLines = [0]
        board.tell("blink lamp 10Hz for 1min")
        #expect(edges(board, .milliseconds(4900)) == [])
        #expect(board.agent.outputs.pending.count == 1)
        let end = board.wait(.seconds(60))
        #expect(Conversation.texts(end).first == "lamp: the board did not answer within 5 s, so I do not know whether it switched.")
        #expect(board.agent.outputs.pending.count <= 1)
    }

    @Test func `it outlives a reload, but not the end of the program`() {
        let board = Conversation()
        board.tell("blink lamp for 10s")
        board.handle(.reloaded(.greenhouse, levels: board.levels))
        #expect(board.say("lamp?") == ["lamp is blinking at 1 Hz until 17:37:10"])
        var kept = Configuration.greenhouse
        kept.lines[0].onExit = .keep
        board.handle(.reloaded(kept, levels: board.levels))
        #expect(Conversation.switched(board.handle(.stopping(reason: "test"))).contains("0 off"))
    }

    @Test func `a restart in between restores what was before`() {
        let board = Conversation()
        board.tell("lamp on")
        board.tell("blink lamp for 10min")
        board.wait(.milliseconds(600))
        #expect(Conversation(saved: board.stored).levels[0] == true)
    }

    @Test func `a line with confirm asks first, and a pulse is over`() {
        let board = Conversation()
        let question = board.say("blink gate 2Hz for 3s")
        #expect(question == ["Really blink gate for 3 s? Say \"yes \(Conversation.code(question))\" within 30 s."])
        #expect(board.say("yes \(Conversation.code(question))") == ["gate is blinking at 2 Hz until 17:37:03"])
        board.tell("pulse lamp 5s")
        #expect(board.say("blink lamp for 1s") == ["lamp: another command came before the pulse was over", "lamp is blinking at 1 Hz until 17:37:01"])
        board.wait(.seconds(60))
        #expect(board.levels[0] == false)
    }

    @Test func `frequencies that no line blinks at are refused`() {
        Conversation().play(
            """
            alice: blink lamp 20Hz
            perch: I cannot blink at "20Hz". Say a frequency from 0.1Hz to 10Hz: "blink lamp 2Hz for 10s".
            alice: lamp on 2Hz
            perch: I do not understand "2Hz", so I did nothing. You can say "lamp on", "lamp off" or "lamp?".
            alice: blink door
            perch: door is an input: I can read it, not switch it. door is closed.
            """)
    }
}

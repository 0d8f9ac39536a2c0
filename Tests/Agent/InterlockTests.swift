import Testing
import Time
import XMPP

@testable import Agent

@Suite struct InterlockTests {
    /// 0 up and 1 down (blind, 500 ms), 2 lamp.
    static func blind(_ change: (inout [LineConfiguration]) -> Void = { _ in }) -> Configuration {
        var configuration = Configuration.greenhouse
        var up = LineConfiguration(name: "up", pin: "GPIO5")
        up.interlock = .init(group: "blind", gap: .milliseconds(500))
        up.tags = ["blind"]
        var down = LineConfiguration(name: "down", pin: "GPIO6")
        down.interlock = .init(group: "blind")
        down.tags = ["blind"]
        configuration.lines = [up, down, LineConfiguration(name: "lamp", pin: "GPIO17")]
        change(&configuration.lines)
        return configuration
    }

    private func past(_ board: Conversation) { board.wait(.seconds(10)) }

    @Test func `one goes off, the gap passes, the other goes on: one answer when all is done`() {
        let board = Conversation(Self.blind())
        past(board)
        #expect(board.say("up on") == ["up is on"])
        #expect(Conversation.switched(board.tell("down on")) == ["0 off"])
        #expect(Conversation.switched(board.wait(.milliseconds(499))) == [])
        let on = board.wait(.milliseconds(1))
        #expect(Conversation.switched(on) == ["1 on"])
        #expect(Conversation.texts(on) == ["down is on (I switched up off first)"])
    }

    @Test func `the gap also counts when the other has just gone off`() {
        let board = Conversation(Self.blind())
        past(board)
        board.tell("up on")
        board.tell("up off")
        board.wait(.milliseconds(200))
        #expect(Conversation.switched(board.tell("down on")) == [])
        let on = board.wait(.milliseconds(300))
        #expect(Conversation.switched(on) == ["1 on"])
        #expect(Conversation.texts(on) == ["down is on"])
    }

    @Test func `what is on already needs no gap, and a lamp knows of no lock`() {
        let board = Conversation(Self.blind())
        past(board)
        board.tell("up on")
        #expect(Conversation.switched(board.tell("up on for 10s")) == ["0 on"])
        #expect(Conversation.switched(board.tell("lamp on")) == ["2 on"])
    }

    @Test func `when the other does not go off, nothing goes on and the answer says why`() {
        let board = Conversation(Self.blind())
        past(board)
        board.tell("up on")
        board.failures[0] = .failed("Input/output error")
        #expect(
            board.say("down on").contains("down was not switched on, because up may not be on with it (interlock), and it did not go off: Input/output error"))
        board.failures[0] = .on
        #expect(Conversation.switched(board.tell("down on")) == ["0 off"])
        #expect(board.levels == [true, false, false])
        // It is tried again for ever, but down does not follow late.
        board.failures[0] = nil
        #expect(Conversation.switched(board.wait(.seconds(60))) == ["0 off"])
    }

    @Test func `a line that does not answer keeps the other off`() {
        let board = Conversation(Self.blind())
        past(board)
        board.tell("up on")
        board.silentLines = [0]
        #expect(board.say("down on") == [])
        let late = board.wait(.seconds(5))
        #expect(Conversation.switched(late) == [])
        #expect(Conversation.texts(late).contains("down was not switched on, because up may not be on with it (interlock), and it did not go off: the board did not answer"))
        #expect(board.levels[1] == false)
    }

    @Test func `what was not seen to go on is taken back before the other goes on`() {
        let board = Conversation(Self.blind())
        past(board)
        board.failures[0] = .failed("Input/output error")
        #expect(Conversation.switched(board.tell("up on")) == ["0 on", "0 off"])
        // Nobody knows whether it is on.
        board.failures[0] = nil
        #expect(Conversation.switched(board.tell("down on")) == ["0 off"])
        #expect(Conversation.switched(board.wait(.milliseconds(500))) == ["1 on"])
    }

    @Test(arguments: ["down off", "up off", "up on", "all off"]) func `a newer command takes the place of one that waits`(_ newer: String) {
        let board = Conversation(Self.blind())
        past(board)
        board.tell("up on")
        board.tell("down on")
        board.wait(.milliseconds(100))
        #expect(board.say(newer, from: "bob@example.org/x").first == "down was not switched on: another command came before the others of its interlock were off")
        #expect(!Conversation.switched(board.wait(.seconds(10))).contains("1 on"))
    }

    @Test func `several of a group at once are refused, the rest is done`() {
        let board = Conversation(Self.blind())
        past(board)
        #expect(board.say("all on") == ["Only one of up and down can be on (interlock), so I left both alone. Say which one.\nlamp is on"])
        #expect(board.say("up and down on") == ["Only one of up and down can be on (interlock), so I left both alone. Say which one."])
        #expect(board.levels == [false, false, true])
        board.tell("up on")
        // One direction each is no conflict.
        #expect(Conversation.switched(board.tell("toggle up and down")) == ["0 off"])
        #expect(Conversation.texts(board.wait(.milliseconds(500))) == ["up is off\ndown is on"])
    }

    @Test func `a pulse waits for the others too, and has its whole length`() {
        let board = Conversation(Self.blind())
        past(board)
        board.tell("up on")
        board.tell("pulse down 1s")
        #expect(Conversation.switched(board.wait(.milliseconds(500))) == ["1 on"])
        #expect(Conversation.switched(board.wait(.milliseconds(999))) == [])
        let end = board.wait(.milliseconds(1))
        #expect(Conversation.switched(end) == ["1 off"])
        #expect(Conversation.texts(end) == ["down pulsed for 1 s (I switched up off first)"])
    }

    @Test func `what would come on again by itself does not switch the other off`() {
        let board = Conversation(Self.blind())
        past(board)
        board.tell("up on")
        #expect(board.say("up off for 10s") == ["up is off until 17:37:20"])
        board.tell("down on")
        #expect(Conversation.switched(board.wait(.seconds(60))) == ["1 on"])
        #expect(board.levels == [false, true, false])
        #expect(board.say("log up").first?.contains("up does not come on again by itself: down is on now") == true)
    }

    @Test func `on-disconnect goes through the lock`() {
        let board = Conversation(Self.blind { $0[1].onDisconnect = .init(on: true, after: .seconds(60)) ; $0[0].onDisconnect = .init(on: false, after: .seconds(60)) })
        past(board)
        board.tell("up on")
        board.handle(.offline(reason: "test"))
        #expect(Conversation.switched(board.wait(.seconds(60))) == ["0 off"])
        #expect(Conversation.switched(board.wait(.seconds(1))) == ["1 on"])
    }

    @Test func `at the start one comes on after the gap, and of two none`() {
        let one = Conversation(Self.blind { $0[0].initial = .restore; $0[1].initial = .restore }, saved: ["lines": Array("perch-lines 1\non - down\n".utf8)])
        #expect(one.levels == [false, false, false])
        #expect(Conversation.switched(one.wait(.milliseconds(499))) == [])
        #expect(Conversation.switched(one.wait(.milliseconds(1))) == ["1 on"])

        let two = Conversation(Self.blind { $0[0].initial = .restore; $0[1].initial = .restore }, saved: ["lines": Array("perch-lines 1\non - down\non - up\n".utf8)])
        #expect(Conversation.logged(two.effects).contains("only one of up and down can be on (interlock), and all of them were said to be on: all stay off"))
        #expect(Conversation.switched(two.wait(.seconds(60))) == [])
    }

    @Test func `two that are on at the start both go off`() {
        let board = Conversation(Self.blind { $0[0].initial = .keep; $0[1].initial = .keep }, online: false)
        board.effects.removeAll()
        let effects = board.handle(.started(levels: [true, true, false]))
        #expect(Conversation.switched(effects) == ["0 off", "1 off"])
        #expect(Conversation.logged(effects).contains("up and down are on together, which interlock forbids: all of them are switched off"))
    }

    @Test func `what somebody else switched on is told, and what waits is given up`() {
        let board = Conversation(Self.blind())
        past(board)
        board.tell("up on")
        board.tell("down on")
        board.levels[0] = true
        let told = board.handle(.lineChanged(0, on: true))
        #expect(Conversation.texts(told).first?.hasPrefix("down was not switched on, because up may not be on with it (interlock), and it did not go off: it reads on") == true)
        #expect(Conversation.switched(board.wait(.seconds(60))) == [])
        board.levels[1] = true
        #expect(Conversation.logged(board.handle(.lineChanged(1, on: true))).contains("down and up are on together, which interlock forbids: somebody else switched one of them"))
    }

    @Test func `at the end nothing goes on that is not free`() {
        let board = Conversation(Self.blind { $0[1].onExit = .on; $0[0].onExit = .keep })
        past(board)
        board.tell("up on")
        #expect(Conversation.switched(board.handle(.stopping(reason: "test"))) == ["1 off", "2 off"])
        let free = Conversation(Self.blind { $0[1].onExit = .on })
        past(free)
        #expect(Conversation.switched(free.handle(.stopping(reason: "test"))) == ["0 off", "2 off", "1 on"])
    }

    @Test func `who waits is told when the program ends`() {
        let board = Conversation(Self.blind())
        past(board)
        board.tell("up on")
        board.tell("down on")
        let end = board.handle(.stopping(reason: "test"))
        #expect(Conversation.texts(end) == ["down was not switched on: I was stopped before the others of its interlock were off"])
        #expect(!Conversation.switched(end).contains("1 on"))
    }

    @Test func `a line whose chip has gone keeps the other off, and comes back off`() {
        let board = Conversation(Self.blind { $0[0].initial = .restore })
        past(board)
        board.tell("up on")
        board.handle(.lineLost(0, why: "its chip is gone"))
        board.failures[0] = .failed("its chip is gone")
        #expect(board.say("down on").contains("down was not switched on, because up may not be on with it (interlock), and it did not go off: its chip is gone"))
        board.failures[0] = nil
        #expect(board.agent.initialLevel(of: 0, at: board.moment) == .off)
        board.levels[0] = false
        board.handle(.lineBack(0, on: false))
        // It was to go off meanwhile.
        #expect(Conversation.switched(board.wait(.seconds(60))) == [])
        board.tell("up on")
        board.handle(.lineLost(0, why: "its chip is gone"))
        board.levels[0] = false
        board.handle(.lineBack(0, on: false))
        #expect(Conversation.switched(board.wait(.milliseconds(499))) == [])
        #expect(Conversation.switched(board.wait(.milliseconds(1))) == ["0 on"])
    }

    @Test func `a reload locks what is on together, and forgets what waits`() {
        let board = Conversation(Self.blind { $0[0].interlock = nil; $0[1].interlock = nil })
        board.tell("up and down on")
        #expect(Conversation.switched(board.handle(.reloaded(Self.blind(), levels: board.levels))) == ["0 off", "1 off"])
        past(board)
        board.tell("up on")
        #expect(board.say("down on") == [])
        #expect(Conversation.texts(board.handle(.reloaded(Self.blind(), levels: board.levels))).first == Replies.reloaded)
        #expect(Conversation.switched(board.wait(.seconds(60))) == [])
    }

    @Test func `help says what is locked`() {
        #expect(Conversation(Self.blind()).say("help up").first?.contains("Before it goes on, I switch down off.") == true)
    }
}

import Testing
import Time
import XMPP

@testable import Agent

@Suite struct MinOffTests {
    /// 0 fridge (min-off 5 min), 1 lamp.
    private func board(_ saved: [String: [UInt8]] = [:], _ change: (inout LineConfiguration) -> Void = { _ in }) -> Conversation {
        var configuration = Configuration.greenhouse
        var fridge = LineConfiguration(name: "fridge", pin: "GPIO5")
        fridge.minOff = .seconds(300)
        change(&fridge)
        configuration.lines = [fridge, LineConfiguration(name: "lamp", pin: "GPIO17")]
        return Conversation(configuration, saved: saved)
    }

    @Test func `what comes too early is refused and told how long it takes`() {
        board().play(
            """
            +5min
            alice: fridge on
            perch: fridge is on
            alice: fridge off
            perch: fridge is off
            +2min
            alice: fridge on
            perch: fridge must stay off for another 3 min (min-off). Say it again then.
            alice: toggle fridge
            perch: fridge must stay off for another 3 min (min-off). Say it again then.
            alice: pulse fridge 1s
            perch: fridge must stay off for another 3 min (min-off). Say it again then.
            alice: blink fridge
            perch: fridge cannot blink: it has min-off, and blinking would switch it on too soon.
            alice: all on
            perch: fridge must stay off for another 3 min (min-off). Say it again then.
             lamp is on
            +3min
            alice: fridge on
            perch: fridge is on
            """)
    }

    @Test func `after a start nobody knows how long it was off`() {
        board().play(
            """
            alice: fridge on
            perch: fridge must stay off for another 5 min (min-off). Say it again then.
            +5min
            alice: fridge on
            perch: fridge is on
            """)
    }

    @Test func `off for a while lasts as long as it must, and the answer says so`() {
        let board = board()
        board.play(
            """
            +5min
            alice: fridge on
            perch: fridge is on
            alice: fridge off for 10s
            perch: fridge is off until 17:47 (it stays off for at least 5 min)
            +299s
            alice: fridge on
            perch: fridge must stay off for another 1 s (min-off). It stays off until 17:47:00 and goes on by itself then.
            """)
        #expect(Conversation.switched(board.wait(.seconds(1))) == ["0 on"])
    }

    @Test func `off for longer than it must is what was asked`() {
        let board = board()
        board.wait(.seconds(300))
        board.tell("fridge on")
        #expect(board.say("fridge off for 10min") == ["fridge is off until 17:52"])
        #expect(Conversation.switched(board.wait(.seconds(599))) == [])
        #expect(Conversation.switched(board.wait(.seconds(1))) == ["0 on"])
    }

    @Test func `while it is going off it cannot go on`() {
        let board = board()
        board.wait(.seconds(300))
        board.tell("fridge on")
        board.silentLines = [0]
        board.tell("fridge off")
        #expect(board.say("fridge on") == ["fridge must stay off for another 5 min (min-off). Say it again then."])
    }

    @Test func `what somebody else switched off counts`() {
        let board = board()
        board.wait(.seconds(300))
        board.tell("fridge on")
        board.levels[0] = false
        board.handle(.lineChanged(0, on: false))
        #expect(board.say("fridge on") == ["fridge must stay off for another 5 min (min-off). Say it again then."])
    }

    @Test func `on-disconnect waits until it may, and no longer when the link is back`() {
        let on = board { $0.onDisconnect = .init(on: true, after: .seconds(60)) }
        on.handle(.offline(reason: "test"))
        #expect(Conversation.switched(on.wait(.seconds(299))) == [])
        #expect(Conversation.switched(on.wait(.seconds(1))) == ["0 on"])

        let back = board { $0.onDisconnect = .init(on: true, after: .seconds(60)) }
        back.handle(.offline(reason: "test"))
        back.wait(.seconds(120))
        back.goOnline()
        #expect(Conversation.switched(back.wait(.seconds(3600))) == [])
    }

    @Test func `a line that was on comes up off and goes on when it may`() {
        let board = board(["lines": Array("perch-lines 1\non - fridge\n".utf8)]) { $0.initial = .restore }
        #expect(board.levels[0] == false)
        #expect(Conversation.logged(board.effects).contains("fridge was on and stays off until 17:42: nobody knows how long it was off (min-off, interlock)"))
        #expect(board.say("fridge?") == ["fridge is off until 17:42"])
        #expect(Conversation.switched(board.wait(.seconds(299))) == [])
        #expect(Conversation.switched(board.wait(.seconds(1))) == ["0 on"])
    }

    @Test func `a crash while it waits forgets neither that it was on nor for how long`() {
        let saved = ["lines": Array("perch-lines 1\nsaved 1795365420000\non 1795365840000 fridge\n".utf8)]
        let first = board(saved) { $0.initial = .restore }
        first.wait(.seconds(60))
        #expect(first.stored["lines"] == saved["lines"])
        // On at 17:42, and off at 17:44 as it was said before the crash.
        #expect(Conversation.switched(first.wait(.seconds(240))) == ["0 on"])
        #expect(first.say("fridge?") == ["fridge is on until 17:44"])
        #expect(Conversation.switched(first.wait(.seconds(120))) == ["0 off"])
        // What would be over before it may begin does not begin.
        let short = board(["lines": Array("perch-lines 1\nsaved 1795365420000\non 1795365500000 fridge\n".utf8)]) { $0.initial = .restore }
        #expect(Conversation.switched(short.wait(.seconds(3600))) == [])
    }

    @Test func `initial on waits too, and a command in between decides`() {
        let board = board { $0.initial = .on }
        #expect(board.levels[0] == false)
        #expect(board.say("fridge on") == ["fridge must stay off for another 5 min (min-off). It stays off until 17:42 and goes on by itself then."])
        #expect(board.say("fridge off") == ["fridge is off"])
        #expect(Conversation.switched(board.wait(.seconds(3600))) == [])
    }

    @Test func `at the end it is not switched on too soon`() {
        let board = board { $0.onExit = .on }
        #expect(Conversation.switched(board.handle(.stopping(reason: "test"))) == ["0 off", "1 off"])
    }

    @Test func `a yes that comes after half a minute is looked at again`() {
        let board = board { $0.confirm = true }
        board.wait(.seconds(300))
        let code = Conversation.code(board.say("fridge on"))
        board.tell("yes \(code)")
        let again = Conversation.code(board.say("fridge on for 10s"))
        board.levels[0] = false
        board.handle(.lineChanged(0, on: false))
        #expect(board.say("yes \(again)") == ["fridge must stay off for another 5 min (min-off). Say it again then."])
    }
}

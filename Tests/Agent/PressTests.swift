import Testing
import Time

@testable import Agent

/// What a finger does, told by edges with the kernel's times.
@Suite struct PressTests {
    /// A board with one button; times are milliseconds since the first edge.
    private final class Button {
        let board: Conversation
        private var now = 0

        init(double: Duration? = .milliseconds(400), long: Duration? = .seconds(1), change: Bool = false, online: Bool = true) {
            var button = LineConfiguration(name: "button", pin: "GPIO4")
            button.direction = .input
            button.reportsPress = true
            button.reportsChange = change
            button.doublePress = double
            button.longPress = long
            var configuration = Configuration.greenhouse
            configuration.lines = [button]
            configuration.sensors = []
            board = Conversation(configuration, online: online)
        }

        /// The time goes on to each edge; positive is pressed, negative let go.
        func edges(_ times: Int..., missed: UInt32 = 0) -> [String] {
            var reports: [String] = []
            for time in times {
                let at = abs(time)
                reports += texts(board.wait(.milliseconds(at - now)))
                now = at
                reports += texts(board.handle(.lineChanged(0, on: time > 0, at: 1_000_000_000 + UInt64(at) * 1_000_000, missed: missed)))
            }
            return reports
        }

        func wait(until time: Int) -> [String] {
            defer { now = time }
            return texts(board.wait(.milliseconds(time - now)))
        }

        func texts(_ effects: [Effect]) -> [String] { Conversation.messages(effects).filter { $0.to.isBare }.compactMap(\.body) }
    }

    @Test func `a press is told when it is let go, where nobody wants double presses`() {
        let button = Button(double: nil)
        #expect(button.edges(1) == [])
        #expect(button.edges(-200) == ["button was pressed"])
        #expect(button.wait(until: 60_000) == [])
    }

    @Test func `where double presses are wanted, a press is told when the time for a second is over`() {
        let button = Button()
        #expect(button.edges(1, -200) == [])
        #expect(button.wait(until: 599) == [])
        #expect(button.wait(until: 600) == ["button was pressed"])
    }

    @Test func `two presses are one double press, a third one begins anew`() {
        let button = Button()
        #expect(button.edges(1, -100, 300, -400) == ["button was pressed twice"])
        #expect(button.edges(600, -700) == [])
        #expect(button.wait(until: 5400) == ["button was pressed"])
    }

    @Test func `a long press is told while it is still held, and only once`() {
        let button = Button()
        #expect(button.edges(1) == [])
        #expect(button.wait(until: 1000) == [])
        #expect(button.wait(until: 1001) == ["button was held for 1 s"])
        #expect(button.edges(-9000) == [])
        #expect(button.wait(until: 60_000) == [])
    }

    @Test func `a second press that is held is a press and a long press`() {
        let button = Button()
        #expect(button.edges(1, -100, 300) == [])
        #expect(button.wait(until: 1300) == ["button was pressed", "button was held for 1 s"])
    }

    @Test func `without a long press each press is told when it is let go`() {
        let button = Button(double: nil, long: nil)
        #expect(button.edges(1) == [])
        #expect(button.edges(-50_000) == ["button was pressed"])
    }

    @Test func `the kernel's times count, however late the loop is`() {
        let button = Button(double: nil)
        // Everything comes at one moment: 200 ms by the kernel's clock, then 2 s.
        let second: UInt64 = 1_000_000_000
        button.board.handle(.lineChanged(0, on: true, at: second))
        #expect(button.texts(button.board.handle(.lineChanged(0, on: false, at: second + 200_000_000))) == ["button was pressed"])
        button.board.wait(.seconds(10))
        button.board.handle(.lineChanged(0, on: true, at: 20 * second))
        #expect(button.texts(button.board.handle(.lineChanged(0, on: false, at: 22 * second))) == ["button was held for 1 s"])
        #expect(!button.board.agent.awaitsEdges(at: button.board.moment.instant))
    }

    @Test func `bounces never make a double press`() {
        let button = Button()
        #expect(button.edges(1, -3, 5, -200, 204, -206, 209, -212) == [])
        #expect(button.wait(until: 5000) == ["button was pressed"])
        let single = Button(double: nil)
        #expect(single.edges(1, -200, 204, -206, 209, -212) == ["button was pressed"])
        #expect(single.wait(until: 60_000) == [])
    }

    @Test func `lost edges never make a double press`() {
        for missed in [1, 5] as [UInt32] {
            let button = Button()
            #expect(button.edges(1, -100) == [])
            #expect(button.edges(300, missed: missed) == ["button was pressed"])
            #expect(button.edges(-400) == [])
            #expect(button.wait(until: 20_000) == ["button was pressed"])
        }
        let end = Button()
        #expect(end.edges(1, -100, 300) == [])
        #expect(end.edges(-400, missed: 2) == ["button was pressed (2 times in 5 s)"])
    }

    @Test func `no press is made of edges whose time is not known`() {
        let button = Button()
        button.board.handle(.lineChanged(0, on: true))
        #expect(button.texts(button.board.handle(.lineChanged(0, on: false))) == ["button was pressed"])
        button.board.wait(.seconds(10))
        button.board.handle(.lineChanged(0, on: true))
        #expect(button.texts(button.board.wait(.seconds(2))) == ["button was held for 1 s"])
    }

    @Test func `whatever edges come, no more presses are told than there were, and doubles only of two`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var dice = SplitMix64(seed: seed)
        for round in 0..<500 {
            var line = LineConfiguration(name: "button", pin: "GPIO4")
            line.doublePress = .milliseconds(400)
            var detector = PressDetector()
            var time: UInt64 = 1_000_000_000, presses = 0, told = 0, on = false
            for _ in 0..<60 {
                time += dice.next() % 900_000_000
                let now = Instant(.nanoseconds(Int64(time)))
                for press in detector.tick(now) { told += press == .double ? 2 : 1 }
                if dice.next() % 5 > 0 { on.toggle() }
                if on { presses += 1 }
                let isLost = dice.next() % 8 == 0
                for press in detector.edge(on, at: dice.next() % 8 == 0 ? 0 : time, missed: isLost, line, now) {
                    told += press == .double ? 2 : 1
                    if press == .double { #expect(!isLost, "seed \(seed), round \(round)") }
                }
                #expect(told <= presses, "seed \(seed), round \(round)")
            }
        }
    }

    @Test func `a button that was held before the start tells nothing when it is let go`() {
        let button = Button()
        var configuration = button.board.agent.configuration
        configuration.lines[0].pin = "GPIO5"
        button.board.handle(.reloaded(configuration, levels: [true]))
        #expect(button.edges(-100) == [])
        #expect(button.wait(until: 60_000) == [])
    }

    @Test func `a reload in the middle of a press does not lose it, and does not end it late`() {
        let button = Button(double: nil)
        #expect(button.edges(1) == [])
        button.board.handle(.reloaded(button.board.agent.configuration, levels: [true]))
        #expect(button.edges(-200) == ["button was pressed"])
        #expect(button.edges(10_000) == [])
        // It was let go in this moment, and the edge is not told any more.
        button.board.handle(.reloaded(button.board.agent.configuration, levels: [false]))
        #expect(button.wait(until: 60_000) == [])
    }

    @Test func `a rattling button floods nobody, and no press is left out`() {
        let button = Button(double: nil)
        var reports: [String] = []
        for number in 0..<100 { reports += button.edges(1 + number * 100, -(50 + number * 100)) }
        reports += button.wait(until: 20_000)
        #expect(reports == ["button was pressed", "button was pressed (49 times in 5 s)", "button was pressed (50 times in 5 s)"])
    }

    @Test func `a press is in the log and in no presence`() {
        let button = Button(double: nil)
        let before = button.board.effects.count
        _ = button.edges(1, -200)
        _ = button.wait(until: 60_000)
        #expect(Conversation.presences(Array(button.board.effects[before...])) == [])
        #expect(button.board.say("log") == ["17:37 button → pressed"])
    }

    @Test func `changes can be reported as well`() {
        let button = Button(double: nil, change: true)
        #expect(button.edges(1) == ["button is on"])
        #expect(button.edges(-200) == ["button was pressed"])
        #expect(button.wait(until: 10_000) == ["button is off"])
    }

    @Test func `what is pressed while offline is told later`() {
        let button = Button(double: nil, online: false)
        #expect(button.edges(1, -200) == [])
        let before = button.board.effects.count
        button.board.goOnline()
        #expect(button.texts(Array(button.board.effects[before...])) == ["button was pressed"])
        let payload = Conversation.messages(button.board.effects).first?.payload ?? []
        #expect(String(decoding: payload, as: UTF8.self).contains("n='button' vs='press'"))
    }
}

import Testing
import Time

@testable import Agent

/// Meters that give pulses: totals that outlast restarts, rates by the kernel's clock.
@Suite struct CounterTests {
    /// flow is counted: water is the total, tap the rate, both reported.
    private static var configuration: Configuration {
        var configuration = Configuration.greenhouse
        var flow = LineConfiguration(name: "flow", pin: "GPIO6")
        flow.direction = .input
        flow.isCounted = true
        var water = SensorConfiguration(name: "water", source: "counter:flow")
        water.counter = CounterSource(line: 0, isRate: false)
        water.unit = "l"
        water.unitPerPulse = 0.5
        water.digits = 1
        var tap = SensorConfiguration(name: "tap", source: "counter:flow/rate")
        tap.counter = CounterSource(line: 0, isRate: true)
        tap.unit = "l/min"
        tap.unitPerPulse = 0.5
        tap.report = .init(delta: 1, shortest: .seconds(60), longest: .seconds(900))
        configuration.lines = [flow]
        configuration.sensors = [water, tap]
        return configuration
    }

    private static func pulses(_ board: Conversation, _ count: UInt32, missed: UInt32 = 0, from: Int = 0, to: Int = 0) -> [Effect] {
        board.handle(
            .pulses(0, count: count, missed: missed, on: false, first: UInt64(from) * 1_000_000, last: UInt64(to == 0 ? from : to) * 1_000_000))
    }

    private static func stores(_ effects: [Effect]) -> [String] {
        effects.compactMap { if case .store("counters", let bytes) = $0 { String(decoding: bytes, as: UTF8.self) } else { nil } }
    }

    @Test func `pulses add up, in the unit of the owner`() {
        let board = Conversation(Self.configuration)
        #expect(board.say("water") == ["water 0.0 l (just now)"])
        _ = Self.pulses(board, 3, from: 1000, to: 3000)
        #expect(board.say("water?") == ["water 1.5 l (just now)"])
        _ = Self.pulses(board, 10_000, from: 4000, to: 5000)
        #expect(board.say("water") == ["water 5001.5 l (just now)"])
    }

    @Test func `no file is read for a counter`() {
        let board = Conversation(Self.configuration)
        board.wait(.seconds(3600))
        board.tell("status")
        #expect(!board.effects.contains { if case .readSensor = $0 { true } else { false } })
    }

    @Test func `the offset is what the meter showed before`() {
        var configuration = Self.configuration
        configuration.sensors[0].offset = 1234.5
        let board = Conversation(configuration)
        _ = Self.pulses(board, 1, from: 1)
        #expect(board.say("water") == ["water 1235.0 l (just now)"])
    }

    @Test func `a pulse is no change, no presence, no entry of the log and no message`() {
        let board = Conversation(Self.configuration)
        board.wait(.seconds(20))
        for number in 1...1000 {
            for effect in Self.pulses(board, 10, from: number) {
                guard case .store = effect else {
                    Issue.record("\(effect)")
                    continue
                }
            }
        }
        #expect(board.say("log") == ["Nothing was done yet."])
        #expect(board.say("status")[0].hasPrefix("water 5000.0 l (just now)\ntap "))
    }

    // MARK: The rate

    @Test func `the rate is that between the pulses, by the kernel's clock`() {
        let board = Conversation(Self.configuration)
        // 11 pulses in 10 s: one a second, half a litre each.
        _ = Self.pulses(board, 11, from: 5000, to: 15_000)
        #expect(board.say("tap") == ["tap 30.0 l/min (just now)"])
        // Asked again at once: nothing has changed.
        #expect(board.say("tap") == ["tap 30.0 l/min (just now)"])
        // A single pulse counts from the one before.
        board.wait(.seconds(2))
        _ = Self.pulses(board, 1, from: 17_000)
        #expect(board.say("tap") == ["tap 15.0 l/min (just now)"])
    }

    @Test func `a flow after a pause is not diluted by the pause`() {
        let board = Conversation(Self.configuration)
        _ = Self.pulses(board, 2, from: 1000, to: 2000)
        board.wait(.seconds(1800))
        _ = Self.pulses(board, 11, from: 1_800_000, to: 1_805_000)
        #expect(board.say("tap") == ["tap 60.0 l/min (just now)"])
    }

    @Test func `without pulses the rate is at most what one pulse now would give, and in the end nothing`() {
        let board = Conversation(Self.configuration)
        _ = Self.pulses(board, 11, from: 5000, to: 15_000)
        _ = board.say("tap")
        board.wait(.seconds(30))
        #expect(board.say("tap") == ["tap 1.0 l/min (just now)"])
        board.wait(.seconds(270))
        #expect(board.say("tap") == ["tap 0.1 l/min (just now)"])
        board.wait(.seconds(3300))
        #expect(board.agent.telemetry.sensors[1].reading?.value == 0)
    }

    @Test(arguments: [("l/s", 1.0), ("Hz", 1), ("", 1), ("l/min", 60), ("rpm", 60), ("m³/h", 3600), ("W", 3600), ("kW", 3600), ("mm/h", 3600)])
    func `a rate is per what its unit says`(unit: String, factor: Double) {
        var configuration = Self.configuration
        configuration.sensors[1].unit = unit
        configuration.sensors[1].unitPerPulse = 0.001
        configuration.sensors[1].report = nil
        let board = Conversation(configuration)
        _ = Self.pulses(board, 2, from: 1000, to: 2000)
        board.tell("tap")
        #expect(abs((board.agent.telemetry.sensors[1].reading?.value ?? 0) - 0.001 * factor) < 1e-9)
    }

    @Test func `no rate comes of times that make no sense`() {
        let counter = Counter(name: "flow")
        let now = Instant(.seconds(100))
        for (count, first, last) in [(5, 9, 3), (1, 2, 2), (3, 0, 0), (2, .max, 0), (.max, 0, .max)] as [(UInt32, UInt64, UInt64)] {
            counter.add(count, first: first, last: last, at: now)
            let rate = counter.look(at: now)
            #expect(rate >= 0 && rate.isFinite)
        }
    }

    @Test func `totals do not overflow`() {
        var counters = Counters(Array("perch-counters 1\nflow 18446744073709551610 18446744073709551615\n".utf8))
        for _ in 0..<10 { _ = counters.take("flow", .max, missed: .max, first: 1, last: 2, at: Instant(.zero)) }
        #expect(counters.list.first?.total == .max)
        #expect(counters.missed("flow") == .max)
    }

    // MARK: Reports and presence

    @Test func `reports and presence keep to the rhythm of the report, however many pulses and questions there are`() {
        var configuration = Self.configuration
        configuration.sensors[0].report = .init(delta: 0, shortest: .seconds(300), longest: .seconds(900))
        configuration.sensors[1].report = nil
        let board = Conversation(configuration)
        board.wait(.seconds(20))
        var presences = 0, reports = 0
        for second in 1...1800 {
            var effects = Self.pulses(board, 7, from: second * 1000 - 900, to: second * 1000)
            if second % 15 == 0 { effects += board.tell("water") }
            effects += board.wait(.seconds(1))
            presences += Conversation.presences(effects).count
            reports += Conversation.messages(effects).filter { $0.to.isBare }.count
        }
        #expect((5...7).contains(presences))
        #expect((5...7).contains(reports))
    }

    @Test func `a total has alarms and SenML like any sensor`() {
        var configuration = Self.configuration
        configuration.sensors[0].alarm = .init(above: true, limit: 100, clear: 100)
        let board = Conversation(configuration)
        _ = Self.pulses(board, 201, from: 1)
        let messages = Conversation.messages(board.wait(.seconds(61))).filter { $0.body?.hasPrefix("Alarm") == true }
        #expect(messages.map(\.body) == ["Alarm: water 100.5 l, above 100 l"])
        let payload = String(decoding: messages.first?.payload ?? [], as: UTF8.self)
        #expect(payload.contains("n='water' u='l' v='100.5'"))
    }

    // MARK: What the kernel dropped

    @Test func `dropped edges are told, and never guessed into the total`() {
        let board = Conversation(Self.configuration)
        _ = Self.pulses(board, 10, from: 1)
        let effects = Self.pulses(board, 3, missed: 14, from: 2)
        #expect(Conversation.logged(effects) == ["flow: the kernel dropped 14 edges"])
        #expect(board.say("water") == ["water 6.5 l (just now); the kernel dropped 14 edges, so it may be more"])
        #expect(board.say("status")[0].contains("water 6.5 l (just now); the kernel dropped 14 edges, so it may be more"))
        #expect(board.say("tap")[0].hasSuffix("(just now)"))
    }

    @Test func `dropped edges are logged at most once a minute, and all of them`() {
        let board = Conversation(Self.configuration)
        var logged: [String] = []
        for _ in 0..<121 {
            logged += Conversation.logged(Self.pulses(board, 1, missed: 1, from: 1))
            board.wait(.seconds(1))
        }
        #expect(logged == ["flow: the kernel dropped 1 edge", "flow: the kernel dropped 60 edges", "flow: the kernel dropped 60 edges"])
    }

    // MARK: The file

    @Test func `totals are written at most once a minute, and when Perch stops`() {
        let board = Conversation(Self.configuration)
        #expect(Self.stores(Self.pulses(board, 1, from: 1)) == ["perch-counters 1\nflow 1 0\n"])
        var written: [String] = []
        for second in 1...125 {
            written += Self.stores(board.wait(.seconds(1)))
            written += Self.stores(Self.pulses(board, 1, missed: 1, from: second))
        }
        #expect(written == ["perch-counters 1\nflow 60 59\n", "perch-counters 1\nflow 120 119\n"])
        #expect(Self.stores(board.handle(.stopping(reason: ""))) == ["perch-counters 1\nflow 126 125\n"])
    }

    @Test func `nothing is written when nothing changed`() {
        let board = Conversation(Self.configuration)
        _ = Self.pulses(board, 1, from: 1)
        _ = Self.pulses(board, 0, from: 1)
        #expect(Self.stores(board.wait(.seconds(3600))) == [])
        #expect(Self.stores(board.handle(.stopping(reason: ""))) == [])
    }

    @Test func `a restart and a reload keep the totals, by the name of the line`() {
        var board = Conversation(Self.configuration, saved: ["counters": Array("perch-counters 1\nrain 7 0\nflow 100 2\n".utf8)])
        #expect(board.say("water") == ["water 50.0 l (just now); the kernel dropped 2 edges, so it may be more"])
        var other = Self.configuration
        other.lines[0].name = "rain"
        board.handle(.reloaded(other, levels: [false]))
        #expect(board.say("water") == ["water 3.5 l (just now)"])
        _ = Self.pulses(board, 1, from: 1)
        board.handle(.reloaded(Self.configuration, levels: [false]))
        #expect(board.say("water")[0].hasPrefix("water 50.0 l"))
        board = Conversation(Self.configuration, saved: board.stored)
        #expect(board.say("water")[0].hasPrefix("water 50.0 l"))
        #expect(board.stored["counters"] == Array("perch-counters 1\nrain 8 0\nflow 100 2\n".utf8))
    }

    @Test func `damaged lines of the file are left out`() {
        #expect(Counters(Array("perch-counters 1\nflow -1 0\nflow\n\nx 99999999999999999999 0\nrain 3 0\n".utf8)).list.map(\.total) == [3])
        #expect(Counters([]).list.isEmpty && Counters(Array("perch-counters 2\nflow 100 2\n".utf8)).list.isEmpty)
    }

    @Test func `a counter whose line has gone has failed`() {
        let board = Conversation(Self.configuration)
        board.handle(.lineLost(0, why: "its chip has disappeared"))
        #expect(board.say("water")[0].hasPrefix("water failed: flow: its chip has disappeared"))
    }
}

import Testing
import Time

@testable import Board

@Suite struct SimulatedBoardTests {
    private func at(_ milliseconds: Int) -> Instant { Instant(.milliseconds(milliseconds)) }

    static let lamp = LineSettings(name: "lamp", pin: "GPIO17")
    static let door = LineSettings(name: "door", pin: "pin 13", direction: .input, bias: .pullUp, activeLow: true, debounce: .milliseconds(20))
    static let bell = LineSettings(name: "bell", pin: "simulated:22", direction: .input)
    static let air = SensorSettings(name: "air", source: "simulated:thermometer")

    private func board(_ lines: [LineSettings] = [lamp, door, bell], _ sensors: [SensorSettings] = [air]) throws -> Board {
        try Board.open(lines: lines, sensors: sensors, profile: .simulated)
    }

    private func problems(_ lines: [LineSettings], _ sensors: [SensorSettings] = []) -> [String] {
        do {
            _ = try board(lines, sensors)
            return []
        } catch let error as BoardProblems {
            return error.list.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    @Test func `an output is set and read back`() throws {
        let board = try board()
        #expect(try !board.get(0))
        #expect(try board.set(0, on: true))
        #expect(try board.get(0))
        #expect(board.control("get lamp", at: at(0)).reply == "1")
        #expect(board.control("get GPIO17", at: at(0)).reply == "1")
        #expect(board.pinName(0) == "GPIO17")
    }

    @Test func `control speaks of levels at the pin, the board of logical ones`() throws {
        var relay = Self.lamp
        relay.activeLow = true
        let board = try board([relay, Self.door])
        #expect(board.control("get lamp", at: at(0)).reply == "1")
        #expect(try board.set(0, on: true))
        #expect(board.control("get lamp", at: at(0)).reply == "0")
        // Pulled up and active low: open, and logically off.
        #expect(board.control("get door", at: at(0)).reply == "1")
        #expect(try !board.get(1))
    }

    @Test func `an input is not switched`() throws {
        #expect(throws: BoardError.invalid("door is an input; only outputs can be switched")) { try board().set(1, on: true) }
        #expect(throws: BoardError.self) { try board().get(99) }
        #expect(throws: BoardError.self) { try board().get(-1) }
    }

    @Test func `a driven input without debounce is an edge at once`() throws {
        let board = try board()
        #expect(board.control("set bell 1", at: at(0)).edges == [EdgeEvent(line: 2, on: true, sequence: 1)])
        #expect(board.control("set bell 1", at: at(1)).edges == [])
        #expect(board.control("set GPIO22 0", at: at(2)).edges == [EdgeEvent(line: 2, on: false, timestamp: 2_000_000, sequence: 2)])
        #expect(board.nextDeadline == nil)
    }

    @Test func `pulses come at once, each as changes or all as a count`() throws {
        var flow = Self.door
        flow.isCounted = true
        let board = try board([Self.lamp, Self.bell, flow])
        var counted = EdgeEvent(line: 2, on: false, timestamp: 5_000_000)
        counted.count = 10_000
        counted.first = 5_000_000
        #expect(board.control("pulse door 10000", at: at(5)).edges == [counted])
        #expect(board.control("pulse bell 2", at: at(7)).edges.map(\.on) == [true, false, true, false])
        #expect(board.control("pulse bell 10001", at: at(7)).reply == "error: say a number of pulses from 1 to 10000")
        #expect(board.control("pulse lamp 1", at: at(7)).reply == "error: lamp is no input of the board; only inputs can be driven")
        #expect(board.control("pulse bell", at: at(7)).reply == "error: say pulse LINE COUNT")
        _ = board.control("set bell 1", at: at(8))
        #expect(board.control("pulse bell 1", at: at(9)).reply == "error: bell is on already; say set bell 0 before")
        // One by one they are settled, and then counted.
        #expect(board.control("set door 0", at: at(10)).edges == [])
        #expect(board.tick(at: at(30)).map(\.count) == [1])
    }

    @Test func `a driven input with debounce is an edge when it is quiet`() throws {
        let board = try board()
        #expect(board.control("set door 0", at: at(0)) == ControlOutcome("ok"))
        #expect(board.control("set door 1", at: at(5)).edges == [])
        #expect(board.control("set door 0", at: at(9)).edges == [])
        #expect(board.nextDeadline == at(29))
        #expect(board.tick(at: at(28)) == [])
        #expect(board.tick(at: at(29)) == [EdgeEvent(line: 1, on: true, timestamp: 9_000_000, sequence: 3)])
        #expect(board.nextDeadline == nil)
        #expect(try board.get(1))
    }

    @Test func `sensors measure what they are told, or fail in the words they are given`() throws {
        let board = try board()
        #expect(board.read(sensor: 0) == .value(Board.simulatedValue))
        #expect(board.control("sensor thermometer 31.5", at: at(0)) == ControlOutcome("ok", sensors: [0]))
        #expect(board.read(sensor: 0) == .value(31.5))
        #expect(board.control("fail air the wire   is loose", at: at(0)).sensors == [0])
        #expect(board.read(sensor: 0) == .failed("the wire is loose"))
        #expect(board.control("sensor air -2", at: at(0)).reply == "ok")
        #expect(board.read(sensor: 0) == .value(-2))
    }

    @Test func `a line can be told to fail until it is set`() throws {
        let board = try board()
        #expect(board.control("fail lamp the relay is stuck", at: at(0)).reply == "ok")
        #expect(throws: BoardError.invalid("the relay is stuck")) { try board.set(0, on: true) }
        #expect(board.control("set lamp 1", at: at(0)).reply == "ok")
        #expect(try board.set(0, on: true))
    }

    @Test func `list shows lines and sensors in one line`() throws {
        let board = try board()
        #expect(
            board.control("list", at: at(0)).reply
                == "lamp GPIO17 output 0; door GPIO27 input 1; bell GPIO22 input 0; thermometer sensor 20.0")
    }

    @Test(arguments: [
        ("", "say get"), ("   ", "say get"), ("fly", "there is no \"fly\""), ("gte lamp", "did you mean get?"), ("get", "say get LINE"), ("get a b", "say get LINE"),
        ("get lmap", "did you mean lamp?"), ("get GPIO1", "there is no line"), ("set door", "say set LINE 0"), ("set door 2", "is no level"), ("set lamp 1", "is an output"),
        ("sensor air warm", "is no number"), ("sensor air 1e999", "is no number"), ("sensor soil 1", "simulated:soil"), ("sensor thermometre 1", "did you mean thermometer?"),
        ("fail air", "say fail NAME WHY"), ("fail nothing works", "no sensor"), ("list all", "say list alone"),
    ]) func `a wrong request is answered in words`(request: String, words: String) throws {
        let outcome = try board().control(request, at: at(0))
        #expect(outcome.reply.hasPrefix("error: ") && outcome.reply.contains(words), "\(outcome.reply)")
        #expect(outcome.edges == [])
    }

    @Test func `a request that never ends is refused`() throws {
        #expect(try board().control("get " + String(repeating: "x", count: 10_000), at: at(0)).reply == "error: the request is longer than 256 bytes")
    }

    @Test func `all mistakes are found in one go, each with its name`() {
        var twice = Self.lamp
        twice.name = "light"
        let found = problems(
            [Self.lamp, twice, LineSettings(name: "fan", pin: "GPIO71"), LineSettings(name: "pump", pin: "gpiochip0:4")],
            [SensorSettings(name: "soil", source: "w2:28")])
        #expect(
            found == [
                "light: GPIO17 is already the pin of lamp; each line needs a pin of its own", "fan: no line is called \"GPIO71\"; did you mean GPIO17?",
                "pump: chip numbers such as gpiochip0 change between kernels and reboots; write the line's name or LABEL:OFFSET as `perch lines` shows them",
                "soil: \"w2\" is no kind of source; did you mean w1:28?",
            ])
    }

    @Test func `GPIO0 and GPIO1 belong to the add-on board`() {
        #expect(problems([LineSettings(name: "x", pin: "simulated:0")]) == ["x: simulated:0 is in use by the add-on board's ID; use another pin, or end that first"])
    }

    @Test func `there are lines without a name, which nobody is shown`() throws {
        let many = (28...255).map { LineSettings(name: "line\($0)", pin: "simulated:\($0)") }
        let board = try board(many, [])
        #expect(board.lineCount == 228)
        #expect(try board.set(227, on: true))
        #expect(board.control("get line255", at: at(0)).reply == "1")
        #expect(problems([LineSettings(name: "x", pin: "simulated:256")]) == ["x: simulated has the lines 0 to 255, not 256"])
        let shown = try LineListing.all(profile: .simulated)
        #expect(shown.count == 28 && shown.last?.name == "GPIO27")
    }

    @Test func `simulated sensors need the simulated board`() {
        let error = #expect(throws: BoardProblems.self) { try Board.open(lines: [], sensors: [Self.air], profile: nil) }
        #expect(error?.list.first?.description.contains("only on the simulated board") == true)
    }

    @Test func `a board that only measures needs no GPIO`() throws {
        let board = try Board.open(lines: [], sensors: [SensorSettings(name: "up", source: "system:uptime")], profile: nil, root: try FakeTree().root)
        #expect(board.sensors.count == 1)
    }

    @Test func `initial decides the first level, keep leaves the pin alone`() throws {
        var on = Self.lamp
        on.initial = .on
        #expect(try board([on]).get(0))
        var keep = Self.lamp
        keep.initial = .keep
        let board = try board([keep])
        #expect(board.control("set lamp 1", at: at(0)).reply == "ok")
        #expect(try board.get(0))
        #expect(try !board.set(0, on: false))
        #expect(board.control("set lamp 1", at: at(0)).reply.contains("is an output"))
    }

    // MARK: Reload

    @Test func `lines that did not change keep their level, whatever their place and name`() throws {
        let board = try board()
        _ = try board.set(0, on: true)
        var renamed = Self.lamp
        renamed.name = "light"
        renamed.initial = .off
        try board.apply(lines: [Self.bell, renamed], sensors: [])
        #expect(try board.get(1))
        #expect(board.lineCount == 2)
        #expect(board.sensors.count == 0)
        // The door was let go of.
        #expect(board.control("get door", at: at(0)).reply.hasPrefix("error: "))
    }

    @Test func `with a mistake everything stays as it was`() throws {
        let board = try board()
        _ = try board.set(0, on: true)
        #expect(throws: BoardProblems.self) { try board.apply(lines: [Self.bell, LineSettings(name: "x", pin: "nowhere")], sensors: []) }
        #expect(board.lineCount == 3)
        #expect(board.sensors.count == 1)
        #expect(try board.get(0))
    }

    @Test func `a line whose polarity changes takes its initial state, or keeps the level at the pin`() throws {
        let board = try board([Self.lamp])
        _ = try board.set(0, on: true)
        var inverted = Self.lamp
        inverted.activeLow = true
        inverted.initial = .keep
        try board.apply(lines: [inverted], sensors: [])
        #expect(board.control("get lamp", at: at(0)).reply == "1")
        #expect(try !board.get(0))
        inverted.activeLow = false
        inverted.initial = .off
        try board.apply(lines: [inverted], sensors: [])
        #expect(board.control("get lamp", at: at(0)).reply == "0")
    }

    @Test func `a line may become an input and an output again`() throws {
        let board = try board([Self.lamp])
        var input = Self.lamp
        input.direction = .input
        input.bias = .pullUp
        try board.apply(lines: [input], sensors: [])
        #expect(try board.get(0))
        #expect(board.control("set lamp 0", at: at(0)).edges == [EdgeEvent(line: 0, on: false, sequence: 1)])
        try board.apply(lines: [Self.lamp], sensors: [])
        #expect(try board.set(0, on: true))
    }
}

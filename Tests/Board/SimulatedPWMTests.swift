import Testing
import Text
import Time

@testable import Board

@Suite struct SimulatedPWMTests {
    private static let kilohertz = LineSettings.PWM(period: 1_000_000)

    private func open(_ line: LineSettings) throws -> Board { try Board.open(lines: [line], sensors: [], profile: .simulated) }
    private func say(_ board: Board, _ request: String) -> String { board.control(request, at: Instant(.zero)).reply }

    @Test func `a line on a PWM pin takes per cents`() throws {
        let board = try open(LineSettings(name: "lamp", pin: "pin 12", pwm: Self.kilohertz))
        #expect(say(board, "duty lamp") == "0")
        #expect(try board.setDuty(0, 400) == 400)
        #expect(say(board, "duty lamp") == "40")
        #expect(say(board, "get GPIO18") == "1")
        #expect(try board.duty(0) == 400)
        #expect(try board.set(0, on: true))
        #expect(say(board, "duty lamp") == "100")
        #expect(try board.setDuty(0, 0) == 0)
        #expect(say(board, "get lamp") == "0")
        #expect(try board.duty(0) == nil)
    }

    @Test func `a servo's pulses are a part of the period`() throws {
        let board = try open(
            LineSettings(name: "servo", pin: "GPIO12", activeLow: true, initial: .duty(500), pwm: LineSettings.PWM(period: 20_000_000, lowest: 1_000_000, highest: 2_000_000)))
        #expect(say(board, "duty servo") == "7.5")
        #expect(say(board, "get servo") == "0")
        #expect(try board.setDuty(0, 0) == 0)
        #expect(say(board, "duty servo") == "5")
        #expect(try board.get(0))
        #expect(try !board.set(0, on: false))
        #expect(say(board, "duty servo") == "0")
    }

    @Test func `a pin without PWM is refused with those that have it`() {
        let error = #expect(throws: BoardProblems.self) { try open(LineSettings(name: "lamp", pin: "GPIO17", pwm: Self.kilohertz)) }
        #expect(
            error?.list.map(\.description) == [
                "lamp: GPIO17 has no PWM; on the simulated board there is PWM on GPIO12, GPIO13, GPIO18 and GPIO19. On any other pin remove \"pwm\": the line is then on or off"
            ])
    }

    @Test func `a line without PWM takes no per cents`() throws {
        let board = try open(LineSettings(name: "lamp", pin: "GPIO18"))
        #expect(throws: BoardError.invalid("lamp can only be on or off; write `pwm = 1kHz` in its [line] for a pin that has PWM")) { try board.setDuty(0, 400) }
        #expect(throws: BoardError.self) { try board.setDuty(7, 400) }
        #expect(try board.duty(0) == nil)
        #expect(say(board, "duty lamp") == "0")
        _ = try board.set(0, on: true)
        #expect(say(board, "duty lamp") == "100")
        #expect(say(board, "duty GPIO12") == "0")
        #expect(say(board, "duty").hasPrefix("error: say duty LINE"))
    }

    @Test func `a line that is told to fail does, and a reload keeps the per cent`() throws {
        let board = try open(LineSettings(name: "lamp", pin: "GPIO18", initial: .keep, pwm: Self.kilohertz))
        _ = try board.setDuty(0, 250)
        #expect(say(board, "fail lamp the driver is hot") == "ok")
        #expect(throws: BoardError.invalid("the driver is hot")) { try board.setDuty(0, 300) }
        #expect(throws: BoardError.self) { try board.duty(0) }
        #expect(say(board, "set lamp 1") == "ok")
        try board.apply(lines: [LineSettings(name: "lamp", pin: "GPIO18", initial: .keep, pwm: LineSettings.PWM(period: 40_000))], sensors: [])
        #expect(say(board, "duty lamp") == "25")
        try board.apply(lines: [LineSettings(name: "lamp", pin: "GPIO18", initial: .off)], sensors: [])
        #expect(say(board, "duty lamp") == "0")
    }
}

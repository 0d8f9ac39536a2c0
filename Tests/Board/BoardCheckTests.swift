import Foundation
import Testing

@testable import Board

/// What `perch check` and `perch run` say about lines, on the simulated board's pins.
@Suite struct BoardCheckTests {
    static let profile: Profile = {
        var profile = Profile.simulated
        profile.header += [.init(number: 6, line: "ground"), .init(number: 28, line: "where the board asks an add-on board who it is")]
        profile.functions = [.init(line: "GPIO2", text: "I2C data (SDA1)"), .init(line: "GPIO14", text: "serial console")]
        profile.taken = [
            TakenLine(line: "GPIO2", devices: ["1.i2c"], enable: "dtparam=i2c_arm=on"),
            TakenLine(line: "GPIO14", devices: ["1.serial"], enable: "enable_uart=0 in /boot/firmware/config.txt frees it"),
            TakenLine(line: "GPIO15", devices: ["1.serial"]),
        ]
        return profile
    }()

    static func tree() throws -> FakeTree {
        try FakeTree(["sys/bus/platform/devices/1.i2c/driver/uevent": "", "sys/bus/platform/devices/1.serial/driver/uevent": ""])
    }

    private func problems(_ pins: [String], root: String = "/nowhere") -> [String] {
        let lines = pins.enumerated().map { LineSettings(name: "line\($0)", pin: $1) }
        return Board.check(lines: lines, sensors: [], profile: Self.profile, root: root).map { "\($0)" }
    }

    @Test func `a pin that is another function's is refused with what enables it`() throws {
        let tree = try Self.tree()
        #expect(
            problems(["GPIO2", "pin 8", "GPIO15", "GPIO17"], root: tree.root) == [
                "line0: GPIO2 is enabled as I2C data (SDA1), so it is not free as a line; take dtparam=i2c_arm=on out of /boot/firmware/config.txt and restart, or use another pin (`perch lines` shows those that are free)",
                "line1: GPIO14 is enabled as serial console, so it is not free as a line; enable_uart=0 in /boot/firmware/config.txt frees it, or use another pin (`perch lines` shows those that are free)",
                "line2: GPIO15 is enabled as 1.serial, so it is not free as a line; use another pin (`perch lines` shows those that are free)",
            ])
        #expect(problems(["GPIO2", "pin 8", "GPIO15"]) == [])
    }

    @Test func `a running board refuses such a pin too, and keeps a line that it held before`() throws {
        let tree = try Self.tree()
        let lamp = LineSettings(name: "lamp", pin: "GPIO2")
        #expect(throws: BoardProblems.self) { try Board.open(lines: [lamp], sensors: [], profile: Self.profile, root: tree.root) }
        let free = try FakeTree(["dev/null": ""])
        let board = try Board.open(lines: [lamp], sensors: [], profile: Self.profile, root: free.root)
        try free.write("sys/bus/platform/devices/1.i2c/driver/uevent", "")
        try board.apply(lines: [lamp], sensors: [])
        #expect(board.lineCount == 1)
    }

    @Test func `two lines on one pin are found however it is written`() {
        #expect(
            problems(["GPIO17", "pin 11", "simulated:17", "GPIO17"]) == [
                "line1: pin 11 is GPIO17, which is already the pin of line0; each line needs a pin of its own",
                "line2: simulated:17 is GPIO17, which is already the pin of line0; each line needs a pin of its own",
                "line3: GPIO17 is already the pin of line0; each line needs a pin of its own",
            ])
    }

    @Test func `all mistakes come in one go, each with its name and a remedy`() throws {
        let tree = try Self.tree()
        let found = problems(["pin 6", "pin 28", "gpiochip0:17", "GPIO71", "17", "P8_11", "GPIO2"], root: tree.root)
        #expect(found.count == 7)
        #expect(found[0] == "line0: pin 6 of the header is ground: no line to use; `perch lines` shows the pins that have one")
        #expect(found[1].contains("pin 28 of the header is where the board asks an add-on board who it is: no line to use"))
        #expect(found[2].contains("chip numbers such as gpiochip0 change between kernels and reboots"))
        #expect(found[3].contains("did you mean GPIO17?"))
        #expect(found[4].contains("write pin 17 or GPIO17"))
        #expect(found[5].contains("on simulated board, whose lines have names such as GPIO2 and GPIO27"))
        #expect(found[6].contains("enabled as I2C data"))
    }

    @Test func `the kernel's silence about who has a pin is filled from the profile`() {
        var profile = Self.profile
        profile.pwm = [PWMChannel(line: "GPIO14", chips: ["a.pwm"], channel: 0, enable: "dtoverlay=pwm,pin=14,func=4")]
        let board = Board(profile: profile, root: "")
        #expect(board.user("gpio-fan", "GPIO14") == "gpio-fan")
        #expect(board.user("", "GPIO17") == "the kernel or another program")
        #expect(board.user("", "GPIO14") == "the kernel or another program, perhaps as serial console (dtoverlay=pwm,pin=14,func=4 in /boot/firmware/config.txt)")
        #expect(
            BoardError.busy(pin: "GPIO2", consumer: board.user("", "GPIO2")).description
                == "GPIO2 is in use by the kernel or another program, perhaps as I2C data (SDA1); use another pin, or end that first")
    }

    @Test func `without a chip it says whether the driver or the device file is missing`() throws {
        let bare = try FakeTree(["dev/null": ""])
        let container = try FakeTree(["dev/null": "", "sys/bus/gpio/devices/gpiochip0/uevent": ""])
        func reason(_ root: String) -> String {
            let problems = Board.check(lines: [LineSettings(name: "lamp", pin: "GPIO17")], sensors: [], profile: nil, root: root)
            return problems.count == 1 ? "\(problems[0])" : "\(problems.count) problems"
        }
        #expect(reason(bare.root).contains("its driver is missing"))
        #expect(reason(container.root).contains("the kernel has gpiochip0"))
        #expect(reason(container.root).contains("docker run --device /dev/gpiochip0"))
    }
}

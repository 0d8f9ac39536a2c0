import Foundation
import Testing

import Time

@testable import Board

/// The files of a PWM chip: what a kernel shows after `export`, since a tree of plain files makes none.
@Suite struct PWMTests {
    private static let profile: Profile = {
        var profile = Profile(name: "pi", title: "Raspberry Pi 4", chips: ["pinctrl-bcm2711"])
        for offset in [12, 17, 18] { profile.pins.append(Profile.LineOffset(line: "GPIO\(offset)", offset: offset)) }
        profile.header = [Profile.HeaderPin(number: 12, line: "GPIO18"), Profile.HeaderPin(number: 11, line: "GPIO17")]
        profile.pwm = [
            PWMChannel(line: "GPIO12", chips: ["fe20c000.pwm"], channel: 0, enable: "dtoverlay=pwm,pin=12,func=4"),
            PWMChannel(line: "GPIO18", chips: ["20c000.pwm", "fe20c000.pwm"], channel: 0, enable: "dtoverlay=pwm,pin=18,func=2"),
        ]
        return profile
    }()

    /// pwmchip3 of fe20c000.pwm with channel 0 exported and pwmchip0 of a PCA9685 with channel 3.
    private func tree(period: Int = 0, duty: Int = 0, polarity: String = "normal", enable: Int = 0) throws -> FakeTree {
        let chip = "sys/class/pwm/pwmchip3/", expander = "sys/class/pwm/pwmchip0/"
        return try FakeTree(
            [
                chip + "npwm": "2\n", chip + "export": "", chip + "unexport": "", chip + "pwm0/period": "\(period)\n", chip + "pwm0/duty_cycle": "\(duty)\n",
                chip + "pwm0/polarity": polarity + "\n", chip + "pwm0/enable": "\(enable)\n", expander + "npwm": "17\n", expander + "export": "",
                expander + "unexport": "", expander + "pwm3/period": "0\n", expander + "pwm3/duty_cycle": "0\n", expander + "pwm3/polarity": "normal\n",
                expander + "pwm3/enable": "0\n",
            ],
            links: [chip + "device": "../../../fe20c000.pwm", expander + "device": "../../../1-0040"])
    }

    private func line(_ pin: String = "GPIO18", name: String = "lamp", initial: LineSettings.Initial = .off, period: Int64 = 1_000_000, activeLow: Bool = false) -> LineSettings {
        LineSettings(name: name, pin: pin, activeLow: activeLow, initial: initial, pwm: LineSettings.PWM(period: period))
    }

    private func open(_ tree: FakeTree, _ lines: LineSettings...) throws -> Board {
        try Board.open(lines: lines, sensors: [], profile: Self.profile, root: tree.root)
    }

    private func problems(_ tree: FakeTree, _ profile: Profile? = PWMTests.profile, _ lines: LineSettings...) -> [String] {
        do {
            _ = try Board.open(lines: lines, sensors: [], profile: profile, root: tree.root)
            return []
        } catch {
            return error.list.map(\.description)
        }
    }

    /// period, duty_cycle, polarity, enable
    private func files(_ tree: FakeTree, _ channel: String = "pwmchip3/pwm0") -> String {
        var text = ""
        for file in ["period", "duty_cycle", "polarity", "enable"] {
            text += (text.isEmpty ? "" : " ") + (Files.line(tree.root + "/sys/class/pwm/\(channel)/\(file)") ?? "-")
        }
        return text
    }

    @Test func `a line finds its chip by the profile and its channel comes up off`() throws {
        let tree = try tree()
        let board = try open(tree, line("pin 12"))
        #expect(files(tree) == "1000000 0 normal 1")
        #expect(try board.get(0) == false)
        #expect(try board.duty(0) == nil)
        #expect(board.pinName(0) == "GPIO18")
    }

    @Test func `per cents are pulses and are read back`() throws {
        let tree = try tree()
        let board = try open(tree, line())
        #expect(try board.setDuty(0, 400) == 400)
        #expect(files(tree) == "1000000 400000 normal 1")
        #expect(try board.duty(0) == 400)
        #expect(try board.get(0))
        #expect(try board.set(0, on: true))
        #expect(files(tree) == "1000000 1000000 normal 1")
        #expect(try board.setDuty(0, 5000) == 1000)
        #expect(try board.setDuty(0, 0) == 0)
        #expect(try board.duty(0) == nil)
        #expect(try board.set(0, on: false) == false)
        #expect(files(tree) == "1000000 0 normal 1")
    }

    @Test func `a chip and channel need no profile`() throws {
        let tree = try tree()
        let board = try Board.open(lines: [line("1-0040:3", initial: .duty(250), period: 20_000_000)], sensors: [], profile: nil, root: tree.root)
        #expect(files(tree, "pwmchip0/pwm3") == "20000000 5000000 normal 1")
        #expect(try board.duty(0) == 250)
        #expect(board.pinName(0) == "1-0040:3")
    }

    @Test func `a servo's per cents are a part of the period, and off is no pulse`() throws {
        let tree = try tree()
        var servo = line(period: 20_000_000)
        servo.pwm = LineSettings.PWM(period: 20_000_000, lowest: 1_000_000, highest: 2_000_000)
        let board = try open(tree, servo)
        #expect(try board.duty(0) == nil)
        #expect(try board.setDuty(0, 0) == 0)
        #expect(files(tree) == "20000000 1000000 normal 1")
        #expect(try board.duty(0) == 0)
        #expect(try board.get(0))
        #expect(try board.setDuty(0, 500) == 500)
        #expect(files(tree) == "20000000 1500000 normal 1")
        #expect(try !board.set(0, on: false))
        #expect(files(tree) == "20000000 0 normal 1")
    }

    @Test func `a channel that runs is taken over with its period and duty`() throws {
        let tree = try tree(period: 40_000, duty: 10_000, enable: 1)
        let board = try open(tree, line(initial: .keep))
        #expect(files(tree) == "40000 10000 normal 1")
        #expect(try board.duty(0) == 250)
        #expect(try board.setDuty(0, 300) == 300)
        #expect(files(tree) == "1000000 300000 normal 1")
    }

    @Test func `keep leaves a stopped channel alone until it is set`() throws {
        let tree = try tree(period: 40_000, duty: 10_000)
        let board = try open(tree, line(initial: .keep))
        #expect(files(tree) == "40000 10000 normal 0")
        #expect(try board.duty(0) == nil)
        #expect(try board.set(0, on: true))
        #expect(files(tree) == "1000000 1000000 normal 1")
    }

    @Test func `what ran when the program was killed goes on`() throws {
        let tree = try tree()
        _ = try open(tree, line(initial: .duty(400)))
        #expect(files(tree) == "1000000 400000 normal 1")
        // Nobody lets go of it: the next start finds it exported.
        #expect(try open(tree, line(initial: .duty(400))).duty(0) == 400)
        #expect(files(tree) == "1000000 400000 normal 1")
    }

    @Test func `a longer pulse than the new period is shortened first`() throws {
        let tree = try tree(period: 20_000_000, duty: 15_000_000, enable: 1)
        #expect(try open(tree, line(initial: .duty(750), period: 40_000)).duty(0) == 750)
        #expect(files(tree) == "40000 30000 normal 1")
    }

    @Test func `active-low is the polarity of the chip`() throws {
        let tree = try tree()
        let board = try open(tree, line(initial: .duty(400), activeLow: true))
        #expect(files(tree) == "1000000 400000 inversed 1")
        #expect(try board.duty(0) == 400)
    }

    @Test func `active-low on a chip with one polarity is the rest of the period`() throws {
        let tree = try tree()
        try tree.refuse("sys/class/pwm/pwmchip3/pwm0/polarity")
        let board = try open(tree, line(activeLow: true))
        #expect(files(tree) == "1000000 1000000 - 1")
        #expect(try !board.get(0))
        #expect(try board.setDuty(0, 400) == 400)
        #expect(files(tree) == "1000000 600000 - 1")
        #expect(try open(tree, line(initial: .keep, activeLow: true)).duty(0) == 400)
        #expect(try board.set(0, on: true))
        #expect(files(tree) == "1000000 0 - 1")
    }

    @Test func `a line that leaves the configuration stops and is given back`() throws {
        let tree = try tree()
        let board = try open(tree, line(initial: .on))
        try board.apply(lines: [], sensors: [])
        #expect(files(tree) == "1000000 0 normal 0")
        #expect(Files.line(tree.root + "/sys/class/pwm/pwmchip3/unexport") == "0")
    }

    @Test func `a line that stays is not touched, and another frequency keeps the per cent where it is asked to`() throws {
        let tree = try tree()
        let board = try open(tree, line(initial: .off))
        _ = try board.setDuty(0, 400)
        var other = line(initial: .on)
        other.name = "light"
        try board.apply(lines: [other], sensors: [])
        #expect(files(tree) == "1000000 400000 normal 1")
        try board.apply(lines: [line(initial: .keep, period: 40_000)], sensors: [])
        #expect(files(tree) == "40000 16000 normal 1")
        try board.apply(lines: [line(initial: .off, period: 20_000)], sensors: [])
        #expect(files(tree) == "20000 0 normal 1")
    }

    @Test func `with any mistake a channel that was claimed is off and given back`() throws {
        let tree = try tree()
        #expect(problems(tree, Self.profile, line(initial: .on), line("1-0040:99", name: "fan")) == ["fan: the PWM chip 1-0040 has the channels 0 to 16, not 99"])
        #expect(files(tree) == "0 0 normal 0")
        try tree.refuse("sys/class/pwm/pwmchip0/pwm3/period")
        #expect(problems(tree, Self.profile, line(initial: .on), line("1-0040:3", name: "fan")).count == 1)
        #expect(files(tree) == "1000000 0 normal 0")
    }

    @Test func `somebody else's changes are mended when the line is set`() throws {
        let tree = try tree()
        let board = try open(tree, line(initial: .on))
        try tree.write("sys/class/pwm/pwmchip3/pwm0/enable", "0\n")
        #expect(try !board.get(0))
        #expect(try board.set(0, on: true))
        #expect(files(tree) == "1000000 1000000 normal 1")
    }

    @Test func `refusals say what there is instead`() throws {
        let tree = try tree()
        let shown = "this computer shows 1-0040 and fe20c000.pwm"
        let advice = "write a PWM chip's device and its channel, as in pin = 1-0040:3; \(shown)"
        for (pin, words) in [
            ("GPIO17", "GPIO17 has no PWM; on the Raspberry Pi 4 there is PWM on GPIO12 and GPIO18. On any other pin remove \"pwm\": the line is then on or off"),
            ("pin 11", "GPIO17 has no PWM; on the Raspberry Pi 4 there is PWM on GPIO12 and GPIO18. On any other pin remove \"pwm\": the line is then on or off"),
            ("pin 1", "the header of Raspberry Pi 4 has no GPIO line on pin 1"),
            ("pwmchip3:0", "numbers such as pwmchip3 change between kernels and reboots; write fe20c000.pwm:0"),
            ("gpiochip0:18", "chip numbers such as gpiochip0 change between kernels and reboots; \(advice)"),
            ("fe20c000.pwm:2", "the PWM chip fe20c000.pwm has the channels 0 to 1, not 2"),
        ] {
            #expect(problems(tree, Self.profile, line(pin)) == ["lamp: " + words])
        }
        #expect(
            Board.check(lines: [line("1-0041:3")], sensors: [], profile: nil, root: tree.root).map(\.description)
                == ["lamp: no PWM chip has the device \"1-0041\"; \(shown)"])
        #expect(problems(tree, nil, line()) == ["lamp: which PWM channel GPIO18 has is not known for this board; \(advice)"])
        #expect(
            problems(tree, Self.profile, line(), line("GPIO12", name: "fan"))
                == ["fan: GPIO12 and GPIO18, the pin of lamp, are driven by one PWM channel"])
        #expect(problems(tree, Self.profile, line(), line("pin 12", name: "fan")) == ["fan: pin 12 is GPIO18, which is already the pin of lamp; each line needs a pin of its own"])
    }

    @Test func `PWM that is not enabled says which line enables it, and is waited for`() throws {
        let tree = try FakeTree()
        let why = "PWM is not enabled on GPIO18: add the line \"dtoverlay=pwm,pin=18,func=2\" to /boot/firmware/config.txt and restart the board"
        #expect(Board.check(lines: [line()], sensors: [], profile: Self.profile, root: tree.root).map(\.description) == ["lamp: " + why])
        var profile = Self.profile
        profile.pwm[1] = PWMChannel(line: "GPIO18", chips: profile.pwm[1].chips, channel: 0)
        #expect(
            Board.check(lines: [line()], sensors: [], profile: profile, root: tree.root).map(\.description) == [
                "lamp: PWM is not enabled on GPIO18: its PWM chip 20c000.pwm is not there; this computer shows no PWM chip"
            ])
        let board = try open(tree, line())
        #expect(board.lostReason(0) == why)
        #expect(throws: BoardError.self) { try board.setDuty(0, 400) }
        #expect(throws: BoardError.self) { try board.duty(0) }
    }

    @Test func `a chip that goes is noticed, and what it did comes back with it`() throws {
        let tree = try tree()
        let board = try open(tree, line(initial: .duty(400)))
        try tree.move("sys/class/pwm/pwmchip3", "away")
        #expect(throws: BoardError.away("its PWM chip has disappeared")) { try board.setDuty(0, 100) }
        #expect(board.look { _ in .off } == [LineNews(line: 0, why: "its PWM chip has disappeared")])
        #expect(throws: BoardError.away("its PWM chip has disappeared")) { try board.setDuty(0, 100) }
        #expect(board.look { _ in .off } == [])
        try tree.move("away", "sys/class/pwm/pwmchip5")
        #expect(board.look { _ in .duty(250) } == [LineNews(line: 0, on: true)])
        #expect(try board.duty(0) == 250)
    }

    @Test func `a frequency that the chip refuses is named`() {
        let channel = PWMLine(root: "", HeldLine.Place(chip: "pwmchip3", offset: 0), name: "GPIO18", LineSettings.PWM(period: 40_000), activeLow: false)
        let start = "the PWM chip of GPIO18 refuses a frequency of 25 kHz: "
        #expect(channel.refusal(ofPeriod: EINVAL).description == start + "invalid argument")
        #expect(channel.refusal(ofPeriod: EBUSY).description == start + "all its channels have the same one, and another is in use")
        #expect(
            channel.refusal(ofPeriod: EROFS).description
                == "/sys/class/pwm/pwmchip3/pwm0/period is read-only for this service: \(PWMLine.remedy)")
        #expect(channel.refusal(ofPeriod: EACCES).isPermission)
        #expect(channel.refusal(ofPeriod: ENODEV) == .away("its PWM chip has disappeared"))
    }

    @Test func `a check claims nothing`() throws {
        let tree = try tree(period: 40_000, duty: 10_000, enable: 1)
        #expect(Board.check(lines: [line(initial: .on)], sensors: [], profile: Self.profile, root: tree.root) == [])
        #expect(files(tree) == "40000 10000 normal 1")
        // Channel 1 is not exported, and nothing was written to export it.
        #expect(Board.check(lines: [line("fe20c000.pwm:1", initial: .on)], sensors: [], profile: Self.profile, root: tree.root) == [])
        #expect(Files.line(tree.root + "/sys/class/pwm/pwmchip3/export") == nil)
        #expect(Board.check(lines: [line("GPIO17")], sensors: [], profile: Self.profile, root: tree.root).count == 1)
    }

    @Test func `frequencies are said in words`() {
        for (period, words) in [(40_000, "25 kHz"), (1_000_000, "1 kHz"), (20_000_000, "50 Hz"), (3_003_003, "333 Hz"), (1_000_000_000, "1 Hz"), (1000, "1000 kHz")] as [(Int64, String)] {
            #expect(LineSettings.PWM(period: period).frequency == words)
        }
    }
}

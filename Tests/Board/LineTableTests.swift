import Testing

@testable import Board

@Suite struct LineTableTests {
    static let profile = Profile(
        name: "pi", title: "Pi", chips: ["soc"],
        header: [.init(number: 3, line: "GPIO2"), .init(number: 7, line: "GPIO4"), .init(number: 12, line: "GPIO18"), .init(number: 11, line: "GPIO17")],
        pins: [.init(line: "GPIO2", offset: 2), .init(line: "GPIO4", offset: 3), .init(line: "GPIO17", offset: 4), .init(line: "GPIO18", offset: 5)],
        functions: [.init(line: "GPIO2", text: "I2C data"), .init(line: "GPIO4", text: "1-Wire by default")],
        pwm: [PWMChannel(line: "GPIO18", chips: ["a.pwm"], channel: 0)],
        taken: [TakenLine(line: "GPIO2", devices: ["1.i2c", "2.i2c"], enable: "dtparam=i2c_arm=on")])

    static func chips() -> [ChipDescription] {
        var soc = ["ID_SDA", "ID_SCL", "GPIO2", "GPIO_GCLK", "GPIO17", "GPIO18"].map { LineInfo(name: $0) }
        for number in 6..<12 { soc.append(LineInfo(name: "SD\(number)", isUsed: number > 8)) }
        soc[4] = LineInfo(name: "GPIO17", consumer: "perch:lamp", isUsed: true)
        let expander = [LineInfo(name: "RELAY1"), LineInfo(name: "FAN", consumer: "gpio-fan", isUsed: true)] + .init(repeating: LineInfo(name: ""), count: 6)
        return [
            ChipDescription(name: "gpiochip0", label: "soc", lines: soc), ChipDescription(name: "gpiochip1", label: "expander", lines: expander),
            ChipDescription(name: "gpiochip2", label: "expander", lines: .init(repeating: LineInfo(name: "-", isUsed: true), count: 3)),
        ]
    }

    private func rows(_ chips: [ChipDescription] = chips(), _ profile: Profile? = profile, root: String = "/nowhere", isComplete: Bool = false) -> [String] {
        LineTable(LineListing.list(chips, profile: profile, root: root), isComplete: isComplete).rows
    }

    @Test func `the table tells what is free, who has what, and folds what is of no use`() throws {
        let tree = try FakeTree(["sys/bus/platform/devices/2.i2c/driver/uevent": ""])
        #expect(
            rows(root: tree.root) == [
                "chip soc", "  lines 0 to 1: for the board itself (--all shows them)",
                "  GPIO2                   pin 3   not free: enabled as I2C data with dtparam=i2c_arm=on",
                "  GPIO_GCLK               pin 7   free; 1-Wire by default", "  GPIO17                  pin 11  in use by Perch as lamp",
                "  GPIO18                  pin 12  free; can be dimmed (PWM)", "  lines 6 to 11: for the board itself (--all shows them)", "",
                "chip expander", "  RELAY1                          free", "  FAN                             in use by gpio-fan",
                "  lines 2 to 7: free, without names; write expander:2 and so on", "", "chip expander", "  lines 0 to 2: in use, without names",
            ])
    }

    @Test func `a pin whose device is not there is free`() {
        #expect(rows().contains("  GPIO2                   pin 3   free; I2C data"))
    }

    @Test func `all shows each line`() {
        let rows = rows(isComplete: true)
        #expect(rows.count == 12 + 8 + 3 + 5)
        #expect(rows.contains("  SD6                             free"))
        #expect(rows.contains("  expander:7                      free"))
        #expect(rows.contains("  SD9                             in use by the kernel or another program"))
    }

    @Test func `a line that Perch holds is never folded, nor are two unnamed ones`() {
        var chips = Self.chips()
        chips[0].lines[7] = LineInfo(name: chips[0].lines[7].name, consumer: "perch:pump", isUsed: true)
        chips[1].lines.removeLast(4)
        let rows = rows(chips)
        #expect(rows.contains("  line 6: for the board itself (--all shows them)"))
        #expect(rows.contains { $0.hasSuffix("in use by Perch as pump") })
        #expect(rows.contains("  expander:2                      free"))
    }

    @Test func `without a profile nothing is hidden but unnamed lines`() {
        let rows = rows(Self.chips(), nil)
        #expect(rows.contains("  SD6                             free"))
        #expect(rows.contains("  GPIO2                           free"))
    }

    @Test func `what is offered to paste is free, on the header and has no other use`() {
        var chips = Self.chips()
        func example() -> String { LineTable(LineListing.list(chips, profile: Self.profile, root: "/nowhere")).example }
        #expect(example() == "GPIO2")
        chips[0].lines[4] = LineInfo(name: "GPIO17")
        #expect(example() == "GPIO17")
        #expect(LineTable([]).example == "GPIO17")
    }
}

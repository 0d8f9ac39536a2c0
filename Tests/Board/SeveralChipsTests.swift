import Testing

@testable import Board

/// Boards whose header leads to more than one chip: by their labels on a ROCK 3, by the kernel's names on a BeagleBone.
@Suite struct SeveralChipsTests {
    static let rock = Profile(
        name: "radxa-rock-3a", title: "Radxa ROCK 3A", chips: ["gpio0", "gpio3"],
        header: [.init(number: 6, line: "ground"), .init(number: 7, line: "GPIO0_B5"), .init(number: 11, line: "GPIO3_B5")],
        pins: [.init(line: "GPIO0_B5", chip: "gpio0", offset: 13), .init(line: "GPIO3_B5", chip: "gpio3", offset: 13)])
    static let rockChips = [0, 3].map { ChipDescription(name: "gpiochip\($0 + 1)", label: "gpio\($0)", lines: .init(repeating: LineInfo(name: ""), count: 32)) }

    static let bone = Profile(
        name: "beaglebone-black", title: "BeagleBone Black", chips: ["gpio-0-31", "gpio-32-63"],
        pins: [
            .init(line: "P8_11", offset: nil, kernelName: "P8_11"), .init(line: "P8_4", offset: nil, kernelName: "P8_4"),
            .init(line: "P9_11", offset: nil, kernelName: "P9_11"),
        ])
    /// In the order of newer kernels: the first bank is found last.
    static let boneChips = [
        ChipDescription(name: "gpiochip0", label: "gpio-0-31", lines: [LineInfo(name: "P8_4 [mmc1_dat7]"), LineInfo(name: "P8_11"), LineInfo(name: "P8_41 [hdmi]")]),
        ChipDescription(name: "gpiochip1", label: "gpio-32-63", lines: [LineInfo(name: "[mdio_data]"), LineInfo(name: "P9_11 [uart4_rxd]")]),
    ]

    private func resolve(_ text: String, _ chips: [ChipDescription], _ profile: Profile?) throws -> Pin {
        try PinResolver(chips: chips, profile: profile).pin(try PinReference(text))
    }

    private func refusal(_ text: String, _ chips: [ChipDescription], _ profile: Profile?) -> String {
        do {
            _ = try resolve(text, chips, profile)
            return "accepted"
        } catch {
            return "\(error)"
        }
    }

    @Test func `a line is found on the chip that the profile names`() throws {
        #expect(try resolve("GPIO0_B5", Self.rockChips, Self.rock) == Pin(chip: 0, offset: 13))
        #expect(try resolve("GPIO3_B5", Self.rockChips, Self.rock) == Pin(chip: 1, offset: 13))
        #expect(try resolve("pin 11", Self.rockChips, Self.rock) == Pin(chip: 1, offset: 13))
        #expect(try resolve("gpio3:13", Self.rockChips, Self.rock) == Pin(chip: 1, offset: 13))
        #expect(PinResolver(chips: Self.rockChips, profile: Self.rock).name(of: Pin(chip: 1, offset: 13)) == "GPIO3_B5")
        #expect(PinResolver(chips: Self.rockChips, profile: Self.rock).name(of: Pin(chip: 1, offset: 14)) == "gpio3:14")
    }

    @Test func `a second chip with the label that the profile goes by is refused, never guessed`() {
        var chips = Self.rockChips
        chips.append(ChipDescription(name: "gpiochip9", label: "gpio3", lines: chips[1].lines))
        #expect(
            refusal("pin 11", chips, Self.rock)
                == "GPIO3_B5 of profile radxa-rock-3a could be gpiochip4, line 13 or gpiochip9, line 13; only a line's name can tell them apart")
        #expect(refusal("pin 7", chips, Self.rock) == "accepted")
    }

    @Test func `what is no line on the header says what it is`() {
        #expect(refusal("pin 6", Self.rockChips, Self.rock) == "pin 6 of the header is ground: no line to use; `perch lines` shows the pins that have one")
    }

    @Test func `a name of another board is told from this one's`() {
        #expect(
            refusal("GPIO17", Self.boneChips, Self.bone)
                == "no line is called \"GPIO17\" on BeagleBone Black, whose lines have names such as P8_11 and P9_11; `perch lines` shows what this board has")
    }

    @Test func `a line is found by the first word of the kernel's name, wherever its bank is`() throws {
        #expect(try resolve("P8_4", Self.boneChips, Self.bone) == Pin(chip: 0, offset: 0))
        #expect(try resolve("P8_4 [mmc1_dat7]", Self.boneChips, Self.bone) == Pin(chip: 0, offset: 0))
        #expect(try resolve("P9_11", Self.boneChips, Self.bone) == Pin(chip: 1, offset: 1))
        #expect(try resolve("P9_11", Self.boneChips, nil) == Pin(chip: 1, offset: 1))
        #expect(try resolve("P9_11", [Self.boneChips[1], Self.boneChips[0]], Self.bone) == Pin(chip: 0, offset: 1))
        #expect(PinResolver(chips: Self.boneChips, profile: Self.bone).name(of: Pin(chip: 1, offset: 1)) == "P9_11")
    }

    @Test func `a kernel without those names is no reason to guess`() {
        let unnamed = [ChipDescription(name: "gpiochip0", label: "gpio-0-31", lines: .init(repeating: LineInfo(name: ""), count: 32))]
        #expect(refusal("P8_11", unnamed, Self.bone).contains("this kernel has no line of that name"))
    }

    @Test func `with two headers a pin is said with its header`() throws {
        #expect(try resolve("pin P8.11", Self.boneChips, Self.bone) == Pin(chip: 0, offset: 1))
        #expect(try resolve("pin P8_11", Self.boneChips, Self.bone) == Pin(chip: 0, offset: 1))
        #expect(
            refusal("pin 11", Self.boneChips, Self.bone)
                == "BeagleBone Black has more than one header, so pin 11 could be any of them; write P8_11 or P9_11")
        #expect(refusal("pin 47", Self.boneChips, Self.bone).hasSuffix("write P8_11"))
    }
}

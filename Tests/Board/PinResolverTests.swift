import Testing

@testable import Board

@Suite struct PinResolverTests {
    static let profile = Profile(
        name: "raspberry-pi-4", title: "Raspberry Pi 4", compatible: ["raspberrypi,4-model-b"], chips: ["pinctrl-bcm2711"],
        header: [.init(number: 1, line: "3V3"), .init(number: 7, line: "GPIO4"), .init(number: 11, line: "GPIO17")],
        pins: [.init(line: "GPIO4", offset: 4), .init(line: "GPIO17", offset: 17)])

    static func chips(names: [Int: String] = [4: "GPIO_GCLK", 17: "GPIO17"]) -> [ChipDescription] {
        let header = ChipDescription(name: "gpiochip0", label: "pinctrl-bcm2711", lines: (0..<58).map { LineInfo(name: names[$0] ?? "") })
        let expander = ChipDescription(
            name: "gpiochip1", label: "raspberrypi-exp-gpio",
            lines: [LineInfo(name: "BT_ON", consumer: "shutdown", isUsed: true), LineInfo(name: "WL_ON")])
        return [header, expander]
    }

    private func resolve(_ text: String, _ chips: [ChipDescription] = chips(), _ profile: Profile? = profile) throws -> Pin {
        try PinResolver(chips: chips, profile: profile).pin(try PinReference(text))
    }

    private func refusal(_ text: String, _ chips: [ChipDescription] = chips(), _ profile: Profile? = profile) -> String {
        do {
            _ = try resolve(text, chips, profile)
            return "accepted"
        } catch {
            return "\(error)"
        }
    }

    @Test func `a line is found by the kernel's name`() throws {
        #expect(try resolve("GPIO17") == Pin(chip: 0, offset: 17))
        #expect(try resolve("WL_ON") == Pin(chip: 1, offset: 1))
    }

    @Test func `a line that the kernel calls otherwise is found by the profile's name`() throws {
        #expect(try resolve("GPIO4") == Pin(chip: 0, offset: 4))
        #expect(try resolve("GPIO_GCLK") == Pin(chip: 0, offset: 4))
        #expect(try resolve("GPIO17", Self.chips(names: [:])) == Pin(chip: 0, offset: 17))
    }

    @Test func `a pin of the header is found through the profile`() throws {
        #expect(try resolve("pin 11") == Pin(chip: 0, offset: 17))
        #expect(try resolve("pin 7") == Pin(chip: 0, offset: 4))
    }

    @Test func `a line is found by label and offset`() throws {
        #expect(try resolve("raspberrypi-exp-gpio:1") == Pin(chip: 1, offset: 1))
        #expect(refusal("raspberrypi-exp-gpio:2") == "raspberrypi-exp-gpio has the lines 0 to 1, not 2")
    }

    @Test func `a chip's number is refused with its label instead`() {
        #expect(refusal("gpiochip0:17") == "chip numbers such as gpiochip0 change between kernels and reboots; write GPIO17 or pinctrl-bcm2711:17")
        #expect(refusal("/dev/gpiochip1:9") == "chip numbers such as gpiochip1 change between kernels and reboots; write raspberrypi-exp-gpio:OFFSET")
        #expect(refusal("gpiochip9:1").contains("`perch lines`"))
    }

    @Test func `an unknown line gets the nearest name`() {
        #expect(refusal("gpio17") == "no line is called \"gpio17\"; did you mean GPIO17?")
        #expect(refusal("WLON") == "no line is called \"WLON\"; did you mean WL_ON?")
        #expect(
            refusal("fountain")
                == "no line is called \"fountain\" on Raspberry Pi 4, whose lines have names such as GPIO4 and GPIO17; `perch lines` shows what this board has")
        #expect(refusal("fountain", Self.chips(), nil) == "no line is called \"fountain\"; `perch lines` shows what this board has")
        #expect(refusal("pinctrl-bcm2835:17").contains("did you mean pinctrl-bcm2711:17?"))
    }

    @Test func `a header pin that is not a line says what it is`() {
        #expect(refusal("pin 1") == "pin 1 of the header is 3V3: no line to use; `perch lines` shows the pins that have one")
        #expect(refusal("pin 6") == "the header of Raspberry Pi 4 has no GPIO line on pin 6; `perch lines` shows the pins that have one")
        #expect(refusal("pin 11", Self.chips(), nil).contains("needs a board profile"))
    }

    @Test func `a name that two chips have is taken from the profile's chip, else refused with both`() throws {
        var chips = Self.chips()
        chips[1].lines[0] = LineInfo(name: "GPIO17")
        #expect(try resolve("GPIO17", chips) == Pin(chip: 0, offset: 17))
        #expect(refusal("GPIO17", chips, nil) == "2 lines are called GPIO17; write pinctrl-bcm2711:17 or raspberrypi-exp-gpio:0")
    }

    @Test func `two chips with one label cannot be told apart by it`() {
        let twins = [Self.chips()[1], Self.chips()[1]]
        #expect(refusal("raspberrypi-exp-gpio:1", twins).contains("2 chips have the label"))
    }

    @Test func `a profile for another chip says which chips there are`() {
        #expect(refusal("GPIO4", [Self.chips()[1]]).contains("which the kernel does not show; it shows raspberrypi-exp-gpio"))
    }

    @Test func `every line is listed with its header pin, its use and what to write`() {
        var profile = Self.profile
        profile.functions = [.init(line: "GPIO4", text: "1-Wire by default")]
        let listings = LineListing.list(Self.chips(), profile: profile)
        #expect(listings.count == 60)
        #expect(
            listings[4]
                == LineListing(
                    chip: "pinctrl-bcm2711", offset: 4, name: "GPIO_GCLK", headerPin: 7, use: .free, isOutput: false, function: "1-Wire by default",
                    pin: "GPIO_GCLK", isOnBoard: true, isOwnChip: true))
        #expect(listings[5].pin == "pinctrl-bcm2711:5")
        #expect(listings[58].use == .used(by: "shutdown"))
    }
}

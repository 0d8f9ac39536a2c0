import Testing

@testable import Board

@Suite struct PinReferenceTests {
    @Test func `the three ways of naming a pin are told apart`() throws {
        #expect(try PinReference("GPIO17") == .line("GPIO17"))
        #expect(try PinReference(" pin 11 ") == .header(11))
        #expect(try PinReference("pinctrl-bcm2711:17") == .offset(label: "pinctrl-bcm2711", 17))
        #expect(try PinReference("gpio-sim.0-node0:3") == .offset(label: "gpio-sim.0-node0", 3))
        #expect(try PinReference("SPI:CE0") == .line("SPI:CE0"))
        #expect(try PinReference("pinhole") == .line("pinhole"))
    }

    @Test func `a chip's number is recognised, to be refused`() throws {
        #expect(try PinReference("gpiochip0:17") == .chipNumber(chip: "gpiochip0", 17))
        #expect(try PinReference("/dev/gpiochip4:17") == .chipNumber(chip: "/dev/gpiochip4", 17))
        #expect(try PinReference("gpiochip:17") == .offset(label: "gpiochip", 17))
    }

    @Test(arguments: [
        ("", "no pin is named"), ("17", "write pin 17 or GPIO17"), ("pin x", "numbered"), ("pin 0", "numbered"), ("pin 99999999999999999999", "numbered"),
        ("label:", "offset is missing"), (":4", "label is missing"),
    ]) func `what cannot be a pin is refused in words`(text: String, words: String) {
        let error = #expect(throws: BoardError.self) { try PinReference(text) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }
}

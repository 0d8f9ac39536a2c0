import INI
import Text

/// What a board model's pins are called and where they are: a file in `devices/boards/`.
///
/// ```ini
/// [board]
/// name = Raspberry Pi 4
/// compatible = raspberrypi,4-model-b raspberrypi,400
/// chip = pinctrl-bcm2711
/// [header]
/// pin 11 = GPIO17
/// [pins]
/// GPIO17 = 17
/// [functions]
/// GPIO4 = 1-Wire by default
/// [pwm]
/// GPIO18 = fe20c000.pwm:0 dtoverlay=pwm,pin=18,func=2
/// ```
public struct Profile: Equatable, Sendable {
    public struct HeaderPin: Equatable, Sendable {
        public var number: Int
        public var line: String
    }

    public struct LineOffset: Equatable, Sendable {
        public var line: String
        public var offset: Int
    }

    public struct Function: Equatable, Sendable {
        public var line: String
        public var text: String
    }

    /// Name of the file without `.conf`: "raspberry-pi-4".
    public var name: String
    /// "Raspberry Pi 4".
    public var title: String
    /// Entries of /proc/device-tree/compatible that mean this board; empty: only found by name.
    public var compatible: [String]
    /// Labels of the chip with the header's lines; several where kernels differ.
    public var chips: [String]
    public var header: [HeaderPin]
    public var pins: [LineOffset]
    public var functions: [Function]
    /// Lines that the kernel's PWM can drive.
    public var pwm: [PWMChannel]

    public init(
        name: String, title: String, compatible: [String] = [], chips: [String], header: [HeaderPin] = [],
        pins: [LineOffset] = [], functions: [Function] = [], pwm: [PWMChannel] = []
    ) {
        self.name = name
        self.title = title
        self.compatible = compatible
        self.chips = chips
        self.header = header
        self.pins = pins
        self.functions = functions
        self.pwm = pwm
    }

    /// Whether the lines of this board live in memory.
    public var isSimulated: Bool { chips == [Profile.simulatedChip] }

    static let simulatedChip = "simulated"

    /// The board without hardware, for when its file is not installed: pins and header of a Raspberry Pi.
    public static let simulated: Profile = {
        // Header pins 3 to 40 in the order of GPIO2 to GPIO27.
        let headerPins = [3, 5, 7, 29, 31, 26, 24, 21, 19, 23, 32, 33, 8, 10, 36, 11, 12, 35, 38, 40, 15, 16, 18, 22, 37, 13]
        var profile = Profile(name: "simulated", title: "simulated board", chips: [simulatedChip])
        for (index, number) in headerPins.enumerated() {
            let line = "GPIO\(index + 2)"
            profile.header.append(HeaderPin(number: number, line: line))
            profile.pins.append(LineOffset(line: line, offset: index + 2))
        }
        profile.header.sort { $0.number < $1.number }
        for (channel, offset) in [12, 13, 18, 19].enumerated() {
            profile.pwm.append(PWMChannel(line: "GPIO\(offset)", chips: [simulatedChip], channel: channel))
        }
        return profile
    }()

    /// The line on a pin of the header.
    public func line(onPin number: Int) -> String? {
        for pin in header where pin.number == number { return pin.line }
        return nil
    }

    /// The pin of the header that carries a line.
    public func headerPin(of line: String) -> Int? {
        for pin in header where pin.line == line { return pin.number }
        return nil
    }

    func offset(of line: String) -> Int? {
        for pin in pins where pin.line == line { return pin.offset }
        return nil
    }

    /// This profile's name for a line of a chip, whatever the kernel calls it.
    public func line(onChip label: String, offset: Int) -> String? {
        if !chips.contains(label) { return nil }
        for pin in pins where pin.offset == offset { return pin.line }
        return nil
    }

    /// What a line does besides, when that is enabled; nil for a line that is only a GPIO line.
    public func function(of line: String) -> String? {
        for function in functions where function.line == line { return function.text }
        return nil
    }
}

/// What is wrong with a profile, with its place: "raspberry-pi-4.conf:12".
public struct ProfileProblem: Error, Equatable, Sendable, CustomStringConvertible {
    public var location: String
    public var text: String

    public var description: String { location + ": " + text }
}

public struct ProfileProblems: Error, Equatable, Sendable, CustomStringConvertible {
    public var list: [ProfileProblem]

    public var description: String {
        var text = ""
        for problem in list { text += text.isEmpty ? problem.description : "\n" + problem.description }
        return text
    }
}

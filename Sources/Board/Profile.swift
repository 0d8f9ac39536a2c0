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
/// [taken]
/// GPIO2 = fe804000.i2c dtparam=i2c_arm=on
/// ```
///
/// `like = OTHER` in [board] takes over what another profile says and this one does not.
public struct Profile: Equatable, @unchecked Sendable {
    public final class HeaderPin: Equatable, Sendable {
        public let number: Int
        public let line: String

        init(number: Int, line: String) {
            self.number = number
            self.line = line
        }

        public static func == (a: HeaderPin, b: HeaderPin) -> Bool { a.number == b.number && a.line == b.line }
    }

    /// Where a line is: `17`, `gpio3:17` on a board with several chips, or `"P9_22"`, the kernel's name, on one whose chips' labels
    /// differ from boot to boot.
    public final class LineOffset: Equatable, Sendable {
        public let line: String
        /// Label of the chip; empty: one of `Profile.chips`.
        public let chip: String
        /// nil: only the kernel's name tells.
        public let offset: Int?
        /// Empty where there is an offset. A kernel's name that goes on with a blank, as in "P9_22 [spi0_sclk]", is the same.
        public let kernelName: String

        public init(line: String, chip: String = "", offset: Int?, kernelName: String = "") {
            self.line = line
            self.chip = chip
            self.offset = offset
            self.kernelName = kernelName
        }

        func isSamePlace(as other: LineOffset) -> Bool {
            offset == other.offset && kernelName == other.kernelName && chip == other.chip
        }

        public static func == (a: LineOffset, b: LineOffset) -> Bool {
            a.line == b.line && a.chip == b.chip && a.offset == b.offset && a.kernelName == b.kernelName
        }
    }

    public final class Function: Equatable, Sendable {
        public let line: String
        public let text: String

        init(line: String, text: String) {
            self.line = line
            self.text = text
        }

        public static func == (a: Function, b: Function) -> Bool { a.line == b.line && a.text == b.text }
    }

    private struct Values: Equatable {
        var name: String
        var title: String
        var compatible: [String]
        var chips: [String]
        var header: [HeaderPin]
        var pins: [LineOffset]
        var functions: [Function]
        var pwm: [PWMChannel]
        var taken: [TakenLine]
    }
    private final class Box {
        var values: Values
        init(_ values: Values) { self.values = values }
    }

    /// One pointer for all of it. What others hold as well is copied before it is changed, so it may be sent like any value.
    private var box: Box
    private var own: Box {
        @inline(never)
        mutating get {
            if !isKnownUniquelyReferenced(&box) { box = Box(box.values) }
            return box
        }
    }

    /// Name of the file without `.conf`: "raspberry-pi-4".
    public var name: String { get { box.values.name } _modify { yield &own.values.name } }
    /// "Raspberry Pi 4".
    public var title: String { get { box.values.title } _modify { yield &own.values.title } }
    /// Entries of /proc/device-tree/compatible that mean this board; empty: only found by name.
    public var compatible: [String] { get { box.values.compatible } _modify { yield &own.values.compatible } }
    /// Labels of the chip with the header's lines; several where kernels differ.
    public var chips: [String] { get { box.values.chips } _modify { yield &own.values.chips } }
    public var header: [HeaderPin] { get { box.values.header } _modify { yield &own.values.header } }
    public var pins: [LineOffset] { get { box.values.pins } _modify { yield &own.values.pins } }
    public var functions: [Function] { get { box.values.functions } _modify { yield &own.values.functions } }
    /// Lines that the kernel's PWM can drive.
    public var pwm: [PWMChannel] { get { box.values.pwm } _modify { yield &own.values.pwm } }
    /// Lines that a device of the kernel takes while it is there, although the kernel calls them free.
    public var taken: [TakenLine] { get { box.values.taken } _modify { yield &own.values.taken } }

    public init(
        name: String, title: String, compatible: [String] = [], chips: [String], header: [HeaderPin] = [],
        pins: [LineOffset] = [], functions: [Function] = [], pwm: [PWMChannel] = [], taken: [TakenLine] = []
    ) {
        box = Box(
            Values(
                name: name, title: title, compatible: compatible, chips: chips, header: header, pins: pins, functions: functions, pwm: pwm, taken: taken))
    }

    public static func == (a: Profile, b: Profile) -> Bool { a.box.values == b.box.values }

    /// Whether the lines of this board live in memory.
    public var isSimulated: Bool { chips == [Profile.simulatedChip] }

    static let simulatedChip = "simulated"

    /// The board without hardware, for when its file is not installed: pins and header of a Raspberry Pi.
    public static let simulated: Profile = {
        // Header pins 3 to 40 in the order of GPIO2 to GPIO27.
        let headerPins = [3, 5, 7, 29, 31, 26, 24, 21, 19, 23, 32, 33, 8, 10, 36, 11, 12, 35, 38, 40, 15, 16, 18, 22, 37, 13]
        var profile = Profile(name: "simulated", title: "simulated board", chips: [simulatedChip])
        for (index, number) in headerPins.enumerated() {
            let line = filled("GPIO%", String(index + 2))
            profile.header.append(HeaderPin(number: number, line: line))
            profile.pins.append(LineOffset(line: line, offset: index + 2))
        }
        profile.header.sort { $0.number < $1.number }
        for (channel, offset) in [12, 13, 18, 19].enumerated() {
            profile.pwm.append(PWMChannel(line: filled("GPIO%", String(offset)), chips: [simulatedChip], channel: channel))
        }
        return profile
    }()

    /// The line on a pin of the header.
    @inline(never)
    public func line(onPin number: Int) -> String? {
        for pin in header where pin.number == number { return pin.line }
        return nil
    }

    /// The pin of the header that carries a line.
    public func headerPin(of line: String) -> Int? {
        for pin in header where pin.line == line { return pin.number }
        return nil
    }

    @inline(never)
    func place(of line: String) -> LineOffset? {
        for pin in pins where pin.line == line { return pin }
        return nil
    }

    /// This profile's name for a line of a chip, whatever the kernel calls it.
    public func line(onChip label: String, offset: Int, kernelName: String = "") -> String? {
        let isOwn = chips.contains(label)
        for pin in pins {
            if let own = pin.offset {
                if own == offset, pin.chip.isEmpty ? isOwn : pin.chip == label { return pin.line }
            } else if Profile.isName(kernelName, pin.kernelName) {
                return pin.line
            }
        }
        return nil
    }

    /// Whether the kernel's name of a line, perhaps "P9_22 [spi0_sclk]", is that of "P9_22".
    static func isName(_ kernelName: String, _ name: String) -> Bool {
        if kernelName == name { return !name.isEmpty }
        return !name.isEmpty && kernelName.utf8.starts(with: (name + " [").utf8)
    }

    /// Whether a chip has lines of this profile.
    @inline(never)
    func has(chip label: String) -> Bool {
        if chips.contains(label) { return true }
        for pin in pins where pin.chip == label { return true }
        return false
    }

    /// What a line does besides, when that is enabled; nil for a line that is only a GPIO line.
    @inline(never)
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

import Text
import Time

/// The pins of the simulated board: GPIO2 to GPIO27 of a Raspberry Pi's header, as levels in memory. And 228 more lines without a name
/// (`pin = simulated:28` to `simulated:255`) for who wants to know how Perch does with many.
///
/// All levels here are physical, as at the pin: active-low is the business of whoever claims the line.
struct SimulatedPins: Equatable {
    enum Use: Equatable {
        case free
        case input(LineSettings.Bias)
        case output(Bool)
    }

    private struct Pin: Equatable {
        var use = Use.free
        /// What the world around the board drives; nil: nothing is connected and the bias decides.
        var driven: Bool?
    }

    static let first = 2
    static let lastNamed = 27
    static let last = 255

    private var pins = [Pin](repeating: Pin(), count: last + 1)

    /// GPIO0 and GPIO1 belong to the add-on board's memory on a real header.
    static var description: ChipDescription { description(last) }
    /// Without the lines that have no name.
    static var header: ChipDescription { description(lastNamed) }

    private static func description(_ last: Int) -> ChipDescription {
        var lines: [LineInfo] = []
        for offset in 0...last {
            let name = offset <= lastNamed ? filled("GPIO%", String(offset)) : ""
            lines.append(offset < first ? LineInfo(name: "", consumer: "add-on board's ID", isUsed: true) : LineInfo(name: name))
        }
        return ChipDescription(name: Profile.simulatedChip, label: Profile.simulatedChip, lines: lines)
    }

    /// When an edge is seen, in nanoseconds: the simulated kernel's clock is the loop's.
    static func kernelTime(_ now: Instant) -> UInt64 {
        UInt64(clamping: now.nanoseconds)
    }

    static func isPin(_ offset: Int) -> Bool { offset >= first && offset <= last }

    func level(_ offset: Int) -> Bool {
        switch pins[offset].use {
        case .output(let level): level
        case .input(let bias): pins[offset].driven ?? (bias == .pullUp)
        case .free: pins[offset].driven ?? false
        }
    }

    func isOutput(_ offset: Int) -> Bool {
        if case .output = pins[offset].use { return true }
        return false
    }

    mutating func use(_ offset: Int, _ use: Use) { pins[offset].use = use }

    /// What the world drives, as a switch or another board would.
    mutating func drive(_ offset: Int, _ level: Bool) { pins[offset].driven = level }
}

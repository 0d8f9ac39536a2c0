/// One line of a chip as the kernel describes it.
public final class LineInfo: Equatable, Sendable {
    /// The kernel's name; empty where it has none.
    public let name: String
    /// Who uses it; empty where nobody does or the kernel does not say.
    public let consumer: String
    public let isUsed: Bool
    public let isOutput: Bool
    public let isActiveLow: Bool
    public let bias: LineSettings.Bias

    public init(
        name: String, consumer: String = "", isUsed: Bool = false, isOutput: Bool = false, isActiveLow: Bool = false,
        bias: LineSettings.Bias = .asIs
    ) {
        self.name = name
        self.consumer = consumer
        self.isUsed = isUsed
        self.isOutput = isOutput
        self.isActiveLow = isActiveLow
        self.bias = bias
    }

    public static func == (a: LineInfo, b: LineInfo) -> Bool {
        a.name == b.name && a.consumer == b.consumer && a.isUsed == b.isUsed && a.isOutput == b.isOutput && a.isActiveLow == b.isActiveLow && a.bias == b.bias
    }
}

/// A chip with all its lines, as values.
public final class ChipDescription: @unchecked Sendable {
    /// "gpiochip0": not stable, for the eye only.
    public let name: String
    /// "pinctrl-bcm2711".
    public let label: String
    /// By offset. Only who makes the description changes it.
    public internal(set) var lines: [LineInfo]

    public init(name: String, label: String, lines: [LineInfo]) {
        self.name = name
        self.label = label
        self.lines = lines
    }
}

/// Where a line is: indexes into a list of chips and into the chip's lines.
public struct Pin: Hashable, Sendable {
    public var chip: Int
    public var offset: Int

    public init(chip: Int, offset: Int) {
        self.chip = chip
        self.offset = offset
    }
}

import Text

/// One line of the board as `perch lines` shows it.
public struct LineListing: Equatable, Sendable {
    public enum Use: Equatable, Sendable {
        case free
        /// By whom; empty where the kernel does not say, e.g. for a pin that has another function now.
        case used(by: String)
    }

    /// The chip's label and the line's offset on it.
    public var chip: String
    public var offset: Int
    /// The kernel's name, else the profile's; empty without either.
    public var name: String
    public var headerPin: Int?
    public var use: Use
    public var isOutput: Bool
    /// What the pin does besides when it is enabled, from the profile: "1-Wire by default (w1-gpio)".
    public var function: String?
    /// What to write after `pin = `.
    public var pin: String

    /// Every line of every chip. Throws `.permission` or `.notFound` when there is no chip to look at.
    ///
    /// - Parameter root: put before /dev, for tests.
    public static func all(profile: Profile?, root: String = "") throws(BoardError) -> [LineListing] {
        if profile?.isSimulated == true { return list([SimulatedPins.description], profile: profile) }
        return list(try Chip.all(devices: root + "/dev").map { $0.description() }, profile: profile)
    }

    static func list(_ chips: [ChipDescription], profile: Profile?) -> [LineListing] {
        let resolver = PinResolver(chips: chips, profile: profile)
        var listings: [LineListing] = []
        for (index, chip) in chips.enumerated() {
            for (offset, line) in chip.lines.enumerated() {
                let profileName = profile?.line(onChip: chip.label, offset: offset)
                let name = line.name.isEmpty ? profileName ?? "" : line.name
                listings.append(
                    LineListing(
                        chip: chip.label, offset: offset, name: name, headerPin: profileName.flatMap { profile?.headerPin(of: $0) },
                        use: line.isUsed ? .used(by: line.consumer) : .free, isOutput: line.isOutput,
                        function: profileName.flatMap { profile?.function(of: $0) },
                        pin: resolver.name(of: Pin(chip: index, offset: offset))))
            }
        }
        return listings
    }
}

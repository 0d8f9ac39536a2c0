import Text

/// One line of the board as `perch lines` shows it.
public final class LineListing: Equatable {
    public indirect enum Use: Equatable, Sendable {
        case free
        /// By whom; empty where the kernel does not say, e.g. for a pin that has another function now.
        case used(by: String)
        /// The kernel calls it free, but its pin belongs to a device now; `enable` is what enables that, perhaps empty.
        case taken(enable: String)
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
    /// The board's profile names it, and it can be reached on a header.
    public var isOnBoard = false
    /// The profile knows the chip: what it does not name there is not on a header.
    public var isOwnChip = false
    /// The kernel's PWM can drive it.
    public var hasPWM = false

    public var isFree: Bool { use == .free }

    /// Every line of every chip. Throws `.permission` or `.notFound` when there is no chip to look at.
    ///
    /// - Parameter root: put before /dev and /sys, for tests.
    public static func all(profile: Profile?, root: String = "") throws(BoardError) -> [LineListing] {
        if profile?.isSimulated == true { return list([SimulatedPins.header], profile: profile, root: root) }
        return list(try Chip.found(root: root).map { $0.description() }, profile: profile, root: root)
    }

    static func list(_ chips: [ChipDescription], profile: Profile?, root: String = "") -> [LineListing] {
        let resolver = PinResolver(chips: chips, profile: profile)
        var listings: [LineListing] = []
        for (index, chip) in chips.enumerated() {
            for (offset, line) in chip.lines.enumerated() {
                let pin = Pin(chip: index, offset: offset)
                let listing = LineListing(
                    chip: chip.label, offset: offset, name: line.name, use: line.isUsed ? .used(by: line.consumer) : .free,
                    isOutput: line.isOutput, pin: resolver.name(of: pin))
                if let profile {
                    listing.isOwnChip = profile.has(chip: chip.label)
                    if let own = resolver.profileName(of: pin) {
                        if line.name.isEmpty { listing.name = own }
                        listing.isOnBoard = true
                        listing.isOwnChip = true
                        listing.headerPin = profile.headerPin(of: own)
                        listing.function = profile.function(of: own)
                        listing.hasPWM = profile.pwm(of: own) != nil
                        if !line.isUsed, let taker = profile.taker(of: own, root: root) { listing.use = .taken(enable: taker.setting) }
                    }
                }
                listings.append(listing)
            }
        }
        return listings
    }

    init(
        chip: String, offset: Int, name: String, headerPin: Int? = nil, use: Use, isOutput: Bool, function: String? = nil, pin: String,
        isOnBoard: Bool = false, isOwnChip: Bool = false, hasPWM: Bool = false
    ) {
        self.chip = chip
        self.offset = offset
        self.name = name
        self.headerPin = headerPin
        self.use = use
        self.isOutput = isOutput
        self.function = function
        self.pin = pin
        self.isOnBoard = isOnBoard
        self.isOwnChip = isOwnChip
        self.hasPWM = hasPWM
    }

    public static func == (a: LineListing, b: LineListing) -> Bool {
        a.chip == b.chip && a.offset == b.offset && a.name == b.name && a.headerPin == b.headerPin && a.use == b.use && a.isOutput == b.isOutput
            && a.function == b.function && a.pin == b.pin && a.isOnBoard == b.isOnBoard && a.isOwnChip == b.isOwnChip && a.hasPWM == b.hasPWM
    }
}

import Time

/// A line that the board holds, with what it needs to answer for it.
final class HeldLine {
    indirect enum Driver {
        case kernel(LineRequest)
        case pwm(PWMLine)
        /// The pin of the simulated board that its place says.
        case simulated
        /// Its chip is not there; why, in words. See `Board.look`.
        case lost(String)
    }

    /// Which pin, over reloads: the chip's present name and the offset.
    struct Place: Equatable {
        var chip: String
        var offset: Int
    }

    var settings: LineSettings
    var place: Place
    /// How the pin is called in errors: "GPIO17".
    let pinName: String
    var driver: Driver
    /// When the last edge was seen, for the event after the debounce.
    var lastTimestamp: UInt64 = 0
    var debouncer: Debouncer
    /// An output with `initial = keep` that is an input until it is first set.
    var isUntouched: Bool
    /// Edges were dropped, and not all that waited then are taken: the line has to be read again.
    var mayHaveLost = false
    /// The last edge's number, where the kernel counts.
    var lastSequence: UInt32 = 0
    /// Edges that the kernel dropped, not told yet.
    var missed: UInt32 = 0
    /// Lines that are counted: changes to on that are not told yet, and the kernel's time of the first and the last one.
    var pulses: UInt32 = 0
    var firstPulse: UInt64 = 0
    var lastPulse: UInt64 = 0
    /// Nanoseconds in which a simulated PWM line is on in each period.
    var simulatedPulse: Int64 = 0
    /// The simulated board was told to fail this line.
    var failure: String?

    init(settings: LineSettings, place: Place, pinName: String, driver: Driver, isUntouched: Bool, level: Bool, debouncesInKernel: Bool) {
        self.settings = settings
        self.place = place
        self.pinName = pinName
        self.driver = driver
        self.isUntouched = isUntouched
        debouncer = Debouncer(window: debouncesInKernel ? .zero : settings.debounce, level: level)
    }

    var request: LineRequest? {
        if case .kernel(let request) = driver { return request }
        return nil
    }

    /// False when the chip went away, e.g. with an unplugged expander.
    var isAlive: Bool {
        switch driver {
        case .kernel(let request): request.chip.isThere
        case .pwm(let channel): channel.isThere
        case .simulated: true
        case .lost: false
        }
    }
}

extension [HeldLine] {
    /// Number of the line at this pin.
    @inline(never)
    func index(at place: HeldLine.Place) -> Int? {
        for index in indices where self[index].place == place { return index }
        return nil
    }
}

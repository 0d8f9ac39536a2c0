/// One GPIO line as the owner wants it.
public struct LineSettings: Equatable, Sendable {
    public enum Direction: Equatable, Sendable { case output, input }
    public enum Bias: UInt8, Equatable, Sendable { case asIs, disabled, pullUp, pullDown }
    /// `keep` does not touch an output that is driven already, and leaves an input as it is until it is first set.
    public enum Initial: Equatable, Sendable {
        case off, on, keep
        /// PWM lines: per mille.
        case duty(Int)
    }
    /// What makes an output a PWM line; in nanoseconds, so that the board need not count in fractions.
    public struct PWM: Equatable, Sendable {
        public var period: Int64
        /// How long the line is on in each period at 0 % and at 100 %.
        public var lowest: Int64
        public var highest: Int64

        public init(period: Int64, lowest: Int64 = 0, highest: Int64? = nil) {
            self.period = period
            self.lowest = lowest
            self.highest = highest ?? period
        }
    }

    /// The owner's name: "lamp".
    public var name: String
    /// As written: a kernel line name, "pin N" of the header, or "LABEL:OFFSET". See `PinReference`.
    public var pin: String
    /// "perch.conf:12", for errors.
    public var pinLocation: String
    public var direction: Direction
    public var bias: Bias
    public var activeLow: Bool
    /// Inputs with edges: how long a level must last. Zero: each edge counts.
    public var debounce: Duration
    /// Inputs: whether `Board.edges` will tell of changes.
    public var reportsEdges: Bool
    /// Inputs: `Board.edges` sums up changes to on instead of telling each.
    public var isCounted: Bool
    /// Outputs: what to drive when the line is claimed.
    public var initial: Initial
    /// Outputs: driven by a PWM channel; nil for a GPIO line.
    public var pwm: PWM?

    public init(
        name: String, pin: String, pinLocation: String = "", direction: Direction = .output, bias: Bias = .asIs,
        activeLow: Bool = false, debounce: Duration = .zero, reportsEdges: Bool = true, isCounted: Bool = false,
        initial: Initial = .off, pwm: PWM? = nil
    ) {
        self.name = name
        self.pin = pin
        self.pinLocation = pinLocation
        self.direction = direction
        self.bias = bias
        self.activeLow = activeLow
        self.debounce = debounce
        self.reportsEdges = reportsEdges
        self.isCounted = isCounted
        self.initial = initial
        self.pwm = pwm
    }

    var hasEdges: Bool { direction == .input && reportsEdges }

    /// Whether a held line can stay exactly as it is under the other settings.
    func isSameHardware(as other: LineSettings) -> Bool {
        direction == other.direction && bias == other.bias && activeLow == other.activeLow && pwm == other.pwm && hasEdges == other.hasEdges
            && (!hasEdges || debounce == other.debounce)
    }
}

/// One GPIO line as the owner wants it.
public struct LineSettings: Equatable, @unchecked Sendable {
    public enum Direction: Equatable, Sendable { case output, input }
    public enum Bias: UInt8, Equatable, Sendable { case asIs, disabled, pullUp, pullDown }
    /// `keep` does not touch an output that is driven already, and leaves an input as it is until it is first set.
    public enum Initial: Equatable, Sendable {
        case off, on, keep
        /// PWM lines: per mille.
        case duty(Int)
    }
    /// What makes an output a PWM line; in nanoseconds, so that the board need not count in fractions.
    public final class PWM: Equatable, Sendable {
        public let period: Int64
        /// How long the line is on in each period at 0 % and at 100 %.
        public let lowest: Int64
        public let highest: Int64

        public init(period: Int64, lowest: Int64 = 0, highest: Int64? = nil) {
            self.period = period
            self.lowest = lowest
            self.highest = highest ?? period
        }

        public static func == (a: PWM, b: PWM) -> Bool { a.period == b.period && a.lowest == b.lowest && a.highest == b.highest }
    }

    private struct Values: Equatable {
        var name: String
        var pin: String
        var debounce: Duration
        var pwm: PWM?
        var initial: Initial
        // The small ones side by side, where they share eight bytes.
        var direction: Direction
        var bias: Bias
        var activeLow: Bool
        var reportsEdges: Bool
        var isCounted: Bool
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

    /// The owner's name: "lamp".
    public var name: String { get { box.values.name } set { own.values.name = newValue } }
    /// As written: a kernel line name, "pin N" of the header, or "LABEL:OFFSET". See `PinReference`.
    public var pin: String { get { box.values.pin } set { own.values.pin = newValue } }
    public var direction: Direction { get { box.values.direction } set { own.values.direction = newValue } }
    public var bias: Bias { get { box.values.bias } set { own.values.bias = newValue } }
    public var activeLow: Bool { get { box.values.activeLow } set { own.values.activeLow = newValue } }
    /// Inputs with edges: how long a level must last. Zero: each edge counts.
    public var debounce: Duration { get { box.values.debounce } set { own.values.debounce = newValue } }
    /// Inputs: whether `Board.edges` will tell of changes.
    public var reportsEdges: Bool { get { box.values.reportsEdges } set { own.values.reportsEdges = newValue } }
    /// Inputs: `Board.edges` sums up changes to on instead of telling each.
    public var isCounted: Bool { get { box.values.isCounted } set { own.values.isCounted = newValue } }
    /// Outputs: what to drive when the line is claimed.
    public var initial: Initial { get { box.values.initial } set { own.values.initial = newValue } }
    /// Outputs: driven by a PWM channel; nil for a GPIO line.
    public var pwm: PWM? { get { box.values.pwm } set { own.values.pwm = newValue } }

    public init(
        name: String, pin: String, direction: Direction = .output, bias: Bias = .asIs,
        activeLow: Bool = false, debounce: Duration = .zero, reportsEdges: Bool = true, isCounted: Bool = false,
        initial: Initial = .off, pwm: PWM? = nil
    ) {
        box = Box(
            Values(
                name: name, pin: pin, debounce: debounce, pwm: pwm, initial: initial, direction: direction, bias: bias, activeLow: activeLow,
                reportsEdges: reportsEdges, isCounted: isCounted))
    }

    public static func == (a: LineSettings, b: LineSettings) -> Bool { a.box.values == b.box.values }

    var hasEdges: Bool { direction == .input && reportsEdges }

    /// Whether a held line can stay exactly as it is under the other settings.
    func isSameHardware(as other: LineSettings) -> Bool {
        direction == other.direction && bias == other.bias && activeLow == other.activeLow && pwm == other.pwm && hasEdges == other.hasEdges
            && (!hasEdges || debounce == other.debounce)
    }
}

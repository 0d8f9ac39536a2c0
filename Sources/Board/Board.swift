import CGPIOD
import Text
import Time

/// The lines and sensors of the configuration, claimed and held for as long as the object lives.
///
/// Indexes of lines and sensors are those of the settings it was opened with. Levels are logical: after active-low.
public final class Board {
    /// Lines. A header has 28; with expanders a few times that.
    public static let lineLimit = 512
    /// Sensors: each costs its owner a file to read.
    public static let sensorLimit = 512

    public let profile: Profile?
    let root: String
    var lines: [HeldLine] = []
    var sensors: [Sensor] = []
    /// nil on real hardware.
    var simulated: SimulatedPins?
    /// By the NAME of `simulated:NAME`; a sensor that was never set measures `simulatedValue`.
    private var simulatedNames: [String] = []
    private var simulatedValues: [SensorResult] = []

    /// In no unit: warm as degrees, possible as percent.
    static let simulatedValue = 20.0

    init(profile: Profile?, root: String) {
        self.profile = profile
        self.root = root
        if profile?.isSimulated == true { simulated = SimulatedPins() }
    }

    /// Claims every line. With any mistake nothing stays claimed and all mistakes are thrown in one go. A line whose chip may come
    /// later is no mistake: see `lostReason`.
    ///
    /// - Parameters:
    ///   - profile: the board's; nil when none is known: then `pin N` is refused.
    ///   - root: put before /dev, /sys and /proc, for tests.
    public static func open(
        lines: [LineSettings], sensors: [SensorSettings], profile: Profile?, root: String = ""
    ) throws(BoardProblems) -> Board {
        let board = Board(profile: profile, root: root)
        try board.apply(lines: lines, sensors: sensors)
        return board
    }

    public var isSimulated: Bool { simulated != nil }
    public var lineCount: Int { lines.count }
    /// What lets the service drive PWM.
    public static var pwmRemedy: String { PWMLine.remedy }

    // MARK: Lines

    /// The level, of an input after its debounce. With `now`, an input that differs from what was told without an edge is looked after.
    public func get(_ line: Int, at now: Instant? = nil) throws(BoardError) -> Bool {
        let level = try level(try held(line))
        return lines[line].answer(level, at: now)
    }

    /// The level at this moment.
    func level(_ held: HeldLine) throws(BoardError) -> Bool {
        switch held.driver {
        case .kernel(let request): return try request.value()
        case .pwm(let channel): return try channel.pulse() > 0
        case .simulated:
            if let why = held.failure { throw .invalid(why) }
            return (simulated?.level(held.place.offset) ?? false) != held.settings.activeLow
        case .lost(let why): throw .away(why)
        }
    }

    /// Drives an output and reads it back. The result is the level at the pin, which differs from `on` when something
    /// stronger holds it.
    public func set(_ line: Int, on: Bool) throws(BoardError) -> Bool {
        let held = try held(line)
        if held.settings.direction == .input { throw .invalid("% is an input; only outputs can be switched", held.settings.name) }
        if let pwm = held.settings.pwm {
            try setPulse(line, on ? pwm.highest : 0)
            return try get(line)
        }
        switch held.driver {
        case .pwm: break
        case .kernel(let request):
            if held.isUntouched {
                try request.reconfigure(cgpiod_line_config(held.settings, value: on))
                lines[line].isUntouched = false
            } else {
                try request.setValue(on)
            }
        case .simulated:
            if let why = held.failure { throw .invalid(why) }
            simulated?.use(held.place.offset, .output(on != held.settings.activeLow))
            lines[line].isUntouched = false
        case .lost(let why): throw .away(why)
        }
        return try get(line)
    }

    /// How the pin of a line is called: "GPIO17".
    public func pinName(_ line: Int) -> String { lines.indices.contains(line) ? lines[line].pinName : "" }

    private func held(_ line: Int) throws(BoardError) -> HeldLine {
        guard lines.indices.contains(line) else { throw .notFound("there is no line number %", String(line)) }
        return lines[line]
    }

    // MARK: Sensors

    public func sensor(_ index: Int) -> Sensor? { sensors.indices.contains(index) ? sensors[index] : nil }

    /// How to get a reading now; see `SensorRead`.
    public func plan(sensor index: Int) -> SensorPlan {
        guard let sensor = sensor(index) else { return .done(.absent("there is no sensor number %", String(index))) }
        guard case .simulated(let name) = sensor.source, isSimulated else { return sensor.plan(root: root) }
        let result = simulatedResult(name)
        if case .value(let value) = result { return .done(sensor.scaled(value)) }
        return .done(result)
    }

    /// What `simulated:NAME` measures, before the sensor's scale.
    func simulatedResult(_ name: String) -> SensorResult {
        guard let index = simulatedNames.firstIndex(of: name) else { return .value(Board.simulatedValue) }
        return simulatedValues[index]
    }

    func simulate(_ name: String, _ result: SensorResult) {
        if let index = simulatedNames.firstIndex(of: name) {
            simulatedValues[index] = result
        } else {
            simulatedNames.append(name)
            simulatedValues.append(result)
        }
    }

    /// Reads now and waits for it: up to a second for 1-wire.
    public func read(sensor index: Int) -> SensorResult {
        switch plan(sensor: index) {
        case .read(let read): return read.interpret(read.paths.map { Files.read($0) })
        case .done(let result): return result
        }
    }
}

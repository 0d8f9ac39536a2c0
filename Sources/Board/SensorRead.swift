import Text

/// One reading to be made: which files to read, and what their contents mean.
///
/// Files can be slow (a 1-wire conversion takes 750 ms), so they are read elsewhere; `interpret` is pure.
public final class SensorRead: Sendable {
    enum Meaning: Equatable, Sendable {
        /// One number, in units of `factor`.
        case number(factor: Double)
        /// The first number in a text.
        case firstNumber
        /// 1 when what follows is no measurement; then as `number`.
        case faultAndNumber(factor: Double)
        case oneWireSlave, oneWireTemperature
        /// raw, then offset and scale as far as they are there: (raw + offset) × scale × factor.
        case iioRaw(hasOffset: Bool, hasScale: Bool, factor: Double)
        case load, memory, uptime, wifi
    }

    /// Each to be read with one read(2) of up to 4096 bytes, in this order. At most 3.
    public let paths: [String]
    let meaning: Meaning
    /// How the sensor is called in errors: "28-0316a2795bff".
    let subject: String
    let scale: Double
    let offset: Double

    init(_ paths: [String], _ meaning: Meaning, subject: String, scale: Double = 1, offset: Double = 0) {
        self.paths = paths
        self.meaning = meaning
        self.subject = subject
        self.scale = scale
        self.offset = offset
    }

    /// How long a reading may take from when it is begun. DS18B20 takes 750 ms, the slowest drivers 5 s.
    public static let deadline: Duration = .seconds(10)

    /// What cannot do two things at once: the 1-wire bus, else the folder of the device.
    public var bus: String {
        var parts = 1
        switch meaning {
        case .oneWireSlave, .oneWireTemperature: parts = 2
        case .firstNumber, .load, .memory, .uptime, .wifi: parts = 0
        case .number, .faultAndNumber, .iioRaw: break
        }
        var bytes = Array((paths.first ?? "").utf8)[...]
        while parts > 0, let last = bytes.popLast() { if last == UInt8(ascii: "/") { parts -= 1 } }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `files` are what came of reading `paths`.
    public func interpret(_ files: [SensorFile]) -> SensorResult {
        var contents: [[UInt8]] = []
        for file in files.prefix(paths.count) {
            switch file {
            case .bytes(let bytes): contents.append(bytes)
            case .failed(let errno): return failure(errno)
            }
        }
        if contents.count < paths.count { return .failed("% was not read", subject) }
        let result = interpret(contents)
        guard case .value(let value) = result else { return result }
        let scaled = value * scale + offset
        return scaled.isFinite ? .value(scaled) : .failed("% gives a number that is too large", subject)
    }

    private func interpret(_ contents: [[UInt8]]) -> SensorResult {
        guard let first = contents.first else { return .failed("% was not read", subject) }
        switch meaning {
        case .number(let factor): return number(first, factor)
        case .firstNumber:
            for word in Text.words(first) { if let value = DecimalText.parse(word) { return .value(value) } }
            return number(first, 1)
        case .faultAndNumber(let factor):
            if case .value(let fault) = number(first, 1), fault != 0 { return .failed("% reports a fault: is its probe connected?", subject) }
            return number(contents[1], factor)
        case .oneWireSlave: return OneWire.slave(first, id: subject)
        case .oneWireTemperature: return OneWire.temperature(first, id: subject)
        case .iioRaw(let hasOffset, let hasScale, let factor):
            guard case .value(var value) = number(first, 1) else { return number(first, 1) }
            if hasOffset {
                guard case .value(let offset) = number(contents[1], 1) else { return number(contents[1], 1) }
                value += offset
            }
            if hasScale {
                let last = contents[contents.count - 1]
                guard case .value(let scale) = number(last, 1) else { return number(last, 1) }
                value *= scale
            }
            return .value(value * factor)
        case .load: return number(first, 1)
        case .uptime: return number(first, 1)
        case .memory: return SystemMeasure.memory(first)
        case .wifi: return SystemMeasure.wifi(first)
        }
    }

    /// The first word of a file as a number.
    private func number(_ bytes: [UInt8], _ factor: Double) -> SensorResult {
        guard let word = Text.words(bytes).first else { return .failed("% gives nothing", subject) }
        guard let value = DecimalText.parse(word) else {
            return .failed("% gives \"%\" instead of a number", subject, String(decoding: word.prefix(32), as: UTF8.self))
        }
        return .value(value * factor)
    }

    private func failure(_ errno: Int32) -> SensorResult {
        if isAbsent(errno) { return .absent("% has disappeared (%)", subject, words(errno: errno)) }
        if isDenied(errno) { return .failed("no permission to read %", subject) }
        if isRetry(errno) { return .failed("% has no value yet", subject) }
        if isLate(errno) { return .failed("% did not answer within % s", subject, String(SensorRead.deadline.components.seconds)) }
        if isCrowded(errno) { return .failed("% was not read, because too many other sensors do not answer", subject) }
        return .failed("% does not answer (%): is it wired and powered?", subject, words(errno: errno))
    }
}

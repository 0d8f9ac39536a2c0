import Text

/// How to get one reading.
public indirect enum SensorPlan: Sendable {
    /// Read these files, slowly perhaps, and interpret them.
    case read(SensorRead)
    /// No file needs to be read.
    case done(SensorResult)

    /// With another name for the sensor in errors.
    func called(_ subject: String) -> SensorPlan {
        guard case .read(let read) = self else { return self }
        return .read(SensorRead(read.paths, read.meaning, subject: subject, scale: read.scale, offset: read.offset))
    }
}

/// One configured sensor. Values of the simulated board are kept by `Board`.
public final class Sensor: Sendable {
    public let settings: SensorSettings
    public let source: SensorSource

    /// Throws `.invalid` when the source is not one.
    public init(_ settings: SensorSettings) throws(BoardError) {
        self.settings = settings
        self.source = try SensorSource(settings.source)
    }

    /// Looks where the sensor is now: numbers of hwmon and IIO devices change when one is plugged in. This lists folders and reads
    /// `name` files, which the kernel answers from memory.
    ///
    /// - Parameter root: put before /sys and /proc, for tests.
    public func plan(root: String = "") -> SensorPlan {
        let plan: SensorPlan
        switch source {
        case .oneWire(let id): plan = OneWire.plan(id: id, root: root)
        case .iio(let device, let channel): plan = IIO.plan(device: device, channel: channel, root: root)
        case .hwmon(let device, let channel): plan = Hwmon.plan(device: device, channel: channel, root: root)
        case .thermal(let type): plan = ThermalZone.plan(type: type, root: root)
        case .system(let measure): plan = measure.plan(root: root)
        case .file(let path):
            plan = Files.exists(root + path)
                ? .read(SensorRead([root + path], .firstNumber, subject: path)) : .done(.absent("there is no file %", path))
        case .counter(let line): plan = .done(.failed("the pulses of % are counted elsewhere", line))
        case .simulated(let name): plan = .done(.failed("simulated:% needs `profile = simulated` in [board]", name))
        }
        switch plan {
        case .read(let read): return .read(SensorRead(read.paths, read.meaning, subject: read.subject, scale: settings.scale, offset: settings.offset))
        case .done(.value(let value)): return .done(scaled(value))
        case .done: return plan
        }
    }

    /// Reads now and waits for it: up to a second for 1-wire.
    public func read(root: String = "") -> SensorResult {
        switch plan(root: root) {
        case .read(let read): return read.interpret(read.paths.map { Files.read($0) })
        case .done(let result): return result
        }
    }

    func scaled(_ value: Double) -> SensorResult {
        let result = value * settings.scale + settings.offset
        return result.isFinite ? .value(result) : .failed("% gives a number that is too large", settings.name)
    }
}

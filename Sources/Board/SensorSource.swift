import Text

/// Where a sensor's readings come from, as the owner writes it.
///
/// | written | read |
/// |---|---|
/// | `w1:28-0316a2795bff` | a 1-wire thermometer (Documentation/w1/slaves/w1_therm.rst) |
/// | `iio:bme280/temp` | an IIO device by its name, `NAME@DEVICE` where several have it, or `iio:iio:device0/temp` (ABI/testing/sysfs-bus-iio) |
/// | `hwmon:cpu_thermal/temp1` | a hardware monitor by its name, `NAME@DEVICE` where several have it (hwmon/sysfs-interface.rst) |
/// | `thermal:cpu-thermal` | a thermal zone by its type, or `thermal:thermal_zone0` |
/// | `file:/run/rain` | the first number in a file |
/// | `system:temperature` | also `load`, `memory`, `disk`, `uptime`, `wifi`, `undervoltage` |
/// | `counter:flow` | pulses of an input, which the board's owner counts |
/// | `simulated:air` | the simulated board |
public indirect enum SensorSource: Equatable, Sendable {
    case oneWire(id: String)
    case iio(device: String, channel: String)
    case hwmon(device: String, channel: String)
    case thermal(type: String)
    case file(path: String)
    case system(SystemMeasure)
    case counter(line: String)
    case simulated(name: String)

    /// Kinds as they are written before the colon.
    static var kinds: [String] { wordList("w1 iio hwmon thermal file system counter simulated") }

    /// Throws `.invalid` in words.
    public init(_ written: String) throws(BoardError) {
        let text = Text.trimmed(written)
        guard let (kind, rest) = Text.split(text, at: UInt8(ascii: ":")) else {
            throw .invalid("\"%\" is no source; write for example w1:28-0316a2795bff or system:temperature", text)
        }
        if rest.isEmpty { throw .invalid("\"%\": what to read is missing after the colon", text) }
        switch kind {
        case "w1": self = .oneWire(id: try OneWire.id(rest))
        case "iio":
            let (device, channel) = try SensorSource.deviceAndChannel(rest, example: "iio:bme280/temp")
            self = .iio(device: device, channel: try IIO.channel(channel))
        case "hwmon":
            let (device, channel) = try SensorSource.deviceAndChannel(rest, example: "hwmon:cpu_thermal/temp1")
            self = .hwmon(device: device, channel: try Hwmon.channel(channel))
        case "thermal": self = .thermal(type: rest)
        case "file":
            if !Text.hasPrefix(rest, "/") { throw .invalid("\"%\": the path must begin with /", text) }
            self = .file(path: rest)
        case "system":
            guard let measure = SystemMeasure(rawValue: rest) else {
                var message = filled("\"%\" is not measured by the system", rest)
                if let nearest = Text.nearest(rest, SystemMeasure.allCases.map { $0.rawValue }) {
                    message += filled("; did you mean system:%?", nearest)
                } else {
                    message += "; there are temperature, load, memory, disk, uptime, wifi and undervoltage"
                }
                throw .invalid(message)
            }
            self = .system(measure)
        case "counter": self = .counter(line: rest)
        case "simulated": self = .simulated(name: rest)
        default:
            var message = filled("\"%\" is no kind of source", kind)
            if let nearest = Text.nearest(kind, SensorSource.kinds) {
                message += filled("; did you mean %:%?", nearest, rest)
            } else {
                message += "; there are w1, iio, hwmon, thermal, file, system, counter and simulated"
            }
            throw .invalid(message)
        }
    }

    /// What it measures, as far as the source says: a plain file and a simulated sensor do not.
    public var quantity: Quantity {
        switch self {
        case .oneWire, .thermal: .temperature
        case .iio(_, let channel): IIO.kind(channel)?.quantity ?? .none
        case .hwmon(_, let channel): Hwmon.kind(channel)?.quantity ?? .none
        case .file, .counter, .simulated: .none
        case .system(let measure): measure.quantity
        }
    }

    private static func deviceAndChannel(_ text: String, example: String) throws(BoardError) -> (String, String) {
        guard let (device, channel) = Text.splitLast(text, at: UInt8(ascii: "/")), !device.isEmpty, !channel.isEmpty else {
            throw .invalid("\"%\": write the device and the channel, as in %", text, example)
        }
        return (device, channel)
    }

    /// A file name's worth of a channel: letters, digits, `_`, `-`.
    static func isChannel(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 64
            && text.utf8.allSatisfy { Text.isDigit($0) || (97...122).contains($0) || (65...90).contains($0) || $0 == 95 || $0 == 45 }
    }
}

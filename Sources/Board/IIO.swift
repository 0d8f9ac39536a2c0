import Text

/// Industrial I/O (Documentation/ABI/testing/sysfs-bus-iio), found by device name because numbers are not stable.
enum IIO {
    static let folder = "/sys/bus/iio/devices"

    /// A channel's kind by the letters before its number or modifier, with its unit and the factor from the ABI's unit to ours.
    static let kinds: [(prefix: StaticString, quantity: Quantity, factor: Double)] = [
        (prefix: "temp", quantity: .temperature, factor: 0.001), (prefix: "humidityrelative", quantity: .humidity, factor: 0.001),
        (prefix: "pressure", quantity: .pressure, factor: 10), (prefix: "illuminance", quantity: .illuminance, factor: 1),
        (prefix: "voltage", quantity: .voltage, factor: 0.001), (prefix: "altvoltage", quantity: .voltage, factor: 0.001),
        (prefix: "current", quantity: .current, factor: 0.001), (prefix: "power", quantity: .power, factor: 0.001),
        (prefix: "energy", quantity: .energy, factor: 1), (prefix: "resistance", quantity: .resistance, factor: 1),
        (prefix: "concentration", quantity: .concentration, factor: 10_000), (prefix: "distance", quantity: .distance, factor: 1),
        (prefix: "accel", quantity: .acceleration, factor: 1), (prefix: "anglvel", quantity: .angularVelocity, factor: 1),
        (prefix: "magn", quantity: .magneticField, factor: 1), (prefix: "electricalconductivity", quantity: .conductivity, factor: 1),
        (prefix: "ph", quantity: .acidity, factor: 1), (prefix: "proximity", quantity: .count, factor: 1),
        (prefix: "intensity", quantity: .count, factor: 1), (prefix: "uvindex", quantity: .none, factor: 1),
        (prefix: "massconcentration", quantity: .density, factor: 1), (prefix: "count", quantity: .count, factor: 1),
        (prefix: "positionrelative", quantity: .percent, factor: 0.001), (prefix: "angl", quantity: .angle, factor: 1),
    ]

    /// Drivers that do not keep to the ABI's unit, and what makes their number one of it:
    /// - bme680 (drivers/iio/chemical/bme680_core.c) gives humidity in percent instead of thousandths of it;
    /// - sgp30 and sgpc3 (drivers/iio/chemical/sgp30.c) give concentrations as ratios instead of in percent.
    private static let exceptions: [(device: StaticString, channel: StaticString, factor: Double)] = [
        (device: "bme680", channel: "humidityrelative", factor: 1000), (device: "sgp", channel: "concentration_co2", factor: 100),
        (device: "sgp", channel: "concentration_voc", factor: 100),
    ]

    static func kind(_ channel: String) -> (quantity: Quantity, factor: Double)? {
        // What sgp30 measures for other programs to compute with; it has no scale.
        if Text.hasSuffix(channel, "_ethanol") || Text.hasSuffix(channel, "_h2") { return (quantity: .count, factor: 1) }
        let stem = Array(type(channel).utf8)[...]
        for kind in kinds where Text.hasPrefix(stem, kind.prefix) && stem.count == kind.prefix.utf8CodeUnitCount {
            return (quantity: kind.quantity, factor: kind.factor)
        }
        return nil
    }

    /// "voltage0" of "voltage0_mean", "concentration" of "concentration_co2".
    private static func unmodified(_ channel: String) -> String { Text.split(channel, at: UInt8(ascii: "_"))?.0 ?? channel }

    /// "voltage" of "voltage0", "voltage0-voltage1" and "voltage0_mean".
    private static func type(_ channel: String) -> String {
        let first = unmodified(channel)
        return String(decoding: Text.withoutTrailingDigits(Array((Text.split(first, at: UInt8(ascii: "-"))?.0 ?? first).utf8)), as: UTF8.self)
    }

    /// The file that has the channel's scale or offset: its own, or one that it shares (__iio_device_attr_init() in
    /// drivers/iio/industrialio-core.c); nil without one.
    private static func companion(_ base: String, _ channel: String, _ what: StaticString) -> String? {
        let type = type(channel)
        let shared = Text.split(channel, at: UInt8(ascii: "-")) == nil ? type : filled("%-%", type, type)
        for name in [channel, unmodified(channel), shared] {
            let path = filled("%%_%", base, name, what.description)
            if Files.exists(path) { return path }
        }
        return nil
    }

    /// `temp`, `voltage0`, `concentration_co2`; `in_temp_input` means the same.
    static func channel(_ text: String) throws(BoardError) -> String {
        var name = Text.hasPrefix(text, "in_") ? text.dropping(3) : text
        if Text.hasSuffix(name, "_input") { name = name.droppingLast(6) }
        if Text.hasSuffix(name, "_raw") { name = name.droppingLast(4) }
        if !SensorSource.isChannel(name) {
            throw .invalid("\"%\" is no IIO channel; it looks like temp, humidityrelative or voltage0 and `perch sensors` shows them", text)
        }
        return name
    }

    static func plan(device: String, channel: String, root: String) -> SensorPlan {
        let chosen: NamedDevice
        switch NamedDevice.find(device, in: named(root: root), kind: "IIO") {
        case .found(let found): chosen = found
        case .missing(let result): return .done(result)
        }
        let base = filled("%%/%/in_", root, folder, chosen.entry)
        let subject = filled("%/%", device, channel)
        var factor = kind(channel)?.factor ?? 1
        for exception in exceptions where Text.hasPrefix(chosen.name, exception.device) && channel == exception.channel.description {
            factor *= exception.factor
        }
        if Files.exists(base + channel + "_input") {
            return .read(SensorRead([base + channel + "_input"], .number(factor: factor), subject: subject))
        }
        guard Files.exists(base + channel + "_raw") else {
            return .done(.absent(absence(filled("channel of %", device), channel, channels(chosen.entry, root: root))))
        }
        var paths = [base + channel + "_raw"]
        let offset = companion(base, channel, "offset")
        let scale = companion(base, channel, "scale")
        if let offset { paths.append(offset) }
        if let scale { paths.append(scale) }
        // Without a scale the raw number is all there is, in no unit of ours.
        let meaning = SensorRead.Meaning.iioRaw(hasOffset: offset != nil, hasScale: scale != nil, factor: scale == nil ? 1 : factor)
        return .read(SensorRead(paths, meaning, subject: subject))
    }

    static func named(root: String) -> [NamedDevice] {
        var devices: [NamedDevice] = []
        for entry in Files.names(in: root + folder) where Text.hasPrefix(entry, "iio:device") {
            let path = root + folder + "/" + entry
            // …/i2c-1/1-0076/iio:device0: the device is the folder above.
            let target = Files.linkTarget(path)
            devices.append(
                NamedDevice(entry: entry, name: Files.line(path + "/name") ?? "", device: target.count >= 2 ? target[target.count - 2] : ""))
        }
        return devices
    }

    /// Channels with a value: temp, voltage0 …
    static func channels(_ entry: String, root: String) -> [String] {
        var channels: [String] = []
        for file in Files.names(in: root + folder + "/" + entry) where Text.hasPrefix(file, "in_") {
            let length = Text.hasSuffix(file, "_input") ? 6 : Text.hasSuffix(file, "_raw") ? 4 : 0
            if length == 0 { continue }
            let channel = file.dropping(3).droppingLast(length)
            if !channels.contains(channel) { channels.append(channel) }
        }
        return channels
    }
}

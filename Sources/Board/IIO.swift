import Text

/// Industrial I/O (Documentation/ABI/testing/sysfs-bus-iio), found by device name because numbers are not stable.
enum IIO {
    static let folder = "/sys/bus/iio/devices"

    /// As `Quantity.of` reads it: the letters before a channel's number or modifier, the unit, digits, and the factor from the ABI's unit to ours.
    private static let kinds: StaticString = """
        temp °C 1 0.001 humidityrelative %RH 0 0.001 pressure hPa 1 10 illuminance lx 0 1 voltage V 2 0.001 altvoltage V 2 0.001 \
        current A 3 0.001 power W 2 0.001 energy J 0 1 resistance Ω 0 1 concentration ppm 0 10000 distance m 2 1 accel m/s² 2 1 \
        anglvel rad/s 2 1 magn G 3 1 electricalconductivity S/m 3 1 ph pH 2 1 proximity - 0 1 intensity - 0 1 uvindex - 1 1 \
        massconcentration µg/m³ 0 1 count - 0 1 positionrelative % 0 0.001 angl rad 2 1
        """

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
        return Quantity.of(type(channel), in: kinds)
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

import Text

/// Hardware monitors (Documentation/hwmon/sysfs-interface.rst), found by name because their numbers are not stable.
enum Hwmon {
    static let folder = "/sys/class/hwmon"

    /// A channel's kind by the letters before its number, with its unit and the factor from the file's unit to ours.
    static let kinds: [(prefix: StaticString, quantity: Quantity, factor: Double)] = [
        (prefix: "temp", quantity: .temperature, factor: 0.001), (prefix: "in", quantity: .voltage, factor: 0.001),
        (prefix: "curr", quantity: .current, factor: 0.001), (prefix: "power", quantity: .power, factor: 0.000_001),
        (prefix: "energy", quantity: .energy, factor: 0.000_001), (prefix: "humidity", quantity: .humidity, factor: 0.001),
        (prefix: "fan", quantity: .rotation, factor: 1), (prefix: "freq", quantity: .frequency, factor: 1),
        (prefix: "pwm", quantity: .percent, factor: 100.0 / 255),
    ]

    static func kind(_ channel: String) -> (quantity: Quantity, factor: Double)? {
        // in0_lcrit_alarm is 0 or 1, whatever its channel measures.
        if Text.hasSuffix(channel, "_alarm") || Text.hasSuffix(channel, "_fault") || Text.hasSuffix(channel, "_enable") { return nil }
        let stem = Text.withoutTrailingDigits(Array((Text.split(channel, at: UInt8(ascii: "_"))?.0 ?? channel).utf8))
        for kind in kinds where Text.hasPrefix(stem, kind.prefix) && stem.count == kind.prefix.utf8CodeUnitCount {
            return (quantity: kind.quantity, factor: kind.factor)
        }
        return nil
    }

    /// `temp1`, or a file's whole name such as `in0_lcrit_alarm`; `temp1_input` is `temp1`.
    static func channel(_ text: String) throws(BoardError) -> String {
        let name = Text.hasSuffix(text, "_input") ? String(decoding: text.utf8.dropLast(6), as: UTF8.self) : text
        if !SensorSource.isChannel(name) || (kind(name) == nil && Text.split(name, at: UInt8(ascii: "_")) == nil) {
            throw .invalid("\"\(text)\" is no hwmon channel; it looks like temp1, in0 or fan1 and `perch sensors` shows them")
        }
        return name
    }

    static func plan(device: String, channel: String, root: String) -> SensorPlan {
        let base = root + folder
        let chosen: String
        switch NamedDevice.find(device, in: named(root: root), kind: "hwmon") {
        case .found(let entry): chosen = entry
        case .missing(let result): return .done(result)
        }
        let candidates = Text.split(channel, at: UInt8(ascii: "_")) != nil || Text.hasPrefix(channel, "pwm")
            ? [channel] : [channel + "_input", channel + "_average"]
        for candidate in candidates {
            let path = base + "/" + chosen + "/" + candidate
            if Files.exists(path) {
                return .read(SensorRead([path], .number(factor: kind(channel)?.factor ?? 1), subject: "\(device)/\(channel)"))
            }
        }
        return .done(.absent(absence("channel of \(device)", channel, channels(chosen, root: root))))
    }

    static func named(root: String) -> [NamedDevice] {
        Files.names(in: root + folder).map { entry in
            let path = root + folder + "/" + entry
            return NamedDevice(entry: entry, name: Files.line(path + "/name") ?? "", device: Files.linkTarget(path + "/device").last ?? "")
        }
    }

    /// Channels that have a value: temp1, in0 …
    static func channels(_ entry: String, root: String) -> [String] {
        var channels: [String] = []
        for file in Files.names(in: root + folder + "/" + entry) {
            let length = Text.hasSuffix(file, "_input") ? 6 : Text.hasSuffix(file, "_average") ? 8 : 0
            if length == 0 { continue }
            let channel = String(decoding: file.utf8.dropLast(length), as: UTF8.self)
            if kind(channel) != nil, !channels.contains(channel) { channels.append(channel) }
        }
        return channels
    }
}

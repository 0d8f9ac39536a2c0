import Text

/// Hardware monitors (Documentation/hwmon/sysfs-interface.rst), found by name because their numbers are not stable.
enum Hwmon {
    static let folder = "/sys/class/hwmon"

    /// As `Quantity.of` reads it: the letters before a channel's number, the unit, digits, and the factor from the file's unit to ours.
    private static let kinds: StaticString = """
        temp °C 1 0.001 in V 2 0.001 curr A 3 0.001 power W 2 0.000001 energy J 0 0.000001 humidity %RH 0 0.001 fan rpm 0 1 freq Hz 0 1
        """

    static func kind(_ channel: String) -> (quantity: Quantity, factor: Double)? {
        // in0_lcrit_alarm is 0 or 1, whatever its channel measures.
        if Text.hasSuffix(channel, "_alarm") || Text.hasSuffix(channel, "_fault") || Text.hasSuffix(channel, "_enable") {
            return (quantity: .count, factor: 1)
        }
        let letters = Text.withoutTrailingDigits(Array((Text.split(channel, at: UInt8(ascii: "_"))?.0 ?? channel).utf8))
        let stem = String(decoding: letters, as: UTF8.self)
        return stem == "pwm" ? (quantity: .percent, factor: 100.0 / 255) : Quantity.of(stem, in: kinds)
    }

    /// `temp1`, or a file's whole name such as `in0_lcrit_alarm`; `temp1_input` is `temp1`.
    static func channel(_ text: String) throws(BoardError) -> String {
        let name = Text.hasSuffix(text, "_input") ? text.droppingLast(6) : text
        if !SensorSource.isChannel(name) || (kind(name) == nil && Text.split(name, at: UInt8(ascii: "_")) == nil) {
            throw .invalid("\"%\" is no hwmon channel; it looks like temp1, in0 or fan1 and `perch sensors` shows them", text)
        }
        return name
    }

    static func plan(device: String, channel: String, root: String) -> SensorPlan {
        let chosen: String
        switch NamedDevice.find(device, in: named(root: root), kind: "hwmon") {
        case .found(let found): chosen = found.entry
        case .missing(let result): return .done(result)
        }
        let base = filled("%%/%/", root, folder, chosen)
        let candidates = Text.split(channel, at: UInt8(ascii: "_")) != nil || Text.hasPrefix(channel, "pwm")
            ? [channel] : [channel + "_input", channel + "_average"]
        for candidate in candidates {
            if !Files.exists(base + candidate) { continue }
            let factor = kind(channel)?.factor ?? 1, subject = filled("%/%", device, channel)
            // What such a channel gives while its fault is 1 is no measurement.
            let fault = base + channel + "_fault"
            if Files.exists(fault) { return .read(SensorRead([fault, base + candidate], .faultAndNumber(factor: factor), subject: subject)) }
            return .read(SensorRead([base + candidate], .number(factor: factor), subject: subject))
        }
        return .done(.absent(absence(filled("channel of %", device), channel, channels(chosen, root: root))))
    }

    static func named(root: String) -> [NamedDevice] {
        Files.names(in: root + folder).map { entry in
            let path = root + folder + "/" + entry
            return NamedDevice(entry: entry, name: Files.line(path + "/name") ?? "", device: Files.linkTarget(path + "/device").last ?? "")
        }
    }

    /// Channels that have a value: temp1, in0, pwm1 …; an alarm only where its channel gives nothing else, as in0_lcrit_alarm of a Raspberry Pi.
    static func channels(_ entry: String, root: String) -> [String] {
        var channels: [String] = []
        let names = Files.names(in: root + folder + "/" + entry)
        for file in names {
            let length = Text.hasSuffix(file, "_input") ? 6 : Text.hasSuffix(file, "_average") ? 8 : 0
            if length == 0 {
                let parts = Text.split(file, at: UInt8(ascii: "_"))
                let isAlarm = Text.hasSuffix(file, "_alarm") && parts.map { !names.contains($0.0 + "_input") && kind($0.0) != nil } == true
                if !isAlarm, !(Text.hasPrefix(file, "pwm") && parts == nil) { continue }
            }
            let channel = file.droppingLast(length)
            if kind(channel) != nil, !channels.contains(channel) { channels.append(channel) }
        }
        return channels
    }
}

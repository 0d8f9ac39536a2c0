import Text

/// An entry of /sys/class/hwmon or /sys/bus/iio/devices.
struct NamedDevice: Equatable {
    /// "hwmon2": not stable.
    var entry: String
    /// "lm75".
    var name: String
    /// The device behind it, "1-0048": tells two of the same name apart. Empty where there is none.
    var device: String

    enum Search {
        case found(NamedDevice)
        case missing(SensorResult)
    }

    /// `written` is a name, `NAME@DEVICE`, or an entry.
    static func find(_ written: String, in devices: [NamedDevice], kind: String) -> Search {
        let matching = devices.filter { $0.name == written || $0.entry == written || $0.name + "@" + $0.device == written }
        if matching.count == 1 { return .found(matching[0]) }
        if matching.isEmpty { return .missing(.absent(absence("\(kind) device", written, devices.map { $0.name }))) }
        var text = "\(matching.count) \(kind) devices are called \(written); write"
        for (index, device) in matching.prefix(4).enumerated() { text += (index == 0 ? " " : " or ") + device.name + "@" + device.device }
        return .missing(.failed(text))
    }

    /// What to write for this one of `devices`.
    func reference(among devices: [NamedDevice]) -> String {
        if name.isEmpty { return entry }
        let isAlone = devices.filter { $0.name == name }.count == 1
        return isAlone || device.isEmpty ? name : name + "@" + device
    }
}

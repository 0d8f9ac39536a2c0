import Text

/// An entry of /sys/class/hwmon or /sys/bus/iio/devices.
final class NamedDevice {
    /// "hwmon2": not stable.
    let entry: String
    /// "lm75".
    let name: String
    /// The device behind it, "1-0048": tells two of the same name apart. Empty where there is none.
    let device: String

    indirect enum Search {
        case found(NamedDevice)
        case missing(SensorResult)
    }

    /// `written` is a name, `NAME@DEVICE`, or an entry.
    static func find(_ written: String, in devices: [NamedDevice], kind: String) -> Search {
        let matching = devices.filter { $0.name == written || $0.entry == written || $0.name + "@" + $0.device == written }
        if matching.count == 1 { return .found(matching[0]) }
        if matching.isEmpty { return .missing(.absent(absence(filled("% device", kind), written, devices.map { $0.name }))) }
        var text = filled("% % devices are called %; write", String(matching.count), kind, written)
        for (index, device) in matching.prefix(4).enumerated() { text += (index == 0 ? " " : " or ") + device.name + "@" + device.device }
        return .missing(.failed(text))
    }

    /// What to write for this one of `devices`.
    func reference(among devices: [NamedDevice]) -> String {
        if name.isEmpty { return entry }
        let isAlone = devices.filter { $0.name == name }.count == 1
        return isAlone || device.isEmpty ? name : name + "@" + device
    }

    init(entry: String, name: String, device: String) {
        self.entry = entry
        self.name = name
        self.device = device
    }
}

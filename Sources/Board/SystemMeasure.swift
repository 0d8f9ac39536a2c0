import Text

/// What the computer knows about itself.
public enum SystemMeasure: String, CaseIterable, Equatable, Sendable {
    /// Of the processor, °C.
    case temperature
    /// Processes that run or wait, mean of one minute.
    case load
    /// Memory that programs cannot get any more, percent.
    case memory
    /// How full the root file system is, percent.
    case disk
    /// Seconds since the board started.
    case uptime
    /// Strength of the wireless signal, dBm.
    case wifi
    /// 1 while a Raspberry Pi's supply is too weak, else 0.
    case undervoltage

    var quantity: Quantity {
        switch self {
        case .temperature: .temperature
        case .load: .load
        case .undervoltage: .count
        case .memory, .disk: .percent
        case .uptime: .duration
        case .wifi: .signal
        }
    }

    /// Types of the zone that is the processor's, best first: Raspberry Pi and most ARM boards, Intel, others.
    static var processorZones: [String] { wordList("cpu-thermal cpu_thermal soc-thermal cpu0-thermal x86_pkg_temp") }
    /// hwmon names for computers without a thermal zone: Intel, AMD.
    static var processorMonitors: [String] { wordList("cpu_thermal coretemp k10temp") }

    func plan(root: String) -> SensorPlan {
        switch self {
        case .temperature: return SystemMeasure.processorPlan(root: root)
        case .load: return .read(SensorRead([root + "/proc/loadavg"], .load, subject: "the load"))
        case .memory: return .read(SensorRead([root + "/proc/meminfo"], .memory, subject: "the memory"))
        case .uptime: return .read(SensorRead([root + "/proc/uptime"], .uptime, subject: "the uptime"))
        case .wifi: return .read(SensorRead([root + "/proc/net/wireless"], .wifi, subject: "the wireless signal"))
        case .undervoltage: return Hwmon.plan(device: "rpi_volt", channel: "in0_lcrit_alarm", root: root).called("the supply")
        case .disk:
            // statvfs(2) of the root file system answers from memory; there is no file to read elsewhere.
            let (percent, errno) = Files.diskUse(root.isEmpty ? "/" : root)
            return .done(errno == 0 ? .value(percent) : .failed("the disk's use is not known (%)", words(errno: errno)))
        }
    }

    private static func processorPlan(root: String) -> SensorPlan {
        let zones = ThermalZone.found(root: root)
        for type in processorZones {
            for zone in zones where zone.type == type { return ThermalZone.plan(type: zone.zone, root: root).called("the processor") }
        }
        let monitors = Hwmon.named(root: root)
        for name in processorMonitors {
            for monitor in monitors where monitor.name == name {
                return Hwmon.plan(device: monitor.entry, channel: "temp1", root: root).called("the processor")
            }
        }
        if let zone = zones.first { return ThermalZone.plan(type: zone.zone, root: root).called("the processor") }
        return .done(.absent("this computer does not show its processor's temperature"))
    }

    /// /proc/meminfo: what is not in MemAvailable, of MemTotal.
    static func memory(_ bytes: [UInt8]) -> SensorResult {
        var total: Double?
        var available: Double?
        for line in Text.lines(bytes) {
            let words = Text.words(Array(line))
            if words.count < 2 { continue }
            if words[0].elementsEqual("MemTotal:".utf8) { total = DecimalText.parse(words[1]) }
            if words[0].elementsEqual("MemAvailable:".utf8) { available = DecimalText.parse(words[1]) }
        }
        guard let total, let available, total > 0, available >= 0, available <= total else { return .failed("the kernel does not tell its memory") }
        return .value(100 * (total - available) / total)
    }

    /// /proc/net/wireless: two lines of heading, then `wlan0: 0000 58. -52. -256 …` with the level as third number.
    static func wifi(_ bytes: [UInt8]) -> SensorResult {
        for line in Text.lines(bytes).dropFirst(2) {
            let words = Text.words(Array(line))
            if words.count < 4 { continue }
            // A dot says that the value was updated since the last look.
            let level = words[3].last == UInt8(ascii: ".") ? words[3].dropLast() : words[3]
            if let value = DecimalText.parse(level) { return .value(value) }
        }
        return .absent("there is no wireless connection")
    }
}

import Text

/// How the kernel comes to know a sensor, as its part says.
public final class SensorNeeds: Sendable {
    /// "bme280".
    public let part: String
    /// Lines of config.txt.
    public let enable: [String]
    /// Kernel modules.
    public let drivers: [String]
    /// Names under which the kernel shows it.
    public let devices: [String]
    /// "ina219 0x40" for new_device; empty where an overlay makes the device.
    public let newDevice: String

    public init(part: String, enable: [String], drivers: [String], devices: [String], newDevice: String) {
        self.part = part
        self.enable = enable
        self.drivers = drivers
        self.devices = devices
        self.newDevice = newDevice
    }

    static let oneWire = SensorNeeds(part: "ds18b20", enable: ["dtoverlay=w1-gpio"], drivers: ["w1-gpio", "w1-therm"], devices: [], newDevice: "")
}

/// What to do about a sensor that cannot be read, where more can be said than the reading itself says.
public enum SensorAdvice {
    /// nil where the reading's own reason says it all: a channel or a name misspelt, several devices of one name, wires.
    ///
    /// - Parameters:
    ///   - needs: What its part says; nil for a sensor that is of no known part.
    ///   - root: put before /sys, /proc, /boot and /lib, for tests.
    public static func text(for source: SensorSource, needs: SensorNeeds?, root: String = "") -> String? {
        let buses = SensorBuses(root: root)
        switch source {
        case .oneWire:
            // With a bus the reader says what is on it.
            return buses.hasOneWire ? nil : enabling(needs ?? .oneWire, buses)
        case .iio(let device, _): return missing(device, IIO.named(root: root), needs, buses)
        case .hwmon(let device, _): return missing(device, Hwmon.named(root: root), needs, buses)
        case .file(let path):
            guard case .failed(let errno) = Files.read(root + path), isDenied(errno) else { return nil }
            return filled("make it readable for the user perch: chmod o+r %, and chmod o+x for the folders above it", path)
        default: return nil
        }
    }

    /// What to do about a chip of lines that the kernel does not show; nil where nothing is known.
    public static func text(forChip needs: SensorNeeds, root: String = "") -> String? {
        let buses = SensorBuses(root: root)
        for waiting in buses.waiting() where needs.devices.contains(waiting.name) { return untaken(waiting, needs.drivers) }
        return enabling(needs, buses)
    }

    /// What a board could have and has not: buses that are off, devices without a driver. Each a sentence for `perch sensors`.
    public static func missed(root: String = "") -> [String] {
        let buses = SensorBuses(root: root)
        var hints: [String] = []
        if buses.isBoard {
            if !buses.hasOneWire { hints.append(off("1-wire (DS18B20)", "dtoverlay=w1-gpio", buses)) }
            if !buses.hasI2C { hints.append(off("I2C (BME280, SHT4x, BH1750 …)", "dtparam=i2c_arm=on", buses)) }
            if !buses.hasSPI { hints.append(off("SPI (MCP3008)", "dtparam=spi=on", buses)) }
            for waiting in buses.waiting() { hints.append(untaken(waiting, [])) }
        }
        return hints
    }

    private static func off(_ bus: String, _ line: String, _ buses: SensorBuses) -> String {
        if !buses.isRaspberryPi { return filled("% is off: the kernel shows no such bus; this board's device tree or its overlays enable it", bus) }
        if buses.isEnabled(line) { return filled("% is off, although % has %: reboot", bus, buses.configPath, line) }
        return filled("% is off: to use it add % to % and reboot", bus, line, buses.configPath)
    }

    private static func missing(_ device: String, _ known: [NamedDevice], _ needs: SensorNeeds?, _ buses: SensorBuses) -> String? {
        var name = device
        if let (stem, _) = Text.split(device, at: UInt8(ascii: "@")) { name = stem }
        for other in known where other.name == device || other.name == name || other.entry == device { return nil }
        for waiting in buses.waiting() where waiting.name == name || needs?.devices.contains(waiting.name) == true {
            return untaken(waiting, needs?.drivers ?? [])
        }
        guard let needs else { return nil }
        return enabling(needs, buses)
    }

    private static func untaken(_ waiting: SensorBuses.Waiting, _ drivers: [String]) -> String {
        let load = drivers.last.map { filled("; then: sudo modprobe %", $0) } ?? ""
        return filled("the kernel was told of a % at %, but no driver has taken it: nothing answers at that address, or its ", waiting.name, waiting.address)
            + filled("module is not loaded. Check the wires and the address%. More: sudo dmesg | grep %", load, waiting.address)
    }

    private static func enabling(_ needs: SensorNeeds, _ buses: SensorBuses) -> String? {
        for driver in needs.drivers where buses.hasModule(driver) == false {
            return filled("this kernel has no driver %, which the part % needs; another kernel may have it (its file says more)", driver, needs.part)
        }
        let device = needs.newDevice.isEmpty
            ? "" : filled("as root: echo % > /sys/bus/i2c/devices/i2c-1/new_device (the part % says how to make it last)", needs.newDevice, needs.part)
        guard buses.isRaspberryPi else {
            if needs.drivers.isEmpty { return nil }
            let driver = needs.drivers[needs.drivers.count - 1]
            return filled("it needs the driver % and an entry in this board's device tree or its overlays (see the part %)", driver, needs.part)
        }
        var lines = ""
        for line in needs.enable where !buses.isEnabled(line) { lines += (lines.isEmpty ? "" : " and ") + line }
        if !lines.isEmpty {
            return filled("add to % and reboot: %%", buses.configPath, lines, device.isEmpty ? "" : filled("; then %", device))
        }
        if !device.isEmpty { return device }
        if needs.enable.isEmpty { return nil }
        return filled("% enables it: reboot if that is new, else check the wires and the address", buses.configPath)
    }
}

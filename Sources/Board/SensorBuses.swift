import Text

/// The buses that sensors hang on, what a Raspberry Pi's config.txt enables, and devices that wait for a driver.
struct SensorBuses {
    /// Put before /sys, /proc, /boot and /lib, for tests.
    let root: String

    /// A device that the device tree or new_device names and no driver has taken.
    struct Waiting: Equatable {
        /// "1-0076", "spi0.0".
        var address: String
        /// "bme280".
        var name: String
    }

    /// Bytes. config.txt as it comes has 2 KB; modules.dep of a distribution's kernel 400 to 700 KB.
    private static let configLimit = 64 * 1024
    private static let modulesLimit = 4 * 1024 * 1024

    /// config.txt and its overlays are Raspberry Pi's alone.
    var isRaspberryPi: Bool {
        guard case .bytes(let bytes) = Files.read(root + "/proc/device-tree/compatible") else { return false }
        for name in bytes.split(separator: 0) where Text.hasPrefix(name, "raspberrypi,") { return true }
        return false
    }

    /// A board, and no PC: only there a missing bus is worth a word.
    var isBoard: Bool { Files.exists(root + "/proc/device-tree/compatible") }

    var hasOneWire: Bool { has("/sys/bus/w1/devices", "w1_bus_master") }
    /// On a Raspberry Pi that of the header; others of its buses belong to screens and cameras.
    var hasI2C: Bool { isRaspberryPi ? Files.exists(root + "/sys/bus/i2c/devices/i2c-1") : has("/sys/bus/i2c/devices", "i2c-") }
    /// Likewise; a Raspberry Pi 5 has another one for its own flash memory.
    var hasSPI: Bool { isRaspberryPi ? Files.exists(root + "/sys/class/spi_master/spi0") : has("/sys/class/spi_master", "spi") }

    private func has(_ folder: String, _ prefix: StaticString) -> Bool {
        for name in Files.names(in: root + folder) where Text.hasPrefix(name, prefix) { return true }
        return false
    }

    func waiting() -> [Waiting] {
        var waiting: [Waiting] = []
        for folder in ["/sys/bus/i2c/devices/", "/sys/bus/spi/devices/"] {
            for address in Files.names(in: root + folder) where !Text.hasPrefix(address, "i2c-") {
                let path = root + folder + address
                if Files.exists(path + "/driver") { continue }
                if let name = Files.line(path + "/name") {
                    waiting.append(Waiting(address: address, name: name))
                } else if let alias = Files.line(path + "/modalias"), let (kind, name) = Text.split(alias, at: UInt8(ascii: ":")), kind == "spi" {
                    waiting.append(Waiting(address: address, name: name))
                }
            }
        }
        return waiting
    }

    /// Where the firmware reads it: Debian 12 and later, else below /boot.
    var configPath: String {
        let old = "/boot/config.txt", new = "/boot/firmware/config.txt"
        return Files.exists(root + old) && !Files.exists(root + new) ? old : new
    }

    /// Whether config.txt has this line, whatever its other parameters: another address, another pin.
    func isEnabled(_ line: String) -> Bool {
        if line == "dtparam=i2c_arm=on" { return hasI2C }
        if line == "dtparam=spi=on" { return hasSPI }
        guard case .bytes(let bytes) = Files.read(root + configPath, limit: Self.configLimit) else { return false }
        let wanted = Array(line.utf8).split(separator: UInt8(ascii: ","))
        for found in Text.lines(bytes) {
            let words = Text.trimmed(found).split(separator: UInt8(ascii: ","))
            guard let first = words.first, first == wanted[0] else { continue }
            // One overlay for dozens of sensors: the next word is which.
            if line.utf8.starts(with: "dtoverlay=i2c-sensor,".utf8), wanted.count > 1, !words.contains(wanted[1]) { continue }
            return true
        }
        return false
    }

    /// Whether this kernel has the module; nil where that cannot be told.
    func hasModule(_ name: String) -> Bool? {
        guard let release = Files.line(root + "/proc/sys/kernel/osrelease") else { return nil }
        // File names have dashes or underlines as their authors liked; for modprobe they are the same.
        func same(_ byte: UInt8) -> UInt8 { byte == UInt8(ascii: "-") ? UInt8(ascii: "_") : byte }
        let wanted = Array(filled("/%.ko", name).utf8).map(same)
        var isKnown = false
        for file in ["modules.dep", "modules.builtin"] {
            guard case .bytes(let bytes) = Files.read(filled("%/lib/modules/%/%", root, release, file), limit: Self.modulesLimit) else { continue }
            isKnown = true
            for line in Text.lines(bytes) {
                // "kernel/drivers/hwmon/lm75.ko.xz: kernel/…": the file before the colon, compressed or not.
                let path = line.prefix { $0 != UInt8(ascii: ":") }
                guard let slash = path.lastIndex(of: UInt8(ascii: "/")), path.count - (slash - path.startIndex) >= wanted.count else { continue }
                if path[slash...].prefix(wanted.count).map(same) == wanted { return true }
            }
        }
        return isKnown ? false : nil
    }
}

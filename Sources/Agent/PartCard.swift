import INI
import Text

/// What a part's file says of the thing itself, in its section `[part]`: how people call it and how the kernel comes to know it.
/// A class, because a value of so many strings takes kilobytes of code to copy.
public final class PartCard {
    /// The file's name without ".conf".
    public let name: String
    /// "DS18B20 thermometer"; empty where the file does not say.
    public private(set) var title = ""
    /// Lines for a Raspberry Pi's config.txt: "dtparam=i2c_arm=on", "dtoverlay=i2c-sensor,bme280".
    public private(set) var enable: [String] = []
    /// The kernel's modules.
    public private(set) var drivers: [String] = []
    /// Names under which the kernel shows it: of IIO and hwmon devices, "w1:28" of a 1-wire family. The part's own name where it says none.
    public private(set) var devices: [String]
    /// What to write into the I2C bus's new_device where no overlay makes the device: "ina219 0x40"; else empty.
    public private(set) var newDevice = ""
    /// The label of a chip whose lines are used as `pin = LABEL:OFFSET`; empty for any other part.
    public private(set) var chip = ""
    /// Lines of that chip.
    public private(set) var chipLines = 0
    /// What a sensor of this part is read through, "iio"; empty where the file does not say.
    public private(set) var sourceKind = ""

    /// Lines and modules of one part.
    static let maximumWords = 8
    /// Bytes of a title: it stands in a line of `perch check`.
    static let maximumTitle = 60
    /// The most lines of a chip that perch.conf can name.
    static let chipRange = 1...512

    init(name: String) {
        self.name = name
        devices = [name]
    }

    /// From the bytes of `devices/parts/NAME.conf`. What is wrong in it is left out: the configuration that uses the part reports it.
    public static func read(_ name: String, _ bytes: [UInt8]) -> PartCard {
        let card = PartCard(name: name)
        let document = INI.parse(bytes)
        for entry in document.section("part")?.entries ?? [] {
            do throws(Complaint) { try card.apply(entry.key, entry.value) } catch {}
        }
        card.sourceKind = document.section("sensor")?.entry("source-kind")?.value ?? ""
        return card
    }

    /// Whether this is how the kernel shows the part: "bme280", also as "bme280@1-0076".
    public func fits(_ device: String) -> Bool {
        for known in devices where device == known || device.utf8.starts(with: (known + "@").utf8) { return true }
        return false
    }

    func apply(_ key: String, _ value: String) throws(Complaint) {
        switch key {
        case "title":
            if value.utf8.count > Self.maximumTitle { throw Complaint("the title is longer than % letters", String(Self.maximumTitle)) }
            title = value
        case "enable":
            let lines = try Self.words(value)
            for line in lines where !line.utf8.starts(with: "dtparam=".utf8) && !line.utf8.starts(with: "dtoverlay=".utf8) {
                throw Complaint("\"%\" is no line of config.txt; each begins with dtparam= or dtoverlay=", line)
            }
            enable = lines
        case "driver": drivers = try Self.words(value)
        case "device": devices = try Self.words(value)
        case "new-device":
            let words = ConfigurationValue.list(value)
            guard words.count == 2, words[1].utf8.starts(with: "0x".utf8) else { throw Complaint("write a name and an address, such as \"ina219 0x40\"") }
            newDevice = value
        case "chip":
            let words = ConfigurationValue.list(value)
            guard words.count == 2 else { throw Complaint("write the chip's label and how many lines it has, such as \"mcp23017 16\"") }
            chip = words[0]
            chipLines = try ConfigurationValue.integer(words[1], Self.chipRange)
        default: break
        }
    }

    private static func words(_ text: String) throws(Complaint) -> [String] {
        // Not at commas: "dtoverlay=i2c-sensor,bme280" is one.
        let words = text.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.map { String($0) ?? "" }
        if words.count > maximumWords { throw Complaint("there are more than %", String(maximumWords)) }
        return words
    }
}

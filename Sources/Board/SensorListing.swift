import Text

/// One sensor that was found, as `perch sensors` shows it.
public final class SensorListing: Sendable {
    /// What to write after `source = `.
    public let source: String
    public let quantity: Quantity
    public let result: SensorResult
    /// A section to paste into the configuration:
    /// ```
    /// [sensor cpu-thermal]
    /// source = thermal:cpu-thermal
    /// ```
    public let paste: String

    /// Sensors listed. A server has some dozens.
    static let limit = 256

    /// Looks for every sensor and reads each once: a 1-wire bus takes up to a second for each of its thermometers.
    ///
    /// - Parameters:
    ///   - root: put before /sys and /proc, for tests.
    ///   - part: The part for a kind of source ("iio") and a device as the kernel names it ("bme280", "w1:28", "system:load").
    public static func all(root: String = "", part: (_ kind: String, _ device: String) -> String? = { _, _ in nil }) -> [SensorListing] {
        var listings: [SensorListing] = []
        var names: [String] = []
        for (name, source) in sources(root: root).prefix(limit) {
            guard let sensor = try? Sensor(SensorSettings(name: name, source: source)) else { continue }
            let result = sensor.read(root: root)
            // No wireless connection, no processor temperature: nothing that could be configured.
            if case .absent = result { continue }
            let unique = uniqueName(name, names)
            names.append(unique)
            let (kind, device) = device(of: sensor.source, source)
            let part = part(kind, device).map { filled("part = %\n", $0) } ?? ""
            listings.append(
                SensorListing(
                    source: source, quantity: sensor.source.quantity, result: result, paste: filled("[sensor %]\n%source = %\n", unique, part, source)))
        }
        return listings
    }

    /// What parts say of themselves in `source-kind` and `device`.
    public static func device(of source: SensorSource, _ written: String) -> (kind: String, device: String) {
        switch source {
        case .oneWire(let id): ("w1", "w1:" + String(decoding: Array(id.utf8.prefix(2)), as: UTF8.self))
        case .iio(let device, _): ("iio", device)
        case .hwmon(let device, _): ("hwmon", device)
        default: (Text.split(written, at: UInt8(ascii: ":"))?.0 ?? "", written)
        }
    }

    /// A name to suggest, and what to write as source.
    private static func sources(root: String) -> [(name: String, source: String)] {
        var sources: [(name: String, source: String)] = []
        for id in OneWire.found(root: root) { sources.append((name: id, source: "w1:" + id)) }
        let devices = IIO.named(root: root)
        for device in devices {
            for channel in IIO.channels(device.entry, root: root) {
                sources.append((name: channel, source: filled("iio:%/%", device.reference(among: devices), channel)))
            }
        }
        for zone in ThermalZone.found(root: root) {
            let isAlone = ThermalZone.found(root: root).filter { $0.type == zone.type }.count == 1
            sources.append((name: zone.type, source: "thermal:" + (isAlone ? zone.type : zone.zone)))
        }
        let monitors = Hwmon.named(root: root)
        for monitor in monitors {
            for channel in Hwmon.channels(monitor.entry, root: root) {
                let reference = monitor.reference(among: monitors)
                sources.append((name: filled("%-%", monitor.name, channel), source: filled("hwmon:%/%", reference, channel)))
            }
        }
        for measure in SystemMeasure.allCases { sources.append((name: measure.rawValue, source: "system:" + measure.rawValue)) }
        return sources
    }

    /// Small letters, digits and dashes, and a number where the name is taken.
    private static func uniqueName(_ name: String, _ taken: [String]) -> String {
        var bytes: [UInt8] = []
        for byte in Array(name.utf8) {
            let small = (65...90).contains(byte) ? byte + 32 : byte
            bytes.append(Text.isDigit(small) || (97...122).contains(small) ? small : UInt8(ascii: "-"))
        }
        let base = bytes.isEmpty ? "sensor" : String(decoding: bytes, as: UTF8.self)
        if !taken.contains(base) { return base }
        var number = 2
        while taken.contains(filled("%-%", base, String(number))) { number += 1 }
        return filled("%-%", base, String(number))
    }

    init(source: String, quantity: Quantity, result: SensorResult, paste: String) {
        self.source = source
        self.quantity = quantity
        self.result = result
        self.paste = paste
    }
}

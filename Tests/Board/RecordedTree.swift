import Testing

@testable import Board

/// What one driver shows in sysfs, written after its source, and what is to be read from it.
struct RecordedTree {
    /// "iio", "hwmon" or "thermal".
    let kind: String
    /// The driver in the kernel's source, which says names and units.
    let driver: String
    /// Attributes as `name value`, one a line.
    let files: String
    /// Each source with its reading in its unit.
    let readings: [(source: String, value: Double, unit: String)]

    init(_ kind: String, _ driver: String, _ files: String, _ readings: [(source: String, value: Double, unit: String)]) {
        self.kind = kind
        self.driver = driver
        self.files = files
        self.readings = readings
    }

    static let folders = [
        "iio": "sys/bus/iio/devices/iio:device", "hwmon": "sys/class/hwmon/hwmon", "thermal": "sys/class/thermal/thermal_zone",
    ]

    /// The device under this number, as it could have another after the next start.
    func tree(number: Int) throws -> FakeTree {
        let folder = (Self.folders[kind] ?? "") + "\(number)/"
        var tree: [String: String] = [:]
        for line in files.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1)
            tree[folder + parts[0]] = parts.count > 1 ? parts[1] + "\n" : ""
        }
        return try FakeTree(tree)
    }

    func check() throws {
        for number in [0, 7] {
            let tree = try tree(number: number)
            let listed = SensorListing.all(root: tree.root).map { $0.source }
            for (source, wanted, unit) in readings {
                let result = try Sensor(SensorSettings(name: "x", source: source)).read(root: tree.root)
                guard case .value(let value) = result else {
                    Issue.record("\(driver): \(source): \(result)")
                    continue
                }
                #expect(abs(value - wanted) < max(1e-6, wanted.magnitude * 1e-9), "\(driver): \(source)")
                #expect(try SensorSource(source).quantity.unit == unit, "\(driver): \(source)")
                #expect(listed.contains(source), "\(driver): `perch sensors` does not show \(source) but \(listed)")
            }
        }
        // Unplugged: absent, never the last value.
        for (source, _, _) in readings {
            guard case .absent = try Sensor(SensorSettings(name: "x", source: source)).read(root: FakeTree().root) else {
                Issue.record("\(source) is there without its device")
                continue
            }
        }
    }
}

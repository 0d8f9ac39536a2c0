import Testing

@testable import Board

@Suite struct SystemSensorTests {
    private func read(_ source: String, _ tree: FakeTree, scale: Double = 1, offset: Double = 0) throws -> SensorResult {
        try Sensor(SensorSettings(name: "x", source: source, scale: scale, offset: offset)).read(root: tree.root)
    }

    @Test func `the computer measures itself`() throws {
        let tree = try FakeTree([
            "proc/loadavg": "0.52 0.58 0.59 1/389 12345\n", "proc/uptime": "350735.47 234388.90\n",
            "proc/meminfo": "MemTotal:        1000000 kB\nMemFree:          100000 kB\nMemAvailable:     750000 kB\n",
            "proc/net/wireless":
                "Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE\n face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22\n wlan0: 0000   58.  -52.  -256        0      0      0      0     12        0\n",
            "sys/class/thermal/thermal_zone0/type": "acpitz\n", "sys/class/thermal/thermal_zone0/temp": "1000\n",
            "sys/class/thermal/thermal_zone1/type": "cpu-thermal\n", "sys/class/thermal/thermal_zone1/temp": "51000\n",
        ])
        #expect(try read("system:load", tree) == .value(0.52))
        #expect(try read("system:uptime", tree) == .value(350735.47))
        #expect(try read("system:memory", tree) == .value(25))
        #expect(try read("system:wifi", tree) == .value(-52))
        #expect(try read("system:temperature", tree) == .value(51))
        guard case .value(let disk) = try read("system:disk", tree) else {
            Issue.record("the disk is known")
            return
        }
        #expect(disk >= 0 && disk <= 100)
    }

    @Test func `without a thermal zone the processor's monitor is asked`() throws {
        let tree = try FakeTree(["sys/class/hwmon/hwmon3/name": "k10temp\n", "sys/class/hwmon/hwmon3/temp1_input": "40125\n"])
        #expect(try read("system:temperature", tree) == .value(40.125))
        #expect(try read("system:temperature", FakeTree()) == .absent("this computer does not show its processor's temperature"))
    }

    @Test func `what the kernel does not tell is failed or absent`() throws {
        let tree = try FakeTree([
            "proc/meminfo": "MemTotal: 10 kB\nMemAvailable: 20 kB\n", "proc/net/wireless": "heading\nheading\n", "proc/loadavg": "",
        ])
        #expect(try read("system:memory", tree) == .failed("the kernel does not tell its memory"))
        #expect(try read("system:wifi", tree) == .absent("there is no wireless connection"))
        #expect(try read("system:load", tree) == .failed("the load gives nothing"))
        guard case .absent = try read("system:uptime", tree) else {
            Issue.record("a missing file is absent")
            return
        }
    }

    @Test func `a plain file is scaled and shifted`() throws {
        let tree = try FakeTree(["run/rain": "120 tips\n"])
        #expect(try read("file:/run/rain", tree, scale: 0.25, offset: 1) == .value(31))
        #expect(try read("file:/run/snow", tree) == .absent("there is no file /run/snow"))
        #expect(try read("file:/run/rain", tree, scale: 1e308, offset: 1e308).failure?.contains("too large") == true)
        #expect(try read("file:/run", tree).failure?.contains("does not answer") == true)
    }

    @Test func `a huge file is read once, up to its first page`() throws {
        let tree = try FakeTree(["run/log": String(repeating: "7", count: 100_000)])
        #expect(try read("file:/run/log", tree).failure?.contains("instead of a number") == true)
    }

    @Test func `a plain file gives its first number`() throws {
        let tree = try FakeTree(["run/rain": "rain today: 12.5 mm\n"])
        #expect(try read("file:/run/rain", tree) == .value(12.5))
    }

    @Test func `a Raspberry Pi tells of a weak supply, other computers do not`() throws {
        let tree = try FakeTree(["sys/class/hwmon/hwmon1/name": "rpi_volt\n", "sys/class/hwmon/hwmon1/in0_lcrit_alarm": "0\n"])
        #expect(try read("system:undervoltage", tree) == .value(0))
        try tree.write("sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1\n")
        #expect(try read("system:undervoltage", tree) == .value(1))
        guard case .absent = try read("system:undervoltage", FakeTree()) else {
            Issue.record("a computer without the sensor has it")
            return
        }
    }

    @Test func `digits follow from what is measured`() throws {
        let expected = [
            ("w1:28-0316a2795bff", 1), ("iio:bme280/humidityrelative", 0), ("iio:bme280/pressure", 1), ("iio:bh1750/illuminance", 0),
            ("iio:ads1015/voltage0-voltage1", 2), ("hwmon:ina219/curr1", 3), ("hwmon:rpi_volt/in0_lcrit_alarm", 0), ("system:load", 2),
            ("iio:scd4x/concentration_co2", 0), ("iio:srf04/distance", 2), ("file:/run/rain", 1),
        ]
        for (source, digits) in expected { #expect(try SensorSource(source).quantity.digits == digits, "\(source)") }
    }
}

import Testing

@testable import Board

/// hwmon, IIO and thermal zones, as their drivers write them, for a Raspberry Pi 4 with a BME280, two LM75 and an MCP3008.
@Suite struct SysfsSensorTests {
    private func tree() throws -> FakeTree {
        try FakeTree(
            [
                "sys/class/thermal/thermal_zone0/type": "cpu-thermal\n", "sys/class/thermal/thermal_zone0/temp": "48312\n",
                "sys/class/thermal/cooling_device0/type": "gpio-fan\n",
                "sys/class/hwmon/hwmon0/name": "cpu_thermal\n", "sys/class/hwmon/hwmon0/temp1_input": "48312\n",
                "sys/class/hwmon/hwmon1/name": "rpi_volt\n", "sys/class/hwmon/hwmon1/in0_lcrit_alarm": "1\n",
                "sys/class/hwmon/hwmon2/name": "lm75\n", "sys/class/hwmon/hwmon2/temp1_input": "21500\n",
                "sys/class/hwmon/hwmon10/name": "lm75\n", "sys/class/hwmon/hwmon10/temp1_input": "-3500\n",
                "sys/class/hwmon/hwmon3/name": "ina219\n", "sys/class/hwmon/hwmon3/in1_input": "12016\n",
                "sys/class/hwmon/hwmon3/curr1_input": "250\n", "sys/class/hwmon/hwmon3/power1_average": "3004000\n",
                "sys/class/hwmon/hwmon4/name": "pwmfan\n", "sys/class/hwmon/hwmon4/pwm1": "51\n", "sys/class/hwmon/hwmon4/fan1_input": "1800\n",
                "sys/devices/i2c-1/1-0076/iio:device0/name": "bme280\n", "sys/devices/i2c-1/1-0076/iio:device0/in_temp_input": "22340\n",
                "sys/devices/i2c-1/1-0076/iio:device0/in_humidityrelative_input": "45678\n",
                "sys/devices/i2c-1/1-0076/iio:device0/in_pressure_input": "101.325\n",
                "sys/devices/spi0.0/iio:device1/name": "mcp3008\n", "sys/devices/spi0.0/iio:device1/in_voltage0_raw": "512\n",
                "sys/devices/spi0.0/iio:device1/in_voltage_scale": "3.222656\n",
                "sys/devices/x/iio:device2/name": "mlx90614\n", "sys/devices/x/iio:device2/in_temp_raw": "14824\n",
                "sys/devices/x/iio:device2/in_temp_offset": "-13657.5\n", "sys/devices/x/iio:device2/in_temp_scale": "20\n",
                "sys/devices/x/iio:device2/in_count0_raw": "7\n",
            ],
            links: [
                "sys/class/hwmon/hwmon2/device": "../../../1-0048", "sys/class/hwmon/hwmon10/device": "../../../1-0049",
                "sys/bus/iio/devices/iio:device0": "../../../devices/i2c-1/1-0076/iio:device0",
                "sys/bus/iio/devices/iio:device1": "../../../devices/spi0.0/iio:device1",
                "sys/bus/iio/devices/iio:device2": "../../../devices/x/iio:device2",
            ])
    }

    private func read(_ source: String, _ tree: FakeTree) throws -> SensorResult {
        try Sensor(SensorSettings(name: "x", source: source)).read(root: tree.root)
    }

    private func expect(_ source: String, _ wanted: Double, _ unit: String, _ tree: FakeTree) throws {
        guard case .value(let value) = try read(source, tree) else {
            Issue.record("\(source): \(try read(source, tree))")
            return
        }
        #expect(abs(value - wanted) < 1e-6, "\(source)")
        #expect(try SensorSource(source).quantity.unit == unit, "\(source)")
    }

    @Test func `each kind of channel is read in the unit of people`() throws {
        let tree = try tree()
        try expect("thermal:cpu-thermal", 48.312, "°C", tree)
        try expect("thermal:thermal_zone0", 48.312, "°C", tree)
        try expect("hwmon:cpu_thermal/temp1", 48.312, "°C", tree)
        try expect("hwmon:cpu_thermal/temp1_input", 48.312, "°C", tree)
        try expect("hwmon:ina219/in1", 12.016, "V", tree)
        try expect("hwmon:ina219/curr1", 0.25, "A", tree)
        try expect("hwmon:ina219/power1", 3.004, "W", tree)
        try expect("hwmon:pwmfan/fan1", 1800, "rpm", tree)
        try expect("hwmon:pwmfan/pwm1", 20, "%", tree)
        try expect("hwmon:rpi_volt/in0_lcrit_alarm", 1, "", tree)
        try expect("iio:bme280/temp", 22.34, "°C", tree)
        try expect("iio:bme280/in_temp_input", 22.34, "°C", tree)
        try expect("iio:bme280/humidityrelative", 45.678, "%RH", tree)
        try expect("iio:bme280/pressure", 1013.25, "hPa", tree)
        try expect("iio:iio:device0/pressure", 1013.25, "hPa", tree)
        try expect("iio:mcp3008/voltage0", 1.65, "V", tree)
        try expect("iio:mlx90614/temp", 23.33, "°C", tree)
        try expect("iio:mlx90614/count0", 7, "", tree)
    }

    @Test func `two devices of one name are told apart by what is behind them`() throws {
        let tree = try tree()
        #expect(try read("hwmon:lm75/temp1", tree) == .failed("2 hwmon devices are called lm75; write lm75@1-0048 or lm75@1-0049"))
        try expect("hwmon:lm75@1-0048/temp1", 21.5, "°C", tree)
        try expect("hwmon:lm75@1-0049/temp1", -3.5, "°C", tree)
        try expect("iio:bme280@1-0076/temp", 22.34, "°C", tree)
    }

    @Test func `what is not there is absent, with what is`() throws {
        let tree = try tree()
        #expect(try read("hwmon:cpu_termal/temp1", tree) == .absent("the kernel shows no hwmon device called cpu_termal; did you mean cpu_thermal?"))
        #expect(try read("hwmon:ina219/temp1", tree) == .absent("the kernel shows no channel of ina219 called temp1; there are curr1, in1, power1"))
        #expect(try read("iio:bme680/temp", tree) == .absent("the kernel shows no IIO device called bme680; did you mean bme280?"))
        #expect(try read("iio:bme280/presure", tree) == .absent("the kernel shows no channel of bme280 called presure; did you mean pressure?"))
        #expect(try read("thermal:gpu", tree) == .absent("the kernel shows no thermal zone called gpu; there are cpu-thermal"))
        #expect(try read("thermal:gpu", FakeTree()) == .absent("the kernel shows no thermal zone called gpu, nor any other"))
    }

    @Test func `what the driver writes is not trusted`() throws {
        let tree = try tree()
        for (text, words) in [("", "gives nothing"), ("\n", "gives nothing"), ("n/a\n", "gives \"n/a\" instead of a number"), ("1e400", "instead of a number")] {
            try tree.write("sys/class/hwmon/hwmon0/temp1_input", text)
            #expect(try read("hwmon:cpu_thermal/temp1", tree).failure?.contains(words) == true, "\(text)")
        }
        try tree.write("sys/devices/spi0.0/iio:device1/in_voltage_scale", "broken")
        #expect(try read("iio:mcp3008/voltage0", tree).failure?.contains("broken") == true)
    }

    @Test func `raw values without a scale stay raw`() throws {
        let tree = try FakeTree(["sys/bus/iio/devices/iio:device0/name": "adc\n", "sys/bus/iio/devices/iio:device0/in_voltage1_raw": "77\n"])
        #expect(try read("iio:adc/voltage1", tree) == .value(77))
    }

    @Test(arguments: [
        "hwmon:x", "hwmon:/temp1", "hwmon:x/", "hwmon:x/colour", "hwmon:x/../y", "iio:x", "iio:x/a b", "iio:x/..", "thermal:", "nonsense", "gpio:3",
        "system:temprature", "file:relative", "",
    ]) func `a source that cannot be one is refused`(source: String) {
        #expect(throws: BoardError.self) { try SensorSource(source) }
    }

    @Test func `a mistyped source gets the nearest spelling`() {
        #expect(throws: BoardError.invalid("\"hwmom\" is no kind of source; did you mean hwmon:a/temp1?")) { try SensorSource("hwmom:a/temp1") }
        #expect(throws: BoardError.invalid("\"temprature\" is not measured by the system; did you mean system:temperature?")) {
            try SensorSource("system:temprature")
        }
    }

    @Test func `every sensor found is listed with its value and a section to paste`() throws {
        let listings = SensorListing.all(root: try tree().root)
        let sources = listings.map(\.source)
        for source in ["iio:bme280/temp", "thermal:cpu-thermal", "hwmon:lm75@1-0049/temp1", "hwmon:ina219/power1", "system:temperature"] {
            #expect(sources.contains(source), "\(source)")
        }
        #expect(!sources.contains("system:wifi"))
        let first = try #require(listings.first { $0.source == "iio:bme280/temp" })
        #expect(first.result == .value(22.34))
        #expect(first.paste == "[sensor temp]\nsource = iio:bme280/temp\n")
        #expect(Set(listings.map(\.paste)).count == listings.count)
        for listing in listings { #expect(throws: Never.self) { try SensorSource(listing.source) } }
    }
}

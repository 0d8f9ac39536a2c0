import Testing

@testable import Board

/// Hardware monitors, thermal zones and 1-wire thermometers as their drivers in Linux 6.1 show them (Documentation/hwmon/sysfs-interface.rst).
@Suite struct RecordedHwmonTests {
    @Test func `SHT3x, SHT4x and AHT20`() throws {
        for (name, driver) in [
            ("sht3x", "drivers/hwmon/sht3x.c"), ("sht4x", "drivers/hwmon/sht4x.c"), ("aht10", "drivers/hwmon/aht10.c"), ("aht20", "drivers/hwmon/aht10.c"),
        ] {
            try RecordedTree(
                "hwmon", driver, "name \(name)\ntemp1_input 23461\nhumidity1_input 43567\ntemp1_alarm 0\nhumidity1_alarm 0\nupdate_interval 2000\n",
                [("hwmon:\(name)/temp1", 23.461, "°C"), ("hwmon:\(name)/humidity1", 43.567, "%RH")]
            ).check()
        }
    }

    @Test func `LM75 and MCP9808`() throws {
        for (name, driver) in [("lm75", "drivers/hwmon/lm75.c"), ("jc42", "drivers/hwmon/jc42.c")] {
            try RecordedTree(
                "hwmon", driver, "name \(name)\ntemp1_input -10500\ntemp1_max 80000\ntemp1_max_hyst 75000\ntemp1_crit_alarm 0\n",
                [("hwmon:\(name)/temp1", -10.5, "°C")]
            ).check()
        }
    }

    @Test func `INA219 and INA226`() throws {
        for name in ["ina219", "ina226"] {
            try RecordedTree(
                "hwmon", "drivers/hwmon/ina2xx.c",
                """
                name \(name)
                in0_input 3
                in1_input 12016
                curr1_input -250
                power1_input 3004000
                shunt_resistor 10000
                """,
                [
                    ("hwmon:\(name)/in0", 0.003, "V"), ("hwmon:\(name)/in1", 12.016, "V"), ("hwmon:\(name)/curr1", -0.25, "A"),
                    ("hwmon:\(name)/power1", 3.004, "W"),
                ]
            ).check()
        }
    }

    @Test func `the undervoltage flag of a Raspberry Pi`() throws {
        try RecordedTree(
            "hwmon", "drivers/hwmon/raspberrypi-hwmon.c, Documentation/hwmon/raspberrypi-hwmon.rst", "name rpi_volt\nin0_lcrit_alarm 1\n",
            [("hwmon:rpi_volt/in0_lcrit_alarm", 1, "")]
        ).check()
    }

    @Test func `the processor's thermal zone`() throws {
        try RecordedTree(
            "thermal", "Documentation/driver-api/thermal/sysfs-api.rst, drivers/thermal/broadcom/bcm2711_thermal.c",
            "type cpu-thermal\ntemp 48312\nmode enabled\n", [("thermal:cpu-thermal", 48.312, "°C"), ("system:temperature", 48.312, "°C")]
        ).check()
    }

    @Test func `a fan with its drive, and all the other kinds`() throws {
        try RecordedTree(
            "hwmon", "drivers/hwmon/pwm-fan.c, Documentation/hwmon/sysfs-interface.rst",
            """
            name pwmfan
            fan1_input 1800
            pwm1 51
            pwm1_enable 1
            energy1_input 7200000000
            freq1_input 48000000
            power2_average 1500000
            """,
            [
                ("hwmon:pwmfan/fan1", 1800, "rpm"), ("hwmon:pwmfan/pwm1", 20, "%"), ("hwmon:pwmfan/energy1", 7200, "J"),
                ("hwmon:pwmfan/freq1", 48_000_000, "Hz"), ("hwmon:pwmfan/power2", 1.5, "W"),
            ]
        ).check()
    }

    @Test func `a channel that reports a fault gives no number`() throws {
        let tree = try FakeTree([
            "sys/class/hwmon/hwmon0/name": "lm90\n", "sys/class/hwmon/hwmon0/temp2_input": "127875\n", "sys/class/hwmon/hwmon0/temp2_fault": "1\n",
        ])
        let sensor = try Sensor(SensorSettings(name: "x", source: "hwmon:lm90/temp2"))
        #expect(sensor.read(root: tree.root) == .failed("lm90/temp2 reports a fault: is its probe connected?"))
        try tree.write("sys/class/hwmon/hwmon0/temp2_fault", "0\n")
        #expect(sensor.read(root: tree.root) == .value(127.875))
    }

    @Test func `a value that is not there yet is no broken wire`() throws {
        let read = SensorRead(["/x"], .number(factor: 1), subject: "air")
        // sgp30 warms up with EBUSY, a channel that is switched off says ENODATA.
        for errno: Int32 in [11, 16, 61] { #expect(read.interpret([.failed(errno: errno)]) == .failed("air has no value yet")) }
        #expect(read.interpret([.failed(errno: 62)]) == .failed("air did not answer within 10 s"))
        #expect(read.interpret([.failed(errno: 105)]) == .failed("air was not read, because too many other sensors do not answer"))
        #expect(read.interpret([.failed(errno: 110)]).failure?.hasPrefix("air does not answer (") == true)
        #expect(read.interpret([.failed(errno: 19)]).failure?.hasPrefix("air has disappeared (") == true)
    }

    @Test func `what cannot do two things at once waits for itself only`() throws {
        let tree = try FakeTree([
            "sys/bus/w1/devices/28-0316a2795bff/w1_slave": "", "sys/bus/w1/devices/10-000801b5a1d2/temperature": "", "run/a": "", "run/b": "",
            "sys/class/hwmon/hwmon0/name": "sht3x\n", "sys/class/hwmon/hwmon0/temp1_input": "", "sys/class/hwmon/hwmon0/humidity1_input": "",
        ])
        func bus(_ source: String) throws -> String {
            guard case .read(let read) = try Sensor(SensorSettings(name: "x", source: source)).plan(root: tree.root) else { return "" }
            return String(read.bus.dropFirst(tree.root.count))
        }
        #expect(try bus("w1:28-0316a2795bff") == "/sys/bus/w1/devices" && bus("w1:10-000801b5a1d2") == "/sys/bus/w1/devices")
        #expect(try bus("hwmon:sht3x/temp1") == "/sys/class/hwmon/hwmon0" && bus("hwmon:sht3x/humidity1") == "/sys/class/hwmon/hwmon0")
        #expect(try bus("file:/run/a") == "/run/a" && bus("file:/run/b") == "/run/b")
    }

    @Test func `every family of 1-wire thermometers, as w1_therm writes it`() throws {
        // drivers/w1/slaves/w1_therm.c, w1_slave_show(): the scratchpad, its checksum, and the temperature that the driver makes of it.
        let readings = [
            ("28-0316a2795bff", "72 01 4b 46 7f ff 0e 10 57 : crc=57 YES\n72 01 4b 46 7f ff 0e 10 57 t=23125\n", 23.125),
            ("28-0316a2795c00", "5e ff 4b 46 7f ff 02 10 d4 : crc=d4 YES\n5e ff 4b 46 7f ff 02 10 d4 t=-10125\n", -10.125),
            ("10-000801b5a1d2", "2d 00 4b 46 ff ff 04 10 5a : crc=5a YES\n2d 00 4b 46 ff ff 04 10 5a t=22500\n", 22.5),
            ("22-000000120a45", "50 01 4b 46 7f ff 0c 10 3f : crc=3f YES\n50 01 4b 46 7f ff 0c 10 3f t=21000\n", 21),
            ("42-000000335cf1", "90 01 4b 46 7f ff 10 10 c8 : crc=c8 YES\n90 01 4b 46 7f ff 10 10 c8 t=25000\n", 25),
            ("3b-0000001921e8", "10 32 00 ff f0 ff ff ff 1b : crc=1b YES\n10 32 00 ff f0 ff ff ff 1b t=801000\n", 801),
        ]
        for (id, text, value) in readings {
            let tree = try FakeTree(["sys/bus/w1/devices/\(id)/w1_slave": text])
            let sensor = try Sensor(SensorSettings(name: "x", source: "w1:\(id)"))
            #expect(sensor.read(root: tree.root) == .value(value), "\(id)")
            #expect(SensorListing.all(root: tree.root).map { $0.source }.contains("w1:\(id)"))
            // A conversion that failed writes nothing at all.
            try tree.write("sys/bus/w1/devices/\(id)/w1_slave", "")
            #expect(sensor.read(root: tree.root).failure?.hasPrefix("\(id) does not answer: check its wires") == true)
        }
    }
}

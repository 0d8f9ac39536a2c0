import Testing

@testable import Board

/// What `perch check` and `perch sensors` say about sensors that are not there, on recorded boards.
@Suite struct SensorAdviceTests {
    private static let bme280 = SensorNeeds(
        part: "bme280", enable: ["dtparam=i2c_arm=on", "dtoverlay=i2c-sensor,bme280"], drivers: ["bmp280-i2c"], devices: ["bme280"], newDevice: "")
    private static let ina219 = SensorNeeds(
        part: "ina219", enable: ["dtparam=i2c_arm=on"], drivers: ["ina2xx"], devices: ["ina219"], newDevice: "ina219 0x40")

    private static let raspberry = ["proc/device-tree/compatible": "raspberrypi,4-model-b\0brcm,bcm2711\0"]
    private static let orange = ["proc/device-tree/compatible": "xunlong,orangepi-zero3\0allwinner,sun50i-h618\0"]
    private static let i2c = ["sys/bus/i2c/devices/i2c-1/name": "bcm2835 (i2c@7e804000)\n"]

    private func advice(_ source: String, _ needs: SensorNeeds?, _ trees: [String: String]...) throws -> String? {
        var files: [String: String] = [:]
        for tree in trees { files.merge(tree) { $1 } }
        return SensorAdvice.text(for: try SensorSource(source), needs: needs, root: try FakeTree(files).root)
    }

    @Test func `a Raspberry Pi is told which lines config txt lacks, and only those`() throws {
        #expect(
            try advice("iio:bme280/temp", Self.bme280, Self.raspberry)
                == "add to /boot/firmware/config.txt and reboot: dtparam=i2c_arm=on and dtoverlay=i2c-sensor,bme280")
        #expect(
            try advice("iio:bme280/temp", Self.bme280, Self.raspberry, Self.i2c) == "add to /boot/firmware/config.txt and reboot: dtoverlay=i2c-sensor,bme280")
        // A screen's or a camera's bus is not the header's.
        #expect(
            try advice("iio:bme280/temp", Self.bme280, Self.raspberry, ["sys/bus/i2c/devices/i2c-20/name": "x"])?.contains("dtparam=i2c_arm=on") == true)
        let old = ["boot/config.txt": "dtparam=audio=on\n"]
        #expect(try advice("iio:bme280/temp", Self.bme280, Self.raspberry, Self.i2c, old)?.hasPrefix("add to /boot/config.txt and reboot") == true)
    }

    @Test(arguments: [
        "dtoverlay=i2c-sensor,bme280", "  dtoverlay=i2c-sensor,bme280,addr=0x77  ", "dtoverlay=i2c-sensor,addr=0x77,bme280", "a=b\r\ndtoverlay=i2c-sensor,bme280\r\n",
    ])
    func `a line that is there already means wires, whatever its parameters`(_ line: String) throws {
        #expect(
            try advice("iio:bme280/temp", Self.bme280, Self.raspberry, Self.i2c, ["boot/firmware/config.txt": "[all]\n\(line)\n"])
                == "/boot/firmware/config.txt enables it: reboot if that is new, else check the wires and the address")
    }

    @Test(arguments: ["#dtoverlay=i2c-sensor,bme280", "dtoverlay=i2c-sensor,bmp280", "dtoverlay=i2c-sensor", "dtoverlay=i2c-sensor-bme280", ""])
    func `another line is not taken for it`(_ line: String) throws {
        #expect(
            try advice("iio:bme280/temp", Self.bme280, Self.raspberry, Self.i2c, ["boot/firmware/config.txt": "\(line)\n"])
                == "add to /boot/firmware/config.txt and reboot: dtoverlay=i2c-sensor,bme280")
    }

    @Test func `a part without an overlay is told how new_device makes it`() throws {
        let echo = "as root: echo ina219 0x40 > /sys/bus/i2c/devices/i2c-1/new_device (the part ina219 says how to make it last)"
        #expect(try advice("hwmon:ina219/in1", Self.ina219, Self.raspberry, Self.i2c) == echo)
        #expect(
            try advice("hwmon:ina219/in1", Self.ina219, Self.raspberry) == "add to /boot/firmware/config.txt and reboot: dtparam=i2c_arm=on; then \(echo)")
    }

    @Test func `a device that no driver has taken is named with its address`() throws {
        let waiting = Self.raspberry.merging(Self.i2c) { $1 }.merging(["sys/bus/i2c/devices/1-0076/name": "bme280\n"]) { $1 }
        let said = try #require(try advice("iio:bme280/temp", Self.bme280, waiting))
        #expect(said.hasPrefix("the kernel was told of a bme280 at 1-0076, but no driver has taken it: nothing answers at that address, or"))
        #expect(said.contains("sudo modprobe bmp280-i2c"))
        // Also without a part.
        #expect(try advice("iio:bme280@1-0076/temp", nil, waiting)?.contains("no driver has taken it") == true)
        // With its driver it is there; then something else is wrong, and the reading says what.
        #expect(
            try advice("iio:bme280/tmp", Self.bme280, waiting, ["sys/bus/i2c/devices/1-0076/driver/x": "", "sys/bus/iio/devices/iio:device0/name": "bme280\n"]) == nil)
        let spi = SensorNeeds(part: "mcp3008", enable: ["dtparam=spi=on"], drivers: ["mcp320x"], devices: ["mcp3008"], newDevice: "")
        #expect(
            try advice("iio:mcp3008/voltage0", spi, Self.raspberry, ["sys/bus/spi/devices/spi0.0/modalias": "spi:mcp3008\n"])?.contains("mcp3008 at spi0.0") == true)
    }

    @Test func `a kernel without the driver is said to have none`() throws {
        let kernel = ["proc/sys/kernel/osrelease": "6.6.51-v8\n", "lib/modules/6.6.51-v8/modules.dep": "kernel/drivers/hwmon/lm75.ko.xz: a\nkernel/drivers/iio/bmp280-i2c.ko: b\n"]
        #expect(
            try advice("hwmon:ina219/in1", Self.ina219, Self.raspberry, Self.i2c, kernel)
                == "this kernel has no driver ina2xx, which the part ina219 needs; another kernel may have it (its file says more)")
        // Dashes and underlines are the same, compressed or not, and what is built in counts.
        #expect(try advice("iio:bme280/temp", Self.bme280, Self.raspberry, kernel)?.hasPrefix("add to") == true)
        let builtin = ["lib/modules/6.6.51-v8/modules.builtin": "kernel/drivers/hwmon/ina2xx.ko\n"]
        #expect(try advice("hwmon:ina219/in1", Self.ina219, Self.raspberry, Self.i2c, kernel, builtin)?.hasPrefix("as root: echo") == true)
    }

    @Test func `a chip of lines that is not there is enabled like a sensor`() throws {
        let needs = SensorNeeds(
            part: "mcp23017", enable: ["dtparam=i2c_arm=on", "dtoverlay=mcp23017"], drivers: ["pinctrl-mcp23s08_i2c"], devices: ["mcp23017"], newDevice: "")
        func said(_ files: [String: String]) throws -> String? { SensorAdvice.text(forChip: needs, root: try FakeTree(files).root) }
        #expect(try said(Self.raspberry) == "add to /boot/firmware/config.txt and reboot: dtparam=i2c_arm=on and dtoverlay=mcp23017")
        let waiting = Self.raspberry.merging(["sys/bus/i2c/devices/1-0020/name": "mcp23017\n"]) { $1 }
        #expect(try said(waiting)?.hasPrefix("the kernel was told of a mcp23017 at 1-0020, but no driver has taken it") == true)
    }

    @Test func `other boards are told in general words`() throws {
        #expect(
            try advice("iio:bme280/temp", Self.bme280, Self.orange)
                == "it needs the driver bmp280-i2c and an entry in this board's device tree or its overlays (see the part bme280)")
        #expect(try advice("iio:bme280/temp", nil, Self.orange) == nil)
    }

    @Test func `1-wire without a bus is off, and with one the reading says the rest`() throws {
        #expect(try advice("w1:28-0316a2795bff", nil, Self.raspberry) == "add to /boot/firmware/config.txt and reboot: dtoverlay=w1-gpio")
        #expect(
            try advice("w1:28-0316a2795bff", nil, Self.raspberry, ["boot/firmware/config.txt": "dtoverlay=w1-gpio,gpiopin=17"])
                == "/boot/firmware/config.txt enables it: reboot if that is new, else check the wires and the address")
        #expect(try advice("w1:28-0316a2795bff", nil, Self.raspberry, ["sys/bus/w1/devices/w1_bus_master1/w1_master_name": "x"]) == nil)
    }

    @Test func `what needs no advice gets none`() throws {
        for source in ["system:temperature", "thermal:gpu", "file:/nowhere", "simulated:x"] { #expect(try advice(source, nil, Self.raspberry) == nil) }
        #expect(try advice("hwmon:cpu_termal/temp1", nil, Self.raspberry) == nil)
    }

    @Test func `buses that are off and devices without a driver are listed for a board, not for a PC`() throws {
        #expect(
            SensorAdvice.missed(root: try FakeTree(Self.raspberry).root) == [
                "1-wire (DS18B20) is off: to use it add dtoverlay=w1-gpio to /boot/firmware/config.txt and reboot",
                "I2C (BME280, SHT4x, BH1750 …) is off: to use it add dtparam=i2c_arm=on to /boot/firmware/config.txt and reboot",
                "SPI (MCP3008) is off: to use it add dtparam=spi=on to /boot/firmware/config.txt and reboot",
            ])
        var tree = Self.raspberry.merging(Self.i2c) { $1 }
        tree["sys/class/spi_master/spi0/x"] = ""
        tree["sys/bus/i2c/devices/1-0044/name"] = "sht4x\n"
        tree["boot/firmware/config.txt"] = "dtoverlay=w1-gpio\n"
        let hints = SensorAdvice.missed(root: try FakeTree(tree).root)
        #expect(hints.count == 2 && hints[0] == "1-wire (DS18B20) is off, although /boot/firmware/config.txt has dtoverlay=w1-gpio: reboot")
        #expect(hints.last?.contains("a sht4x at 1-0044") == true)
        #expect(SensorAdvice.missed(root: try FakeTree(Self.orange).root).allSatisfy { $0.contains("device tree or its overlays") })
        #expect(SensorAdvice.missed(root: try FakeTree().root).isEmpty)
    }

    @Test func `the listing asks for a part by how the kernel shows the device`() throws {
        let tree = try FakeTree([
            "sys/bus/w1/devices/28-0316a2795bff/temperature": "21500\n", "sys/class/hwmon/hwmon0/name": "jc42\n", "sys/class/hwmon/hwmon0/temp1_input": "20000\n",
            "sys/bus/iio/devices/iio:device0/name": "dht11@4\n", "sys/bus/iio/devices/iio:device0/in_temp_input": "20000\n",
        ])
        var asked: [String] = []
        let listings = SensorListing.all(root: tree.root) { kind, device in
            asked.append("\(kind) \(device)")
            return kind == "hwmon" && device == "jc42" ? "mcp9808" : nil
        }
        for wanted in ["w1 w1:28", "hwmon jc42", "iio dht11@4", "system system:disk"] { #expect(asked.contains(wanted), "\(wanted)") }
        #expect(listings.contains { $0.paste == "[sensor jc42-temp1]\npart = mcp9808\nsource = hwmon:jc42/temp1\n" })
    }
}

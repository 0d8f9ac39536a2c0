import Testing

@testable import Agent

@Suite struct `Configuration of sensors`: ConfigurationFixture {
    private func sensor(_ keys: String) throws -> SensorConfiguration { try loaded("[sensor air]\nsource = simulated:air\n" + keys).sensors[0] }
    /// The keys begin in line 5.
    private func complaint(_ keys: String) -> [String] { problems("[sensor air]\nsource = simulated:air\n" + keys) }

    @Test func `every key is understood`() throws {
        let sensor = try sensor("unit = lx\nscale = -0.125\noffset = +40\ndigits = 0\ntags = indoor\nreport = no\nalarm = below 5.5 for 10s clear 6\n")
        #expect(sensor.unit == "lx")
        #expect(sensor.scale == -0.125)
        #expect(sensor.offset == 40)
        #expect(sensor.digits == 0)
        #expect(sensor.tags == ["indoor"])
        #expect(sensor.report == nil)
        #expect(sensor.alarm == SensorConfiguration.Alarm(above: false, limit: 5.5, clear: 6, hold: .seconds(10)))
    }

    @Test func `every kind of source is understood`() throws {
        for source in [
            "w1:28-0316a2795bff", "iio:bme280/temp", "hwmon:lm75/temp1", "thermal:cpu-thermal", "file:/sys/x", "system:cpu", "simulated:a:b",
        ] {
            let configuration = try loaded("[sensor air]\nsource = \(source)\n")
            #expect(configuration.sensors[0].source == source)
            #expect(configuration.location(of: "air") == "perch.conf:4")
        }
    }

    @Test func `a source may come from the part, and the location says so`() throws {
        let configuration = try loaded("[sensor air]\npart = dht22\n")
        let sensor = configuration.sensors[0]
        #expect(sensor.source == "iio:dht11/humidityrelative")
        #expect(configuration.location(of: "air") == "parts/dht22.conf:2")
        #expect(sensor.unit == "%RH")
    }

    @Test func `what only the board finds is told beside other mistakes where it stands, in perch.conf or in a part`() {
        let text = anAccount + "[line lamp]\npin = GPIO71\nbias = up\n[sensor air]\npart = dht22\n"
        let result = Configuration.load(
            file: "perch.conf", bytes: Array(text.utf8), parts: { someParts[$0].map { Array($0.utf8) } }, partNames: [],
            hardware: { _, _, _ in [("lamp", "no line is called so"), ("air", "no such device"), ("", "no permission")] })
        guard case .problems(let problems) = result else { return #expect(Bool(false)) }
        let told = problems.map(\.description)
        #expect(told.count == 3 && told[0] == "perch.conf:4: lamp: no line is called so", "\(told)")
        #expect(told[1].hasPrefix("perch.conf:5: bias: ") && told[2] == "parts/dht22.conf:2: air: no such device", "\(told)")
    }

    @Test func `a part knows how it is read, and the simulated board and a file stand in for it`() throws {
        let parts = ["probe": "[sensor]\nsource-kind = w1\n", "wrong": "[sensor]\nsource-kind = w2\n", "line": "[line]\nsource-kind = w1\n"]
        func source(_ text: String, _ part: String = "probe") -> [String] { problems("[sensor air]\npart = \(part)\nsource = \(text)\n", parts: parts) }
        #expect(source("w1:28-0") == [] && source("simulated:a") == [] && source("file:/tmp/w1_slave") == [])
        #expect(source("iio:bme280/temp") == ["perch.conf:5: source: the part probe is read through w1; write w1:…, as `perch sensors` lists it"])
        #expect(
            source("w1:28-0", "wrong") == [
                "parts/wrong.conf:2: source-kind: \"w2\" is not w1, iio, hwmon, thermal, file, system, counter or simulated; did you mean w1?"
            ])
        #expect(problems("[line l1]\npin = GPIO1\npart = line", parts: parts)[0].hasPrefix("parts/line.conf:2: unknown key \"source-kind\" in [line]"))
        #expect(complaint("source-kind = w1")[0].hasPrefix("perch.conf:5: unknown key \"source-kind\" in [sensor air]"))
    }

    @Test func `a source that cannot be is explained`() {
        func source(_ text: String) -> [String] { problems("[sensor air]\nsource = \(text)\n") }
        #expect(source("hwmom:lm75/temp1") == ["perch.conf:4: source: the kind \"hwmom\" is unknown; did you mean hwmon:lm75/temp1?"])
        #expect(source("iio:bme280") == ["perch.conf:4: source: \"iio:bme280\" names no channel; write iio:DEVICE/CHANNEL, see `perch sensors`"])
        #expect(source("file:x") == ["perch.conf:4: source: \"x\" must be an absolute path, beginning with \"/\""])
        #expect(source("mqtt:x")[0].hasPrefix("perch.conf:4: source: the kind \"mqtt\" is unknown; write one of w1:ID"))
        #expect(source("w1:")[0].hasPrefix("perch.conf:4: source: there is nothing after \"w1:\""))
        #expect(problems("[sensor air]\npart = ds18b20") == ["perch.conf:3: [sensor air] has no source; write \"source = w1:28-…\", or see `perch sensors`"])
    }

    @Test func `reports are understood in all forms`() throws {
        func report(_ text: String) throws -> SensorConfiguration.Report? { try sensor("report = \(text)\n").report }
        #expect(try report("change") == SensorConfiguration.Report(delta: 0, shortest: .seconds(60), longest: .seconds(900)))
        #expect(try report("change 2") == SensorConfiguration.Report(delta: 2))
        #expect(try report("change 0.5 every 10s..1h") == SensorConfiguration.Report(delta: 0.5, shortest: .seconds(10), longest: .seconds(3600)))
        #expect(try report("Change 0.5 every 1.5s .. 2.5s") == SensorConfiguration.Report(delta: 0.5, shortest: .milliseconds(1500), longest: .milliseconds(2500)))
        #expect(try report("change every 1s..2s") == SensorConfiguration.Report(delta: 0, shortest: .seconds(1), longest: .seconds(2)))
        #expect(try report("every 5min") == SensorConfiguration.Report(delta: 0, shortest: .seconds(300), longest: .seconds(300)))
        #expect(try report("no") == nil)
        #expect(try sensor("").report == nil)
    }

    @Test func `reports that make no sense are explained`() {
        func report(_ text: String) -> String { complaint("report = \(text)").joined() }
        let usage = "write such as \"change 0.5 every 1min..15min\", \"every 5min\" or \"no\""
        #expect(report("sometimes") == "perch.conf:5: report: \"sometimes\" is not understood; \(usage)")
        #expect(report("change 0.5 all 1min") == "perch.conf:5: report: \"change 0.5 all 1min\" is not understood; \(usage)")
        #expect(report("change 0.5 every") == "perch.conf:5: report: \"change 0.5 every\" is not understood; \(usage)")
        #expect(report("change 0.5 every 1min") == "perch.conf:5: report: \"change 0.5 every 1min\" needs the shortest and the longest interval; \(usage)")
        #expect(report("change 0.5 every 15min..1min") == "perch.conf:5: report: 15min is longer than 1min; the shortest interval comes first")
        #expect(report("change 0,5") == "perch.conf:5: report: \"0,5\" has a comma; write a point, such as 0.5")
        #expect(report("change 0.5°C") == "perch.conf:5: report: \"0.5°c\" is not a plain number; write it without a unit, such as 0.5")
        #expect(report("change -1") == "perch.conf:5: report: a change of -1 is less than nothing; write it without \"-\"")
        #expect(report("every 1ms") == "perch.conf:5: report: \"1ms\" is not between 100ms and 7d")
        #expect(report("every ..") == "perch.conf:5: report: a duration is missing; write such as 20ms, 10s, 2min, 1.5h or 1d")
    }

    @Test func `alarms clear at the limit unless said otherwise`() throws {
        #expect(try sensor("alarm = above 30").alarm == SensorConfiguration.Alarm(above: true, limit: 30, clear: 30))
        #expect(try sensor("alarm = no").alarm == nil)
        #expect(try sensor("alarm = above -5 clear -10").alarm == SensorConfiguration.Alarm(above: true, limit: -5, clear: -10))
    }

    @Test func `alarms that make no sense are explained`() {
        func alarm(_ text: String) -> String { complaint("alarm = \(text)").joined() }
        let usage = "write such as \"above 30 clear 28 for 1min\", \"below 5\" or \"no\""
        #expect(alarm("> 30") == "perch.conf:5: alarm: \"> 30\" is not understood; \(usage)")
        #expect(alarm("above") == "perch.conf:5: alarm: \"above\" is not understood; \(usage)")
        #expect(alarm("above 30 clear") == "perch.conf:5: alarm: \"above 30 clear\" is not understood; \(usage)")
        #expect(alarm("above 30 until 28") == "perch.conf:5: alarm: \"until\" is not understood; \(usage)")
        #expect(alarm("above 30 clear 28 clear 27") == "perch.conf:5: alarm: \"clear\" stands twice; \(usage)")
        #expect(alarm("above 30 clear 31") == "perch.conf:5: alarm: an alarm above 30 cannot clear above that; choose \"clear\" lower")
        #expect(alarm("below 5 clear 4") == "perch.conf:5: alarm: an alarm below 5 cannot clear below that; choose \"clear\" higher")
        #expect(alarm("above 30 for 2d") == "perch.conf:5: alarm: \"2d\" is not between 0s and 1d")
    }

    @Test func `numbers are bounded and plain`() {
        #expect(complaint("scale = 0") == ["perch.conf:5: scale: a scale of 0 makes every reading 0"])
        #expect(complaint("scale = 1e3") == ["perch.conf:5: scale: \"1e3\" is not a plain number; write it without a unit, such as 0.5"])
        #expect(complaint("offset = 1234567890123456") == ["perch.conf:5: offset: \"1234567890123456\" has more than 15 digits"])
        #expect(complaint("offset = -.") == ["perch.conf:5: offset: \"-.\" is not a number"])
        #expect(complaint("digits = 7") == ["perch.conf:5: digits: \"7\" is not a number from 0 to 6"])
        #expect(complaint("digits = 99999999999999999999") == ["perch.conf:5: digits: \"99999999999999999999\" is not a number from 0 to 6"])
    }
}

import Testing

@testable import Agent

@Suite struct `Configuration of lines`: ConfigurationFixture {
    private func line(_ keys: String) throws -> LineConfiguration { try loaded("[line lamp]\npin = GPIO17\n" + keys).lines[0] }
    /// Without the location; the keys begin in line 5.
    private func complaint(_ keys: String) -> [String] { problems("[line lamp]\npin = GPIO17\n" + keys) }

    @Test func `every output key is understood`() throws {
        let line = try line(
            "direction = output\nbias = disabled\nactive-low = no\nwhen-on = running\nwhen-off = resting\ninitial = keep\non-exit = on\non-disconnect = on after 1.5h\nmax-on = 500ms\nmin-off = 5min\nconfirm = yes\npwm = 25 kHz\npwm-range = 2.5% .. 12.5%\n")
        #expect(line.direction == .output)
        #expect(line.bias == .disabled)
        #expect(!line.activeLow)
        #expect(line.onWord == "running" && line.offWord == "resting")
        #expect(line.initial == .keep)
        #expect(line.onExit == .on)
        #expect(line.onDisconnect == LineConfiguration.OnDisconnect(on: true, after: .seconds(5400)))
        #expect(line.maxOn == .milliseconds(500))
        #expect(line.minOff == .seconds(300))
        #expect(line.confirm)
        #expect(line.pwm == 25_000)
        #expect(line.pwmLowest == 2.5 && line.pwmHighest == 12.5)
    }

    @Test(arguments: [("50Hz", 50), ("1kHz", 1000), ("0.5 kHz", 500), ("1MHz", 1_000_000), ("1hz", 1)]) func `frequencies are written with their unit`(text: String, hertz: Double) throws {
        #expect(try line("direction = output\npwm = \(text)\n").pwm == hertz)
    }

    @Test(arguments: ["50", "Hz", "kHz", "0.5Hz", "2MHz", "-1kHz", "1e3Hz", "1 k", "yes"]) func `what is no frequency is refused`(text: String) {
        #expect(throws: (any Error).self) { try ConfigurationValue.frequency(text) }
    }

    @Test(arguments: ["5..10", "5%", "10%..5%", "5%..5%", "0%..101%", "-1%..5%", "..", "5%..", "%..%"]) func `what is no range is refused`(text: String) {
        #expect(throws: (any Error).self) { try ConfigurationValue.percentRange(text) }
    }

    @Test func `an own key wins over the part, and no or keep takes a default away`() throws {
        let parts = ["r": "[line]\ndirection = output\nmax-on = 1h\non-disconnect = off after 1min\n"]
        let line = try loaded("[line lamp]\npin = GPIO17\npart = r\nmax-on = no\non-disconnect = keep\n", parts: parts).lines[0]
        #expect(line.maxOn == nil)
        #expect(line.onDisconnect == nil)
    }

    @Test func `without a part the keys tell the direction, else it is an output`() throws {
        #expect(try line("").direction == .output)
        #expect(try line("initial = on").direction == .output)
        #expect(try line("report = change").direction == .input)
        #expect(try line("debounce = 5ms").direction == .input)
        #expect(try line("bias = pull-up").direction == .input)
        #expect(try line("bias = pull-up\ninitial = off").direction == .output)
        #expect(try line("direction = input").direction == .input)
    }

    @Test func `keys of the other direction are refused`() {
        #expect(
            complaint("part = contact\ninitial = off\nmax-on = 1h") == [
                "perch.conf:6: initial: only an output has it, and lamp is an input; remove it",
                "perch.conf:7: max-on: only an output has it, and lamp is an input; remove it",
            ])
        #expect(complaint("part = relay\nreport = change") == ["perch.conf:6: report: only an input has it, and lamp is an output; remove it"])
        #expect(complaint("initial = on\nreport = change") == ["perch.conf:6: report: only an input has it, and lamp is an output; remove it"])
    }

    @Test func `a direction that contradicts the part is refused`() {
        #expect(complaint("part = contact\ndirection = output") == ["perch.conf:6: direction: the part contact is an input; remove one of the two"])
    }

    @Test func `an unknown part gets the nearest name`() {
        #expect(complaint("part = realy") == ["perch.conf:5: part: there is no part \"realy\"; did you mean relay?"])
        #expect(complaint("part = zzz") == ["perch.conf:5: part: there is no part \"zzz\"; there are contact, dht22, ds18b20 and relay"])
        #expect(problems("[line x1]\npin = GPIO1\npart = relay", parts: [:]) == ["perch.conf:5: part: there is no part \"relay\"; no parts are installed"])
        #expect(complaint("part = ../relay") == ["perch.conf:5: part: there is no part \"../relay\"; there are contact, dht22, ds18b20 and relay"])
    }

    @Test func `a part of a sensor is refused on a line and the other way round`() {
        #expect(complaint("part = ds18b20") == ["perch.conf:5: part: ds18b20 is a sensor; write [sensor NAME]"])
        #expect(problems("[sensor air]\nsource = w1:x\npart = relay") == ["perch.conf:5: part: relay is for a [line NAME]"])
    }

    @Test func `mistakes in a part's file are reported there, once, after those of perch.conf`() {
        let parts = ["bad": "[line]\n; a comment\ninitail = on\nmax-on = 5\npin = GPIO4\n"]
        #expect(
            problems("[line l1]\npin = GPIO1\npart = bad\n[line l2]\npin = GPIO2\npart = bad\n[line l3]\n", parts: parts) == [
                "perch.conf:9: [line l3] has no pin; write \"pin = GPIO17\", \"pin = pin 11\" or \"pin = LABEL:OFFSET\"",
                "parts/bad.conf:3: unknown key \"initail\" in [line]; did you mean initial?",
                "parts/bad.conf:4: max-on: \"5\" has no unit; write 5ms, 5s, 5min, 5h or 5d",
                "parts/bad.conf:5: \"pin\" does not belong in a part; set it in perch.conf",
            ])
    }

    @Test func `a pin is a name, a pin of the header, or a label and an offset`() throws {
        func pin(_ text: String) throws -> String { try loaded("[line lamp]\npin = \(text)\n").lines[0].pin }
        #expect(try pin("GPIO17") == "GPIO17")
        #expect(try pin("pin 11") == "pin 11")
        #expect(try pin("Pin  11") == "pin 11")
        #expect(try pin("pinctrl-bcm2711:17") == "pinctrl-bcm2711:17")
        #expect(try pin("SPI CS 1") == "SPI CS 1")
        #expect(problems("[line lamp]\npin = 17\n") == ["perch.conf:4: pin: \"17\" may be a pin of the header or a GPIO number; write \"pin 17\" or \"GPIO17\""])
        #expect(problems("[line lamp]\npin = pin x\n") == ["perch.conf:4: pin: \"x\" is not a number from 1 to 999"])
    }

    @Test func `two lines cannot have one pin`() {
        #expect(
            problems("[line a1]\npin = GPIO17\n[line b1]\npin = GPIO17\n") == ["perch.conf:6: pin: GPIO17 is already used in line 4"])
    }

    @Test func `names are letters, digits, hyphen and underscore, and no words of the chat`() throws {
        #expect(try loaded("[line Lamp_1-a]\npin = GPIO17\n").lines[0].name == "Lamp_1-a")
        func name(_ name: String) -> [String] { problems("[line \(name)]\npin = GPIO17\n") }
        #expect(name("l.amp") == ["perch.conf:3: [line l.amp]: the name \"l.amp\" may have only letters (a to z), digits, \"-\" and \"_\""])
        #expect(name("Tür").count == 1)
        #expect(name("1st") == ["perch.conf:3: [line 1st]: the name \"1st\" must begin with a letter"])
        #expect(name("Status") == ["perch.conf:3: [line Status]: the name \"Status\" is a word of the chat; choose another"])
        let long = String(repeating: "x", count: 33)
        #expect(name(long) == ["perch.conf:3: [line \(long)]: the name \"\(long)\" is longer than 32 characters"])
    }

    @Test func `names of lines, sensors and tags must differ`() {
        #expect(
            problems("[line lamp]\npin = GPIO17\n[sensor LAMP]\nsource = w1:x\n") == [
                "perch.conf:5: [sensor LAMP]: LAMP is also the name of [line lamp]; the chat could not tell them apart"
            ])
        #expect(
            problems("[line lamp]\npin = GPIO17\ntags = light door\n[line door]\npin = GPIO27\ntags = light\n") == [
                "perch.conf:5: tags: door is also the name of [line door]; the chat could not tell them apart"
            ])
    }

    @Test func `tags are bounded and given once`() throws {
        #expect(try line("tags = lights, outdoor").tags == ["lights", "outdoor"])
        #expect(complaint("tags = x1 x1") == ["perch.conf:5: tags: x1 stands twice"])
        #expect(complaint("tags = t1 t2 t3 t4 t5 t6 t7 t8 t9") == ["perch.conf:5: tags: there are more than 8 tags"])
        #expect(complaint("tags = all") == ["perch.conf:5: tags: the name \"all\" is a word of the chat; choose another"])
        let many = (0..<9).map { l in "[line l\(l)]\npin = P\(l)\ntags = " + (0..<8).map { "t\(l)x\($0)" }.joined(separator: " ") + "\n" }.joined()
        #expect(problems(many) == ["perch.conf:29: tags: there are more than 64 different tags"])
    }

    @Test func `values that make no sense are explained`() {
        #expect(complaint("max-on = 0s") == ["perch.conf:5: max-on: \"0s\" is not between 1ms and 366d"])
        #expect(complaint("max-on = 1month") == ["perch.conf:5: max-on: \"1month\" is no duration: \"month\" is no unit of time; write ms, s, min, h or d"])
        #expect(complaint("debounce = 20min") == ["perch.conf:5: debounce: \"20min\" is not between 0s and 10s"])
        #expect(complaint("on-disconnect = off in 10min") == ["perch.conf:5: on-disconnect: \"off in 10min\" is not understood; write \"off after 10min\", \"on after 10min\" or \"keep\""])
        #expect(complaint("confirm = maybe") == ["perch.conf:5: confirm: \"maybe\" is neither yes nor no"])
        #expect(complaint("bias = pullup") == ["perch.conf:5: bias: \"pullup\" is not as-is, disabled, pull-up or pull-down; did you mean pull-up?"])
        #expect(complaint("when-on = x\nwhen-off = x") == ["perch.conf:6: when-off: lamp is called \"x\" when it is on and when it is off"])
        #expect(complaint("when-on = \(String(repeating: "x", count: 25))").count == 1)
    }
}

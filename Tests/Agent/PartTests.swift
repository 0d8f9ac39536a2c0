import Testing

@testable import Agent

/// The section [part] of a file in devices/parts, and files that are a line, a sensor, both, or a chip.
@Suite struct `Parts`: ConfigurationFixture {
    private let meter = """
        [part]
        title = water meter
        [line]
        direction = input
        bias = pull-up
        [sensor]
        unit = l
        digits = 1
        """

    private func mistakes(_ part: String) -> [String] {
        problems("[line l1]\npin = GPIO1\npart = p", parts: ["p": part])
    }

    @Test func `a part may be for lines and for sensors`() throws {
        let configuration = try loaded(
            "[line pipe]\npin = GPIO4\npart = meter\n[sensor water]\nsource = simulated:x\npart = meter\n", parts: ["meter": meter])
        #expect(configuration.lines[0].bias == .pullUp && configuration.lines[0].direction == .input)
        #expect(configuration.sensors[0].unit == "l" && configuration.sensors[0].digits == 1)
    }

    @Test func `a chip is no line, and says how its lines are used`() {
        #expect(
            mistakes("[part]\nchip = mcp23017 16\n") == [
                "perch.conf:5: part: p is a chip with 16 lines; remove this and use them as pin = mcp23017:0 to pin = mcp23017:15"
            ])
    }

    @Test func `a part without any section that can be used is refused`() {
        for text in ["", "; nothing\n", "[part]\ntitle = a thing\n"] {
            let found = mistakes(text)
            #expect(found.count == 1 && found[0].hasSuffix(": a part has a section [line] or [sensor], or \"chip = LABEL LINES\" in [part]"), "\(found)")
        }
        #expect(mistakes("[line]\nbias = pull-up\n[part]\ntitle = late\n")[0].hasPrefix("parts/p.conf:3: a part has the sections [part], [line] and [sensor]"))
        #expect(mistakes("[lines]\nbias = pull-up\n")[0].hasPrefix("parts/p.conf:1: a part has the sections"))
    }

    @Test(arguments: [
        ("title = " + String(repeating: "x", count: 61), "title: the title is longer than 60 letters"),
        ("enable = i2c_arm=on", "enable: \"i2c_arm=on\" is no line of config.txt; each begins with dtparam= or dtoverlay="),
        ("enable = dtparam=a dtparam=b dtparam=c dtparam=d dtparam=e dtparam=f dtparam=g dtparam=h dtparam=i", "enable: there are more than 8"),
        ("new-device = ina219", "new-device: write a name and an address, such as \"ina219 0x40\""),
        ("new-device = ina219 40", "new-device: write a name and an address, such as \"ina219 0x40\""),
        ("chip = mcp23017", "chip: write the chip's label and how many lines it has, such as \"mcp23017 16\""),
        ("titel = x", "unknown key \"titel\" in [part]; did you mean title?"),
    ])
    func `mistakes in what a part says of itself are reported in its file`(_ key: String, _ text: String) {
        #expect(mistakes("[part]\n\(key)\n[line]\nbias = pull-up\n") == ["parts/p.conf:2: \(text)"])
    }

    @Test func `a card is read whatever else is wrong with the file`() {
        let card = PartCard.read(
            "mcp9808",
            Array("[part]\ntitle = MCP9808\nenable = dtparam=i2c_arm=on dtoverlay=i2c-sensor,jc42\ndriver = jc42\ndevice = jc42\nnonsense = 1\n[sensor]\nsource-kind = hwmon\n".utf8))
        #expect(card.title == "MCP9808" && card.enable == ["dtparam=i2c_arm=on", "dtoverlay=i2c-sensor,jc42"] && card.drivers == ["jc42"])
        #expect(card.sourceKind == "hwmon" && card.fits("jc42") && card.fits("jc42@1-0018") && !card.fits("jc421") && !card.fits("mcp9808"))
        let bare = PartCard.read("bme280", Array("broken [".utf8))
        #expect(bare.fits("bme280") && bare.enable.isEmpty && bare.chip.isEmpty)
    }
}

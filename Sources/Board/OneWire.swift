import Text

/// 1-wire thermometers through the kernel's w1_therm: DS18S20, DS1822, DS18B20, DS1825, DS28EA00.
enum OneWire {
    /// The first byte of the id says what it is (drivers/w1/slaves/w1_therm.c).
    static var thermometers: [String] { wordList("10 22 28 3b 42") }
    /// m°C. What the sensor's memory holds after power-on, before any conversion.
    static let powerOnValue = 85_000.0

    /// An id as the kernel writes it: family, dash, 12 hexadecimal digits.
    static func id(_ text: String) throws(BoardError) -> String {
        let id = String(decoding: text.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self)
        let bytes = Array(id.utf8)
        let isHex = { (byte: UInt8) in Text.isDigit(byte) || (97...102).contains(byte) }
        guard bytes.count == 15, bytes[2] == UInt8(ascii: "-"), bytes[..<2].allSatisfy(isHex), bytes[3...].allSatisfy(isHex) else {
            throw .invalid("\"%\" is no 1-wire id; it looks like 28-0316a2795bff and `perch sensors` shows it", text)
        }
        let family = String(decoding: bytes[..<2], as: UTF8.self)
        if !thermometers.contains(family) { throw .invalid("% is no thermometer: those begin with 10, 22, 28, 3b or 42", id) }
        return id
    }

    /// `w1_slave` before `temperature`: only the former shows the bytes that tell a measured value from a broken bus.
    static func plan(id: String, root: String) -> SensorPlan {
        let bus = root + "/sys/bus/w1/devices"
        let folder = bus + "/" + id
        if Files.exists(folder + "/w1_slave") { return .read(SensorRead([folder + "/w1_slave"], .oneWireSlave, subject: id)) }
        if Files.exists(folder + "/temperature") { return .read(SensorRead([folder + "/temperature"], .oneWireTemperature, subject: id)) }
        if Files.exists(folder) { return .done(.absent("the kernel shows % without its temperature: is the module w1_therm loaded?", id)) }
        if !Files.exists(bus) {
            return .done(.absent("the kernel has no 1-wire bus; `perch check` says how to get it"))
        }
        var text = filled("the kernel does not show %: is the w1-gpio overlay enabled and the sensor wired?", id)
        let others = found(root: root)
        if !others.isEmpty {
            text += " It shows"
            for (index, other) in others.prefix(4).enumerated() { text += (index == 0 ? " " : ", ") + other }
        }
        return .done(.absent(text))
    }

    static func found(root: String) -> [String] {
        Files.names(in: root + "/sys/bus/w1/devices").filter { name in
            name.utf8.count == 15 && thermometers.contains(String(decoding: name.utf8.prefix(2), as: UTF8.self))
        }
    }

    /// Two lines: nine bytes with `crc=4b YES`, and the nine bytes again with `t=23125`.
    static func slave(_ bytes: [UInt8], id: String) -> SensorResult {
        let lines = Text.lines(bytes)
        // What w1_therm does when the conversion failed (w1_slave_show()).
        if lines.isEmpty { return .failed(silence(id)) }
        guard lines.count >= 2 else { return .failed("% gives nothing", id) }
        let first = Text.words(Array(lines[0]))
        guard first.last.map({ Text.hasPrefix($0, "YES") }) == true else {
            return .failed("% answers with a wrong checksum: check its wires and the 4.7 kΩ resistor", id)
        }
        // All zeros have a correct checksum: a data wire that touches ground.
        if first.count >= 9, first[..<9].allSatisfy({ $0.elementsEqual([48, 48]) }) {
            return .failed("% answers only zeros: does its data wire touch ground?", id)
        }
        guard let last = Text.words(Array(lines[1])).last, Text.hasPrefix(last, "t="), let value = DecimalText.parse(last.dropFirst(2)) else {
            return .failed("% gives no temperature", id)
        }
        return checked(value, id: id)
    }

    static func temperature(_ bytes: [UInt8], id: String) -> SensorResult {
        guard let word = Text.words(bytes).first else { return .failed(silence(id)) }
        guard let value = DecimalText.parse(word) else { return .failed("% gives no number", id) }
        return checked(value, id: id)
    }

    private static func silence(_ id: String) -> String { filled("% does not answer: check its wires, its supply, and the 4.7 kΩ resistor", id) }

    /// Exactly 85 °C is taken for the power-on value: a real 85.0000 is one of 16 steps within a degree and the
    /// next reading differs, while a sensor with weak supply says it for ever.
    private static func checked(_ value: Double, id: String) -> SensorResult {
        if value == powerOnValue {
            return .failed("% answers 85 °C, which it says when it was not measuring: check its supply, and the 4.7 kΩ resistor", id)
        }
        // DS18B20 data sheet: -55 to 125 °C. Family 3b is also the MAX31850, whose thermocouples go from -270 to 1800 °C.
        let isThermocouple = Text.hasPrefix(id, "3b")
        if value < (isThermocouple ? -270_000 : -55_000) || value > (isThermocouple ? 1_800_000 : 125_000) {
            return .failed("% answers % °C, which it cannot measure: check its wires", id, (value / 1000).description)
        }
        return .value(value / 1000)
    }
}

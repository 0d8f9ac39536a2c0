import Testing
import Time

@testable import Agent

@Suite struct SenMLTests {
    private func xml(_ records: [SenMLRecord]) -> String { String(decoding: SenML.xml(records), as: UTF8.self) }

    @Test func `RFC 8428 §7: the pack with a base name, base time and base unit`() {
        let first = SenMLRecord(
            baseName: "urn:dev:ow:10e2073a0108006:", baseTime: 1.276020076001e+09, baseUnit: "A", baseVersion: 5, name: "voltage", unit: "V", value: .number(120.1))
        first.time = nil
        var records = [first]
        for (time, value) in [(-5.0, 1.2), (-4, 1.3), (-3, 1.4), (-2, 1.5), (-1, 1.6)] { records.append(SenMLRecord(name: "current", value: .number(value), time: time)) }
        records.append(SenMLRecord(name: "current", value: .number(1.7)))
        // The RFC's text, but for the order of attributes, the quotes and how an xs:double is spelled.
        #expect(
            xml(records)
                == "<sensml xmlns='urn:ietf:params:xml:ns:senml'>"
                + "<senml bn='urn:dev:ow:10e2073a0108006:' bt='1276020076.001' bu='A' bver='5' n='voltage' u='V' v='120.1'/>"
                + "<senml n='current' v='1.2' t='-5'/><senml n='current' v='1.3' t='-4'/><senml n='current' v='1.4' t='-3'/>"
                + "<senml n='current' v='1.5' t='-2'/><senml n='current' v='1.6' t='-1'/><senml n='current' v='1.7'/></sensml>")
    }

    @Test func `RFC 8428 §5.1.1 and §5.1.5: one value, and values of other kinds`() {
        #expect(
            xml([SenMLRecord(name: "urn:dev:ow:10e2073a01080063", unit: "Cel", value: .number(23.1))])
                == "<sensml xmlns='urn:ietf:params:xml:ns:senml'><senml n='urn:dev:ow:10e2073a01080063' u='Cel' v='23.1'/></sensml>")
        #expect(
            xml([SenMLRecord(baseName: "urn:dev:ow:10e2073a01080063:", name: "label", value: .string("Machine <Room>")), SenMLRecord(name: "open", value: .boolean(false))])
                == "<sensml xmlns='urn:ietf:params:xml:ns:senml'><senml bn='urn:dev:ow:10e2073a01080063:' n='label' vs='Machine &lt;Room&gt;'/>"
                + "<senml n='open' vb='false'/></sensml>")
        #expect(xml([]) == "<sensml xmlns='urn:ietf:params:xml:ns:senml'/>")
    }

    @Test(arguments: [
        ("°C", 21.4, "Cel", 21.4), ("%RH", 55.0, "%RH", 55.0), ("hPa", 1013.25, "Pa", 101_325.0), ("%", 40.0, "/", 0.4), ("lx", 300.0, "lx", 300.0),
        ("mV", 3300.0, "V", 3.3), ("°F", 212.0, "Cel", 100.0), ("dBm", -67.0, "dBW", -97.0), ("min", 1.5, "s", 90.0), ("kWh", 1.0, "J", 3_600_000.0),
        ("kW", 2.5, "W", 2500.0), ("V", 5.0, "V", 5.0), ("A", 0.25, "A", 0.25), ("s", 3.0, "s", 3.0),
    ]) func `units become those of the registry`(_ unit: String, _ value: Double, _ senml: String, _ expected: Double) {
        let record = SenML.record("x", value, unit: unit, at: Conversation.start)
        #expect(record.unit == senml)
        #expect(record.value == .number(expected))
    }

    @Test func `an unknown unit is left out`() {
        let record = SenML.record("x", 3, unit: "apples", at: Conversation.start)
        #expect(record.unit == nil)
        #expect(record.value == .number(3))
    }

    @Test func `without a set clock there is no time`() {
        #expect(SenML.record("x", on: true, at: Timestamp(milliseconds: 5000)).time == nil)
        #expect(SenML.record("x", on: true, at: Timestamp(milliseconds: 1_795_365_420_123)).time == 1_795_365_420.123)
    }

    @Test func `names have only the characters that SenML allows`() {
        #expect(SenML.name("air") == "air")
        #expect(SenML.name("_air") == "x_air")
        #expect(SenML.name("Küche 1") == "K_che_1")
        #expect(SenML.name("") == "x")
        #expect(SenML.name("温") == "x_")
        #expect(SenML.baseName(jid("greenhouse@example.org")) == "example.org/greenhouse/")
    }
}

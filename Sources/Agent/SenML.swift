import Text
import Time
import XMPP

/// One record of a SenML pack (RFC 8428 §4); what is nil is left out.
final class SenMLRecord {
    indirect enum Value: Equatable {
        case number(Double)
        case boolean(Bool)
        case string(String)
    }

    var baseName: String?
    /// Seconds since 1970 (UTC).
    let baseTime: Double?
    let baseUnit: String?
    let baseVersion: Int?
    let name: String
    var unit: String?
    var value: Value?
    /// Seconds since 1970, or relative to now below 2^28 (RFC 8428 §4.5.3).
    var time: Double?

    @inline(never)
    init(
        baseName: String? = nil, baseTime: Double? = nil, baseUnit: String? = nil, baseVersion: Int? = nil, name: String, unit: String? = nil,
        value: Value? = nil, time: Double? = nil
    ) {
        self.baseName = baseName
        self.baseTime = baseTime
        self.baseUnit = baseUnit
        self.baseVersion = baseVersion
        self.name = name
        self.unit = unit
        self.value = value
        self.time = time
    }
}

/// Sensor Measurement Lists in their XML form (RFC 8428 §7).
enum SenML {
    static let namespace: StaticString = "urn:ietf:params:xml:ns:senml"
    /// The node of the board's own PEP service that has the latest reading of each sensor.
    static let node = "urn:ietf:params:xml:ns:senml"

    /// `<sensml xmlns='urn:ietf:params:xml:ns:senml'>…</sensml>`
    static func xml(_ records: [SenMLRecord]) -> [UInt8] {
        var writer = XMLWriter()
        writer.open("sensml", namespace)
        for record in records {
            writer.open("senml")
            writer.attribute("bn", record.baseName)
            writer.attribute("bt", record.baseTime.map(NumberText.exact))
            writer.attribute("bu", record.baseUnit)
            writer.attribute("bver", record.baseVersion.map { String($0) })
            writer.attribute("n", record.name)
            writer.attribute("u", record.unit)
            switch record.value {
            case .number(let value): writer.attribute("v", value.isFinite ? NumberText.exact(value) : nil)
            case .boolean(let value): writer.attribute("vb", value ? "true" : "false")
            case .string(let value): writer.attribute("vs", value)
            case nil: break
            }
            writer.attribute("t", record.time.map(NumberText.exact))
            writer.close()
        }
        writer.close()
        return writer.take()
    }

    private static let head: StaticString = "<sensml xmlns='urn:ietf:params:xml:ns:senml'><senml"
    private static let tail: StaticString = "/></sensml>"

    /// What of a record the journal keeps: its attributes. The rest is added again when it is sent.
    static func attributes(_ record: SenMLRecord) -> [UInt8] {
        let xml = xml([record])
        let head = head.utf8CodeUnitCount, tail = tail.utf8CodeUnitCount
        return xml.count > head + tail ? Array(xml[head..<xml.count - tail]) : []
    }

    /// The pack of one record from its attributes.
    static func xml(_ attributes: [UInt8], base: JID, at time: Timestamp?) -> [UInt8] {
        var text = say("$1 bn='$2'$3", head.description, baseName(base), String(decoding: attributes, as: UTF8.self))
        if let time, let seconds = self.time(time) { text += say(" t='$1'", NumberText.exact(seconds)) }
        text += tail.description
        return Array(text.utf8)
    }

    /// The record of one sensor's reading, in the registry's unit.
    static func record(_ name: String, _ value: Double, unit: String, at timestamp: Timestamp) -> SenMLRecord {
        let record = SenMLRecord(name: SenML.name(name), time: time(timestamp))
        if let conversion = Units.senml(unit) {
            record.unit = conversion.unit
            let isIdentity = conversion.scale == 1 && conversion.offset == 0
            record.value = .number(isIdentity ? value : rounded(value * conversion.scale + conversion.offset))
        } else {
            record.value = .number(value)
        }
        return record
    }

    /// The record of a line's level.
    static func record(_ name: String, on: Bool, at timestamp: Timestamp) -> SenMLRecord {
        SenMLRecord(name: SenML.name(name), value: .boolean(on), time: time(timestamp))
    }

    /// Without a set clock there is no time: "the time of the last reading is now" (RFC 8428 §4.5.3).
    static func time(_ timestamp: Timestamp) -> Double? {
        Spoken.isClockSet(timestamp) ? Double(timestamp.milliseconds) / 1000 : nil
    }

    /// `example.org/greenhouse/`: SenML names have no "@" (RFC 8428 §4.5.1), and must be unique in the world.
    static func baseName(_ account: JID) -> String { name(account.domain) + "/" + name(account.local ?? "board") + "/" }

    /// Only ASCII letters, digits and `-:./_` may stand in a name, the first a letter or digit; others become "_".
    static func name(_ text: String) -> String {
        var name: [UInt8] = []
        for scalar in text.scalars {
            var byte = scalar.value < 0x80 ? UInt8(truncatingIfNeeded: scalar.value) : UInt8(ascii: "_")
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): break
            case UInt8(ascii: "-")...UInt8(ascii: "/"), UInt8(ascii: ":"): if name.isEmpty { name.append(UInt8(ascii: "x")) }
            default:
                byte = UInt8(ascii: "_")
                if name.isEmpty { name.append(UInt8(ascii: "x")) }
            }
            name.append(byte)
        }
        return name.isEmpty ? "x" : String(decoding: name, as: UTF8.self)
    }

    /// Takes away what binary fractions add: 40 % is 0.4, not 0.40000000000000002.
    private static func rounded(_ value: Double) -> Double {
        guard value.isFinite, value.magnitude < 1e6 else { return value }
        return (value * 1e9).nearestWhole / 1e9
    }
}

import Text
import Time

/// One thing that `reports.to` shall hear, as the journal keeps it.
///
/// In the file, numbers little-endian: `0xA5`, CRC-32 of what follows (4 bytes), length of the body (2), then the body:
/// kind (1), run (4), number (4), time (8), source (4), length of the text (2), the text, the measure.
final class Report: Equatable {
    /// What goes first when the journal is full: the lowest.
    enum Kind: UInt8 {
        /// A live value.
        case reading = 1
        /// An input has changed.
        case line
        /// An alarm, its end, a failure, a recovery.
        case alarm
    }

    /// Which report: together they make the ids of its messages, and no two reports of a board have the same.
    struct Name: Equatable {
        /// Of the start of the program that made it, at random.
        var run: UInt32
        /// Counts the reports of the run.
        var number: UInt32
    }

    let kind: Kind
    let name: Name
    let time: Timestamp
    /// Which sensor or line: a hash of its name.
    let source: UInt32
    /// What people read.
    let text: String
    /// Attributes of a SenML record without base name and time; empty: none.
    let measure: [UInt8]

    @inline(never)
    init(kind: Kind, name: Name, time: Timestamp, source: UInt32, text: String, measure: [UInt8] = []) {
        self.kind = kind
        self.name = name
        self.time = time
        self.source = source
        self.text = text
        self.measure = measure
    }

    static func == (a: Report, b: Report) -> Bool {
        a.kind == b.kind && a.name == b.name && a.time == b.time && a.source == b.source && a.text == b.text && a.measure == b.measure
    }

    // MARK: The file

    private static let magic: UInt8 = 0xA5
    /// Bytes before the body.
    static let overhead = 7
    /// Bytes of a report's body before its text.
    private static let fixed = 23
    /// Bytes kept of a text: the longest reason of a failure and a dozen names.
    static let maximumText = 1024
    /// Bytes of a measure: a name of 255, unit, value.
    static let maximumMeasure = 1024
    /// The kind of the record that says: delivered up to this one.
    private static let mark: UInt8 = 0

    /// What stands at a place of the file.
    indirect enum Record {
        case report(Kind, Name, source: UInt32)
        /// All up to this report are delivered.
        case mark(Name)
    }

    var record: [UInt8] {
        let text = Array(text.utf8.prefix(Report.maximumText))
        var body: [UInt8] = [kind.rawValue]
        appendInteger(UInt64(name.run), 4, &body)
        appendInteger(UInt64(name.number), 4, &body)
        appendInteger(UInt64(bitPattern: time.milliseconds), 8, &body)
        appendInteger(UInt64(source), 4, &body)
        appendInteger(UInt64(text.count), 2, &body)
        body += text
        if measure.count <= Report.maximumMeasure { body += measure }
        return Report.framed(body)
    }

    static func mark(_ name: Name) -> [UInt8] {
        var body = [mark]
        appendInteger(UInt64(name.run), 4, &body)
        appendInteger(UInt64(name.number), 4, &body)
        return framed(body)
    }

    private static func framed(_ body: [UInt8]) -> [UInt8] {
        var rest: [UInt8] = []
        appendInteger(UInt64(body.count), 2, &rest)
        rest += body
        var record = [magic]
        appendInteger(UInt64(CRC32.of(rest, rest.indices)), 4, &record)
        return record + rest
    }

    /// The record at an offset and the offset of its end; nil when no whole, undamaged one is there.
    static func record(_ bytes: [UInt8], at offset: Int) -> (Record, end: Int)? {
        guard offset >= 0, bytes.count - offset >= overhead, bytes[offset] == magic else { return nil }
        let body = offset + overhead, end = body + Int(readInteger(bytes, offset + 5, 2))
        guard end <= bytes.count, end - body >= 9, end - body <= fixed + maximumText + maximumMeasure,
            UInt64(CRC32.of(bytes, offset + 5..<end)) == readInteger(bytes, offset + 1, 4)
        else { return nil }
        let name = Name(run: UInt32(truncatingIfNeeded: readInteger(bytes, body + 1, 4)), number: UInt32(truncatingIfNeeded: readInteger(bytes, body + 5, 4)))
        if bytes[body] == mark { return (.mark(name), end) }
        guard let kind = Kind(rawValue: bytes[body]), end - body >= fixed, end - body - fixed >= Int(readInteger(bytes, body + 21, 2)) else { return nil }
        return (.report(kind, name, source: UInt32(truncatingIfNeeded: readInteger(bytes, body + 17, 4))), end)
    }

    /// The report at an offset, and where it ends.
    static func read(_ bytes: [UInt8], at offset: Int) -> (Report, end: Int)? {
        guard let (record, end) = record(bytes, at: offset), case .report(let kind, let name, let source) = record else { return nil }
        let body = offset + overhead, text = body + fixed
        let measure = text + Int(readInteger(bytes, body + 21, 2))
        let report = Report(
            kind: kind, name: name, time: Timestamp(milliseconds: Int64(bitPattern: readInteger(bytes, body + 9, 8))), source: source,
            text: String(decoding: bytes[text..<measure], as: UTF8.self), measure: Array(bytes[measure..<end]))
        return (report, end)
    }
}

/// Little-endian, `count` bytes.
func appendInteger(_ value: UInt64, _ count: Int, _ bytes: inout [UInt8]) {
    for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
}

/// The caller has seen to it that they are there.
func readInteger(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<count { value |= UInt64(bytes[offset + index]) << UInt64(8 * index) }
    return value
}

import Time
import XMPP

@testable import Agent

/// SenML: what is written reads back as the same records by an ordinary XML parser, whatever names, units and values.
///
/// Each line is one record: a letter for its kind (`n` number as text, `d` number as eight bytes, `b` boolean, `s` string, `r` a reading of a sensor), the
/// unit up to the first `|`, the name up to the next, the value.
func fuzzSenML(_ input: [UInt8]) throws(Broken) {
    var records: [SenMLRecord] = []
    for line in input.split(separator: UInt8(ascii: "\n")).prefix(32) {
        let parts = line.dropFirst().split(separator: UInt8(ascii: "|"), maxSplits: 2, omittingEmptySubsequences: false)
        let texts = parts.map { String(decoding: $0, as: UTF8.self) }
        let unit = texts[0], name = texts.count > 1 ? texts[1] : "", value = texts.count > 2 ? texts[2] : ""
        var record = SenMLRecord(baseName: unit, name: SenML.name(name), unit: unit)
        switch line.first {
        case UInt8(ascii: "n"): record.value = .number(Double(value) ?? 0)
        case UInt8(ascii: "d"):
            var bits: UInt64 = 0
            for byte in (parts.last ?? [])[...].prefix(8) { bits = bits << 8 | UInt64(byte) }
            record.value = .number(Double(bitPattern: bits))
            record.time = Double(bitPattern: bits.byteSwapped)
            if let time = record.time, !time.isFinite { record.time = nil }
        case UInt8(ascii: "b"): record.value = .boolean(value.utf8.count % 2 == 0)
        case UInt8(ascii: "s"): record.value = .string(value)
        case UInt8(ascii: "r"): record = SenML.record(name, Double(value) ?? 1, unit: unit, at: Timestamp(milliseconds: Int64(value) ?? 0))
        default: break
        }
        let clean = SenML.name(name)
        try require(SenML.name(clean) == clean, "the name \(clean) changes again")
        try require(clean.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "the name \(clean)")
        records.append(record)
    }
    let xml = SenML.xml(records)
    let pack = try onlyElement(xml)
    try require(pack.is("sensml", SenML.namespace), "not a pack")
    var children = pack.children
    for record in records {
        guard let child = children.next(), child.is("senml", SenML.namespace) else { throw Broken(description: "a record is missing") }
        try require(child.attribute("n") == record.name, "another name")
        try require(child.attribute("u") == record.unit.map(readable), "another unit than \(record.unit ?? "none")")
        try require(child.attribute("bn") == record.baseName.map(readable), "another base name")
        try require(child.attribute("t").flatMap { Double($0) } == record.time, "another time")
        switch record.value {
        case .number(let value): try require(child.attribute("v").flatMap { Double($0) } == (value.isFinite ? value : nil), "\(value) reads back as \(child.attribute("v") ?? "nothing")")
        case .boolean(let value): try require(child.attribute("vb") == "\(value)", "another boolean")
        case .string(let value): try require(child.attribute("vs") == readable(value), "another string")
        case nil: try require(child.attributeCount <= 4, "a value from nowhere")
        }
    }
    try require(children.next() == nil, "a record from nowhere")
}

/// Without the characters that XML 1.0 forbids.
private func readable(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: result.unicodeScalars.append(scalar)
        default: break
        }
    }
    return result
}

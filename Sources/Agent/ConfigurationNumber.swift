/// Numbers and durations of perch.conf.
extension ConfigurationValue {
    /// Digits that a Double keeps exactly; more of them would be rounded.
    static let maximumDigits = 15

    /// "-12.5": no exponent, no unit.
    static func number(_ text: String) throws(Complaint) -> Double {
        let bytes = Array(text.utf8)
        var index = 0
        var negative = false
        if let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            negative = first == UInt8(ascii: "-")
            index = 1
        }
        var mantissa: Int64 = 0
        var divisor = 1.0
        var digits = 0
        var afterPoint = false
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "."), !afterPoint {
                afterPoint = true
            } else if isDigit(byte) {
                digits += 1
                if digits > maximumDigits { throw Complaint("\"\(text)\" has more than \(maximumDigits) digits") }
                mantissa = mantissa * 10 + Int64(byte - UInt8(ascii: "0"))
                if afterPoint { divisor *= 10 }
            } else if byte == UInt8(ascii: ",") {
                throw Complaint("\"\(text)\" has a comma; write a point, such as 0.5")
            } else {
                break
            }
            index += 1
        }
        if digits == 0 { throw Complaint("\"\(text)\" is not a number") }
        if index < bytes.count { throw Complaint("\"\(text)\" is not a plain number; write it without a unit, such as 0.5") }
        // Both are exact and the division is rounded once, so this is the nearest Double.
        let value = Double(mantissa) / divisor
        return negative ? -value : value
    }

    static func integer(_ text: String, _ range: ClosedRange<Int>) throws(Complaint) -> Int {
        guard let value = Int(text), range.contains(value) else {
            throw Complaint("\"\(text)\" is not a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// Milliseconds of each unit.
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1000), ("min", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    /// "20ms", "1.5h" in `range`, in whole milliseconds.
    static func duration(_ text: String, _ range: ClosedRange<Duration>) throws(Complaint) -> Duration {
        let bytes = Array(text.utf8)
        guard let end = bytes.firstIndex(where: { !isDigit($0) && $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ",") })
        else {
            if bytes.isEmpty { throw Complaint("a duration is missing") }
            throw Complaint("\"\(text)\" has no unit; write \(text)ms, \(text)s, \(text)min, \(text)h or \(text)d")
        }
        if end == 0 { throw Complaint("\"\(text)\" is not a duration; write such as 20ms, 1.5h or 10min") }
        let amount = try number(String(decoding: bytes[..<end], as: UTF8.self))
        let unit = String(decoding: bytes[end...].drop { $0 == UInt8(ascii: " ") }, as: UTF8.self)
        guard let factor = units.first(where: { $0.name == unit })?.milliseconds else {
            throw Complaint("\"\(text)\" has an unknown unit; write ms, s, min, h or d")
        }
        // At most 10¹⁵ days: far inside Double, but not inside Int64 once multiplied.
        let milliseconds = amount * Double(factor)
        guard milliseconds >= 0, milliseconds < 1e15 else { throw outside(text, range) }
        let duration = Duration.milliseconds(Int64(milliseconds.rounded()))
        guard range.contains(duration) else { throw outside(text, range) }
        return duration
    }

    private static func outside(_ text: String, _ range: ClosedRange<Duration>) -> Complaint {
        Complaint("\"\(text)\" is not between \(format(range.lowerBound)) and \(format(range.upperBound))")
    }

    /// The way perch.conf writes it, in the largest unit that divides it.
    static func format(_ duration: Duration) -> String {
        let milliseconds = duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
        for unit in units.reversed() where milliseconds != 0 && milliseconds % unit.milliseconds == 0 {
            return "\(milliseconds / unit.milliseconds)\(unit.name)"
        }
        return "\(milliseconds)ms"
    }
}

import Text
import Time

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

    /// "20ms", "1.5h" in `range`.
    static func duration(_ text: String, _ range: ClosedRange<Duration>) throws(Complaint) -> Duration {
        let duration: Duration
        do throws(DurationTextError) {
            duration = try DurationText.parse(text)
        } catch .noUnit {
            throw Complaint("\"\(text)\" has no unit; write \(text)ms, \(text)s, \(text)min, \(text)h or \(text)d")
        } catch {
            throw Complaint(text.isEmpty ? error.description : "\"\(text)\" is no duration: \(error.description)")
        }
        if range.contains(duration) { return duration }
        throw Complaint(
            "\"\(text)\" is not between \(DurationText.compact(range.lowerBound)) and \(DurationText.compact(range.upperBound))")
    }
}

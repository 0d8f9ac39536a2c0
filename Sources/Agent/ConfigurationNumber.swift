import Text
import Time

/// 64 bits also where `Int` has 32.
typealias Milliseconds = Int64

/// Numbers and durations of perch.conf.
extension ConfigurationValue {
    /// Digits that a Double keeps exactly; more of them would be rounded.
    static let maximumDigits = 15

    /// "-12.5": no exponent, no unit.
    @inline(never)
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
                if digits > maximumDigits { throw Complaint("\"%\" has more than % digits", text, String(maximumDigits)) }
                mantissa = mantissa * 10 + Int64(byte - UInt8(ascii: "0"))
                if afterPoint { divisor *= 10 }
            } else if byte == UInt8(ascii: ",") {
                throw Complaint("\"%\" has a comma; write a point, such as 0.5", text)
            } else {
                break
            }
            index += 1
        }
        if digits == 0 { throw Complaint("\"%\" is not a number", text) }
        if index < bytes.count { throw Complaint("\"%\" is not a plain number; write it without a unit, such as 0.5", text) }
        // Both are exact and the division is rounded once, so this is the nearest Double.
        let value = Double(mantissa) / divisor
        return negative ? -value : value
    }

    @inline(never)
    static func integer(_ text: String, _ range: ClosedRange<Int>) throws(Complaint) -> Int {
        guard let value = Int(text), range.contains(value) else {
            throw Complaint("\"%\" is not a number from % to %", text, String(range.lowerBound), String(range.upperBound))
        }
        return value
    }

    /// "20ms", "1.5h" in `range`.
    @inline(never)
    static func duration(_ text: String, _ range: ClosedRange<Milliseconds>) throws(Complaint) -> Duration {
        let shortest = Duration.milliseconds(range.lowerBound), longest = Duration.milliseconds(range.upperBound)
        let duration: Duration
        do throws(DurationTextError) {
            duration = try DurationText.parse(text)
        } catch .noUnit {
            throw Complaint(say("\"$1\" has no unit; write $1ms, $1s, $1min, $1h or $1d", text))
        } catch {
            throw Complaint(text.isEmpty ? error.description : filled("\"%\" is no duration: %", text, error.description))
        }
        if duration >= shortest, duration <= longest { return duration }
        throw Complaint(
            filled("\"%\" is not between % and %", text, DurationText.compact(shortest), DurationText.compact(longest)))
    }

    /// Hertz of "50Hz", "25 kHz".
    static func frequency(_ text: String) throws(Complaint) -> Double {
        let lower = text.lowercased()
        let usage = filled("\"%\" is no frequency; write 50Hz or 1kHz", text)
        guard lower.hasSuffix("hz") else { throw Complaint(usage) }
        var digits = Array(lower.utf8.dropLast(2))
        var scale = 1.0
        if digits.last == UInt8(ascii: "k") || digits.last == UInt8(ascii: "m") { scale = digits.removeLast() == UInt8(ascii: "k") ? 1000 : 1_000_000 }
        while digits.last == UInt8(ascii: " ") { digits.removeLast() }
        let hertz: Double
        do throws(Complaint) { hertz = try number(String(decoding: digits, as: UTF8.self)) * scale } catch { throw Complaint(usage) }
        if hertz >= 1, hertz <= 1_000_000 { return hertz }
        throw Complaint("\"%\" is not between 1Hz and 1MHz", text)
    }

    /// "5%..10%"
    static func percentRange(_ text: String) throws(Complaint) -> (Double, Double) {
        let bytes = Array(text.utf8)
        var at = 0
        while at + 1 < bytes.count, bytes[at] != UInt8(ascii: ".") || bytes[at + 1] != UInt8(ascii: ".") { at += 1 }
        if at + 1 < bytes.count {
            let low = try percent(bytes[..<at], text), high = try percent(bytes[(at + 2)...], text)
            if low >= 0, low < high, high <= 100 { return (low, high) }
            throw Complaint(say("\"$1\" does not go from less to more within 0%..100%", text))
        }
        throw Complaint(say("\"$1\" is no range; write 5%..10%", text))
    }

    private static func percent(_ bytes: ArraySlice<UInt8>, _ text: String) throws(Complaint) -> Double {
        var rest = bytes
        while rest.last == UInt8(ascii: " ") { rest.removeLast() }
        while rest.first == UInt8(ascii: " ") { rest.removeFirst() }
        if rest.last == UInt8(ascii: "%") { return try number(String(decoding: rest.dropLast(), as: UTF8.self)) }
        throw Complaint(say("\"$1\" is no range; write 5%..10%", text))
    }
}

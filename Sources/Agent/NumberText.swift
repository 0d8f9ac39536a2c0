import Text

/// Numbers as people read them, without Foundation.
enum NumberText {
    /// More digits than any sensor has; `10^6` times the limit below still fits 64 bits.
    static let maximumDigits = 6
    /// 2^53: from here on a Double skips whole numbers.
    private static let exactIntegers = 9_007_199_254_740_992.0
    /// Above this the shortest form is kinder.
    static let largestPlain = 1e12

    /// `value` rounded to `digits` after the point (half away from zero), never "-0.0".
    static func fixed(_ value: Double, digits: Int) -> String {
        guard value.isFinite else { return "?" }
        let magnitude = value.magnitude
        if magnitude >= largestPlain { return value.description }
        var digits = max(0, min(digits, maximumDigits))
        var scale: UInt64 = 1
        for _ in 0..<digits { scale *= 10 }
        // Digits that the Double does not have are not made up.
        while digits > 0, magnitude * Double(scale) >= exactIntegers {
            digits -= 1
            scale /= 10
        }
        let scaled = UInt64((magnitude * Double(scale)).nearestWhole)
        let whole = String(scaled / scale)
        let sign = value < 0 && scaled > 0 ? "-" : ""
        if digits == 0 { return sign + whole }
        let fraction = String(scaled % scale)
        return sign + whole + "." + String(repeating: "0", count: digits - fraction.utf8.count) + fraction
    }

    /// A number from the configuration as it was written: `30`, `0.5`; at most six digits, no zeros at the end.
    static func short(_ value: Double) -> String {
        var text = fixed(value, digits: maximumDigits)
        guard text.utf8.contains(UInt8(ascii: ".")), !text.utf8.contains(UInt8(ascii: "e")) else { return text }
        while text.utf8.last == UInt8(ascii: "0") { text = text.droppingLast(1) }
        if text.utf8.last == UInt8(ascii: ".") { text = text.droppingLast(1) }
        return text
    }

    /// `value` with its unit: "21.4 °C", "40 %", "12" where there is no unit.
    static func quantity(_ value: Double, digits: Int, unit: String) -> String {
        let number = fixed(value, digits: digits)
        return unit.isEmpty ? number : number + " " + unit
    }

    /// For XML: the shortest text that reads back as the same Double (a valid xs:double), whole numbers without ".0".
    static func exact(_ value: Double) -> String {
        if value.isFinite, value.magnitude < 1e15, value == Double(Int64(value)) { return String(Int64(value)) }
        return value.description
    }
}

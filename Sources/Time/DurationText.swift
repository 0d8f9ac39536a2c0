import Text

/// Durations as people write and read them, in files and in chat.
public enum DurationText {
    /// Nothing that is waited for here takes longer; it also keeps sums far from any overflow.
    public static let longest = Duration.seconds(10 * 365 * 86_400)
    /// Digits before and after the point: more than any unit needs.
    static let digits = 9

    /// Reads `20ms`, `1.5h`, `2 min`, `10s`, `1d`, `10 minutes`, `1h 30min`. A number always has a unit. Finer than
    /// microseconds is cut.
    public static func parse(_ text: String) throws(DurationTextError) -> Duration {
        let bytes = Array(text.utf8)
        var at = 0
        skipSpaces(bytes, &at)
        if at == bytes.count { throw .empty }
        var microseconds: Int64 = 0
        while at < bytes.count {
            let (whole, fraction) = try number(bytes, &at)
            skipSpaces(bytes, &at)
            let start = at
            while at < bytes.count, !isDigit(bytes[at]), bytes[at] != UInt8(ascii: " ") { at += 1 }
            if start == at { throw .noUnit }
            let word = String(decoding: bytes[start..<at].prefix(32), as: UTF8.self)
            guard let unit = unit(word) else { throw .unknownUnit(word) }
            // Nine digits of days are 8 × 10¹⁹ microseconds: the one product that does not fit.
            let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
            if overflow { throw .tooLong }
            microseconds = microseconds &+ product &+ share(fraction, of: unit)
            if microseconds < 0 || microseconds > limit { throw .tooLong }
            skipSpaces(bytes, &at)
        }
        return .microseconds(microseconds)
    }

    /// For people, in the two largest units that say something: `500 ms`, `1.5 s`, `12 s`, `2 min 30 s`, `3 h 5 min`, `2 d 4 h`.
    /// Negative durations are said as none.
    public static func format(_ duration: Duration) -> String {
        let milliseconds = self.milliseconds(duration)
        if milliseconds < 1000 { return filled("% ms", String(milliseconds)) }
        let tenths = milliseconds / 100
        if tenths < 600, tenths % 10 != 0 { return filled("%.% s", String(tenths / 10), String(tenths % 10)) }
        let seconds = milliseconds / 1000
        if seconds < 60 { return filled("% s", String(seconds)) }
        if seconds < 3600 { return two(seconds / 60, "min", seconds % 60, "s") }
        if seconds < 86_400 { return two(seconds / 3600, "h", seconds / 60 % 60, "min") }
        return two(seconds / 86_400, "d", seconds / 3600 % 24, "h")
    }

    /// As `parse` reads it and files write it: `20ms`, `90s`, `2h`, in the largest unit that leaves no fraction.
    public static func compact(_ duration: Duration) -> String {
        let milliseconds = self.milliseconds(duration)
        if milliseconds == 0 { return "0s" }
        var unit = "ms", length: Int64 = 1
        if milliseconds % 86_400_000 == 0 {
            (unit, length) = ("d", 86_400_000)
        } else if milliseconds % 3_600_000 == 0 {
            (unit, length) = ("h", 3_600_000)
        } else if milliseconds % 60_000 == 0 {
            (unit, length) = ("min", 60_000)
        } else if milliseconds % 1000 == 0 {
            (unit, length) = ("s", 1000)
        }
        return String(milliseconds / length) + unit
    }

    // MARK: Parts

    private static let limit = Int64(10 * 365) * 86_400_000_000

    private static func number(_ bytes: [UInt8], _ at: inout Int) throws(DurationTextError) -> (whole: Int64, fraction: ArraySlice<UInt8>) {
        let start = at
        var whole: Int64 = 0
        while at < bytes.count, isDigit(bytes[at]) {
            if at - start == digits { throw .tooLong }
            whole = whole * 10 + Int64(bytes[at] - UInt8(ascii: "0"))
            at += 1
        }
        if start == at { throw .noNumber }
        guard at < bytes.count, bytes[at] == UInt8(ascii: ".") || bytes[at] == UInt8(ascii: ",") else { return (whole, []) }
        if bytes[at] == UInt8(ascii: ",") { throw .comma }
        at += 1
        let point = at
        while at < bytes.count, isDigit(bytes[at]) { at += 1 }
        if point == at { throw .noNumber }
        return (whole, bytes[point..<min(at, point + digits)])
    }

    /// `0.fraction` of a unit.
    private static func share(_ fraction: ArraySlice<UInt8>, of unit: Int64) -> Int64 {
        var value: Int64 = 0
        var scale: Int64 = 1
        for digit in fraction {
            value = value * 10 + Int64(digit - UInt8(ascii: "0"))
            scale *= 10
        }
        // At most 10⁹ × 8.64 × 10¹⁰, which needs the wide product.
        let product = value.multipliedFullWidth(by: unit)
        return scale.dividingFullWidth(product).quotient
    }

    /// Microseconds of a unit.
    private static func unit(_ word: String) -> Int64? {
        switch word.lowercased() {
        case "us", "µs", "μs": 1
        case "ms", "msec", "millisecond", "milliseconds": 1000
        case "s", "sec", "secs", "second", "seconds": 1_000_000
        case "m", "min", "mins", "minute", "minutes": 60_000_000
        case "h", "hr", "hrs", "hour", "hours": 3_600_000_000
        case "d", "day", "days": 86_400_000_000
        default: nil
        }
    }

    private static func milliseconds(_ duration: Duration) -> Int64 {
        let held = min(max(duration, .zero), .seconds(1_000_000_000_000 as Int64))
        let (seconds, attoseconds) = held.components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }

    private static func two(_ large: Int64, _ largeUnit: String, _ small: Int64, _ smallUnit: String) -> String {
        let text = filled("% %", String(large), largeUnit)
        return small == 0 ? text : filled("% % %", text, String(small), smallUnit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private static func skipSpaces(_ bytes: [UInt8], _ at: inout Int) {
        while at < bytes.count, bytes[at] == UInt8(ascii: " ") { at += 1 }
    }
}

/// Why a text is no duration.
public enum DurationTextError: Error, Equatable, Sendable {
    case empty, noNumber, noUnit, comma, tooLong
    case unknownUnit(String)

    public var description: String {
        switch self {
        case .empty: "a duration is missing; write such as 20ms, 10s, 2min, 1.5h or 1d"
        case .noNumber: "a duration begins with a number, such as 20ms, 10s, 2min, 1.5h or 1d"
        case .noUnit: "a duration needs its unit: ms, s, min, h or d"
        case .comma: "write a point instead of the comma, such as 1.5h"
        case .tooLong: "a duration is at most ten years"
        case .unknownUnit(let word): filled("\"%\" is no unit of time; write ms, s, min, h or d", word)
        }
    }
}

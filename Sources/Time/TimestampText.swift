import Text

/// Timestamps as XMPP writes them: the DateTime of XEP-0082, a profile of ISO 8601.
extension Timestamp: CustomStringConvertible {
    /// In UTC, with milliseconds only where there are any: `2002-09-10T23:08:25Z`, `2002-09-10T23:08:25.250Z`.
    /// Years beyond 0…9999, which the profile cannot say, are held at its ends.
    public var description: String {
        let held = min(max(milliseconds, Self.firstMilliseconds), Self.lastMilliseconds)
        let (days, inDay) = Self.floorDivide(held, 86_400_000)
        let (year, month, day) = Self.date(daysSince1970: days)
        var text = Self.padded(year, 4) + "-" + Self.padded(month, 2) + "-" + Self.padded(day, 2) + "T"
        text += Self.padded(inDay / 3_600_000, 2) + ":" + Self.padded(inDay / 60_000 % 60, 2) + ":" + Self.padded(inDay / 1000 % 60, 2)
        if inDay % 1000 != 0 { text += "." + Self.padded(inDay % 1000, 3) }
        return text + "Z"
    }

    /// Reads `CCYY-MM-DDThh:mm:ss[.sss]TZD`, where TZD is `Z` or an offset such as `+02:00`; nil for anything else.
    /// Digits beyond milliseconds are cut. A leap second counts as the second after it.
    public init?(_ text: String) {
        var reader = DigitReader(text)
        guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2), reader.skip("-"),
            let day = reader.number(2), reader.skip("T"), let hour = reader.number(2), reader.skip(":"),
            let minute = reader.number(2), reader.skip(":"), let second = reader.number(2)
        else { return nil }
        guard month >= 1, month <= 12, day >= 1, day <= Self.days(in: month, of: year), hour <= 23, minute <= 59, second <= 60 else { return nil }
        guard let fraction = reader.fraction(), let offset = reader.offset(), reader.isAtEnd else { return nil }
        let seconds = Self.daysSince1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
        self.init(milliseconds: seconds * 1000 + fraction)
    }

    // MARK: The calendar

    /// 0000-01-01T00:00:00Z and 9999-12-31T23:59:59.999Z.
    private static let firstMilliseconds: Int64 = -62_167_219_200_000
    private static let lastMilliseconds: Int64 = 253_402_300_799_999

    /// Days from 1970-01-01 in the proleptic Gregorian calendar, counted in eras of 400 years that begin in March,
    /// so that a leap day is a year's last.
    private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = floorDivide(shifted, 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func date(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = floorDivide(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: return 30
        default: return 31
        }
    }

    static func floorDivide(_ a: Int64, _ b: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
        return remainder < 0 ? (quotient - 1, remainder + b) : (quotient, remainder)
    }

    static func padded(_ number: Int64, _ width: Int) -> String {
        var text = "\(number)"
        while text.utf8.count < width { text = "0" + text }
        return text
    }
}

/// Reads fixed-width decimal fields.
private struct DigitReader {
    private let bytes: [UInt8]
    private var at = 0

    /// Longer than any DateTime with a sensible fraction.
    private static let longest = 64

    init(_ text: String) {
        bytes = Array(text.utf8.prefix(Self.longest + 1))
    }

    var isAtEnd: Bool { at == bytes.count && bytes.count <= Self.longest }

    mutating func number(_ width: Int) -> Int64? {
        guard at + width <= bytes.count else { return nil }
        var value: Int64 = 0
        for byte in bytes[at..<at + width] {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        at += width
        return value
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    /// Milliseconds after a point; 0 without one; nil for a point without digits.
    mutating func fraction() -> Int64? {
        guard skip(".") else { return 0 }
        var value: Int64 = 0
        var digits = 0
        while let digit = number(1) {
            if digits < 3 { value = value * 10 + digit }
            digits += 1
        }
        guard digits > 0 else { return nil }
        while digits < 3 {
            value *= 10
            digits += 1
        }
        return value
    }

    /// Seconds east of UTC.
    mutating func offset() -> Int64? {
        if skip("Z") { return 0 }
        let isWest = skip("-")
        guard isWest || skip("+"), let hours = number(2), skip(":"), let minutes = number(2), hours <= 23, minutes <= 59 else { return nil }
        return (hours * 3600 + minutes * 60) * (isWest ? -1 : 1)
    }
}

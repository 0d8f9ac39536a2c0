import Text

/// A time as calendar and clock on the wall show it: proleptic Gregorian, no leap seconds.
public struct CivilTime: Equatable, Hashable, Sendable {
    public var year: Int64
    /// 1…12
    public var month: Int
    /// 1…31
    public var day: Int
    public var hour: Int
    public var minute: Int
    public var second: Int
    public var millisecond: Int
    /// 0 is Monday, 6 is Sunday, as in ISO 8601 less one.
    public var weekday: Int
    /// Days since 1970-01-01 of this date, for comparing days.
    public var dayNumber: Int64

    /// `2024-05-04`
    public var dateText: String { filled("%-%-%", Timestamp.padded(year, 4), Timestamp.padded(Int64(month), 2), Timestamp.padded(Int64(day), 2)) }
    /// `19:42`
    public var clockText: String { filled("%:%", Timestamp.padded(Int64(hour), 2), Timestamp.padded(Int64(minute), 2)) }
}

extension Timestamp {
    /// What clocks show at this time.
    /// - Parameter utcOffset: seconds east of UTC, from `Moment.utcOffset`.
    public func civil(utcOffset: Int32 = 0) -> CivilTime {
        // Held half a billion years from any end of Int64, so that the offset fits.
        let local = min(max(milliseconds, -Timestamp.civilLimit), Timestamp.civilLimit) + Int64(utcOffset) * 1000
        let (days, inDay) = Timestamp.floorDivide(local, 86_400_000)
        let (year, month, day) = Timestamp.date(daysSince1970: days)
        return CivilTime(
            year: year, month: Int(month), day: Int(day), hour: Int(inDay / 3_600_000), minute: Int(inDay / 60_000 % 60),
            second: Int(inDay / 1000 % 60), millisecond: Int(inDay % 1000),
            // 1970-01-01 was a Thursday.
            weekday: Int(Timestamp.floorDivide(days + 3, 7).remainder), dayNumber: days)
    }

    private static let civilLimit: Int64 = 1 << 62
}

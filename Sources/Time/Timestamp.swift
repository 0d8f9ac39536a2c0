/// Wall-clock time: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX).
public struct Timestamp: Comparable, Hashable, Sendable {
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }
    /// How long after `b` this is; negative when it is before.
    public static func - (a: Timestamp, b: Timestamp) -> Duration { .milliseconds(a.milliseconds) - .milliseconds(b.milliseconds) }
    /// Held at the ends of time instead of overflowing: timestamps come from peers and from files.
    public static func + (a: Timestamp, b: Duration) -> Timestamp {
        let sum = Duration.milliseconds(a.milliseconds) + b
        if sum >= .milliseconds(Int64.max) { return Timestamp(milliseconds: .max) }
        if sum <= .milliseconds(Int64.min) { return Timestamp(milliseconds: .min) }
        let (seconds, attoseconds) = sum.components
        // Seconds first: the product of the whole seconds of Int64.min would not fit before its fraction is added.
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        if overflow { return Timestamp(milliseconds: seconds < 0 ? .min : .max) }
        return Timestamp(milliseconds: whole &+ attoseconds / 1_000_000_000_000_000)
    }
    public static func - (a: Timestamp, b: Duration) -> Timestamp { a + (.zero - b) }
}

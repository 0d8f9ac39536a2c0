/// A point on the monotonic clock that also counts suspend (`CLOCK_BOOTTIME`).
///
/// Rooms never read a clock: an `Instant` is always handed in, so tests use a virtual one.
public struct Instant: Comparable, Hashable, Sendable {
    /// Since the clock's arbitrary origin. 64 bits are 292 years, at whose ends it is held; a `Duration` is twice as large and takes
    /// 128-bit arithmetic for every comparison of two deadlines.
    public var nanoseconds: Int64

    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
    public init(_ sinceOrigin: Duration) { nanoseconds = sinceOrigin.nanoseconds }

    public var sinceOrigin: Duration { .nanoseconds(nanoseconds) }

    public static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }
    @inline(never)
    public static func + (a: Instant, b: Duration) -> Instant {
        let (sum, isBeyond) = a.nanoseconds.addingReportingOverflow(b.nanoseconds)
        return Instant(nanoseconds: !isBeyond ? sum : a.nanoseconds < 0 ? .min : .max)
    }
    @inline(never)
    public static func - (a: Instant, b: Duration) -> Instant { a + (.zero - b) }
    /// How long after `b` this is; negative when it is before.
    @inline(never)
    public static func - (a: Instant, b: Instant) -> Duration { a.sinceOrigin - b.sinceOrigin }
}

extension Duration {
    /// Held at what 64 bits can say.
    @inline(never)
    public var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let limit = Int64.max / 1_000_000_000 - 1
        return min(max(seconds, -limit), limit) * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}

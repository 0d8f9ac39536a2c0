/// A point on the monotonic clock that also counts suspend (`CLOCK_BOOTTIME`).
///
/// Rooms never read a clock: an `Instant` is always handed in, so tests use a virtual one.
public struct Instant: Comparable, Hashable, Sendable {
    /// Time since the clock's arbitrary origin.
    public var sinceOrigin: Duration

    public init(_ sinceOrigin: Duration) { self.sinceOrigin = sinceOrigin }

    public static func < (a: Instant, b: Instant) -> Bool { a.sinceOrigin < b.sinceOrigin }
    public static func + (a: Instant, b: Duration) -> Instant { Instant(a.sinceOrigin + b) }
    public static func - (a: Instant, b: Duration) -> Instant { Instant(a.sinceOrigin - b) }
    /// How long after `b` this is; negative when it is before.
    public static func - (a: Instant, b: Instant) -> Duration { a.sinceOrigin - b.sinceOrigin }
}

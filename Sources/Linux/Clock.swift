import CLinux
import Time

/// The only place that reads the time. Everybody else is handed a `Moment`.
public enum Clock {
    /// CLOCK_BOOTTIME, the wall clock, and the local time zone's offset.
    public static func now() -> Moment {
        let wall = cl_wall_ms()
        return Moment(
            instant: instant(), timestamp: Timestamp(milliseconds: wall),
            utcOffset: cl_utc_offset(wall / 1000))
    }

    /// CLOCK_BOOTTIME alone.
    public static func instant() -> Instant { Instant(nanoseconds: cl_boottime_ns()) }

    /// Seconds east of UTC of the local time zone at that time.
    public static func utcOffset(at timestamp: Timestamp) -> Int32 { cl_utc_offset(timestamp.milliseconds / 1000) }
}

extension Duration {
    /// Whole milliseconds, at least 0, at most what a C call takes.
    var clampedMilliseconds: UInt32 {
        let (seconds, attoseconds) = components
        if seconds < 0 || attoseconds < 0 { return 0 }
        if seconds >= 4_000_000 { return 4_000_000_000 }
        return UInt32(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }
}

/// Now, on both clocks: the monotonic one for deadlines, the wall clock for what people read.
public struct Moment: Equatable, Sendable {
    public var instant: Instant
    public var timestamp: Timestamp
    /// Seconds east of UTC of the board's time zone at this moment.
    public var utcOffset: Int32

    public init(instant: Instant, timestamp: Timestamp, utcOffset: Int32 = 0) {
        self.instant = instant
        self.timestamp = timestamp
        self.utcOffset = utcOffset
    }
}

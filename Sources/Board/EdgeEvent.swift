/// A line changed to `on` (logical, after active-low and debounce).
public struct EdgeEvent: Equatable, Sendable {
    /// Index into the lines that the board was opened with.
    public var line: Int
    public var on: Bool
    /// Nanoseconds of CLOCK_MONOTONIC when the kernel saw the edge; 0 where it was found by re-reading the line.
    public var timestamp: UInt64
    /// Counts this line's edges in the kernel from 1 (libgpiod 2.x); 0 where not known.
    public var sequence: UInt32
    /// How many edges the kernel is known to have dropped before this one. The level is right all the same.
    public var missed: UInt32

    /// Lines that are counted: how many changes to on this event stands for, and when the first of them was seen; `timestamp` is the last's.
    public var count: UInt32 = 0
    public var first: UInt64 = 0

    public init(line: Int, on: Bool, timestamp: UInt64 = 0, sequence: UInt32 = 0, missed: UInt32 = 0) {
        self.line = line
        self.on = on
        self.timestamp = timestamp
        self.sequence = sequence
        self.missed = missed
    }
}

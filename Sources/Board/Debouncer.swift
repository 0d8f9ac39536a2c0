import Time

/// Decides which levels of a bouncing input are reported: a level that differs from the last reported one and
/// that the line still has when it was quiet for `window`.
///
/// The level is read again after the window instead of trusting the last edge: an edge that the kernel dropped would
/// otherwise leave the wrong level for ever. A line that never becomes quiet is not reported, as with the kernel's debounce.
struct Debouncer: Equatable {
    let window: Duration
    /// When to read the line again.
    private(set) var deadline: Instant?
    /// What was last reported, or the level when the line was claimed.
    private(set) var reported: Bool

    init(window: Duration, level: Bool) {
        self.window = window
        self.reported = level
    }

    /// An edge to `level` arrived. Returns what to report at once, which only happens without a window.
    mutating func edge(_ level: Bool, at now: Instant) -> Bool? {
        if window > .zero {
            deadline = now + window
            return nil
        }
        return report(level)
    }

    /// The line was seen at another level without an edge: one was lost, or is on its way.
    mutating func notice(at now: Instant) {
        if deadline == nil { deadline = now + window }
    }

    func isDue(at now: Instant) -> Bool {
        guard let deadline else { return false }
        return deadline <= now
    }

    /// The deadline has come and the line was read again as `level`; returns what to report.
    mutating func settle(_ level: Bool) -> Bool? {
        deadline = nil
        return report(level)
    }

    /// The line could not be read: try again one window later.
    mutating func postpone(at now: Instant) {
        // 100 ms bound the rate of attempts on a line that fails.
        deadline = now + max(window, .milliseconds(100))
    }

    private mutating func report(_ level: Bool) -> Bool? {
        if level == reported { return nil }
        reported = level
        return level
    }
}

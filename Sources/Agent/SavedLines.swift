import Text
import Time

/// What was on, for `initial = restore`: a small text in the state directory, one line each.
///
///     perch-lines 1
///     saved 1732290000000
///     on 1732293600000 lamp
///     on@400 - fan
///     off 1732290600000 router
///
/// The number is when the level ends, in milliseconds of wall-clock time: it must mean the same after a
/// power loss, when the monotonic clock starts anew. After "@" stands how bright a PWM line is when it is on, per mille.
struct SavedLines: Equatable {
    static let fileName = "lines"
    /// Bytes; 1,000 lines fit.
    static let maximumBytes = 64 * 1024

    final class Line: Equatable {
        let name: String
        let on: Bool
        /// PWM lines: how bright when it is on.
        let permille: Int?
        /// When the other level takes over.
        let until: Timestamp?

        init(name: String, on: Bool, permille: Int?, until: Timestamp?) {
            self.name = name
            self.on = on
            self.permille = permille
            self.until = until
        }

        /// Whatever their ends.
        func isLike(_ other: Line) -> Bool { name == other.name && on == other.on && permille == other.permille }

        static func == (a: Line, b: Line) -> Bool { a.isLike(b) && a.until == b.until }
    }

    var savedAt = Timestamp(milliseconds: 0)
    var lines: [Line] = []

    /// What comes back for a line, and for how long.
    struct Restored: Equatable {
        var on: Bool
        var permille: Int?
        var remaining: Duration?
    }

    func restored(_ name: String, at now: Timestamp) -> Restored {
        guard let line = lines.first(where: { $0.name == name }) else { return Restored(on: false) }
        guard let until = line.until else { return Restored(on: line.on, permille: line.permille) }
        // A clock that stands before the file's own time is not set yet: what was left then is left now.
        let remaining = until - max(now, savedAt)
        return remaining > .zero
            ? Restored(on: line.on, permille: line.permille, remaining: remaining) : Restored(on: !line.on, permille: line.permille)
    }

    /// Whether it was on for a time that has passed.
    func isOver(_ name: String, at now: Timestamp) -> Bool {
        guard let line = lines.first(where: { $0.name == name }), line.on, line.until != nil else { return false }
        return !restored(name, at: now).on
    }

    /// A deadline of the monotonic clock on the wall clock, to the second: it must not differ from one look to the next.
    static func wallClock(_ deadline: Instant, _ now: Moment) -> Timestamp {
        let exact = (now.timestamp + (deadline - now.instant)).milliseconds
        return Timestamp(milliseconds: exact / 1000 * 1000)
    }

    /// Whether writing `a` over `b` is not worth it: the same lines, and times that differ by what clocks drift.
    static func areSame(_ a: [Line], _ b: [Line]) -> Bool {
        guard a.count == b.count else { return false }
        for index in a.indices {
            let one = a[index], other = b[index]
            guard one.isLike(other), (one.until == nil) == (other.until == nil) else { return false }
            if let end = one.until, let otherEnd = other.until, abs(end.milliseconds - otherEnd.milliseconds) > drift { return false }
        }
        return true
    }

    /// Milliseconds.
    private static let drift: Int64 = 2000

    // MARK: The file

    init(lines: [Line] = [], savedAt: Timestamp = Timestamp(milliseconds: 0)) {
        self.lines = lines
        self.savedAt = savedAt
    }

    /// A file of another version restores nothing, and what is damaged of one is not restored: it stays off.
    init(_ bytes: [UInt8]?) {
        guard let bytes, bytes.count <= SavedLines.maximumBytes else { return }
        for row in StateFile.rows(SavedLines.fileName, bytes) {
            let words = row.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
            if words.count == 2, words[0] == "saved", let at = Int64(words[1]) {
                savedAt = Timestamp(milliseconds: at)
            } else if words.count == 3, let (on, permille) = SavedLines.level(words[0]), words[1] == "-" || SavedLines.isPlausible(words[1]) {
                lines.append(Line(name: String(words[2]), on: on, permille: permille, until: Int64(words[1]).map { Timestamp(milliseconds: $0) }))
            }
        }
    }

    /// "on", "off", "on@400"
    private static func level(_ text: Substring) -> (Bool, Int?)? {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts[0] == "on" || parts[0] == "off" else { return nil }
        if parts.count == 1 { return (parts[0] == "on", nil) }
        guard let permille = Int(parts[1]), permille >= 0, permille <= 1000 else { return nil }
        return (parts[0] == "on", permille)
    }

    /// Before the year 5000: arithmetic on it cannot overflow.
    private static func isPlausible(_ text: Substring) -> Bool {
        guard let value = Int64(text) else { return false }
        return value >= 0 && value < 100_000_000_000_000
    }

    var bytes: [UInt8] {
        var text = "perch-lines 1\n"
        if savedAt.milliseconds != 0 { text += say("saved $1\n", String(savedAt.milliseconds)) }
        for line in lines {
            text += say(
                "$1$2 $3 $4\n", line.on ? "on" : "off", line.permille.map { "@" + String($0) } ?? "",
                line.until.map { String($0.milliseconds) } ?? "-", line.name)
        }
        return Array(text.utf8)
    }
}

import Text
import Time

/// Who did what, when, from where, and what came of it: a bounded memory of the latest.
struct ActivityLog {
    /// Things people and timers did: about 200 bytes each.
    static let actionCapacity = 100
    /// Level changes of inputs have a ring of their own, so that a rattling contact does not push out what people did.
    static let edgeCapacity = 40
    /// Lines in one reply, product §3.
    static let shownLines = 20
    /// Characters kept of what somebody said.
    static let maximumText = 80

    final class Entry {
        let at: Timestamp
        /// Seconds east of UTC when it happened: the reader's clock on the wall then.
        let utcOffset: Int32
        fileprivate(set) var line: LineIndex?
        /// nil: the board itself (a timer, a policy, an input).
        let person: String?
        /// The resource of the person's client.
        let client: String?
        let what: String
        let outcome: String?
        /// About who may do what: told to admins.
        let isPrivate: Bool
        fileprivate var sequence: UInt64 = 0

        init(at now: Moment, line: LineIndex?, person: String?, client: String?, what: String, outcome: String?, isPrivate: Bool = false) {
            self.at = now.timestamp
            self.utcOffset = now.utcOffset
            self.line = line
            self.person = person
            self.client = client
            self.what = ActivityLog.cut(what)
            self.outcome = outcome
            self.isPrivate = isPrivate
        }
    }

    private var actions = Ring(capacity: ActivityLog.actionCapacity)
    private var edges = Ring(capacity: ActivityLog.edgeCapacity)
    private var sequence: UInt64 = 0

    private struct Ring {
        let capacity: Int
        var entries: [Entry] = []
        var oldest = 0

        init(capacity: Int) { self.capacity = capacity }

        mutating func append(_ entry: Entry) {
            if entries.count < capacity {
                entries.append(entry)
            } else {
                entries[oldest] = entry
                oldest = (oldest + 1) % capacity
            }
        }
    }

    mutating func add(_ entry: Entry, isEdge: Bool = false) {
        sequence &+= 1
        entry.sequence = sequence
        if isEdge { edges.append(entry) } else { actions.append(entry) }
    }

    /// The latest `limit`, oldest first; of one line where given.
    func latest(of line: LineIndex? = nil, withPrivate: Bool = false, limit: Int = ActivityLog.shownLines) -> [Entry] {
        var found: [Entry] = []
        for entry in actions.entries where (line == nil || entry.line == line) && (withPrivate || !entry.isPrivate) { found.append(entry) }
        for entry in edges.entries where line == nil || entry.line == line { found.append(entry) }
        found.sort { $0.sequence < $1.sequence }
        return Array(found.suffix(limit))
    }

    /// Entries of several lines in the order in which they happened.
    static func merged(_ entries: [Entry], limit: Int = shownLines) -> [Entry] {
        Array(entries.sorted { $0.sequence < $1.sequence }.suffix(limit))
    }

    /// Line numbers change on reload: `renamed[old]` is the new one, nil for a line that is gone.
    func renumber(_ renamed: [LineIndex?]) {
        for entry in actions.entries + edges.entries {
            guard let line = entry.line else { continue }
            entry.line = line < renamed.count ? renamed[line] : nil
        }
    }

    /// One line of text, short enough to keep.
    static func cut(_ text: String) -> String {
        var cut: [Unicode.Scalar] = []
        for scalar in text.unicodeScalars {
            if cut.count == maximumText {
                cut.append("…")
                break
            }
            cut.append(scalar.isNewline ? " " : scalar)
        }
        return String(scalars: cut)
    }
}

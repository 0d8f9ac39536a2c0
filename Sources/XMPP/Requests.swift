import Text
import Time

/// Our own `iq` requests that wait for an answer (RFC 6120 §8.2.3).
struct Requests {
    indirect enum Purpose: Equatable {
        case roster
        case ping
        /// A ping whose answer says that all that waited for us has arrived.
        case catchUp
        /// No `iq`, but `<enable/>`, whose answer is waited for as long; its id is empty.
        case enable
        case removeContact(JID)
        case publish(node: String)
    }

    final class Entry {
        let id: String
        /// nil: our own account, answered by the server on its behalf.
        let to: JID?
        fileprivate(set) var deadline: Instant
        let purpose: Purpose

        init(id: String, to: JID?, deadline: Instant, purpose: Purpose) {
            self.id = id
            self.to = to
            self.deadline = deadline
            self.purpose = purpose
        }
    }

    private(set) var entries: [Entry] = []

    /// - Returns: false when too many are outstanding; the request must not be sent then.
    mutating func add(_ entry: Entry) -> Bool {
        guard entries.count < Limits.outstandingRequests || entry.purpose == .catchUp else { return false }
        entries.append(entry)
        return true
    }

    /// The request that an answer belongs to, removed from the table; nil for everything we did not ask,
    /// and for answers from somebody who was not asked (RFC 6120 §8.1.2.1; CVE-2017-5589 and its family).
    mutating func take(id: String, from: JID?, own: JID) -> Entry? {
        remove { $0.id == id && Self.mayAnswer(from, to: $0.to, own: own) }.first
    }

    /// They go on over another connection: the time in between does not count.
    mutating func extend(to deadline: Instant) {
        for entry in entries { entry.deadline = deadline }
    }

    /// No answer is waited for any more.
    /// - Returns: whether one was.
    @discardableResult @inline(never)
    mutating func forget(_ purpose: Purpose) -> Bool {
        !remove { $0.purpose == purpose }.isEmpty
    }

    /// - Returns: what was removed, in its order.
    @inline(never)
    private mutating func remove(_ isOver: (Entry) -> Bool) -> [Entry] {
        var removed: [Entry] = [], kept: [Entry] = []
        for entry in entries {
            if isOver(entry) { removed.append(entry) } else { kept.append(entry) }
        }
        entries = kept
        return removed
    }

    var nextDeadline: Instant? {
        var earliest: Instant?
        for entry in entries where earliest.map({ entry.deadline < $0 }) ?? true { earliest = entry.deadline }
        return earliest
    }

    mutating func takeExpired(at now: Instant) -> [Entry] {
        remove { $0.deadline <= now }
    }

    /// Whether `from` may answer what was asked of `to`. The server answers for our account without
    /// `from`, or as our bare or full JID, or as itself; anybody else answers with exactly the address asked.
    static func mayAnswer(_ from: JID?, to: JID?, own: JID) -> Bool {
        guard let from else { return to == nil || to == own.bare || to == own.server }
        guard let to else { return from == own.bare || from == own || from == own.server }
        return from == to
    }
}

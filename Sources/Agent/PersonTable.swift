import Text
import Time
import XMPP

/// What is remembered of each person who talks to the board: the latest few dozen, whoever was longest silent goes first.
struct PersonTable {
    /// Persons; a few hundred bytes each. More may be authorised, by a pattern.
    static let capacity = 64

    struct Pending: Equatable {
        var code: String
        var lines: [LineIndex]
        var on: Bool
        var duration: Duration?
        var manner: Manner
        var expires: Instant
    }

    struct Person {
        var jid: JID
        var rate = RateLimit()
        var toldAboutEncryption = false
        var pending: Pending?
        /// Late messages: until when further ones are only counted, and how many were.
        var lateUntil: Instant?
        var lateMore = 0
        /// Where to send the count.
        var lateAddress: JID?
    }

    /// The most recent last.
    private var persons: [Person] = []

    /// Runs `body` on what is known of `jid` (bare), which becomes the most recent.
    mutating func with<Result>(_ jid: JID, _ body: (inout Person) -> Result) -> Result {
        var person: Person
        if let index = persons.lastIndex(where: { $0.jid == jid }) {
            person = persons.remove(at: index)
        } else {
            if persons.count >= PersonTable.capacity { persons.removeFirst() }
            person = Person(jid: jid)
        }
        let result = body(&person)
        persons.append(person)
        return result
    }

    /// Forgets what was asked back: the lines it names are no longer the same.
    mutating func dropPending() {
        for index in persons.indices { persons[index].pending = nil }
    }

    /// How many more late messages each person sent whose quiet time is over.
    mutating func takeLate(at now: Instant) -> [(to: JID, more: Int)] {
        var found: [(to: JID, more: Int)] = []
        for index in persons.indices {
            guard let until = persons[index].lateUntil, until <= now else { continue }
            if persons[index].lateMore > 0, let to = persons[index].lateAddress { found.append((to, persons[index].lateMore)) }
            persons[index].lateUntil = nil
            persons[index].lateMore = 0
            persons[index].lateAddress = nil
        }
        return found
    }

    var nextDeadline: Instant? {
        var next: Instant?
        for person in persons { if let until = person.lateUntil, next.map({ until < $0 }) ?? true { next = until } }
        return next
    }

    var count: Int { persons.count }
}

/// Log lines about people who are not authorised: enough to find out, never a flood.
struct StrangerLog {
    /// Addresses remembered, so that each is logged once in a while.
    static let capacity = 16
    static let silence: Duration = .seconds(600)
    /// Lines a minute from all strangers together.
    private var rate = RateLimit(limit: 5, window: .seconds(60))
    private var known: [(address: UInt64, at: Instant)] = []

    mutating func shouldLog(_ stranger: JID, at now: Instant) -> Bool {
        let address = RecentMessages.hash(stranger.bare.description, seed: 0)
        known.removeAll { now - $0.at >= StrangerLog.silence }
        if known.contains(where: { $0.address == address }) { return false }
        guard rate.admit(at: now) == .admitted else { return false }
        if known.count >= StrangerLog.capacity { known.removeFirst() }
        known.append((address, now))
        return true
    }
}

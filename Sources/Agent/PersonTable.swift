import Text
import Time
import XMPP

/// What is remembered of each person who talks to the board: the latest few dozen, whoever was longest silent goes first.
struct PersonTable {
    /// Persons; a few hundred bytes each. More may be authorised, by a pattern.
    static let capacity = 64

    final class Pending {
        let code: String
        let lines: [LineIndex]
        let on: Bool
        let duration: Duration?
        let manner: Manner
        let expires: Instant

        init(code: String, lines: [LineIndex], on: Bool, duration: Duration?, manner: Manner, expires: Instant) {
            self.code = code
            self.lines = lines
            self.on = on
            self.duration = duration
            self.manner = manner
            self.expires = expires
        }
    }

    final class Person {
        let jid: JID
        var rate = RateLimit()
        var toldAboutEncryption = false
        var pending: Pending?
        /// Late messages: until when further ones are only counted, and how many were.
        var lateUntil: Instant?
        var lateMore = 0
        /// Where to send the count.
        var lateAddress: JID?

        init(_ jid: JID) { self.jid = jid }

        /// What was asked back, which is answered or forgotten now.
        func takePending() -> Pending? {
            defer { pending = nil }
            return pending
        }
    }

    /// The most recent last.
    private var persons: [Person] = []

    /// What is known of `jid` (bare), which becomes the most recent.
    @inline(never)
    mutating func person(_ jid: JID) -> Person {
        let person: Person
        if let index = persons.lastIndex(where: { $0.jid == jid }) {
            person = persons.remove(at: index)
        } else {
            if persons.count >= PersonTable.capacity { persons.removeFirst() }
            person = Person(jid)
        }
        persons.append(person)
        return person
    }

    /// Forgets what was asked back: the lines it names are no longer the same.
    mutating func dropPending() {
        for person in persons { person.pending = nil }
    }

    /// How many more late messages each person sent whose quiet time is over.
    mutating func takeLate(at now: Instant) -> [(to: JID, more: Int)] {
        var found: [(to: JID, more: Int)] = []
        for person in persons {
            guard let until = person.lateUntil, until <= now else { continue }
            if person.lateMore > 0, let to = person.lateAddress { found.append((to, person.lateMore)) }
            person.lateUntil = nil
            person.lateMore = 0
            person.lateAddress = nil
        }
        return found
    }

    var nextDeadline: Instant? {
        var next = Earliest()
        for person in persons { next.consider(person.lateUntil) }
        return next.instant
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

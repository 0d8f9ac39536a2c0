import Text
import XMPP

/// The authorised people in the roster, and which of their clients are online. Others are not kept.
struct Contacts {
    /// Roster entries; 300 bytes each at most (architecture §5).
    static let maximumRoster = 2000
    /// Clients online at one time; what comes later is not shown by `who`.
    static let maximumOnline = 256

    /// What is needed of a roster entry, in as few bytes as that takes: no object.
    struct Entry {
        /// Bare.
        let address: String
        /// We see them, or have asked to.
        var isSeen: Bool
    }

    final class Client {
        let jid: JID
        var show: Show?

        init(jid: JID, show: Show?) {
            self.jid = jid
            self.show = show
        }
    }

    private(set) var roster: [Entry] = []
    private(set) var online: [Client] = []
    /// Whom we asked for their presence since the roster came: somebody who declines is not asked again and again.
    private var asked: [JID] = []

    /// Whether to ask them now; true once for each person, until they end it themselves.
    mutating func mayAsk(_ person: JID) -> Bool {
        if asked.contains(person) { return false }
        if asked.count == Contacts.maximumOnline { asked.removeFirst() }
        asked.append(person)
        return true
    }

    mutating func update(_ person: JID, _ item: RosterItem) {
        let isSeen = item.subscription == .to || item.subscription == .both || item.isPendingOut
        if let index = index(of: person) {
            roster[index].isSeen = isSeen
        } else if roster.count < Contacts.maximumRoster {
            roster.append(Entry(address: person.description, isSeen: isSeen))
        }
    }

    /// Whether we see them or have asked to; nil for somebody who is not in the roster.
    func isSeen(_ person: JID) -> Bool? {
        guard let index = index(of: person) else { return nil }
        return roster[index].isSeen
    }

    @inline(never)
    private func index(of person: JID) -> Int? {
        let address = person.bare.description
        for index in roster.indices where roster[index].address == address { return index }
        return nil
    }

    mutating func forget(_ jid: JID) {
        if let index = index(of: jid) { roster.remove(at: index) }
        isGone(jid.bare)
        unsubscribed(jid.bare)
    }

    @inline(never)
    private mutating func isGone(_ person: JID) { online.removeAll { $0.jid.bare == person } }

    mutating func replaceRoster() {
        roster.removeAll()
        asked.removeAll()
    }

    @inline(never)
    mutating func unsubscribed(_ person: JID) { asked.removeAll { $0 == person } }

    mutating func take(_ presence: Presence) {
        let index = online.firstIndex { $0.jid == presence.from }
        switch presence.availability {
        case .available:
            let client = Client(jid: presence.from, show: presence.show)
            if let index { online[index] = client } else if online.count < Contacts.maximumOnline { online.append(client) }
        case .unavailable:
            if let index { online.remove(at: index) }
        case .error:
            // The whole address cannot be reached.
            isGone(presence.from.bare)
        }
    }

    /// Who is in the roster, but not authorised any more.
    func strangers(_ isTrusted: (JID) -> Bool) -> [JID] {
        var found: [JID] = []
        for entry in roster {
            do throws(JIDError) {
                let jid = try JID(entry.address)
                if !isTrusted(jid) { found.append(jid) }
            } catch {}  // cannot be: it was an address when it came
        }
        for client in online where !isTrusted(client.jid) && !found.contains(client.jid.bare) { found.append(client.jid.bare) }
        return found
    }

    mutating func everybodyGone() { online.removeAll() }

    /// Each person who is online once; available before away.
    var peopleOnline: [Client] {
        var people: [Client] = []
        for client in online {
            if let index = people.firstIndex(where: { $0.jid == client.jid.bare }) {
                if client.show == nil { people[index].show = nil }
            } else {
                people.append(Client(jid: client.jid.bare, show: client.show))
            }
        }
        return people
    }
}

import Text
import Time
import XMPP

/// Whom the admins let in or kept out by chat, and the codes that nobody has said yet. In the state directory a small text:
///
///     perch-people 1
///     person operator bob@example.org alice@example.org
///     person nobody carol@family.example.org alice@example.org
///     code viewer 1795451820000 z9nVbxn…= alice@example.org
///
/// Last stands which admin it was. Of a code only its digest is kept, and until when it is good in milliseconds of wall-clock time.
final class GuestList {
    static let fileName = "people"

    /// Persons; larger groups stand in the configuration as `*@domain`. 100 bytes each.
    static let maximumGuests = 128
    /// Bytes of an address in the list: with it the longest file is half of what is read.
    static let maximumAddress = 512
    /// Open codes: as many as an admin can keep in mind.
    static let maximumInvitations = 8
    /// How long a code is good.
    static let lifetime: Duration = .seconds(24 * 3600)
    /// How far a clock may have been set back before a code counts as made in the future, and is no good.
    static let clockSlack: Duration = .seconds(3600)
    /// Codes of strangers that are looked at in a minute, of all together: addresses are cheap. In a day 43,200 of 2^60 can be tried.
    static let guesses = 30

    final class Guest: Equatable {
        /// Bare.
        let jid: JID
        /// nil: nobody, though a pattern of the configuration says otherwise.
        let role: Role?
        let by: JID

        init(jid: JID, role: Role?, by: JID) {
            self.jid = jid
            self.role = role
            self.by = by
        }

        static func == (a: Guest, b: Guest) -> Bool { a.jid == b.jid && a.role == b.role && a.by == b.by }
    }

    final class Invitation: Equatable {
        let role: Role
        let expires: Timestamp
        let digest: String
        let by: JID

        init(role: Role, expires: Timestamp, digest: String, by: JID) {
            self.role = role
            self.expires = expires
            self.digest = digest
            self.by = by
        }

        static func == (a: Invitation, b: Invitation) -> Bool { a.role == b.role && a.expires == b.expires && a.digest == b.digest && a.by == b.by }

        func isGood(_ now: Timestamp) -> Bool { now < expires && now >= expires - GuestList.lifetime - GuestList.clockSlack }
    }

    private(set) var guests: [Guest] = []
    private(set) var invitations: [Invitation] = []
    var rate = RateLimit(limit: GuestList.guesses, window: .seconds(60))
    /// Codes made since the start.
    var made: UInt64 = 0
    /// Whose words brought the last change about.
    var changedBy: JID?

    /// The configuration's word on a person counts first, then this list, then the configuration's patterns.
    func role(of person: JID, _ people: People) -> Role? {
        if let role = people.exactRole(of: person) { return role }
        if let guest = guest(person) { return guest.role }
        return people.role(of: person)
    }

    func guest(_ person: JID) -> Guest? {
        for guest in guests where guest.jid.local == person.local && guest.jid.domain == person.domain { return guest }
        return nil
    }

    /// Each open code needs a place for who says it.
    var isFull: Bool { guests.count + invitations.count >= GuestList.maximumGuests }

    func set(_ guest: Guest) {
        remove(guest.jid)
        guests.append(guest)
    }

    func remove(_ person: JID) { guests.removeAll { $0.jid == person } }

    func add(_ invitation: Invitation) { invitations.append(invitation) }

    /// Takes an open code out of the list.
    func take(_ digest: String) -> Invitation? {
        guard let index = invitations.firstIndex(where: { $0.digest == digest }) else { return nil }
        return invitations.remove(at: index)
    }

    /// - Returns: how many there were.
    func dropInvitations() -> Int {
        defer { invitations.removeAll() }
        return invitations.count
    }

    /// Forgets whom the configuration names (it would be a surprise if they came back when it no longer does), and codes that are over or whose
    /// maker is no admin any more.
    /// - Returns: whether there were any.
    func prune(_ people: People, _ now: Timestamp) -> Bool {
        let before = guests.count + invitations.count
        guests.removeAll { people.exactRole(of: $0.jid) != nil }
        invitations.removeAll { $0.expires <= now || role(of: $0.by, people) != .admin }
        return guests.count + invitations.count != before
    }

    // MARK: The file

    init(_ bytes: [UInt8]? = nil) {
        for row in StateFile.rows(GuestList.fileName, bytes) { take(row.split(separator: " ", omittingEmptySubsequences: false)) }
    }

    private func take(_ words: [Substring]) {
        guard words.count >= 4 else { return }
        let role = Role.names.firstIndex { $0 == words[1] }.flatMap { Role(rawValue: $0) }
        guard role != nil || words[1] == "nobody", let by = GuestList.address(words[words.count - 1]) else { return }
        if words[0] == "person", words.count == 4, let jid = GuestList.address(words[2]) {
            if guest(jid) == nil, guests.count < GuestList.maximumGuests { guests.append(Guest(jid: jid, role: role, by: by)) }
        } else if words[0] == "code", words.count == 5, let role, let at = Int64(words[2]), at >= 0, at < 100_000_000_000_000, words[3].utf8.count == 44 {
            if invitations.count >= GuestList.maximumInvitations { return }
            invitations.append(Invitation(role: role, expires: Timestamp(milliseconds: at), digest: String(words[3]), by: by))
        }
    }

    private static func address(_ text: Substring) -> JID? {
        do throws(JIDError) {
            let jid = try JID(String(text))
            return jid.local != nil && jid.isBare && text.utf8.count <= maximumAddress ? jid : nil
        } catch { return nil }
    }

    var bytes: [UInt8] {
        var text = "perch-people 1\n"
        for guest in guests { text += say("person $1 $2 $3\n", guest.role?.name ?? "nobody", guest.jid.description, guest.by.description) }
        for open in invitations { text += say("code $1 $2 $3 $4\n", open.role.name, String(open.expires.milliseconds), open.digest, open.by.description) }
        return Array(text.utf8)
    }
}

import Text
import Time
import XMPP

/// Changes of who may do what: `allow`, `deny`, `invite`, and a code that somebody says.
///
/// Nobody takes the role of admin from himself, so there is always one; and chat changes nobody whom the configuration names, so that whoever
/// has the file has the last word.
extension Agent {
    func changePeople(_ command: Command, _ asker: Asker) {
        _ = guests.prune(configuration.people, now.timestamp)
        do throws(Complaint) {
            switch command {
            case .allow(let words): try allow(words, asker)
            case .deny(let words): try deny(words, asker)
            case .invite(let words): try invite(words, asker)
            default:
                let count = guests.dropInvitations()
                if count == 0 { throw Complaint(Replies.noOpenCode) }
                changed(asker, Replies.codesDropped(count))
                reply(asker, Replies.codesDropped(count))
            }
        } catch { reply(asker, Replies.nothingChanged(error.text)) }
    }

    private func allow(_ words: [String], _ asker: Asker) throws(Complaint) {
        let (person, role) = try Agent.personAndRole(words)
        guard let person else { throw Complaint(Replies.allowWhom) }
        guard let role else { throw Complaint(Replies.allowAsWhat(person)) }
        try checkChangeable(person, by: asker)
        if self.role(of: person) == role { throw Complaint(Replies.isAlready(person, role)) }
        if guests.guest(person) == nil, guests.isFull { throw Complaint(Replies.listIsFull) }
        guests.changedBy = asker.person
        admit(person, role, by: asker.person)
        note(asker, Replies.isNow(person, role))
        reply(asker, Replies.isNow(person, role))
    }

    private func deny(_ words: [String], _ asker: Asker) throws(Complaint) {
        let (person, stray) = try Agent.personAndRole(words)
        guard let person, stray == nil else { throw Complaint(Replies.denyWhom) }
        try checkChangeable(person, by: asker)
        guard role(of: person) != nil else {
            var known: [String] = []
            for guest in guests.guests where guest.role != nil { known.append(guest.jid.description) }
            throw Complaint(Replies.hasNoRole(person, nearest: Spelling.nearest(to: person.description, among: known)))
        }
        if configuration.people.role(of: person) == nil {
            guests.remove(person)
        } else {
            // A pattern would let them in again.
            if guests.guest(person) == nil, guests.isFull { throw Complaint(Replies.listIsFull) }
            guests.set(GuestList.Guest(jid: person, role: nil, by: asker.person))
        }
        changed(asker, Replies.isDenied(person))
        removeContact(person)
        reply(asker, Replies.isDenied(person))
    }

    private func invite(_ words: [String], _ asker: Asker) throws(Complaint) {
        if words.isEmpty { return reply(asker, openCodes().isEmpty ? Replies.noOpenCode + Replies.howToInvite : openCodes().joined(separator: "\n")) }
        let (person, role) = try Agent.personAndRole(words, wantsPerson: false)
        guard person == nil, let role else { throw Complaint(Replies.codeForWhom) }
        if !Spoken.isClockSet(now.timestamp) { throw Complaint(Replies.codeNeedsClock) }
        if guests.invitations.count >= GuestList.maximumInvitations { throw Complaint(Replies.tooManyCodes) }
        if guests.isFull { throw Complaint(Replies.listIsFull) }
        guard let code = OneTimeCode.make(secret: secret, number: guests.made), let digest = OneTimeCode.digest(code) else { throw Complaint(Replies.noRandomness) }
        guests.made += 1
        guests.add(GuestList.Invitation(role: role, expires: now.timestamp + GuestList.lifetime, digest: digest, by: asker.person))
        let until = Spoken.until(now.instant + GuestList.lifetime, from: now)
        changed(asker, Replies.codeMade(role, until))
        reply(asker, Replies.code(code, role, until, configuration.account.jid.link(saying: code)))
    }

    private func checkChangeable(_ person: JID, by asker: Asker) throws(Complaint) {
        if let role = configuration.people.exactRole(of: person) { throw Complaint(Replies.isListed(person, role)) }
        if person == asker.person { throw Complaint(Replies.notOneself) }
        if person == configuration.account.jid.bare { throw Complaint(Replies.notMyself) }
    }

    /// The address and the role among the words, in any order.
    private static func personAndRole(_ words: [String], wantsPerson: Bool = true) throws(Complaint) -> (JID?, Role?) {
        var person: JID?, role: Role?
        let hasAddress = words.contains { $0.utf8.contains(UInt8(ascii: "@")) }
        for word in words {
            let isAddress = word.utf8.contains(UInt8(ascii: "@")), folded = word.lowercased()
            if CommandWords.contains(CommandWords.roleFillers, folded) { continue }
            if isAddress || (wantsPerson && !hasAddress && person == nil && !Role.names.contains(folded)) {
                if person != nil { throw Complaint(Replies.onePersonAtATime) }
                let jid = try ConfigurationValue.address(folded.hasPrefix("xmpp:") ? word.dropping(5) : word)
                if jid.description.utf8.count > GuestList.maximumAddress { throw Complaint(Replies.longAddress) }
                person = jid
            } else {
                if role != nil { throw Complaint(Replies.onePersonAtATime) }
                role = Role(rawValue: try ConfigurationValue.choice(word, Role.names))
            }
        }
        return (person, role)
    }

    // MARK: A code that is said

    /// Whether the message was a one-time code and is dealt with. Of a wrong one a stranger hears nothing, as of everything else.
    func redeem(_ message: Message, role: Role?) -> Bool {
        guard !guests.invitations.isEmpty, message.delay == nil, !message.isEncrypted, message.replaces == nil, let body = message.body,
            body.utf8.count <= Agent.maximumBody, let digest = OneTimeCode.digest(body)
        else { return false }
        let person = message.from.bare
        if role == nil {
            switch guests.rate.admit(at: now.instant) {
            case .admitted: break
            case .refused:
                toLog(.warning, Replies.guessing)
                return true
            case .refusedAgain: return true
            }
        }
        let isKeptOut = guests.guest(person).map { $0.role == nil } ?? false
        guard let open = guests.invitations.first(where: { $0.digest == digest }), open.isGood(now.timestamp), self.role(of: open.by) == .admin,
            !isKeptOut, person.local != nil, person != configuration.account.jid.bare, person.description.utf8.count <= GuestList.maximumAddress
        else {
            if role == nil { ignoreStranger(person, "said a wrong one-time code") }
            return role == nil
        }
        accept(open, message, role, person)
        return true
    }

    /// A good code was said. `role`: what the person has already.
    private func accept(_ open: GuestList.Invitation, _ message: Message, _ role: Role?, _ person: JID) {
        let asker = Asker(from: message.from, role: open.role, kind: message.kind, thread: message.thread, text: "a one-time code")
        if let role, role >= open.role { return reply(asker, Replies.codeStays(role)) }
        if let listed = configuration.people.exactRole(of: person) { return reply(asker, Replies.nothingChanged(Replies.isListed(person, listed))) }
        _ = guests.take(open.digest)
        guests.changedBy = open.by
        admit(person, open.role, by: open.by)
        // Delivered twice, it is not another command.
        if role == nil {
            _ = recent.see(message, at: now.instant)
            if message.requestsReceipt, let id = message.id { effects.append(.send(OutgoingMessage(to: message.from, kind: message.kind, receiptFor: id))) }
        }
        recent.markActed(message)
        if let effect = recent.save(message, now) { effects.append(effect) }
        note(asker, Replies.letIn(person, open.role, by: open.by))
        reply(asker, Replies.welcome(open.role, by: open.by) + "\n" + Help(vocabulary: vocabulary, role: open.role).overview())
        reply(OutgoingMessage(to: open.by, body: Replies.saidYourCode(person, open.role)))
    }

    /// Written down, and in each other's roster if they have not been.
    private func admit(_ person: JID, _ role: Role, by admin: JID) {
        let isNew = self.role(of: person) == nil
        guests.set(GuestList.Guest(jid: person, role: role, by: admin))
        storeGuests()
        guard isNew else { return }
        // They may have asked before; else servers keep it for when they do, or pass it over (RFC 6121 §3.4).
        subscribe(.subscribed, person)
        if contacts.isSeen(person) != true, contacts.mayAsk(person) { subscribe(.subscribe, person) }
    }

    // MARK: What stays of it

    private func changed(_ asker: Asker, _ outcome: String) {
        guests.changedBy = asker.person
        storeGuests()
        note(asker, outcome)
    }

    private func note(_ asker: Asker, _ outcome: String) {
        record(asker, line: nil, outcome: outcome, isPrivate: true)
        toLog(.notice, asker.person.description + ": " + outcome)
    }

    func storeGuests(onlyPruned: Bool = false) {
        let isPruned = guests.prune(configuration.people, now.timestamp)
        if isPruned || !onlyPruned { store(GuestList.fileName, guests.bytes) }
    }

    /// What is not on disk will not be true after a restart: whoever wanted it must know.
    func guestsNotStored(_ why: String) {
        if let admin = guests.changedBy, role(of: admin) == .admin { reply(OutgoingMessage(to: admin, body: Replies.notWrittenDown(why))) }
    }

    // MARK: In words

    func peopleText() -> String {
        var listed: [String] = [], known: [String] = []
        for entry in configuration.people.entries { listed.append(say("$1@$2: $3", entry.local ?? "*", entry.domain, entry.role.name)) }
        for guest in guests.guests {
            let what: StaticString = guest.role == nil ? "$1: nobody (kept out by $3)" : "$1: $2 (let in by $3)"
            known.append(say(what, guest.jid.description, guest.role?.name ?? "", guest.by.description))
        }
        let rows = Agent.listed(listed) + Agent.listed(known) + openCodes()
        return rows.isEmpty ? "Nobody is listed under [people]." : rows.joined(separator: "\n")
    }

    private static func listed(_ rows: [String]) -> [String] {
        rows.count > Help.maximumNames ? rows.prefix(Help.maximumNames) + [say("and $1 more", digits(rows.count - Help.maximumNames))] : rows
    }

    private func openCodes() -> [String] {
        var rows: [String] = []
        for open in guests.invitations where open.isGood(now.timestamp) {
            let until = Spoken.until(now.instant + (open.expires - now.timestamp), from: now)
            rows.append(say("open code for $1 $2, by $3", open.role.name, until, open.by.description))
        }
        return rows
    }
}

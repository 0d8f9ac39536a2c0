import Text
import Time
import XMPP

/// Who said what, and how to answer.
final class Asker {
    /// With the resource: answers go where the question came from.
    let from: JID
    let person: JID
    let role: Role
    let kind: Message.Kind
    let thread: String?
    /// What was said.
    let text: String

    init(from: JID, role: Role, kind: Message.Kind, thread: String?, text: String) {
        self.from = from
        person = from.bare
        self.role = role
        self.kind = kind
        self.thread = thread
        self.text = text
    }
}

/// What a message must pass before it is a command.
extension Agent {
    func hear(_ message: Message, _ now: Moment) {
        switch message.kind {
        case .chat, .normal: break
        // Answering errors makes loops; rooms are not joined in this version; headlines are not meant for us.
        case .error, .groupchat, .headline: return
        }
        // A room that is listed does not lend its role to a nickname (XEP-0045 §7.5).
        if message.isFromRoom {
            return ignoreStranger(message.from, "passed on a private message", but: "is a group chat and who is behind a nickname is not known", now)
        }
        guard let role = role(of: message.from) else {
            if redeem(message, role: nil, now) { return }
            if message.body != nil || message.isEncrypted { ignoreStranger(message.from, "wrote to this board", now) }
            return
        }
        // Typing notices, receipts and markers.
        guard message.body != nil || message.isEncrypted else { return }
        let asker = Asker(from: message.from, role: role, kind: message.kind, thread: message.thread, text: message.body ?? "")
        if message.requestsReceipt, let id = message.id { effects.append(.send(OutgoingMessage(to: message.from, kind: message.kind, receiptFor: id))) }
        if message.isEncrypted {
            let person = persons.person(asker.person)
            if !person.toldAboutEncryption { reply(asker, Replies.encrypted) }
            person.toldAboutEncryption = true
            return
        }
        let sighting = recent.see(message, at: now.instant)
        if sighting == .again { return }
        if let delay = message.delay {
            keep(message, asker, now)
            return late(delay, asker, now)
        }
        guard isAdmitted(message, asker, now) else { return }
        if sighting == .sameIDOtherWords { return reply(asker, Replies.sameID) }
        if asker.text.utf8.count > Agent.maximumBody { return reply(asker, Replies.tooLong) }
        if message.replaces != nil {
            switch recent.correctedWasActedOn(message, at: now.instant) {
            case true?: return reply(asker, Replies.correctedTooLate)
            case nil: return reply(asker, Replies.correctsUnknown)
            // A slip that switched nothing may be corrected: the correction is the command.
            case false?: break
            }
        }
        execute(message, asker, now)
    }

    /// What was done is not done again, and what was refused stays refused: also when it comes once more after a restart.
    func keep(_ message: Message, _ asker: Asker, _ now: Moment) {
        if asker.role >= .operator, let effect = recent.save(message, now) { effects.append(effect) }
    }

    private func isAdmitted(_ message: Message, _ asker: Asker, _ now: Moment) -> Bool {
        let person = persons.person(asker.person)
        switch person.rate.admit(at: now.instant) {
        case .admitted: return true
        case .refused:
            keep(message, asker, now)
            reply(asker, Replies.tooFast(person.rate.wait(at: now.instant)))
            return false
        case .refusedAgain: return false
        }
    }

    /// A message that was stored on its way is never executed. A whole heap of them gets two answers, not one each.
    private func late(_ said: Timestamp, _ asker: Asker, _ now: Moment) {
        let person = persons.person(asker.person)
        let isFirst = person.lateUntil == nil
        person.lateAddress = asker.from
        if isFirst { person.lateUntil = now.instant + Agent.lateQuiet } else { person.lateMore += 1 }
        record(asker, line: nil, outcome: "not done: said while I was offline", now)
        guard isFirst else { return }
        // A board whose clock is not set, or a sender whose clock is wrong.
        let isPlausible = Spoken.isClockSet(said) && said < now.timestamp
        reply(asker, Replies.late(isPlausible ? now.timestamp - said : nil))
    }

    private func execute(_ message: Message, _ asker: Asker, _ now: Moment) {
        if redeem(message, role: asker.role, now) { return }
        let command: Command
        do throws(Misunderstanding) {
            command = try Command.parse(asker.text, vocabulary)
        } catch {
            return reply(asker, Misunderstood(vocabulary: vocabulary, role: asker.role).reply(to: error))
        }
        switch command {
        case .switchLines, .pulse, .blink, .dim, .confirm, .allow, .deny, .invite, .cancelInvites:
            recent.markActed(message)
            // Before it is done: a crash may come in between.
            keep(message, asker, now)
        default: break
        }
        perform(command, asker, now)
    }

    private func perform(_ command: Command, _ asker: Asker, _ now: Moment) {
        let help = Help(vocabulary: vocabulary, role: asker.role)
        switch command {
        case .help: reply(asker, help.overview())
        case .helpOn(let topic): reply(asker, help.about(topic))
        case .helpAbout(let target): reply(asker, help.about(target, configuration, state: helpState(target, now)))
        case .status: askStatus(asker, now)
        case .read(let targets): read(targets, asker, now)
        case .switchLines(let targets, let switching, let duration):
            guard permit(asker, .operator, say("switch $1", names(targets)), now) else { return }
            requestSwitch(targets, switching, .steady, duration, asker, now)
        case .pulse(let targets, let duration):
            guard permit(asker, .operator, say("switch $1", names(targets)), now) else { return }
            requestSwitch(targets, .on, .pulse, duration, asker, now)
        case .blink(let targets, let frequency, let duration):
            guard permit(asker, .operator, say("switch $1", names(targets)), now) else { return }
            requestSwitch(targets, .on, .blink(frequency ?? Blink.usualFrequency), duration, asker, now)
        case .dim(let targets, let dimming, let duration):
            guard permit(asker, .operator, say("switch $1", names(targets)), now) else { return }
            requestSwitch(targets, .on, .dim(dimming), duration, asker, now)
        case .confirm(let code):
            guard permit(asker, .operator, "switch anything", now) else { return }
            confirm(code, asker, now)
        case .decline: decline(asker, now)
        case .log(let target): reply(asker, logText(target, asker, now))
        case .who:
            guard permit(asker, .operator, "see who is online", now) else { return }
            reply(asker, whoText())
        case .people:
            guard permit(asker, .admin, "see who may do what", now) else { return }
            reply(asker, peopleText(now))
        case .allow, .deny, .invite, .cancelInvites:
            guard permit(asker, .admin, "change who may do what", now) else { return }
            changePeople(command, asker, now)
        case .about: reply(asker, aboutText(now))
        case .uptime: reply(asker, uptimeText(now))
        case .ping: reply(asker, Replies.pong)
        case .greeting: reply(asker, Replies.hello)
        case .thanks: reply(asker, Replies.welcome)
        }
    }

    /// Says so when the role does not suffice.
    func permit(_ asker: Asker, _ role: Role, _ what: String, _ now: Moment) -> Bool {
        if asker.role >= role { return true }
        reply(asker, Replies.needs(role, what))
        record(asker, line: nil, outcome: say("refused: needs the $1 role", Replies.name(role)), now, isPrivate: role == .admin)
        return false
    }

    private func names(_ targets: [Target]) -> String { Replies.list(targets.map { vocabulary.text(of: $0) }) }

    func record(_ asker: Asker?, line: LineIndex?, what: String? = nil, outcome: String, _ now: Moment, isEdge: Bool = false, isPrivate: Bool = false) {
        log.add(
            ActivityLog.Entry(
                at: now, line: line, person: asker?.person.description, client: asker?.from.resource, what: what ?? asker?.text ?? "",
                outcome: outcome, isPrivate: isPrivate),
            isEdge: isEdge)
    }
}

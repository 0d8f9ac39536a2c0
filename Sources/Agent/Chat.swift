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
    func hear(_ message: Message) {
        switch message.kind {
        case .chat, .normal: break
        // Answering errors makes loops; rooms are not joined in this version; headlines are not meant for us.
        case .error, .groupchat, .headline: return
        }
        // A room that is listed does not lend its role to a nickname (XEP-0045 §7.5).
        if message.isFromRoom {
            return ignoreStranger(message.from, "passed on a private message", but: "is a group chat and who is behind a nickname is not known")
        }
        guard let role = role(of: message.from) else {
            if redeem(message, role: nil) { return }
            if message.body != nil || message.isEncrypted { ignoreStranger(message.from, "wrote to this board") }
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
            keep(message, asker)
            return late(delay, asker)
        }
        guard isAdmitted(message, asker) else { return }
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
        execute(message, asker)
    }

    /// What was done is not done again, and what was refused stays refused: also when it comes once more after a restart.
    func keep(_ message: Message, _ asker: Asker) {
        if asker.role >= .operator, let effect = recent.save(message, now) { effects.append(effect) }
    }

    private func isAdmitted(_ message: Message, _ asker: Asker) -> Bool {
        let person = persons.person(asker.person)
        switch person.rate.admit(at: now.instant) {
        case .admitted: return true
        case .refused:
            keep(message, asker)
            reply(asker, Replies.tooFast(person.rate.wait(at: now.instant)))
            return false
        case .refusedAgain: return false
        }
    }

    /// A message that was stored on its way is never executed. A whole heap of them gets two answers, not one each.
    private func late(_ said: Timestamp, _ asker: Asker) {
        let person = persons.person(asker.person)
        let isFirst = person.lateUntil == nil
        person.lateAddress = asker.from
        if isFirst { person.lateUntil = now.instant + Agent.lateQuiet } else { person.lateMore += 1 }
        record(asker, line: nil, outcome: "not done: said while I was offline")
        guard isFirst else { return }
        // A board whose clock is not set, or a sender whose clock is wrong.
        let isPlausible = Spoken.isClockSet(said) && said < now.timestamp
        reply(asker, Replies.late(isPlausible ? now.timestamp - said : nil))
    }

    private func execute(_ message: Message, _ asker: Asker) {
        if redeem(message, role: asker.role) { return }
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
            keep(message, asker)
        default: break
        }
        perform(command, asker)
    }

    private func perform(_ command: Command, _ asker: Asker) {
        let help = Help(vocabulary: vocabulary, role: asker.role)
        switch command {
        case .help: reply(asker, help.overview())
        case .helpOn(let topic): reply(asker, help.about(topic))
        case .helpAbout(let target): reply(asker, help.about(target, configuration, state: helpState(target)))
        case .status: askStatus(asker)
        case .read(let targets): read(targets, asker)
        case .switchLines(let targets, let switching, let duration): switchIfPermitted(targets, switching, .steady, duration, asker)
        case .pulse(let targets, let duration): switchIfPermitted(targets, .on, .pulse, duration, asker)
        case .blink(let targets, let frequency, let duration):
            switchIfPermitted(targets, .on, .blink(frequency ?? Blink.usualFrequency), duration, asker)
        case .dim(let targets, let dimming, let duration): switchIfPermitted(targets, .on, .dim(dimming), duration, asker)
        case .confirm(let code):
            guard permit(asker, .operator, "switch anything") else { return }
            confirm(code, asker)
        case .decline: decline(asker)
        case .log(let target): reply(asker, logText(target, asker))
        case .who:
            guard permit(asker, .operator, "see who is online") else { return }
            reply(asker, whoText())
        case .people:
            guard permit(asker, .admin, "see who may do what") else { return }
            reply(asker, peopleText())
        case .allow, .deny, .invite, .cancelInvites:
            guard permit(asker, .admin, "change who may do what") else { return }
            changePeople(command, asker)
        case .about: reply(asker, aboutText())
        case .uptime: reply(asker, uptimeText())
        case .ping: reply(asker, Replies.pong)
        case .greeting: reply(asker, Replies.hello)
        case .thanks: reply(asker, Replies.welcome)
        }
    }

    /// Says so when the role does not suffice.
    func permit(_ asker: Asker, _ role: Role, _ what: String) -> Bool {
        if asker.role >= role { return true }
        reply(asker, Replies.needs(role, what))
        record(asker, line: nil, outcome: say("refused: needs the $1 role", Replies.name(role)), isPrivate: role == .admin)
        return false
    }

    @inline(never)
    private func switchIfPermitted(_ targets: [Target], _ switching: Switching, _ manner: Manner, _ duration: Duration?, _ asker: Asker) {
        var names: [String] = []
        for target in targets { names.append(vocabulary.text(of: target)) }
        guard permit(asker, .operator, say("switch $1", Replies.list(names))) else { return }
        requestSwitch(targets, switching, manner, duration, asker)
    }

    func record(_ asker: Asker?, line: LineIndex?, what: String? = nil, outcome: String, isEdge: Bool = false, isPrivate: Bool = false) {
        log.add(
            ActivityLog.Entry(
                at: now, line: line, person: asker?.person.description, client: asker?.from.resource, what: what ?? asker?.text ?? "",
                outcome: outcome, isPrivate: isPrivate),
            isEdge: isEdge)
    }
}

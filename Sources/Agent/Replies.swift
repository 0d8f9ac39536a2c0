import Text
import Time
import XMPP

/// Every sentence that the board says to people, in one place, so that they can be read aloud one after the other.
enum Replies {
    /// Names listed in one sentence before "and N more".
    static let maximumNames = 12

    // MARK: Switching

    /// `lamp is on until 19:42`
    static func isOn(_ line: String, _ word: String, until: String?) -> String {
        until.map { "\(line) is \(word) \($0)" } ?? "\(line) is \(word)"
    }
    static func maxOn(_ limit: Duration) -> String { " (I switch it off after \(Spoken.duration(limit)) at the latest)" }
    static func staysOff(_ line: String, _ word: String) -> String { "\(line) is \(word) (it was before, so it stays that way)" }
    static func pulsed(_ line: String, _ duration: Duration) -> String { "\(line) pulsed for \(Spoken.duration(duration))" }
    static func pulseReplaced(_ line: String) -> String { "\(line): another command came before the pulse was over" }
    static func makeReplaced(_ line: String) -> String { "\(line) was not switched on: another command came before the others of its interlock were off" }
    static func stoppedFirst(_ line: String) -> String { "\(line) was not switched on: I was stopped before the others of its interlock were off" }
    static func switchedOffFirst(_ lines: [String]) -> String { " (I switched \(list(lines)) off first)" }
    static func lockedOut(_ line: String, by other: String, _ why: String) -> String {
        "\(line) was not switched on, because \(other) may not be on with it (interlock), and it did not go off: \(why)"
    }
    static func onlyOne(_ lines: [String]) -> String {
        "Only one of \(list(lines)) can be on (interlock), so I left \(lines.count == 2 ? "both" : "all") alone. Say which one."
    }
    static func staysOffFor(_ line: String, _ other: String) -> String { "\(line) does not come on again by itself: \(other) is on now" }
    static func doubles(_ lines: [String]) -> String { "\(list(lines)) are on together, which interlock forbids: all of them are switched off" }
    static func othersOn(_ lines: [String]) -> String { "\(list(lines)) are on together, which interlock forbids: somebody else switched one of them" }
    static func noneRestored(_ lines: [String]) -> String { "only one of \(list(lines)) can be on (interlock), and all of them were said to be on: all stay off" }
    static func comesOnLater(_ line: String, _ until: String) -> String {
        "\(line) was on and stays off \(until): nobody knows how long it was off (min-off, interlock)"
    }
    /// `fridge must stay off for another 3 min (min-off). Say it again then.`
    static func mustStayOff(_ line: String, _ word: String, _ left: Duration, _ comesOn: String?) -> String {
        "\(line) must stay \(word) for another \(Spoken.duration(left)) (min-off). "
            + (comesOn.map { "It stays \(word) \($0) and goes on by itself then." } ?? "Say it again then.")
    }
    static func minOff(_ time: Duration) -> String { " (it stays off for at least \(Spoken.duration(time)))" }
    static func cannotBlink(_ line: String, _ key: String) -> String { "\(line) cannot blink: it has \(key), and blinking would switch it on too soon." }
    static func blinking(_ frequency: Int) -> String { "blinking at \(Blink.text(frequency))" }
    static func blinkReplaced(_ line: String) -> String { "\(line): another command came before it blinked" }
    static func fades(_ line: String, _ target: String, _ until: String) -> String { "\(line) fades to \(target) \(until)" }
    static func fadeStopped(_ why: String) -> String { "I stopped fading: \(why)" }
    static func onlyOnOff(_ line: String) -> String {
        "\(line) can only be on or off: it has no `pwm = …` in perch.conf. `perch check` tells whether its pin could have it."
    }
    /// "set lamp to 40 %", "fade lamp and fan to 40 % in 5 s"
    static func dim(_ lines: [LineConfiguration], _ dimming: Dimming) -> String {
        let what = "\(list(lines.map { $0.name })) to \(Dimming.text(dimming.permille))"
        return dimming.over > .zero ? "fade \(what) in \(Spoken.duration(dimming.over))" : "set \(what)"
    }
    static func blinkStopped(_ why: String) -> String { "I stopped blinking: \(why)" }
    static func alreadyOn(_ line: String, _ word: String) -> String {
        "\(line) is \(word) already, so there is nothing to pulse. Say \"\(line) off\" first."
    }
    static func didNotSwitch(_ line: String, _ why: String) -> String { "\(line) did not switch: \(why)" }
    static func readsDifferently(_ line: String, wanted: String, reads: String) -> String {
        "\(line) did not switch: I asked for \(wanted), but it reads \(reads)."
    }
    static func noAnswer(_ line: String) -> String {
        "\(line): the board did not answer within \(Spoken.duration(Outputs.outcomeDeadline)), so I do not know whether it switched."
    }
    static func levelUnknown(_ line: String, _ why: String?) -> String {
        "I do not know whether \(line) is on\(why.map { ": \($0)" } ?? ""). Say \"\(line) on\" or \"\(line) off\"."
    }
    static func isInput(_ line: String, _ state: String) -> String { "\(line) is an input: I can read it, not switch it. \(state)." }
    static func isSensor(_ sensor: String) -> String { "\(sensor) is a sensor: I can read it, not switch it. Say \"\(sensor)?\"." }
    static func nothingToSwitch(_ group: String) -> String { "\(group) has no output that I could switch." }
    static func retrying(_ line: String, _ word: String, _ why: String, isAway: Bool) -> String {
        let remedy = isAway ? "I see to it when it is back." : "I try again every \(Spoken.duration(Outputs.retryInterval))."
        return "\(line) should be \(word) by now, but did not switch: \(why). \(remedy)"
    }
    static func back(_ state: String) -> String { "\(state), now that its chip is back" }
    static let busy = "I am still busy with earlier commands. Say it again in a moment."
    static let reloaded = "My configuration was changed just now, so I do not know what came of it. Say \"status\" to see."

    // MARK: Confirmation

    /// `Really open gate? Say "yes 4821" within 30 s.`
    static func really(_ what: String, code: String) -> String {
        "Really \(what)? Say \"yes \(code)\" within \(Spoken.duration(Agent.confirmationTime))."
    }
    /// "open gate", "switch lamp and fan off"
    static func action(_ lines: [LineConfiguration], on: Bool) -> String {
        if lines.count == 1, let verb = verb(on ? lines[0].onWord : lines[0].offWord) { return "\(verb) \(lines[0].name)" }
        return "switch \(list(lines.map { $0.name })) \(on ? "on" : "off")"
    }
    private static func verb(_ word: String) -> String? {
        switch word.lowercased() {
        case "open", "opened": "open"
        case "closed", "close", "shut": "close"
        case "locked": "lock"
        case "unlocked": "unlock"
        case "running", "started": "start"
        case "stopped": "stop"
        default: nil
        }
    }
    static func oneDirection(_ lines: [String]) -> String { "I left \(list(lines)) alone: say \"on\" or \"off\" for \(lines.count == 1 ? "it" : "them")." }
    static func wrongCode(_ lines: String) -> String { "That is not the number I asked for, so I left \(lines) alone. Ask again if you still mean it." }
    static func tooLate(_ lines: String) -> String {
        "That was more than \(Spoken.duration(Agent.confirmationTime)), so I left \(lines) alone. Ask again if you still mean it."
    }
    static let nothingToConfirm = "I did not ask you anything."
    static func declined(_ lines: String) -> String { "All right, I left \(lines) alone." }

    // MARK: Reading

    /// `air 21.4 °C (12 s ago)`
    static func reading(_ sensor: String, _ quantity: String, age: Duration) -> String {
        age < Telemetry.freshAge ? "\(sensor) \(quantity) (just now)" : "\(sensor) \(quantity) (\(Spoken.age(age)) ago)"
    }
    static func stale(_ sensor: String, _ quantity: String, age: Duration) -> String {
        "\(sensor) is stale: \(quantity) was \(Spoken.age(age)) ago"
    }
    static func failed(_ sensor: String, _ why: String, last: String?) -> String {
        "\(sensor) failed: \(why)\(last.map { " (last good: \($0))" } ?? "")"
    }
    static func neverRead(_ sensor: String) -> String { "\(sensor) has not answered yet" }
    static func slow(_ reading: String) -> String { "\(reading), and it does not answer now" }
    static func cannotRead(_ line: String, _ why: String) -> String { "\(line): I cannot read it: \(why)" }
    static let readingDeadlinePassed = "it did not answer within 30 s"

    // MARK: Reports

    static let clockWasNotSet = " (from when my clock was not set)"

    static func alarm(_ item: String) -> String { "Alarm: \(item)" }
    static func alarmItem(_ sensor: String, _ quantity: String, above: Bool, limit: String) -> String {
        "\(sensor) \(quantity), \(above ? "above" : "below") \(limit)"
    }
    static func alarmOver(_ sensor: String, _ quantity: String) -> String { "Alarm over: \(sensor) \(quantity)" }
    static func recovered(_ sensor: String, _ quantity: String) -> String { "\(sensor) works again: \(quantity)" }
    static func changed(_ state: String, times: Int) -> String {
        times > 1 ? "\(state) (changed \(times) times in \(Spoken.duration(Outputs.edgeReportInterval)))" : state
    }

    /// `the kernel dropped 14 edges`
    static func droppedEdges(_ count: UInt64) -> String { "the kernel dropped \(String(count)) edge\(count == 1 ? "" : "s")" }
    /// `pressed twice`
    static func press(_ press: Press, _ long: Duration?) -> String {
        switch press {
        case .single: "pressed"
        case .double: "pressed twice"
        case .long: long.map { "held for \(Spoken.duration($0))" } ?? "held"
        }
    }
    static func pressed(_ text: String, times: Int) -> String {
        times > 1 ? "\(text) (\(times) times in \(Spoken.duration(Outputs.edgeReportInterval)))" : text
    }

    // MARK: What is not done, and why

    static func needs(_ role: Role, _ what: String) -> String { "You may not \(what): that needs the \(name(role)) role." }
    static func name(_ role: Role) -> String { role.name }
    static let tooLong = "That is too long for me: I read at most \(Agent.maximumBody) letters. Say one command a message, or \"help\"."
    static func tooFast(_ wait: Duration) -> String {
        let seconds = max(wait - .milliseconds(1), .zero).components.seconds + 1
        return "That is too fast for me: I take \(RateLimit.commands) commands in \(Spoken.duration(RateLimit.commandWindow)). "
            + "I did not do this one; say it again in \(seconds) s."
    }
    /// `You said that 14 min ago while I was offline; I did not do it. Say it again if you still mean it.`
    static func late(_ age: Duration?) -> String {
        let when = age.map { " \(Spoken.age($0)) ago" } ?? ""
        return "You said that\(when) while I was offline; I did not do it. Say it again if you still mean it."
    }
    static func lateMore(_ count: Int) -> String {
        count == 1
            ? "You said one more thing while I was offline; I did not do that either."
            : "You said \(count) more things while I was offline; I did none of them."
    }
    static let encrypted = "I cannot read encrypted messages. Switch encryption off in this chat (the lock), and say it again."
    static let correctedTooLate = "I already did what you said first. Say the correction as a new message."
    static let correctsUnknown = "I no longer know what you are correcting, so I did nothing. Say it as a new message."
    static let sameID = "Your program sent this under the number of an earlier message, so I cannot tell whether it is new. Say it again."

    // MARK: People

    static func isNow(_ person: JID, _ role: Role) -> String { "\(person.description) is \(role.name) now." }
    static func isDenied(_ person: JID) -> String { "\(person.description) may do nothing here any more." }
    static func isAlready(_ person: JID, _ role: Role) -> String { "\(person.description) is \(role.name) already" }
    static func isListed(_ person: JID, _ role: Role) -> String {
        "\(person.description) is \(role.name) by [people] in perch.conf, which chat cannot change; change it there and reload me (systemctl reload perch)"
    }
    static func hasNoRole(_ person: JID, nearest: String?) -> String { "\(person.description) has no role here" + (nearest.map { ". Did you mean \($0)?" } ?? "") }
    static let notOneself = "You cannot change your own role: another admin can"
    static let notMyself = "That is my own address"
    static let allowWhom = "Whom? Say for example \"allow bob@example.org operator\""
    static func allowAsWhat(_ person: JID) -> String { "As what? Say \"allow \(person.description) viewer\", \"operator\" or \"admin\"" }
    static let denyWhom = "Whom? Say for example \"deny bob@example.org\""
    static let codeForWhom = """
        A code is for whoever says it to me: say "invite viewer", "invite operator" or "invite admin". \
        To let in one address, say "allow bob@example.org operator"
        """
    static let onePersonAtATime = "One person and one role a message, please"
    static let longAddress = "That address is longer than \(GuestList.maximumAddress) bytes, which is more than I keep"
    static let listIsFull = """
        I keep at most \(GuestList.maximumGuests) people, open codes included; deny somebody, say "cancel invites", \
        or write *@domain under [people] in perch.conf
        """
    static func nothingChanged(_ why: String) -> String {
        let last = why.utf8.last
        return why + (last == UInt8(ascii: "?") || last == UInt8(ascii: ".") ? "" : ".") + " I changed nothing."
    }
    static func code(_ code: String, _ role: Role, _ until: String, _ link: String) -> String {
        "\(code)\nWhoever says this to me first is \(role.name); it is good once, \(until). As a link to tap: \(link)"
    }
    static func codeMade(_ role: Role, _ until: String) -> String { "a one-time code for \(role.name), good \(until)" }
    static func codesDropped(_ count: Int) -> String { "\(Replies.count(count, "open code")) made void." }
    static let noOpenCode = "There is no open code."
    static let howToInvite = " Say \"invite operator\" to make one."
    static let tooManyCodes = "There are \(GuestList.maximumInvitations) open codes, and I keep no more: say \"cancel invites\" to make them void"
    static let codeNeedsClock = "My clock is not set yet, so I could not tell when a code is over. Try again later, or say \"allow bob@example.org operator\""
    static let noRandomness = "I cannot make codes: there are no random numbers on this machine. Say \"allow bob@example.org operator\" instead"
    static func codeStays(_ role: Role) -> String { "You are \(role.name) already, so the code stays good for somebody else." }
    static func welcome(_ role: Role, by admin: JID) -> String { "Welcome! You are \(role.name) here: \(admin.description) has invited you." }
    static func saidYourCode(_ person: JID, _ role: Role) -> String {
        "\(person.description) has said your code and is \(role.name) now. If that is a surprise, say \"deny \(person.description)\"."
    }
    static func letIn(_ person: JID, _ role: Role, by admin: JID) -> String { "\(role.name) now, invited by \(admin.description)" }
    static func notWrittenDown(_ why: String) -> String { "I could not write that down, so after a restart it is as it was before: \(why)" }
    static let guessing = "more than \(GuestList.guesses) one-time codes a minute are said by strangers: none is looked at until that ends"

    // MARK: Small talk

    static let pong = "pong"
    static let hello = "Hello! Say \"help\" to see what I can do."
    static let welcome = "You are welcome."

    // MARK: Lists

    /// "lamp", "lamp and fan", "lamp, fan and door"; long lists end in "and 7 more".
    static func list(_ names: [String], or: Bool = false) -> String {
        let joint = or ? " or " : " and "
        if names.count > maximumNames {
            return names.prefix(maximumNames).joined(separator: ", ") + "\(joint)\(names.count - maximumNames) more"
        }
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + joint + last
    }

    static func count(_ number: Int, _ thing: String) -> String { "\(number) \(thing)\(number == 1 ? "" : "s")" }
}

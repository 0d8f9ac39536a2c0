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
        until.map { say("$1 is $2 $3", line, word, $0) } ?? say("$1 is $2", line, word)
    }
    static func maxOn(_ limit: Duration) -> String { say(" (I switch it off after $1 at the latest)", Spoken.duration(limit)) }
    static func staysOff(_ line: String, _ word: String) -> String { say("$1 is $2 (it was before, so it stays that way)", line, word) }
    static func pulsed(_ line: String, _ duration: Duration) -> String { say("$1 pulsed for $2", line, Spoken.duration(duration)) }
    static func pulseReplaced(_ line: String) -> String { say("$1: another command came before the pulse was over", line) }
    static func makeReplaced(_ line: String) -> String { say("$1 was not switched on: another command came before the others of its interlock were off", line) }
    static func stoppedFirst(_ line: String) -> String { say("$1 was not switched on: I was stopped before the others of its interlock were off", line) }
    static func switchedOffFirst(_ lines: [String]) -> String { say(" (I switched $1 off first)", list(lines)) }
    static func lockedOut(_ line: String, by other: String, _ why: String) -> String {
        say("$1 was not switched on, because $2 may not be on with it (interlock), and it did not go off: $3", line, other, why)
    }
    static func onlyOne(_ lines: [String]) -> String {
        say("Only one of $1 can be on (interlock), so I left $2 alone. Say which one.", list(lines), lines.count == 2 ? "both" : "all")
    }
    static func staysOffFor(_ line: String, _ other: String) -> String { say("$1 does not come on again by itself: $2 is on now", line, other) }
    static func doubles(_ lines: [String]) -> String { say("$1 are on together, which interlock forbids: all of them are switched off", list(lines)) }
    static func othersOn(_ lines: [String]) -> String { say("$1 are on together, which interlock forbids: somebody else switched one of them", list(lines)) }
    static func noneRestored(_ lines: [String]) -> String {
        say("only one of $1 can be on (interlock), and all of them were said to be on: all stay off", list(lines))
    }
    static func comesOnLater(_ line: String, _ until: String) -> String {
        say("$1 was on and stays off $2: nobody knows how long it was off (min-off, interlock)", line, until)
    }
    /// `fridge must stay off for another 3 min (min-off). Say it again then.`
    static func mustStayOff(_ line: String, _ word: String, _ left: Duration, _ comesOn: String?) -> String {
        say("$1 must stay $2 for another $3 (min-off). ", line, word, Spoken.duration(left))
            + (comesOn.map { say("It stays $1 $2 and goes on by itself then.", word, $0) } ?? "Say it again then.")
    }
    static func minOff(_ time: Duration) -> String { say(" (it stays off for at least $1)", Spoken.duration(time)) }
    static func cannotBlink(_ line: String, _ key: String) -> String { say("$1 cannot blink: it has $2, and blinking would switch it on too soon.", line, key) }
    static func blinking(_ frequency: Int) -> String { say("blinking at $1", Blink.text(frequency)) }
    static func blinkReplaced(_ line: String) -> String { say("$1: another command came before it blinked", line) }
    static func fades(_ line: String, _ target: String, _ until: String) -> String { say("$1 fades to $2 $3", line, target, until) }
    static func fadeStopped(_ why: String) -> String { say("I stopped fading: $1", why) }
    static func onlyOnOff(_ line: String) -> String {
        say("$1 can only be on or off: it has no `pwm = …` in perch.conf. `perch check` tells whether its pin could have it.", line)
    }
    /// "set lamp to 40 %", "fade lamp and fan to 40 % in 5 s"
    static func dim(_ lines: String, _ dimming: Dimming) -> String {
        let what = say("$1 to $2", lines, Dimming.text(dimming.permille))
        return dimming.over > .zero ? say("fade $1 in $2", what, Spoken.duration(dimming.over)) : say("set $1", what)
    }
    static func blinkStopped(_ why: String) -> String { say("I stopped blinking: $1", why) }
    static func alreadyOn(_ line: String, _ word: String) -> String {
        say("$1 is $2 already, so there is nothing to pulse. Say \"$1 off\" first.", line, word)
    }
    static func didNotSwitch(_ line: String, _ why: String) -> String { say("$1 did not switch: $2", line, why) }
    static func readsDifferently(_ line: String, wanted: String, reads: String) -> String {
        say("$1 did not switch: I asked for $2, but it reads $3.", line, wanted, reads)
    }
    static func noAnswer(_ line: String) -> String {
        say("$1: the board did not answer within $2, so I do not know whether it switched.", line, Spoken.duration(Outputs.outcomeDeadline))
    }
    static func levelUnknown(_ line: String, _ why: String?) -> String {
        say("I do not know whether $1 is on$2. Say \"$1 on\" or \"$1 off\".", line, why.map { say(": $1", $0) } ?? "")
    }
    static func isInput(_ line: String, _ state: String) -> String { say("$1 is an input: I can read it, not switch it. $2.", line, state) }
    static func isSensor(_ sensor: String) -> String { say("$1 is a sensor: I can read it, not switch it. Say \"$1?\".", sensor) }
    static func nothingToSwitch(_ group: String) -> String { say("$1 has no output that I could switch.", group) }
    static func retrying(_ line: String, _ word: String, _ why: String, isAway: Bool) -> String {
        let remedy = isAway ? "I see to it when it is back." : say("I try again every $1.", Spoken.duration(Outputs.retryInterval))
        return say("$1 should be $2 by now, but did not switch: $3. $4", line, word, why, remedy)
    }
    static func back(_ state: String) -> String { say("$1, now that its chip is back", state) }
    static let busy = "I am still busy with earlier commands. Say it again in a moment."
    static let reloaded = "My configuration was changed just now, so I do not know what came of it. Say \"status\" to see."

    // MARK: Confirmation

    /// `Really open gate? Say "yes 4821" within 30 s.`
    static func really(_ what: String, code: String) -> String {
        say("Really $1? Say \"yes $2\" within $3.", what, code, Spoken.duration(Agent.confirmationTime))
    }
    /// "open gate", "switch lamp and fan off". `word`: of the one line that it is about, else empty.
    static func action(_ lines: String, on: Bool, word: String) -> String {
        if let verb = CommandWords.verb(word.lowercased()) { return say("$1 $2", verb, lines) }
        return say(on ? "switch $1 on" : "switch $1 off", lines)
    }
    static func oneDirection(_ lines: [String]) -> String { say("I left $1 alone: say \"on\" or \"off\" for $2.", list(lines), lines.count == 1 ? "it" : "them") }
    static func wrongCode(_ lines: String) -> String { say("That is not the number I asked for, so I left $1 alone. Ask again if you still mean it.", lines) }
    static func tooLate(_ lines: String) -> String {
        say("That was more than $1, so I left $2 alone. Ask again if you still mean it.", Spoken.duration(Agent.confirmationTime), lines)
    }
    static let nothingToConfirm = "I did not ask you anything."
    static func declined(_ lines: String) -> String { say("All right, I left $1 alone.", lines) }

    // MARK: Reading

    /// `air 21.4 °C (12 s ago)`
    static func reading(_ sensor: String, _ quantity: String, age: Duration) -> String {
        age < Telemetry.freshAge ? say("$1 $2 (just now)", sensor, quantity) : say("$1 $2 ($3 ago)", sensor, quantity, Spoken.age(age))
    }
    static func stale(_ sensor: String, _ quantity: String, age: Duration) -> String {
        say("$1 is stale: $2 was $3 ago", sensor, quantity, Spoken.age(age))
    }
    static func failed(_ sensor: String, _ why: String, last: String?) -> String {
        say("$1 failed: $2$3", sensor, why, last.map { say(" (last good: $1)", $0) } ?? "")
    }
    static func neverRead(_ sensor: String) -> String { say("$1 has not answered yet", sensor) }
    static func slow(_ reading: String) -> String { say("$1, and it does not answer now", reading) }
    static func cannotRead(_ line: String, _ why: String) -> String { say("$1: I cannot read it: $2", line, why) }
    static let readingDeadlinePassed = "it did not answer within 30 s"

    // MARK: Reports

    static let clockWasNotSet = " (from when my clock was not set)"

    static func alarm(_ item: String) -> String { say("Alarm: $1", item) }
    static func alarmItem(_ sensor: String, _ quantity: String, above: Bool, limit: String) -> String {
        say("$1 $2, $3 $4", sensor, quantity, above ? "above" : "below", limit)
    }
    static func alarmOver(_ sensor: String, _ quantity: String) -> String { say("Alarm over: $1 $2", sensor, quantity) }
    static func recovered(_ sensor: String, _ quantity: String) -> String { say("$1 works again: $2", sensor, quantity) }
    static func changed(_ state: String, times: Int) -> String {
        times > 1 ? say("$1 (changed $2 times in $3)", state, digits(times), Spoken.duration(Outputs.edgeReportInterval)) : state
    }

    /// `the kernel dropped 14 edges`
    static func droppedEdges(_ count: UInt64) -> String { say("the kernel dropped $1 edge$2", String(count), count == 1 ? "" : "s") }
    /// `pressed twice`
    static func press(_ press: Press, _ long: Duration?) -> String {
        switch press {
        case .single: "pressed"
        case .double: "pressed twice"
        case .long: long.map { say("held for $1", Spoken.duration($0)) } ?? "held"
        }
    }
    static func pressed(_ text: String, times: Int) -> String {
        times > 1 ? say("$1 ($2 times in $3)", text, digits(times), Spoken.duration(Outputs.edgeReportInterval)) : text
    }

    // MARK: What is not done, and why

    static func needs(_ role: Role, _ what: String) -> String { say("You may not $1: that needs the $2 role.", what, name(role)) }
    static func name(_ role: Role) -> String { role.name }
    static var tooLong: String { say("That is too long for me: I read at most $1 letters. Say one command a message, or \"help\".", digits(Agent.maximumBody)) }
    static func tooFast(_ wait: Duration) -> String {
        let seconds = max(wait - .milliseconds(1), .zero).components.seconds + 1
        return say("That is too fast for me: I take $1 commands in $2. ", digits(RateLimit.commands), Spoken.duration(RateLimit.commandWindow))
            + say("I did not do this one; say it again in $1 s.", digits(Int(seconds)))
    }
    /// `You said that 14 min ago while I was offline; I did not do it. Say it again if you still mean it.`
    static func late(_ age: Duration?) -> String {
        let when = age.map { say(" $1 ago", Spoken.age($0)) } ?? ""
        return say("You said that$1 while I was offline; I did not do it. Say it again if you still mean it.", when)
    }
    static func lateMore(_ count: Int) -> String {
        count == 1
            ? "You said one more thing while I was offline; I did not do that either."
            : say("You said $1 more things while I was offline; I did none of them.", digits(count))
    }
    static let encrypted = "I cannot read encrypted messages. Switch encryption off in this chat (the lock), and say it again."
    static let correctedTooLate = "I already did what you said first. Say the correction as a new message."
    static let correctsUnknown = "I no longer know what you are correcting, so I did nothing. Say it as a new message."
    static let sameID = "Your program sent this under the number of an earlier message, so I cannot tell whether it is new. Say it again."

    // MARK: People

    static func isNow(_ person: JID, _ role: Role) -> String { say("$1 is $2 now.", person.description, role.name) }
    static func isDenied(_ person: JID) -> String { say("$1 may do nothing here any more.", person.description) }
    static func isAlready(_ person: JID, _ role: Role) -> String { say("$1 is $2 already", person.description, role.name) }
    static func isListed(_ person: JID, _ role: Role) -> String {
        say("$1 is $2 by [people] in perch.conf, which chat cannot change; change it there and reload me (systemctl reload perch)", person.description, role.name)
    }
    static func hasNoRole(_ person: JID, nearest: String?) -> String {
        say(nearest == nil ? "$1 has no role here" : "$1 has no role here. Did you mean $2?", person.description, nearest ?? "")
    }
    static let notOneself = "You cannot change your own role: another admin can"
    static let notMyself = "That is my own address"
    static let allowWhom = "Whom? Say for example \"allow bob@example.org operator\""
    static func allowAsWhat(_ person: JID) -> String { say("As what? Say \"allow $1 viewer\", \"operator\" or \"admin\"", person.description) }
    static let denyWhom = "Whom? Say for example \"deny bob@example.org\""
    static let codeForWhom = """
        A code is for whoever says it to me: say "invite viewer", "invite operator" or "invite admin". \
        To let in one address, say "allow bob@example.org operator"
        """
    static let onePersonAtATime = "One person and one role a message, please"
    static var longAddress: String { say("That address is longer than $1 bytes, which is more than I keep", digits(GuestList.maximumAddress)) }
    static let listIsFull = """
        I keep at most \(GuestList.maximumGuests) people, open codes included; deny somebody, say "cancel invites", \
        or write *@domain under [people] in perch.conf
        """
    static func nothingChanged(_ why: String) -> String {
        let last = why.utf8.last
        return why + (last == UInt8(ascii: "?") || last == UInt8(ascii: ".") ? "" : ".") + " I changed nothing."
    }
    static func code(_ code: String, _ role: Role, _ until: String, _ link: String) -> String {
        say("$1\nWhoever says this to me first is $2; it is good once, $3. As a link to tap: $4", code, role.name, until, link)
    }
    static func codeMade(_ role: Role, _ until: String) -> String { say("a one-time code for $1, good $2", role.name, until) }
    static func codesDropped(_ count: Int) -> String { say("$1 made void.", Replies.count(count, "open code")) }
    static let noOpenCode = "There is no open code."
    static let howToInvite = " Say \"invite operator\" to make one."
    static var tooManyCodes: String { say("There are $1 open codes, and I keep no more: say \"cancel invites\" to make them void", digits(GuestList.maximumInvitations)) }
    static let codeNeedsClock = "My clock is not set yet, so I could not tell when a code is over. Try again later, or say \"allow bob@example.org operator\""
    static let noRandomness = "I cannot make codes: there are no random numbers on this machine. Say \"allow bob@example.org operator\" instead"
    static func codeStays(_ role: Role) -> String { say("You are $1 already, so the code stays good for somebody else.", role.name) }
    static func welcome(_ role: Role, by admin: JID) -> String { say("Welcome! You are $1 here: $2 has invited you.", role.name, admin.description) }
    static func saidYourCode(_ person: JID, _ role: Role) -> String {
        say("$1 has said your code and is $2 now. If that is a surprise, say \"deny $1\".", person.description, role.name)
    }
    static func letIn(_ person: JID, _ role: Role, by admin: JID) -> String { say("$1 now, invited by $2", role.name, admin.description) }
    static func notWrittenDown(_ why: String) -> String { say("I could not write that down, so after a restart it is as it was before: $1", why) }
    static var guessing: String { say("more than $1 one-time codes a minute are said by strangers: none is looked at until that ends", digits(GuestList.guesses)) }

    // MARK: Small talk

    static let pong = "pong"
    static let hello = "Hello! Say \"help\" to see what I can do."
    static let welcome = "You are welcome."

    // MARK: Lists

    /// "lamp", "lamp and fan", "lamp, fan and door"; long lists end in "and 7 more".
    static func list(_ names: [String], or: Bool = false) -> String {
        let joint = or ? " or " : " and "
        if names.count > maximumNames {
            return names.prefix(maximumNames).joined(separator: ", ") + say("$1$2 more", joint, digits(names.count - maximumNames))
        }
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + joint + last
    }

    static func count(_ number: Int, _ thing: String) -> String { say("$1 $2$3", digits(number), thing, number == 1 ? "" : "s") }
}

import Text
import Time
import XMPP

/// A line and the level that somebody wants.
final class Step {
    let line: LineIndex
    let on: Bool

    init(line: LineIndex, on: Bool) {
        self.line = line
        self.on = on
    }
}

/// Switching outputs because somebody said so.
extension Agent {
    func requestSwitch(_ targets: [Target], _ switching: Switching, _ manner: Manner, _ duration: Duration?, _ asker: Asker) {
        var refusals: [String] = []
        var lines: [LineIndex] = []
        for target in targets {
            var hasOutput = false
            for line in vocabulary.lines(of: target) {
                if configuration.lines[line].direction == .output {
                    hasOutput = true
                    if !lines.contains(line) { lines.append(line) }
                } else if target == .line(line) {
                    hasOutput = true
                    refusals.append(Replies.isInput(configuration.lines[line].name, state(of: line)))
                }
            }
            if case .sensor(let sensor) = target { refusals.append(Replies.isSensor(configuration.sensors[sensor].name)) }
            else if !hasOutput { refusals.append(Replies.nothingToSwitch(vocabulary.text(of: target))) }
        }
        var plan: [Step] = []
        var toConfirm: [Step] = []
        for line in lines {
            let settings = configuration.lines[line], state = outputs.lines[line], level = steadyLevel(line)
            if manner.dimming != nil, settings.pwm == nil {
                refusals.append(Replies.onlyOnOff(settings.name))
                continue
            }
            var on: Bool
            switch switching {
            case .on: on = true
            case .off: on = false
            case .toggle:
                guard let level else {
                    refusals.append(Replies.levelUnknown(settings.name, state.failure))
                    continue
                }
                on = !level
            }
            if let dimming = manner.dimming { on = isOn(line, dimming.permille) }
            if manner == .pulse, level == true {
                refusals.append(Replies.alreadyOn(settings.name, settings.onWord))
            } else if on, let refusal = refusal(line, manner) {
                refusals.append(refusal)
            } else if settings.confirm, level != on || state.timer != nil || state.blink != nil || duration != nil || manner != .steady {
                toConfirm.append(Step(line: line, on: on))
            } else {
                plan.append(Step(line: line, on: on))
            }
        }
        refusals += takeOutRivals(&plan, &toConfirm)
        let question = askBack(toConfirm, manner, duration, asker)
        carryOut(plan, manner, duration, refusals, question, asker)
    }

    /// Drives the lines; the answer follows when all of them were read back: what was refused first, a question last.
    private func carryOut(
        _ plan: [Step], _ manner: Manner, _ duration: Duration?, _ refusals: [String], _ question: String?, _ asker: Asker
    ) {
        if plan.isEmpty {
            let answer = refusals + (question.map { [$0] } ?? [])
            if !answer.isEmpty { reply(asker, answer.joined(separator: "\n")) }
            return
        }
        if errands.isFull || outputs.pending.count + plan.count > Outputs.maximumTickets { return reply(asker, Replies.busy) }
        let waitsForEnd = manner == .pulse && (duration ?? .zero) <= Outputs.longestAwaitedPulse
        let errand = Errand(id: errands.nextID(), asker: asker, kind: .switching, deadline: now.instant + Outputs.outcomeDeadline)
        errand.before = refusals
        errand.question = question
        errand.duration = duration
        if waitsForEnd, let duration {
            errand.deadline = errand.deadline + duration
        }
        var wait: Duration = .zero
        for step in plan {
            errand.parts.append(Errand.Part(step.line))
            // The others go off, and then the gap.
            if step.on, configuration.lines[step.line].interlock != nil { wait = max(wait, Outputs.outcomeDeadline + gap(of: step.line)) }
        }
        errand.deadline = errand.deadline + wait
        errands.add(errand)
        // What goes off makes room for what goes on.
        for isOn in [false, true] {
            for step in plan where step.on == isOn {
                if case .blink(let frequency) = manner {
                    startBlinking(step.line, frequency, duration, errand: errand.id)
                } else {
                    fulfil(
                        Order(
                            line: step.line, on: step.on, cause: .person, duration: duration, isAwaitedPulse: waitsForEnd, dimming: manner.dimming,
                            errand: errand.id))
                }
            }
        }
    }

    /// Drives a line with the timer that goes with it.
    func drive(_ order: Order) {
        let line = order.line
        var timer = Outputs.timer(
            for: configuration.lines[line], turning: order.on, from: steadyLevel(line), duration: order.duration, isPulse: order.isAwaitedPulse,
            at: now.instant)
        if order.isAwaitedPulse { timer = timer?.awaited(by: order.errand) }
        if let dimming = order.dimming {
            // The longest time counts from when it went on, however bright.
            if let old = outputs.lines[line].timer, old.cause == .maxOn, order.on, let new = timer, new.deadline > old.deadline { timer = old }
            return dim(order, dimming, timer: timer)
        }
        drive(line, order.on, cause: order.cause, timer: timer, errand: order.errand)
    }

    @inline(never)
    func switchOff(_ line: LineIndex, _ cause: PendingTicket.Cause) { drive(Order(line: line, on: false, cause: cause)) }

    /// Asks the board to drive a line. The new timer replaces the old one, whatever comes of it: a pulse must end even when
    /// its beginning was not confirmed.
    func drive(
        _ line: LineIndex, _ on: Bool, permille: Int? = nil, cause: PendingTicket.Cause, timer: LineTimer?, errand: UInt32? = nil
    ) {
        let state = outputs.lines[line], old = state.timer
        if old?.errand != errand { endPulse(of: line) }
        state.timer = timer
        state.blink = nil
        state.fade = nil
        ask(line, on, permille: permille, cause: cause, errand: errand, before: old)
    }

    func ask(
        _ line: LineIndex, _ on: Bool, permille: Int? = nil, cause: PendingTicket.Cause, errand: UInt32? = nil, before: LineTimer? = nil
    ) {
        var permille = permille
        // What comes on again by itself is as bright as it was.
        if on, permille == nil, case .timer = cause, configuration.lines[line].pwm != nil { permille = outputs.lines[line].permille }
        let ticket = outputs.nextTicket()
        outputs.pending.append(
            PendingTicket(
                ticket: ticket, line: line, wanted: on, permille: permille, cause: cause, errand: errand,
                deadline: now.instant + Outputs.outcomeDeadline, before: before))
        effects.append(permille.map { .setDuty(line, permille: $0, ticket) } ?? .setLine(line, on: on, ticket))
    }

    /// Whoever waits for the end of a pulse is told that something else came first.
    func endPulse(of line: LineIndex) {
        let state = outputs.lines[line]
        guard let waiting = state.timer?.errand else { return }
        state.forgetErrand()
        settle(waiting, line, Replies.pulseReplaced(configuration.lines[line].name))
    }

    // MARK: Asking back

    private func askBack(_ steps: [Step], _ manner: Manner, _ duration: Duration?, _ asker: Asker) -> String? {
        guard let first = steps.first else { return nil }
        var lines: [LineIndex] = []
        // "toggle": one question has one direction.
        var others: [String] = []
        for step in steps { if step.on == first.on { lines.append(step.line) } else { others.append(configuration.lines[step.line].name) } }
        let code = random.code()
        persons.person(asker.person).pending = PersonTable.Pending(
            code: code, lines: lines, on: first.on, duration: duration, manner: manner, expires: now.instant + Agent.confirmationTime)
        var what = action(lines, first.on, manner)
        if let duration { what += " for " + Spoken.duration(duration) }
        let question = Replies.really(what, code: code)
        return others.isEmpty ? question : Replies.oneDirection(others) + "\n" + question
    }

    func confirm(_ code: String, _ asker: Asker) {
        guard let pending = persons.person(asker.person).takePending() else { return reply(asker, Replies.nothingToConfirm) }
        let names = self.names(of: pending)
        let what = action(pending.lines, pending.on, pending.manner)
        if now.instant >= pending.expires {
            record(asker, line: pending.lines.first, what: what, outcome: "not done: answered too late")
            return reply(asker, Replies.tooLate(names))
        }
        if code != pending.code {
            record(asker, line: pending.lines.first, what: what, outcome: "not done: wrong number")
            return reply(asker, Replies.wrongCode(names))
        }
        let confirmed = Asker(from: asker.from, role: asker.role, kind: asker.kind, thread: asker.thread, text: what)
        var plan: [Step] = [], refusals: [String] = []
        for line in pending.lines {
            // Half a minute has passed since it was asked.
            if pending.on, let refusal = refusal(line, pending.manner) { refusals.append(refusal) } else { plan.append(Step(line: line, on: pending.on)) }
        }
        carryOut(plan, pending.manner, pending.duration, refusals, nil, confirmed)
    }

    private func action(_ lines: [LineIndex], _ on: Bool, _ manner: Manner) -> String {
        let names = Replies.list(names(of: lines))
        if let dimming = manner.dimming { return Replies.dim(names, dimming) }
        if case .blink = manner { return say("blink $1", names) }
        return Replies.action(names, on: on, word: lines.count == 1 ? word(configuration.lines[lines[0]], on) : "")
    }

    func decline(_ asker: Asker) {
        let pending = persons.person(asker.person).takePending()
        reply(asker, pending.map { Replies.declined(names(of: $0)) } ?? Replies.nothingToConfirm)
    }

    private func names(of pending: PersonTable.Pending) -> String { Replies.list(names(of: pending.lines)) }

    // MARK: What came of it

    func take(_ outcome: LineOutcome, of ticket: Ticket) {
        // After its deadline, or from before a reload: nobody waits for it, and a later command may have come between.
        guard let index = outputs.pending.firstIndex(where: { $0.ticket == ticket }) else { return }
        let pending = outputs.pending.remove(at: index)
        let line = pending.line
        let state = outputs.lines[line]
        let wasFailing = state.failure != nil
        var outcome = outcome
        if case .duty(let permille) = outcome {
            outcome = isOn(line, permille) ? .on : .off
            if outcome == .on { state.permille = permille }
        } else if outcome == .on, pending.wanted == true, pending.cause != .blink {
            state.permille = 1000
        }
        switch outcome {
        case .on, .off, .duty:
            let on = outcome == .on
            if pending.wanted == nil, outputs.lastWanted(line) == nil {
                if let level = state.level {
                    if level != on { lineChanged(line, on) }
                } else if on, state.timer == nil, configuration.lines[line].direction == .output {
                    // It could not be read for a while, and nobody knows since when it is on.
                    state.timer = Outputs.timer(for: configuration.lines[line], turning: true, from: false, duration: nil, at: now.instant)
                }
            }
            outputs.note(on, of: line, now.instant)
            state.failure = nil
            state.away = nil
        case .failed(let why):
            if let wanted = pending.wanted { refusedAway(line, wanted) } else { outputs.note(nil, of: line, now.instant) }
            state.failure = why.isEmpty ? "no reason given" : why
        }
        guard let wanted = pending.wanted else {
            presence.isDirty = true
            return lineRead(pending)
        }
        keepMinOff(line)
        let text = sentence(for: pending, wanted: wanted, outcome)
        if pending.cause == .blink { return blinked(pending, wanted, outcome, text) }
        if pending.cause == .fade { return faded(pending, wanted, outcome, text) }
        presence.isDirty = true
        settleTimer(pending, wanted: wanted, outcome, text, wasFailing: wasFailing)
        switch pending.cause {
        case .person:
            let isAwaitedPulse = state.timer?.cause == .pulse && state.timer?.errand == pending.errand && wanted && outcome == .on
            if isAwaitedPulse, let timer = state.timer {
                // It counts from when the line was seen to be on: a slow board must not shorten it.
                let asked = pending.deadline - Outputs.outcomeDeadline
                state.timer = timer.moved(to: timer.deadline + (now.instant - asked))
            } else if let errand = pending.errand {
                settle(errand, line, text)
            }
        case .timer, .disconnected, .interlock:
            // What was awaited is told, and remembered, as the answer.
            if let errand = pending.errand { settle(errand, line, text) }
            else { record(nil, line: line, what: Agent.reason(pending.cause), outcome: text) }
        case .stopping, .blink, .fade: break
        }
        advanceMakes()
        storeLines()
    }

    /// What went off to come on again by itself waits for the end of its `min-off`.
    private func keepMinOff(_ line: LineIndex) {
        let state = outputs.lines[line]
        guard let minOff = configuration.lines[line].minOff, state.level == false, let timer = state.timer, timer.level,
            let since = state.offSince
        else { return }
        state.timer = timer.moved(to: max(timer.deadline, since + minOff))
    }

    private func sentence(for pending: PendingTicket, wanted: Bool, _ outcome: LineOutcome) -> String {
        let state = outputs.lines[pending.line]
        let settings = configuration.lines[pending.line]
        let reads: Bool
        switch outcome {
        case .failed(let why): return Replies.didNotSwitch(settings.name, why)
        case .on: reads = true
        case .off, .duty: reads = false
        }
        if reads != wanted {
            return Replies.readsDifferently(settings.name, wanted: word(settings, wanted), reads: word(settings, reads))
        }
        if let asked = pending.permille, reads, let read = brightness(pending.line), asked - read > Fade.tolerance || read - asked > Fade.tolerance {
            return Replies.readsDifferently(settings.name, wanted: Dimming.text(asked), reads: Dimming.text(read))
        }
        let asked = errands.duration(of: pending.errand)
        if pending.cause == .timer(.pulse), let asked { return Replies.pulsed(settings.name, asked) }
        if !wanted, state.timer == nil, asked != nil { return Replies.staysOff(settings.name, settings.offWord) }
        var text = self.state(of: pending.line)
        if !wanted, let minOff = settings.minOff, let asked, asked < minOff { text += Replies.minOff(minOff) }
        if wanted, state.timer?.cause == .maxOn, let maxOn = settings.maxOn { text += Replies.maxOn(maxOn) }
        return text
    }

    /// A timer of a line that is not as it should be: what would switch it on is dropped, what would switch it off stays.
    private func settleTimer(_ pending: PendingTicket, wanted: Bool, _ outcome: LineOutcome, _ text: String, wasFailing: Bool) {
        let line = pending.line
        let state = outputs.lines[line]
        if outcome == (wanted ? .on : .off) { return }
        guard didNotObey(pending, wanted) else { return }
        let isAway = state.away != nil
        toLog(.error, text)
        if !wasFailing || isAway {
            var why = say("it still reads $1", word(configuration.lines[line], !wanted))
            if case .failed(let reason) = outcome { why = reason }
            let name = configuration.lines[line].name
            report(Replies.retrying(name, word(configuration.lines[line], wanted), why, isAway: isAway), .alarm, source: name, [])
        }
    }

    /// A line was asked for a level and is not seen to have it. True: it has to go off and is tried again.
    @discardableResult
    func didNotObey(_ pending: PendingTicket, _ wanted: Bool) -> Bool {
        let line = pending.line
        let state = outputs.lines[line]
        state.fade = nil
        if state.timer?.level == true { state.timer = nil }
        // It may have gone off just now, or have been on for a moment.
        state.offSince = now.instant
        let isAway = state.away != nil
        if wanted {
            if configuration.lines[line].interlock != nil, outputs.lastWanted(line) == nil, pending.cause != .stopping, !isAway {
                state.forgetErrand()
                switchOff(line, .interlock)
            }
            return false
        }
        switch pending.cause {
        case .timer, .disconnected, .interlock:
            // It had to go off and did not: a heater, a pump. Again, until it does or somebody says something else.
            if outputs.lastWanted(line) == true { return false }
            // `lineBack` sees to it.
            if isAway { return true }
            state.setTimer(now.instant + Outputs.retryInterval, level: false, .retry)
            return true
        case .person, .stopping, .blink, .fade:
            // Whoever asked is told; the end that the line had before still holds.
            if !isAway, state.timer == nil, let before = pending.before, !before.level {
                state.timer = before.awaited(by: nil)
            }
            return false
        }
    }

    /// One line of an answer is known.
    func settle(_ errand: UInt32, _ line: LineIndex, _ text: String) {
        let complete = errands.update(errand) { errand in
            for part in errand.parts where part.line == line && part.text == nil { part.text = text + part.note }
        }
        if let complete { finish(complete) }
    }

    static func reason(_ cause: PendingTicket.Cause) -> String {
        switch cause {
        case .timer(.duration): "time is over"
        case .timer(.pulse): "end of pulse"
        case .timer(.maxOn): "max-on is over"
        case .timer(.retry): "tried again"
        case .timer(.start): "after the start"
        case .timer(.blink), .blink: "end of blinking"
        case .disconnected, .timer(.disconnected): "connection lost"
        case .interlock: "interlock"
        case .fade: "end of fade"
        case .person, .stopping: ""
        }
    }

    func word(_ line: LineConfiguration, _ on: Bool) -> String { on ? line.onWord : line.offWord }
}

import Text
import Time
import XMPP

/// Switching outputs because somebody said so.
extension Agent {
    func requestSwitch(_ targets: [Target], _ switching: Switching, _ duration: Duration?, isPulse: Bool, _ asker: Asker, _ now: Moment) {
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
                    refusals.append(Replies.isInput(configuration.lines[line].name, state(of: line, now)))
                }
            }
            if case .sensor(let sensor) = target { refusals.append(Replies.isSensor(configuration.sensors[sensor].name)) }
            else if !hasOutput { refusals.append(Replies.nothingToSwitch(vocabulary.text(of: target))) }
        }
        var plan: [(line: LineIndex, on: Bool)] = []
        var toConfirm: [(line: LineIndex, on: Bool)] = []
        for line in lines {
            let settings = configuration.lines[line], state = outputs.lines[line]
            let on: Bool
            switch switching {
            case .on: on = true
            case .off: on = false
            case .toggle:
                guard let level = state.level else {
                    refusals.append(Replies.levelUnknown(settings.name, state.failure))
                    continue
                }
                on = !level
            }
            if isPulse, state.level == true {
                refusals.append(Replies.alreadyOn(settings.name, settings.onWord))
            } else if settings.confirm, state.level != on || state.timer != nil || duration != nil {
                toConfirm.append((line, on))
            } else {
                plan.append((line, on))
            }
        }
        let question = askBack(toConfirm, duration, isPulse: isPulse, asker, now)
        carryOut(plan, duration, isPulse: isPulse, refusals, question, asker, now)
    }

    /// Drives the lines; the answer follows when all of them were read back: what was refused first, a question last.
    private func carryOut(
        _ plan: [(line: LineIndex, on: Bool)], _ duration: Duration?, isPulse: Bool, _ refusals: [String], _ question: String?, _ asker: Asker,
        _ now: Moment
    ) {
        if plan.isEmpty {
            let answer = refusals + (question.map { [$0] } ?? [])
            if !answer.isEmpty { reply(asker, answer.joined(separator: "\n")) }
            return
        }
        if errands.isFull || outputs.pending.count + plan.count > Outputs.maximumTickets { return reply(asker, Replies.busy) }
        let waitsForEnd = isPulse && (duration ?? .zero) <= Outputs.longestAwaitedPulse
        var errand = Errand(id: errands.nextID(), asker: asker, kind: .switching, deadline: now.instant + Outputs.outcomeDeadline)
        errand.before = refusals
        errand.question = question
        errand.duration = duration
        if waitsForEnd, let duration {
            errand.deadline = errand.deadline + duration
        }
        for step in plan { errand.parts.append(Errand.Part(line: step.line, text: nil)) }
        errands.add(errand)
        for step in plan {
            var timer = Outputs.timer(
                for: configuration.lines[step.line], turning: step.on, from: outputs.lines[step.line].level, duration: duration,
                isPulse: waitsForEnd, at: now.instant)
            if waitsForEnd { timer?.errand = errand.id }
            drive(step.line, step.on, cause: .person, timer: timer, errand: errand.id, now)
        }
    }

    /// Asks the board to drive a line. The new timer replaces the old one, whatever comes of it: a pulse must end even when
    /// its beginning was not confirmed.
    func drive(_ line: LineIndex, _ on: Bool, cause: PendingTicket.Cause, timer: LineTimer? = nil, errand: UInt32? = nil, _ now: Moment) {
        if let old = outputs.lines[line].timer, let waiting = old.errand, waiting != errand {
            let name = configuration.lines[line].name
            settle(waiting, line, Replies.pulseReplaced(name), now)
        }
        outputs.lines[line].timer = timer
        let ticket = outputs.nextTicket()
        outputs.pending.append(
            PendingTicket(ticket: ticket, line: line, wanted: on, cause: cause, errand: errand, deadline: now.instant + Outputs.outcomeDeadline))
        effects.append(.setLine(line, on: on, ticket))
    }

    // MARK: Asking back

    private func askBack(_ steps: [(line: LineIndex, on: Bool)], _ duration: Duration?, isPulse: Bool, _ asker: Asker, _ now: Moment) -> String? {
        guard let first = steps.first else { return nil }
        let lines = steps.filter { $0.on == first.on }.map { $0.line }
        // "toggle": one question has one direction.
        let others = steps.filter { $0.on != first.on }.map { configuration.lines[$0.line].name }
        let code = random.code()
        let pending = PersonTable.Pending(
            code: code, lines: lines, on: first.on, duration: duration, isPulse: isPulse, expires: now.instant + Agent.confirmationTime)
        persons.with(asker.person) { $0.pending = pending }
        var what = Replies.action(lines.map { configuration.lines[$0] }, on: first.on)
        if let duration { what += " for " + Spoken.duration(duration) }
        let question = Replies.really(what, code: code)
        return others.isEmpty ? question : Replies.oneDirection(others) + "\n" + question
    }

    func confirm(_ code: String, _ asker: Asker, _ now: Moment) {
        let pending = persons.with(asker.person) { person in
            defer { person.pending = nil }
            return person.pending
        }
        guard let pending else { return reply(asker, Replies.nothingToConfirm) }
        let names = self.names(of: pending)
        let what = Replies.action(pending.lines.map { configuration.lines[$0] }, on: pending.on)
        if now.instant >= pending.expires {
            record(asker, line: pending.lines.first, what: what, outcome: "not done: answered too late", now)
            return reply(asker, Replies.tooLate(names))
        }
        if code != pending.code {
            record(asker, line: pending.lines.first, what: what, outcome: "not done: wrong number", now)
            return reply(asker, Replies.wrongCode(names))
        }
        var confirmed = asker
        confirmed.text = what
        carryOut(pending.lines.map { ($0, pending.on) }, pending.duration, isPulse: pending.isPulse, [], nil, confirmed, now)
    }

    func decline(_ asker: Asker, _ now: Moment) {
        let pending = persons.with(asker.person) { person in
            defer { person.pending = nil }
            return person.pending
        }
        reply(asker, pending.map { Replies.declined(names(of: $0)) } ?? Replies.nothingToConfirm)
    }

    private func names(of pending: PersonTable.Pending) -> String { Replies.list(pending.lines.map { configuration.lines[$0].name }) }

    // MARK: What came of it

    func take(_ outcome: LineOutcome, of ticket: Ticket, _ now: Moment) {
        // After its deadline, or from before a reload: nobody waits for it, and a later command may have come between.
        guard let index = outputs.pending.firstIndex(where: { $0.ticket == ticket }) else { return }
        let pending = outputs.pending.remove(at: index)
        let line = pending.line
        let wasFailing = outputs.lines[line].failure != nil
        switch outcome {
        case .on, .off:
            let on = outcome == .on
            if pending.wanted == nil, configuration.lines[line].direction == .input, let level = outputs.lines[line].level, level != on {
                lineChanged(line, on, now)
            }
            outputs.lines[line].level = on
            outputs.lines[line].failure = nil
            outputs.lines[line].away = nil
        case .failed(let why):
            if let wanted = pending.wanted { refusedAway(line, wanted) }
            outputs.lines[line].failure = why.isEmpty ? "no reason given" : why
            if pending.wanted == nil { outputs.lines[line].level = nil }
        }
        presence.isDirty = true
        guard let wanted = pending.wanted else { return lineRead(pending, now) }
        let text = sentence(for: pending, wanted: wanted, outcome, now)
        settleTimer(pending, wanted: wanted, outcome, text, wasFailing: wasFailing, now)
        switch pending.cause {
        case .person:
            let isAwaitedPulse = outputs.lines[line].timer?.cause == .pulse && outputs.lines[line].timer?.errand == pending.errand && wanted && outcome == .on
            if isAwaitedPulse, let timer = outputs.lines[line].timer {
                // It counts from when the line was seen to be on: a slow board must not shorten it.
                let asked = pending.deadline - Outputs.outcomeDeadline
                outputs.lines[line].timer?.deadline = timer.deadline + (now.instant - asked)
            } else if let errand = pending.errand {
                settle(errand, line, text, now)
            }
        case .timer(let cause):
            record(nil, line: line, what: Agent.reason(cause), outcome: text, now)
            if let errand = pending.errand { settle(errand, line, text, now) }
        case .disconnected: record(nil, line: line, what: "connection lost", outcome: text, now)
        case .stopping: break
        }
        storeLines(now)
    }

    private func sentence(for pending: PendingTicket, wanted: Bool, _ outcome: LineOutcome, _ now: Moment) -> String {
        let settings = configuration.lines[pending.line]
        let reads: Bool
        switch outcome {
        case .failed(let why): return Replies.didNotSwitch(settings.name, why)
        case .on: reads = true
        case .off: reads = false
        }
        if reads != wanted {
            return Replies.readsDifferently(settings.name, wanted: word(settings, wanted), reads: word(settings, reads))
        }
        if pending.cause == .timer(.pulse), let errand = pending.errand, let duration = errands.duration(of: errand) { return Replies.pulsed(settings.name, duration) }
        if !wanted, outputs.lines[pending.line].timer == nil, let errand = pending.errand, errands.duration(of: errand) != nil {
            return Replies.staysOff(settings.name, settings.offWord)
        }
        var text = state(of: pending.line, now)
        if wanted, outputs.lines[pending.line].timer?.cause == .maxOn, let maxOn = settings.maxOn { text += Replies.maxOn(maxOn) }
        return text
    }

    /// A timer of a line that is not as it should be: what would switch it on is dropped, what would switch it off stays.
    private func settleTimer(_ pending: PendingTicket, wanted: Bool, _ outcome: LineOutcome, _ text: String, wasFailing: Bool, _ now: Moment) {
        let line = pending.line
        let isAsWanted = outcome == (wanted ? .on : .off)
        if isAsWanted { return }
        if outputs.lines[line].timer?.level == true { outputs.lines[line].timer = nil }
        guard case .timer = pending.cause, !wanted else { return }
        let isAway = outputs.lines[line].away != nil
        // It had to go off and did not: a heater, a pump. Again, until it does or somebody says something else.
        if !isAway { outputs.lines[line].timer = LineTimer(deadline: now.instant + Outputs.retryInterval, level: false, cause: .retry) }
        effects.append(.log(.error, text))
        if !wasFailing || isAway {
            var why = "it still reads \(word(configuration.lines[line], !wanted))"
            if case .failed(let reason) = outcome { why = reason }
            report(
                Replies.retrying(configuration.lines[line].name, word(configuration.lines[line], wanted), why, isAway: isAway), .alarm, source: configuration.lines[line].name, nil, now)
        }
    }

    /// One line of an answer is known.
    func settle(_ errand: UInt32, _ line: LineIndex, _ text: String, _ now: Moment) {
        let complete = errands.update(errand) { errand in
            for index in errand.parts.indices where errand.parts[index].line == line && errand.parts[index].text == nil {
                errand.parts[index].text = text
            }
        }
        if let complete { finish(complete, now) }
    }

    private static func reason(_ cause: LineTimer.Cause) -> String {
        switch cause {
        case .duration: "time is over"
        case .pulse: "end of pulse"
        case .maxOn: "max-on is over"
        case .retry: "tried again"
        }
    }

    func word(_ line: LineConfiguration, _ on: Bool) -> String { on ? line.onWord : line.offWord }

    /// What is on, for `initial = restore`; written only when it changed.
    func storeLines(_ now: Moment) {
        var lines: [SavedLines.Line] = []
        for (index, settings) in configuration.lines.enumerated() where settings.initial == .restore && settings.direction == .output {
            let state = outputs.lines[index]
            // A pulse of seconds is not worth two writes to a memory card, and must not come back.
            let timer = state.away.map { $0.timer } ?? state.timer
            guard let level = state.away.map({ $0.level }) ?? state.level, timer?.cause != .pulse else { continue }
            let until = timer.map { SavedLines.wallClock($0.deadline, now) }
            if level || until != nil { lines.append(SavedLines.Line(name: settings.name, on: level, until: until)) }
        }
        guard !isStopping, !SavedLines.areSame(lines, storedLines) else { return }
        storedLines = lines
        effects.append(.store(name: SavedLines.fileName, bytes: SavedLines(lines: lines, savedAt: now.timestamp).bytes))
    }
}

import Text
import Time

/// What happens to lines without anybody saying so: timers, the lost link, inputs.
extension Agent {
    func runTimers(_ now: Moment) {
        for index in outputs.lines.indices where configuration.lines.indices.contains(index) {
            if outputs.lines[index].away != nil { runTimersAway(index, now) }
            if let timer = outputs.lines[index].timer, timer.deadline <= now.instant { run(timer, index, now) }
            if outputs.lines[index].blink != nil { runBlink(index, now) }
            runFade(index, now)
            guard let since = outputs.disconnectedSince, !outputs.lines[index].disconnectDone,
                let policy = configuration.lines[index].onDisconnect, configuration.lines[index].direction == .output,
                since + policy.after <= now.instant
            else { continue }
            outputs.lines[index].disconnectDone = true
            disconnected(index, policy.on, now)
        }
        expireTickets(now)
        advanceMakes(now)
    }

    private func run(_ timer: LineTimer, _ line: LineIndex, _ now: Moment) {
        if timer.level, let until = mustStayOffUntil(line, now) {
            outputs.lines[line].timer?.deadline = until
            return
        }
        outputs.lines[line].timer = nil
        // Its time is over before it could begin.
        if let then = timer.then, then <= now.instant { return storeLines(now) }
        // What comes on again after "off for" has its max-on.
        fulfil(
            Order(line: line, on: timer.level, cause: .timer(timer.cause), duration: timer.then.map { $0 - now.instant }, errand: timer.errand), now)
    }

    private func disconnected(_ line: LineIndex, _ on: Bool, _ now: Moment) {
        if on, let until = mustStayOffUntil(line, now) {
            outputs.lines[line].timer = LineTimer(deadline: until, level: true, cause: .disconnected)
            presence.isDirty = true
        } else if steadyLevel(line) != on || outputs.lines[line].blink != nil || outputs.lines[line].fade != nil || outputs.lastWanted(line) == !on {
            fulfil(Order(line: line, on: on, cause: .disconnected), now)
        } else if !on {
            // It is off: nothing may bring it back while nobody can reach it.
            if outputs.lines[line].timer?.level == true { outputs.lines[line].timer = nil }
            if outputs.makes.contains(where: { $0.order.line == line }) { giveUpMake(inGroupOf: line, now) }
            storeLines(now)
        }
    }

    /// The board did not answer: the level is not known any more.
    private func expireTickets(_ now: Moment) {
        let overdue = outputs.pending.filter { $0.deadline <= now.instant }
        guard !overdue.isEmpty else { return }
        outputs.pending.removeAll { $0.deadline <= now.instant }
        for ticket in overdue {
            let name = configuration.lines[ticket.line].name
            outputs.lines[ticket.line].failure = "the board did not answer"
            presence.isDirty = true
            effects.append(.log(.error, "\(name): the board did not answer within \(Spoken.duration(Outputs.outcomeDeadline))"))
            if ticket.cause == .fade { fadeFailed(ticket, Replies.noAnswer(name), now) }
            if ticket.cause == .blink, let blink = outputs.lines[ticket.line].blink { blinkFailed(ticket, blink, Replies.noAnswer(name), now) }
            if let errand = ticket.errand {
                settle(errand, ticket.line, Replies.noAnswer(name), now)
                lineRead(ticket, now)
            }
            if let wanted = ticket.wanted { didNotObey(ticket, wanted, now) }
        }
    }

    // MARK: Inputs, and outputs that somebody else switched

    /// - Parameters:
    ///   - at: the kernel's time in nanoseconds; 0: not known.
    ///   - missed: edges before this one were lost.
    func lineChanged(_ line: LineIndex, _ on: Bool, at: UInt64 = 0, missed: Bool = false, _ now: Moment) {
        guard outputs.lines.indices.contains(line) else { return }
        let settings = configuration.lines[line]
        if settings.direction == .output { return outputChanged(line, on, now) }
        let before = outputs.lines[line].level
        outputs.lines[line].level = on
        outputs.lines[line].failure = nil
        if before == on || settings.isCounted { return }
        if settings.reportsPress { watchPresses(line, on, at: at, missed: missed, now) }
        // What is pressed is no state to show.
        if settings.isMomentary { return }
        presence.isDirty = true
        record(nil, line: line, what: settings.name, outcome: word(settings, on), now, isEdge: true)
        guard settings.reportsChange else { return }
        outputs.lines[line].changes = min(outputs.lines[line].changes + 1, 1_000_000)
        reportEdges(now)
    }

    /// Somebody else switched it. Nobody fights for a line, but its longest time counts, and what else it must not be on with.
    private func outputChanged(_ line: LineIndex, _ on: Bool, _ now: Moment) {
        let settings = configuration.lines[line]
        let isNews = outputs.lines[line].level != on && outputs.lines[line].blink == nil
        outputs.note(on, of: line, now.instant)
        outputs.lines[line].failure = nil
        if !isNews { return }
        // The next step would switch it on again.
        if !on { outputs.lines[line].fade = nil }
        presence.isDirty = true
        let text = "\(settings.name) is \(word(settings, on))"
        record(nil, line: line, what: settings.name, outcome: word(settings, on), now, isEdge: true)
        effects.append(.log(.notice, "\(text) without having been asked"))
        if on {
            if outputs.lines[line].timer == nil {
                outputs.lines[line].timer = Outputs.timer(for: settings, turning: true, from: false, duration: nil, at: now.instant)
            }
            var doubles = [line]
            for rival in configuration.rivals(of: line) where outputs.lines[rival].level == true { doubles.append(rival) }
            if doubles.count > 1 { effects.append(.log(.error, Replies.othersOn(names(of: doubles)))) }
        }
        storeLines(now)
        advanceMakes(now)
    }

    /// Reports the levels that `reports.to` does not know, each line at most once in a while; the last level always.
    func reportEdges(_ now: Moment) {
        for index in outputs.lines.indices where outputs.lines[index].changes > 0 {
            let state = outputs.lines[index], changes = state.changes
            if let at = state.reportedAt, now.instant - at < Outputs.edgeReportInterval { continue }
            state.changes = 0
            state.reportedAt = now.instant
            guard let level = state.level else { continue }
            let settings = configuration.lines[index]
            let text = "\(settings.name) is \(word(settings, level))"
            let record = SenML.record(settings.name, on: level, at: Timestamp(milliseconds: 0))
            report(Replies.changed(text, times: changes), .line, source: settings.name, record, now)
        }
    }
}

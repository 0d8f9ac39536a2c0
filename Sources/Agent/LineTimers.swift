import Text
import Time

/// What happens to lines without anybody saying so: timers, the lost link, inputs.
extension Agent {
    func runTimers() {
        for index in outputs.lines.indices where configuration.lines.indices.contains(index) {
            let state = outputs.lines[index]
            if state.away != nil { runTimersAway(index) }
            if let timer = state.timer, timer.deadline <= now.instant { run(timer, index) }
            if state.blink != nil { runBlink(index) }
            runFade(index)
            guard let since = outputs.disconnectedSince, !state.disconnectDone,
                let policy = configuration.lines[index].onDisconnect, configuration.lines[index].direction == .output,
                since + policy.after <= now.instant
            else { continue }
            state.disconnectDone = true
            disconnected(index, policy.on)
        }
        expireTickets()
        advanceMakes()
    }

    private func run(_ timer: LineTimer, _ line: LineIndex) {
        let state = outputs.lines[line]
        if timer.level, let until = mustStayOffUntil(line) {
            state.timer = timer.moved(to: until)
            return
        }
        state.timer = nil
        // Its time is over before it could begin.
        if let then = timer.then, then <= now.instant { return storeLines() }
        // What comes on again after "off for" has its max-on.
        fulfil(
            Order(line: line, on: timer.level, cause: .timer(timer.cause), duration: timer.then.map { $0 - now.instant }, errand: timer.errand))
    }

    private func disconnected(_ line: LineIndex, _ on: Bool) {
        let state = outputs.lines[line]
        if on, let until = mustStayOffUntil(line) {
            state.setTimer(until, level: true, .disconnected)
            presence.isDirty = true
        } else if steadyLevel(line) != on || state.blink != nil || state.fade != nil || outputs.lastWanted(line) == !on {
            fulfil(Order(line: line, on: on, cause: .disconnected))
        } else if !on {
            // It is off: nothing may bring it back while nobody can reach it.
            if state.timer?.level == true { state.timer = nil }
            if outputs.makes.contains(where: { $0.order.line == line }) { giveUpMake(inGroupOf: line) }
            storeLines()
        }
    }

    /// The board did not answer: the level is not known any more.
    private func expireTickets() {
        var overdue: [PendingTicket] = [], waiting: [PendingTicket] = []
        for ticket in outputs.pending { if ticket.deadline <= now.instant { overdue.append(ticket) } else { waiting.append(ticket) } }
        guard !overdue.isEmpty else { return }
        outputs.pending = waiting
        for ticket in overdue {
            let name = configuration.lines[ticket.line].name
            outputs.lines[ticket.line].failure = "the board did not answer"
            presence.isDirty = true
            toLog(.error, say("$1: the board did not answer within $2", name, Spoken.duration(Outputs.outcomeDeadline)))
            if ticket.cause == .fade { fadeFailed(ticket, Replies.noAnswer(name)) }
            if ticket.cause == .blink, let blink = outputs.lines[ticket.line].blink { blinkFailed(ticket, blink, Replies.noAnswer(name)) }
            if let errand = ticket.errand {
                settle(errand, ticket.line, Replies.noAnswer(name))
                lineRead(ticket)
            }
            if let wanted = ticket.wanted { didNotObey(ticket, wanted) }
        }
    }

    // MARK: Inputs, and outputs that somebody else switched

    /// - Parameters:
    ///   - at: the kernel's time in nanoseconds; 0: not known.
    ///   - missed: edges before this one were lost.
    func lineChanged(_ line: LineIndex, _ on: Bool, at: UInt64 = 0, missed: Bool = false) {
        guard outputs.lines.indices.contains(line) else { return }
        let settings = configuration.lines[line]
        if settings.direction == .output { return outputChanged(line, on) }
        let state = outputs.lines[line]
        let before = state.level
        state.level = on
        state.failure = nil
        if before == on || settings.isCounted { return }
        if settings.reportsPress { watchPresses(line, on, at: at, missed: missed) }
        // What is pressed is no state to show.
        if settings.isMomentary { return }
        presence.isDirty = true
        record(nil, line: line, what: settings.name, outcome: word(settings, on), isEdge: true)
        guard settings.reportsChange else { return }
        state.changes = min(state.changes + 1, 1_000_000)
        reportEdges()
    }

    /// Somebody else switched it. Nobody fights for a line, but its longest time counts, and what else it must not be on with.
    private func outputChanged(_ line: LineIndex, _ on: Bool) {
        let state = outputs.lines[line]
        let settings = configuration.lines[line]
        let isNews = state.level != on && state.blink == nil
        outputs.note(on, of: line, now.instant)
        state.failure = nil
        if !isNews { return }
        // The next step would switch it on again.
        if !on { state.fade = nil }
        presence.isDirty = true
        let text = say("$1 is $2", settings.name, word(settings, on))
        record(nil, line: line, what: settings.name, outcome: word(settings, on), isEdge: true)
        toLog(.notice, say("$1 without having been asked", text))
        if on {
            if state.timer == nil {
                state.timer = Outputs.timer(for: settings, turning: true, from: false, duration: nil, at: now.instant)
            }
            var doubles = [line]
            for rival in rivals(of: line) where outputs.lines[rival].level == true { doubles.append(rival) }
            if doubles.count > 1 { toLog(.error, Replies.othersOn(names(of: doubles))) }
        }
        storeLines()
        advanceMakes()
    }

    /// Reports the levels that `reports.to` does not know, each line at most once in a while; the last level always.
    func reportEdges() {
        for index in outputs.lines.indices where outputs.lines[index].changes > 0 {
            let state = outputs.lines[index], changes = state.changes
            if let at = state.reportedAt, now.instant - at < Outputs.edgeReportInterval { continue }
            state.changes = 0
            state.reportedAt = now.instant
            guard let level = state.level else { continue }
            let settings = configuration.lines[index]
            let text = say("$1 is $2", settings.name, word(settings, level))
            let measure = SenML.attributes(SenML.record(settings.name, on: level, at: Timestamp(milliseconds: 0)))
            report(Replies.changed(text, times: changes), .line, source: settings.name, measure)
        }
    }
}

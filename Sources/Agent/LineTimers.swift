import Text
import Time

/// What happens to lines without anybody saying so: timers, the lost link, inputs.
extension Agent {
    func runTimers(_ now: Moment) {
        for index in outputs.lines.indices where configuration.lines.indices.contains(index) {
            if outputs.lines[index].away != nil { runTimersAway(index, now) }
            if let timer = outputs.lines[index].timer, timer.deadline <= now.instant { run(timer, index, now) }
            guard let since = outputs.disconnectedSince, !outputs.lines[index].disconnectDone,
                let policy = configuration.lines[index].onDisconnect, configuration.lines[index].direction == .output,
                since + policy.after <= now.instant
            else { continue }
            outputs.lines[index].disconnectDone = true
            if outputs.lines[index].level != policy.on {
                let timer = Outputs.timer(for: configuration.lines[index], turning: policy.on, from: outputs.lines[index].level, duration: nil, at: now.instant)
                drive(index, policy.on, cause: .disconnected, timer: timer, now)
            }
        }
        expireTickets(now)
    }

    private func run(_ timer: LineTimer, _ line: LineIndex, _ now: Moment) {
        // What comes on again after "off for" has its max-on.
        let next = Outputs.timer(for: configuration.lines[line], turning: timer.level, from: outputs.lines[line].level, duration: nil, at: now.instant)
        outputs.lines[line].timer = nil
        drive(line, timer.level, cause: .timer(timer.cause), timer: timer.level ? next : nil, errand: timer.errand, now)
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
            if let errand = ticket.errand {
                settle(errand, ticket.line, Replies.noAnswer(name), now)
                lineRead(ticket, now)
            }
            if case .timer = ticket.cause, ticket.wanted == false {
                outputs.lines[ticket.line].timer = LineTimer(deadline: now.instant + Outputs.retryInterval, level: false, cause: .retry)
            }
        }
    }

    // MARK: Inputs, and outputs that somebody else switched

    func lineChanged(_ line: LineIndex, _ on: Bool, _ now: Moment) {
        guard outputs.lines.indices.contains(line) else { return }
        let settings = configuration.lines[line]
        let before = outputs.lines[line].level
        outputs.lines[line].level = on
        outputs.lines[line].failure = nil
        if before == on { return }
        presence.isDirty = true
        record(nil, line: line, what: settings.name, outcome: word(settings, on), now, isEdge: true)
        switch settings.direction {
        case .output:
            effects.append(.log(.notice, "\(settings.name) is \(word(settings, on)) without having been asked"))
            // Whoever switched it on: its longest time counts.
            if on, outputs.lines[line].timer == nil {
                outputs.lines[line].timer = Outputs.timer(for: settings, turning: true, from: false, duration: nil, at: now.instant)
            }
            storeLines(now)
        case .input:
            guard settings.reportsChange else { return }
            outputs.lines[line].changes = min(outputs.lines[line].changes + 1, 1_000_000)
            reportEdges(now)
        }
    }

    /// Reports the levels that `reports.to` does not know, each line at most once in a while; the last level always.
    func reportEdges(_ now: Moment) {
        for index in outputs.lines.indices where outputs.lines[index].changes > 0 {
            let state = outputs.lines[index]
            if let at = state.reportedAt, now.instant - at < Outputs.edgeReportInterval { continue }
            outputs.lines[index].changes = 0
            outputs.lines[index].reportedAt = now.instant
            guard let level = state.level else { continue }
            let settings = configuration.lines[index]
            let text = "\(settings.name) is \(word(settings, level))"
            let record = SenML.record(settings.name, on: level, at: Timestamp(milliseconds: 0))
            report(Replies.changed(text, times: state.changes), .line, source: settings.name, record, now)
        }
    }
}

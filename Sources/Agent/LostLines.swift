import Text
import Time

/// What is remembered of a line whose chip has gone.
final class LineAway {
    /// What it was, and would be by now: `initial = restore` brings it back.
    let level: Bool?
    let timer: LineTimer?
    /// It had to go off meanwhile: it does when it is back, whatever its `initial` says.
    let mustBeOff: Bool

    @inline(never)
    init(level: Bool? = nil, timer: LineTimer? = nil, mustBeOff: Bool = false) {
        self.level = level
        self.timer = timer
        self.mustBeOff = mustBeOff
    }
}

/// Lines whose chip goes and comes back.
extension Agent {
    func lineLost(_ line: LineIndex, _ why: String) {
        guard outputs.lines.indices.contains(line), configuration.lines.indices.contains(line) else { return }
        let settings = configuration.lines[line]
        let state = outputs.lines[line]
        if state.away == nil {
            var level = state.level, timer = state.timer, mustBeOff = false
            // Not there from the beginning: what the last run wrote down holds.
            if startedAt == nil, settings.initial == .restore {
                let restored = saved.restored(settings.name, at: now.timestamp)
                level = restored.on
                if let remaining = restored.remaining { timer = LineTimer(deadline: now.instant + remaining, level: !restored.on, cause: .duration) }
            }
            if let cause = timer?.cause, cause == .pulse || cause == .retry { mustBeOff = true }
            if let fade = state.fade, !isOn(line, fade.to) { mustBeOff = true }
            if mustBeOff { timer = nil }
            if let blink = state.blink {
                mustBeOff = !blink.before
                level = true
            }
            if mustBeOff { (level, timer) = (false, nil) }
            if let errand = state.timer?.errand { settle(errand, line, Replies.didNotSwitch(settings.name, why)) }
            state.away = LineAway(level: level, timer: timer?.awaited(by: nil), mustBeOff: mustBeOff)
        }
        state.level = nil
        state.timer = nil
        state.blink = nil
        state.presses = PressDetector()
        state.fade = nil
        let isNews = state.failure != why
        state.failure = why
        presence.isDirty = true
        if !isNews { return }
        toLog(.error, Replies.failed(settings.name, why, last: nil))
        if startedAt != nil { record(nil, line: line, outcome: Replies.failed(settings.name, why, last: nil)) }
    }

    func lineBack(_ line: LineIndex, _ on: Bool) {
        guard outputs.lines.indices.contains(line), configuration.lines.indices.contains(line) else { return }
        let settings = configuration.lines[line]
        let state = outputs.lines[line]
        let away = state.away ?? LineAway()
        state.away = nil
        outputs.note(on, of: line, now.instant)
        state.failure = nil
        presence.isDirty = true
        if settings.direction == .output {
            // A command that waits for this has its own timer.
            var isWaitedFor = false
            for ticket in outputs.pending where ticket.line == line && ticket.wanted != nil { isWaitedFor = true }
            if !isWaitedFor {
                let isRestored = settings.initial == .restore && away.level == on && away.timer != nil
                state.timer = isRestored ? away.timer : Outputs.timer(for: settings, turning: on, from: true, duration: nil, at: now.instant)
                if !on, settings.comesUpOff, !away.mustBeOff { state.timer = timerAfterBack(line, away) }
            }
        }
        let text = Replies.back(self.state(of: line))
        toLog(.notice, text)
        record(nil, line: line, outcome: text)
        if settings.direction == .input {
            // Told as a change if it is one.
            state.level = away.level ?? on
            lineChanged(line, on)
        } else if away.mustBeOff, on {
            switchOff(line, .timer(.duration))
        }
        switchOffDoubles()
        storeLines()
    }

    /// A line that came up off and was on: it goes on when it may, unless another of its group has taken its place.
    private func timerAfterBack(_ line: LineIndex, _ away: LineAway) -> LineTimer? {
        let initial = configuration.lines[line].initial
        guard initial == .on || (initial == .restore && away.level == true) else { return initial == .restore ? away.timer : nil }
        for rival in rivals(of: line) where outputs.lines[rival].level != false || outputs.lines[rival].timer?.level == true { return nil }
        return startTimer(line, remaining: away.timer.flatMap { $0.level ? nil : $0.deadline - now.instant })
    }

    /// Time goes on for a line that is away.
    func runTimersAway(_ line: LineIndex) {
        let state = outputs.lines[line]
        guard let before = state.away else { return }
        var level = before.level, after = before.timer, mustBeOff = before.mustBeOff
        let settings = configuration.lines[line]
        if let timer = after, timer.deadline <= now.instant {
            level = timer.level
            mustBeOff = !timer.level
            after = Outputs.timer(for: settings, turning: timer.level, from: nil, duration: timer.then.map { $0 - now.instant }, at: now.instant)
        }
        if let since = outputs.disconnectedSince, let policy = settings.onDisconnect, settings.direction == .output,
            !state.disconnectDone, since + policy.after <= now.instant
        {
            state.disconnectDone = true
            level = policy.on
            mustBeOff = !policy.on
            after = Outputs.timer(for: settings, turning: policy.on, from: nil, duration: nil, at: now.instant)
        }
        if level == before.level, mustBeOff == before.mustBeOff, after === before.timer { return }
        state.away = LineAway(level: level, timer: after, mustBeOff: mustBeOff)
        storeLines()
    }

    /// A command for a line that is away was refused. "off" is kept in mind, "on" is not: nobody would expect it an hour later.
    func refusedAway(_ line: LineIndex, _ wanted: Bool) {
        let state = outputs.lines[line]
        guard state.away != nil else { return }
        state.timer = nil
        if !wanted { state.away = LineAway(level: false, mustBeOff: true) }
    }
}

import Text
import Time

/// What outputs do at the start, and what is kept for the next one.
extension Agent {
    /// What to drive a line to when it is claimed; asked before `Event.started`, and before `Event.lineBack`. A line that must have been off for a while, or not on
    /// together with others, comes up off: the device switches it on later.
    public func initialLevel(of line: LineIndex, at now: Moment) -> InitialLevel {
        guard configuration.lines.indices.contains(line) else { return .keep }
        let settings = configuration.lines[line]
        guard settings.direction == .output else { return .keep }
        if settings.initial == .keep { return .keep }
        if settings.initial == .off || settings.comesUpOff { return .off }
        let away = outputs.lines[line].away
        if settings.initial == .on { return away?.mustBeOff == true ? .off : .on }
        let restored = saved.restored(settings.name, at: now.timestamp)
        guard away.map({ $0.level == true }) ?? restored.on else { return .off }
        let permille = away == nil ? restored.permille : brightness(line)
        // What was dimmed and can only be on or off now is not known to be wanted on.
        guard settings.pwm != nil else { return permille == nil ? .on : .off }
        return permille.map { .duty($0) } ?? .on
    }

    /// Takes the levels that the board was claimed with, and sets the timers that go with them.
    func takeOver(_ levels: [Bool?], _ duties: [Int?]) {
        for index in outputs.lines.indices {
            let state = outputs.lines[index]
            state.level = index < levels.count ? levels[index] : nil
            if configuration.lines[index].pwm != nil { state.permille = saved.restored(configuration.lines[index].name, at: now.timestamp).permille }
            state.offSince = now.instant
            if state.level == true { state.presses = .pressedBefore }
            if configuration.lines[index].direction == .output, state.away == nil { state.timer = timerAtStart(index) }
        }
        note(duties)
        for line in outputs.lines.indices where outputs.lines[line].timer?.cause == .start { checkStart(line) }
        switchOffDoubles()
        storeLines()
    }

    private func timerAtStart(_ index: LineIndex) -> LineTimer? {
        let line = configuration.lines[index]
        // What cannot be read is as it was claimed, and perhaps on: its longest time counts.
        let level = outputs.lines[index].level ?? (initialLevel(of: index, at: now) != .off)
        var wanted = SavedLines.Restored(on: line.initial == .on)
        if line.initial == .restore || line.initial == .keep { wanted = saved.restored(line.name, at: now.timestamp) }
        if line.initial == .keep {
            // It had a time that has passed while nobody was there to end it.
            if level, saved.isOver(line.name, at: now.timestamp) { return LineTimer(deadline: now.instant, level: false, cause: .duration) }
        } else if line.comesUpOff, !level, wanted.on {
            return startTimer(index, remaining: wanted.remaining)
        }
        // "off until" brings on again what was on before.
        return Outputs.timer(for: line, turning: level, from: true, duration: wanted.on == level ? wanted.remaining : nil, at: now.instant)
    }

    /// It goes on when it may.
    func startTimer(_ index: LineIndex, remaining: Duration?) -> LineTimer {
        let wait = max(configuration.lines[index].minOff ?? .zero, gap(of: index))
        return LineTimer(deadline: now.instant + wait, level: true, cause: .start, then: remaining.map { now.instant + $0 })
    }

    /// Only one of a group can go on. When more are said to have been on, none is right.
    func checkStart(_ line: LineIndex) {
        guard let timer = outputs.lines[line].timer else { return }
        var group = [line]
        for rival in rivals(of: line) where outputs.lines[rival].timer?.cause == .start || outputs.lines[rival].level == true {
            group.append(rival)
            if outputs.lines[rival].timer?.cause == .start { outputs.lines[rival].timer = nil }
        }
        if group.count > 1 {
            outputs.lines[line].timer = nil
            toLog(.error, Replies.noneRestored(names(of: group)))
        } else if timer.deadline - now.instant > .seconds(1) {
            toLog(.notice, Replies.comesOnLater(configuration.lines[line].name, Spoken.until(timer.deadline, from: now)))
        }
    }

    /// What a line is driven to at the end; nil: it is left alone.
    func levelAtExit(_ line: LineIndex) -> Bool? {
        let settings = configuration.lines[line], state = outputs.lines[line]
        switch settings.onExit {
        case .off: return false
        // There is no time left to wait for anything.
        case .on: return !settings.comesUpOff || isFree(line)
        case .keep:
            if let blink = state.blink { return blink.before }
            if let fade = state.fade, !isOn(line, fade.to) { return false }
            // Nobody would end a pulse.
            return state.timer?.cause == .pulse ? false : nil
        }
    }

    /// What is on, for `initial = restore`, and when a line that is kept ends; written only when it changed.
    func storeLines() {
        var lines: [SavedLines.Line] = []
        for (index, settings) in configuration.lines.enumerated() {
            guard settings.direction == .output, settings.initial == .restore || settings.initial == .keep else { continue }
            let state = outputs.lines[index], away = state.away
            let timer = away == nil ? state.timer : away?.timer
            if let fade = state.fade, !isOn(index, min(fade.from, fade.to)) { continue }
            guard var level = away.map({ $0.level }) ?? steadyLevel(index) else { continue }
            var until = timer.map { SavedLines.wallClock($0.deadline, now) }
            switch timer?.cause {
            // A pulse of seconds is not worth two writes to a memory card, and must not come back. Where the line is kept, its end must.
            case .pulse?: if settings.initial == .restore { continue }
            // Not there yet, but still to come.
            case .start?:
                level = true
                until = timer?.then.map { SavedLines.wallClock($0, now) }
            // A new start knows by itself whether there is a link.
            case .disconnected?: until = nil
            // It should be off. The next try is no time to write down.
            case .retry?:
                level = true
                until = Timestamp(milliseconds: 0)
            default: break
            }
            if settings.initial == .keep ? until != nil : level || until != nil {
                lines.append(SavedLines.Line(name: settings.name, on: level, permille: brightnessToKeep(index), until: until))
            }
        }
        guard !isStopping, !SavedLines.areSame(lines, storedLines) else { return }
        storedLines = lines
        // Before anything is said of it: a power cut takes back nothing that a person was told.
        var said: [Effect] = [], done: [Effect] = []
        for effect in effects { if case .send = effect { said.append(effect) } else { done.append(effect) } }
        effects = done
        store(SavedLines.fileName, SavedLines(lines: lines, savedAt: now.timestamp).bytes)
        effects += said
    }
}

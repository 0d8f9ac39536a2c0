import Time
import XMPP

/// A changed configuration: lines and sensors that are still there keep what they were doing, by name.
extension Agent {
    func reload(_ new: Configuration, _ levels: [Bool?], _ duties: [Int?]) {
        let oldLines = configuration.lines, oldSensors = configuration.sensors
        // Numbers of lines mean something else from here on: whoever waits is told.
        for errand in errands.takeAll() { reply(errand.asker, Replies.reloaded) }
        for ticket in outputs.pending {
            guard let wanted = ticket.wanted else { continue }
            // It may have been on meanwhile.
            outputs.lines[ticket.line].offSince = now.instant
            if wanted { continue }
            // What had to go off is not known to be off.
            if case .person = ticket.cause { continue }
            outputs.lines[ticket.line].setTimer(now.instant, level: false, .retry)
        }
        outputs.pending.removeAll()
        outputs.makes.removeAll()
        persons.dropPending()

        var lines: [LineState] = []
        var isNewOn: [LineIndex] = []
        var renamed = [LineIndex?](repeating: nil, count: oldLines.count)
        for (index, line) in new.lines.enumerated() {
            let named = oldLines.firstIndex { $0.name == line.name }
            if let named { renamed[named] = index }
            // The board keeps the level of a wire, whatever it is called now: so its timers go with it.
            let wire = oldLines.firstIndex { Agent.isSameWire($0, line) }
            let state = wire.map { LineState(outputs.lines[$0]) } ?? LineState()
            lines.append(state)
            if wire == nil {
                state.offSince = now.instant
                // Perhaps only another word for the same pin: what has to go off goes off.
                if let named, line.direction == .output, let timer = outputs.lines[named].timer, !timer.level { state.timer = timer }
            }
            state.forgetErrand()
            let level = index < levels.count ? levels[index] : nil
            if let level {
                if !level, state.level != false || state.failure != nil { state.offSince = now.instant }
                // An edge of this moment is not told any more.
                if level != state.level { state.presses = level ? .pressedBefore : PressDetector() }
                state.level = level
                state.failure = nil
                state.away = nil
            }
            if line.pwm == nil { state.fade = nil }
            guard line.direction == .output else { continue }
            if wire == nil, line.initial == .on, line.comesUpOff, level == false { isNewOn.append(index) }
            // A shorter max-on holds for what is on already, counted from now.
            guard let maxOn = line.maxOn else { continue }
            let end = now.instant + maxOn
            if let blink = state.blink, end < blink.end { state.blink?.end = end }
            if state.level == true, state.timer.map({ $0.deadline > end }) ?? true { state.setTimer(end, level: false, .maxOn) }
        }
        log.renumber(renamed)
        outputs.lines = lines

        var sensors: [SensorState] = []
        for sensor in new.sensors {
            let state = SensorState()
            sensors.append(state)
            guard let before = oldSensors.firstIndex(where: { $0.name == sensor.name && $0.source == sensor.source }) else { continue }
            let known = telemetry.sensors[before]
            state.reading = known.reading
            state.failure = known.failure
            state.shown = known.shown
            state.sent = known.sent
            state.sentAt = known.sentAt
            state.sentFailure = known.sentFailure
            if oldSensors[before].alarm == sensor.alarm {
                state.alarm = known.alarm
                state.sentAlarm = known.sentAlarm
            }
        }
        telemetry.sensors = sensors
        configuration = new
        note(duties)
        vocabulary = Vocabulary(new)
        telemetry.schedule(new.sensors, at: now.instant)
        lockAfterReload(isNewOn)
        presence.isDirty = true
        storeGuests(onlyPruned: true)
        for jid in contacts.strangers(isTrusted) { removeContact(jid) }
        storeLines()
        poll()
    }

    /// New locks hold for what is there already.
    private func lockAfterReload(_ isNewOn: [LineIndex]) {
        for (index, line) in configuration.lines.enumerated() where line.comesUpOff && outputs.lines[index].blink != nil {
            switchOff(index, .interlock)
        }
        for index in isNewOn { outputs.lines[index].timer = startTimer(index, remaining: nil) }
        for index in isNewOn where outputs.lines[index].timer?.cause == .start { checkStart(index) }
        switchOffDoubles()
    }

    /// Whether a timer may go on: the same output at the same pin.
    private static func isSameWire(_ a: LineConfiguration, _ b: LineConfiguration) -> Bool {
        a.pin == b.pin && a.direction == b.direction && a.activeLow == b.activeLow
    }
}

import Time
import XMPP

/// A changed configuration: lines and sensors that are still there keep what they were doing, by name.
extension Agent {
    func reload(_ new: Configuration, _ levels: [Bool?], _ now: Moment) {
        let old = configuration
        // Numbers of lines mean something else from here on: whoever waits is told.
        for errand in errands.takeAll() { reply(errand.asker, Replies.reloaded) }
        outputs.pending.removeAll()
        persons.dropPending()

        var lines = [LineState](repeating: LineState(), count: new.lines.count)
        var renamed = [LineIndex?](repeating: nil, count: old.lines.count)
        for (index, line) in new.lines.enumerated() {
            if let before = old.lines.firstIndex(where: { $0.name == line.name }), outputs.lines.indices.contains(before) {
                renamed[before] = index
                if Agent.isSameWire(old.lines[before], line) { lines[index] = outputs.lines[before] }
            }
            lines[index].timer?.errand = nil
            let level = index < levels.count ? levels[index] : nil
            if let level {
                lines[index].level = level
                lines[index].away = nil
            }
            guard line.direction == .output, lines[index].level == true else { continue }
            // A shorter max-on holds for what is on already, counted from now.
            if let maxOn = line.maxOn, lines[index].timer.map({ $0.deadline > now.instant + maxOn }) ?? true {
                lines[index].timer = LineTimer(deadline: now.instant + maxOn, level: false, cause: .maxOn)
            }
        }
        log.renumber(renamed)
        outputs.lines = lines

        var sensors = [SensorState](repeating: SensorState(), count: new.sensors.count)
        for (index, sensor) in new.sensors.enumerated() {
            guard let before = old.sensors.firstIndex(where: { $0.name == sensor.name && $0.source == sensor.source }) else { continue }
            let state = telemetry.sensors[before]
            sensors[index].reading = state.reading
            sensors[index].failure = state.failure
            sensors[index].shown = state.shown
            sensors[index].sent = state.sent
            sensors[index].sentAt = state.sentAt
            sensors[index].sentFailure = state.sentFailure
            if old.sensors[before].alarm == sensor.alarm {
                sensors[index].alarm = state.alarm
                sensors[index].sentAlarm = state.sentAlarm
            }
        }
        telemetry.sensors = sensors
        configuration = new
        vocabulary = Vocabulary(new)
        telemetry.schedule(new, at: now.instant)
        presence.isDirty = true
        for jid in contacts.strangers(to: new.people) { removeContact(jid) }
        storeLines(now)
        poll(now)
    }

    /// Whether a timer may go on: the same output at the same pin.
    private static func isSameWire(_ a: LineConfiguration, _ b: LineConfiguration) -> Bool {
        a.pin == b.pin && a.direction == b.direction && a.activeLow == b.activeLow
    }
}

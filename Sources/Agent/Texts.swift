import Text
import Time
import XMPP

/// The state of the board in words.
extension Agent {
    /// `lamp is on until 19:42`, `door is closed`
    func state(of line: LineIndex) -> String {
        let settings = configuration.lines[line], state = outputs.lines[line]
        if let blink = state.blink { return Replies.isOn(settings.name, Replies.blinking(blink.frequency), until: Spoken.until(blink.end, from: now)) }
        if let fade = state.fade { return Replies.fades(settings.name, Dimming.text(fade.to), Spoken.until(fade.end, from: now)) }
        guard let level = state.level else { return Replies.cannotRead(settings.name, state.failure ?? "it was not read yet") }
        let until = state.timer.flatMap { $0.cause == .retry || $0.level == level ? nil : Spoken.until($0.deadline, from: now) }
        let word = word(of: line, level)
        return Replies.isOn(settings.name, word.utf8.last == UInt8(ascii: "%") ? "at " + word : word, until: until)
    }

    /// `21.4 °C`
    func value(_ sensor: SensorIndex) -> String {
        let settings = configuration.sensors[sensor]
        guard let reading = telemetry.sensors[sensor].reading else { return "?" }
        return NumberText.quantity(reading.value, digits: settings.digits, unit: settings.unit)
    }

    /// `air 21.4 °C`
    func quantityText(_ sensor: SensorIndex) -> String { configuration.sensors[sensor].name + " " + value(sensor) }

    /// `air 31.2 °C, above 30 °C`
    func alarmText(_ sensor: SensorIndex) -> String {
        let settings = configuration.sensors[sensor]
        guard let alarm = settings.alarm else { return quantityText(sensor) }
        let limit = settings.unit.isEmpty ? NumberText.short(alarm.limit) : NumberText.short(alarm.limit) + " " + settings.unit
        return Replies.alarmItem(settings.name, value(sensor), above: alarm.above, limit: limit)
    }

    /// `air 21.4 °C (12 s ago)`, or why there is none.
    func reading(of sensor: SensorIndex) -> String {
        let name = configuration.sensors[sensor].name, state = telemetry.sensors[sensor]
        let age = state.reading.map { now.instant - $0.at }
        if let why = state.failure { return Replies.failed(name, why, last: age.map { say("$1, $2 ago", value(sensor), Spoken.age($0)) }) }
        guard let age else { return Replies.neverRead(name) }
        if telemetry.isStale(sensor, configuration.sensors, at: now.instant) { return Replies.stale(name, value(sensor), age: age) }
        return Replies.reading(name, value(sensor), age: age) + doubt(sensor)
    }

    func helpState(_ target: Target) -> String {
        switch target {
        case .line(let line): outputs.lines[line].blink.map { Replies.blinking($0.frequency) } ?? outputs.lines[line].level.map { word(of: line, $0) } ?? "unknown"
        case .sensor(let sensor): telemetry.sensors[sensor].reading == nil || telemetry.sensors[sensor].failure != nil ? "unknown" : value(sensor)
        case .tag, .all: ""
        }
    }

    // MARK: Answers

    func statusText() -> String {
        var rows: [String] = []
        for sensor in telemetry.sensors.indices where telemetry.sensors[sensor].alarm == .raised { rows.append(Replies.alarm(alarmText(sensor))) }
        for line in outputs.lines.indices {
            if configuration.lines[line].isMomentary, outputs.lines[line].failure == nil { continue }
            var row = state(of: line)
            if outputs.lines[line].level != nil, let why = outputs.lines[line].failure { row += say(" ($1)", why) }
            rows.append(row)
        }
        for sensor in telemetry.sensors.indices { rows.append(reading(of: sensor)) }
        rows.append(uptimeText())
        return rows.joined(separator: "\n")
    }

    func uptimeText() -> String {
        let running = startedAt.map { Spoken.age(now.instant - $0.instant) } ?? "0 s"
        return say("Running for $1, the board for $2; $3.", running, Spoken.age(now.instant - facts.booted), linkText())
    }

    private func linkText() -> String {
        guard isOnline, let onlineSince else { return "offline" }
        let age = now.instant - onlineSince.instant
        guard Spoken.isClockSet(now.timestamp) else { return say("online for $1", Spoken.age(age)) }
        // Counted back from now: the clock may have been set since.
        return "online since " + Spoken.clock(now.timestamp + (onlineSince.instant - now.instant), seenFrom: now)
    }

    func aboutText() -> String {
        var text = facts.version.isEmpty ? "Perch" : say("Perch $1", facts.version)
        if !facts.hostname.isEmpty { text += say(" on $1", facts.hostname) }
        if !facts.model.isEmpty { text += say("\nBoard: $1", facts.model) }
        if !facts.kernel.isEmpty { text += say("\nKernel: $1", facts.kernel) }
        if let memory = facts.memoryKB { text += say("\nMemory: $1 MiB", NumberText.fixed(Double(memory) / 1024, digits: 1)) }
        text += say("\n$1, $2", Replies.count(configuration.lines.count, "line"), Replies.count(configuration.sensors.count, "sensor"))
        text += "\n" + uptimeText()
        if let link { text += "\n" + link.sentence }
        return text
    }

    func whoText() -> String {
        let online = contacts.peopleOnline
        if online.isEmpty { return "I see nobody online. I see only people who let me see their presence." }
        var rows = ["Online now:"]
        for client in online.prefix(Help.maximumNames) {
            guard let role = role(of: client.jid) else { continue }
            rows.append(say("$1, $2", client.jid.description, Replies.name(role)) + away(client.show))
        }
        if online.count > Help.maximumNames { rows.append(say("and $1 more", digits(online.count - Help.maximumNames))) }
        return rows.joined(separator: "\n")
    }

    private func away(_ show: Show?) -> String {
        switch show {
        case nil, .chat?: ""
        case .away?, .xa?: ", away"
        case .dnd?: ", busy"
        }
    }

    /// Newest last. Viewers see what was done, not by whom.
    func logText(_ target: Target?, _ asker: Asker) -> String {
        var entries: [ActivityLog.Entry] = []
        if let target {
            let lines = vocabulary.lines(of: target)
            for line in lines { entries += log.latest(of: line) }
            if lines.count > 1 { entries = ActivityLog.merged(entries) }
        } else {
            entries = log.latest(withPrivate: asker.role == .admin)
        }
        if entries.isEmpty { return target.map { say("Nothing was done with $1 yet.", vocabulary.text(of: $0)) } ?? "Nothing was done yet." }
        let today = now.timestamp.civil(utcOffset: now.utcOffset).dayNumber
        var rows: [String] = []
        for entry in entries {
            let then = entry.at.civil(utcOffset: entry.utcOffset)
            let clock = then.dayNumber == today ? then.clockText : say("$1 $2", Spoken.date(then), then.clockText)
            var who = ""
            if let person = entry.person {
                let isSecret = asker.role < .operator && person != asker.person.description
                who = isSecret ? "somebody: " : say("$1$2: ", person, entry.client.map { say(" ($1)", ActivityLog.cut($0)) } ?? "")
            }
            let hasBoth = !entry.what.isEmpty && entry.outcome != nil
            rows.append(say(hasBoth ? "$1 $2$3 → $4" : "$1 $2$3$4", clock, who, entry.what, entry.outcome ?? ""))
        }
        return rows.joined(separator: "\n")
    }

    // MARK: Presence

    /// Product §4: healthy without `show`, an alarm `dnd`, something broken `away`; the most important first.
    func wantedPresence() -> OwnPresence {
        var alarms: [String] = [], faults: [String] = [], on: [String] = [], inputs: [String] = [], values: [String] = [], off: [String] = []
        if let trouble = outbox.trouble { faults.append(trouble) }
        for (index, settings) in configuration.lines.enumerated() {
            let state = outputs.lines[index]
            if let why = state.failure {
                faults.append(say("$1 failed: $2", settings.name, why))
            } else if state.blink != nil {
                on.append(say("$1 blinking", settings.name))
            } else if settings.isMomentary {
                continue
            } else if let fade = state.fade {
                on.append(say("$1 fading to $2", settings.name, Dimming.text(fade.to)))
            } else if let level = state.level {
                let text = say("$1 $2", settings.name, word(of: index, level))
                if settings.direction == .input { inputs.append(text) } else if level { on.append(text) } else { off.append(text) }
            } else {
                faults.append(say("$1 unknown", settings.name))
            }
        }
        for (index, settings) in configuration.sensors.enumerated() {
            let state = telemetry.sensors[index]
            if state.alarm == .raised { alarms.append(alarmText(index)) }
            if let why = state.failure {
                faults.append(say("$1 failed: $2", settings.name, why))
            } else if telemetry.isStale(index, configuration.sensors, at: now.instant) {
                faults.append(say("$1 is stale", settings.name))
            } else if state.alarm != .raised, let shown = state.shown, Telemetry.pollInterval(settings) != nil {
                values.append(say("$1 $2", settings.name, NumberText.quantity(shown, digits: settings.digits, unit: settings.unit)))
            }
        }
        let items = alarms + faults + on + inputs + values + off
        let show: Show? = !alarms.isEmpty ? .dnd : !faults.isEmpty ? .away : nil
        return OwnPresence(show: show, status: items.isEmpty ? nil : PresenceStatus.join(items))
    }
}

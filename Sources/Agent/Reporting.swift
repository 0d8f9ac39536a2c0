import Text
import Time
import XMPP

/// Readings: asked for, answered, reported.
extension Agent {
    func poll() {
        let (toRead, overdue) = telemetry.poll(configuration.sensors, at: now.instant)
        for sensor in overdue { take(.failed(Replies.readingDeadlinePassed), ofSensor: sensor) }
        for sensor in toRead { startReading(sensor) }
    }

    func take(_ outcome: SensorOutcome, ofSensor sensor: SensorIndex) {
        guard telemetry.sensors.indices.contains(sensor), configuration.sensors.indices.contains(sensor) else { return }
        let settings = configuration.sensors[sensor]
        let state = telemetry.sensors[sensor]
        let wasRaised = state.alarm == .raised, wasFailing = state.failure != nil, askedAt = state.asked ?? now.instant
        telemetry.take(outcome, of: sensor, settings, at: now)
        let isRaised = state.alarm == .raised
        if isRaised != wasRaised { record(nil, line: nil, what: isRaised ? "alarm" : "alarm over", outcome: quantityText(sensor)) }
        if let why = state.failure, !wasFailing { toLog(.warning, Replies.failed(settings.name, why, last: nil)) }
        if wasFailing, state.failure == nil { toLog(.notice, Replies.recovered(settings.name, value(sensor))) }
        presence.isDirty = true
        tellNews(of: sensor, askedAt: askedAt)
        for errand in errands.sensorAnswered(sensor) { finish(errand) }
    }

    /// Reports what `reports.to` does not know of a sensor yet; while offline as well.
    func tellNews(of sensor: SensorIndex, askedAt: Instant) {
        guard telemetry.sensors.indices.contains(sensor) else { return }
        let settings = configuration.sensors[sensor]
        let news = telemetry.news(of: sensor, settings, askedAt: askedAt)
        if news.isEmpty { return }
        let item = measure(of: sensor)
        for piece in news {
            var text: String, measure = item
            switch piece {
            case .alarm: text = Replies.alarm(alarmText(sensor))
            case .alarmOver: text = Replies.alarmOver(settings.name, value(sensor))
            case .recovered: text = Replies.recovered(settings.name, value(sensor))
            case .report: text = quantityText(sensor)
            case .failed:
                text = Replies.failed(settings.name, telemetry.sensors[sensor].failure ?? "", last: nil)
                measure = []
            }
            report(text, piece == .report ? .reading : .alarm, source: settings.name, measure)
        }
        guard configuration.reports.pubsub, !item.isEmpty else { return }
        if isOnline { publish(sensor) } else { telemetry.sensors[sensor].isUnpublished = true }
    }

    /// The latest reading to the board's own node.
    func publish(_ sensor: SensorIndex) {
        telemetry.sensors[sensor].isUnpublished = false
        let item = payload(of: [sensor])
        if configuration.reports.pubsub, !item.isEmpty { effects.append(.publish(node: SenML.node, id: configuration.sensors[sensor].name, item: item)) }
    }

    /// The latest reading as the attributes of a record without base name and time; empty when it is no good one.
    private func measure(of sensor: SensorIndex) -> [UInt8] {
        guard telemetry.sensors[sensor].failure == nil, let reading = telemetry.sensors[sensor].reading else { return [] }
        let settings = configuration.sensors[sensor]
        return SenML.attributes(SenML.record(settings.name, reading.value, unit: settings.unit, at: Timestamp(milliseconds: 0)))
    }

    /// SenML of the sensors that have a good reading; empty when none has.
    func payload(of sensors: [SensorIndex]) -> [UInt8] {
        var records: [SenMLRecord] = []
        for sensor in sensors {
            guard telemetry.sensors[sensor].failure == nil, let reading = telemetry.sensors[sensor].reading else { continue }
            let settings = configuration.sensors[sensor]
            let record = SenML.record(settings.name, reading.value, unit: settings.unit, at: reading.timestamp)
            if records.isEmpty { record.baseName = SenML.baseName(configuration.account.jid) }
            records.append(record)
        }
        return records.isEmpty ? [] : SenML.xml(records)
    }

    // MARK: Questions

    func read(_ targets: [Target], _ asker: Asker) {
        var lines: [LineIndex] = [], sensors: [SensorIndex] = []
        for target in targets {
            for line in vocabulary.lines(of: target) where !lines.contains(line) { lines.append(line) }
            for sensor in vocabulary.sensors(of: target) where !sensors.contains(sensor) { sensors.append(sensor) }
        }
        ask(.reading(targets), lines: lines, sensors: sensors.filter { isOutdated($0, always: true) }, asker)
    }

    func askStatus(_ asker: Asker) {
        ask(.status, lines: [], sensors: telemetry.sensors.indices.filter { isOutdated($0, always: false) }, asker)
    }

    /// Whether a question needs a new reading. A status waits only for sensors that nobody polls.
    private func isOutdated(_ sensor: SensorIndex, always: Bool) -> Bool {
        let state = telemetry.sensors[sensor]
        // A counter knows it at once.
        if configuration.sensors[sensor].counter != nil { return true }
        let isPolled = Telemetry.pollInterval(configuration.sensors[sensor]) != nil
        guard always || !isPolled else { return false }
        guard let reading = state.reading, state.failure == nil else { return true }
        return now.instant - reading.at >= (isPolled ? Telemetry.usableAge : Telemetry.freshAge)
    }

    private func ask(_ kind: Errand.Kind, lines: [LineIndex], sensors: [SensorIndex], _ asker: Asker) {
        let errand = Errand(id: errands.nextID(), asker: asker, kind: kind, deadline: now.instant + Errands.readingPatience)
        // When too much waits already, what is known has to do.
        if !errands.isFull {
            for sensor in sensors {
                if configuration.sensors[sensor].counter == nil { errand.sensors.append(sensor) }
                if telemetry.ask(sensor, at: now.instant) { startReading(sensor) }
            }
            for line in lines where outputs.pending.count < Outputs.maximumTickets {
                let ticket = outputs.nextTicket()
                errand.tickets.append(ticket)
                outputs.pending.append(PendingTicket(ticket: ticket, line: line, cause: .person, errand: errand.id, deadline: now.instant + Outputs.outcomeDeadline))
                effects.append(.readLine(line, ticket))
            }
        }
        if errand.isComplete { finish(errand) } else { errands.add(errand) }
    }

    /// A line that somebody asked about was read.
    func lineRead(_ pending: PendingTicket) {
        guard let id = pending.errand else { return }
        let complete = errands.update(id) { errand in errand.tickets.removeAll { $0 == pending.ticket } }
        if let complete { finish(complete) }
    }

    /// Answers, with what is known by now.
    func finish(_ errand: Errand) {
        switch errand.kind {
        case .switching:
            var texts = errand.before
            for part in errand.parts where configuration.lines.indices.contains(part.line) {
                let text = part.text ?? Replies.noAnswer(configuration.lines[part.line].name)
                texts.append(text)
                record(errand.asker, line: part.line, outcome: text)
            }
            if let question = errand.question { texts.append(question) }
            reply(errand.asker, texts.joined(separator: "\n"))
        case .status: reply(errand.asker, statusText())
        case .reading(let targets):
            var lines: [LineIndex] = [], sensors: [SensorIndex] = [], texts: [String] = []
            for target in targets {
                for line in vocabulary.lines(of: target) where !lines.contains(line) {
                    lines.append(line)
                    texts.append(state(of: line))
                }
                for sensor in vocabulary.sensors(of: target) where !sensors.contains(sensor) {
                    sensors.append(sensor)
                    let text = reading(of: sensor)
                    texts.append(errand.sensors.contains(sensor) && telemetry.sensors[sensor].failure == nil ? Replies.slow(text) : text)
                }
            }
            reply(errand.asker, texts.joined(separator: "\n"), payload: payload(of: sensors))
        }
    }
}

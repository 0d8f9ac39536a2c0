import Text
import Time

/// One value and when it was read.
struct Reading: Equatable {
    var value: Double
    var at: Instant
    var timestamp: Timestamp
}

/// What is known of one sensor.
final class SensorState {
    enum AlarmState: Equatable {
        case idle
        /// Beyond the limit since then, not yet for as long as `hold` asks.
        case rising(since: Instant)
        case raised
    }

    var reading: Reading?
    /// Why the last attempt failed; `reading` is then the last good one.
    var failure: String?
    var alarm: AlarmState = .idle
    /// When a reading was asked for that has not come.
    var asked: Instant?
    var nextPoll: Instant?
    /// The value that presence shows: follows `reading` by steps of the report's delta.
    var shown: Double?
    var shownAt: Instant?

    // What the receivers of reports know:
    var sent: Double?
    /// When the reading that was sent last had been asked for.
    var sentAt: Instant?
    var sentFailure = false
    var sentAlarm = false
    /// There is news that the board's own node does not have.
    var isUnpublished = false

    @inline(never)
    init() {}
}

/// When to read the sensors, and what of it is worth a message (product §6). Pure: the `Agent` sends.
struct Telemetry {
    /// For sensors that have an alarm but no `report`.
    static let alarmPoll: Duration = .seconds(60)
    /// Floor for what the configuration asks for: a poll is a file read, and messages follow.
    static let shortestPoll: Duration = .milliseconds(100)
    /// How late the loop may wake us without the rhythm of a sensor changing.
    static let lateWakeUp: Duration = .seconds(1)
    /// A reading that has not come after this has failed; DS18B20 takes 750 ms, DHT22 2 s.
    static let readingDeadline: Duration = .seconds(30)
    /// `stale` from this many longest intervals on.
    static let staleFactor = 3
    /// Said as "just now".
    static let freshAge: Duration = .seconds(2)
    /// Younger readings of a polled sensor answer a question as they are.
    static let usableAge: Duration = .seconds(15)

    var sensors: [SensorState] = []

    enum News: Equatable { case alarm, alarmOver, failed, recovered, report }

    // MARK: Polling

    @inline(never)
    static func pollInterval(_ sensor: SensorConfiguration) -> Duration? {
        if let report = sensor.report { return max(report.shortest, shortestPoll) }
        return sensor.alarm == nil ? nil : alarmPoll
    }

    /// Asks for a reading unless one is under way; true when the effect is to be sent.
    mutating func ask(_ index: SensorIndex, at now: Instant) -> Bool {
        guard sensors.indices.contains(index), sensors[index].asked == nil else { return false }
        sensors[index].asked = now
        return true
    }

    /// The sensors whose time has come are asked; those that never answered have failed.
    mutating func poll(_ settings: [SensorConfiguration], at now: Instant) -> (toRead: [SensorIndex], overdue: [SensorIndex]) {
        var toRead: [SensorIndex] = [], overdue: [SensorIndex] = []
        for index in sensors.indices where settings.indices.contains(index) {
            let state = sensors[index]
            if let asked = state.asked, now - asked >= Telemetry.readingDeadline { overdue.append(index) }
            guard let due = state.nextPoll, due <= now, let interval = Telemetry.pollInterval(settings[index])
            else { continue }
            // On a grid, so that a late wake-up does not shift all later ones; after a suspend the grid starts anew.
            var next = due + interval
            if next <= now { next = now + interval }
            if let report = settings[index].report, let sentAt = state.sentAt, sentAt + report.longest > now {
                next = min(next, sentAt + report.longest)
            }
            state.nextPoll = next
            // Asked at the time it was due: wake-ups come a little late, now more, now less, and intervals must not suffer.
            if ask(index, at: now - due < Telemetry.lateWakeUp ? due : now) { toRead.append(index) }
        }
        return (toRead, overdue)
    }

    /// Starts polling what is to be polled and is not yet.
    mutating func schedule(_ settings: [SensorConfiguration], at now: Instant) {
        for index in sensors.indices where settings.indices.contains(index) {
            if Telemetry.pollInterval(settings[index]) == nil {
                sensors[index].nextPoll = nil
            } else if sensors[index].nextPoll == nil {
                sensors[index].nextPoll = now
            }
        }
    }

    func nextDeadline(_ settings: [SensorConfiguration], after now: Instant) -> Instant? {
        var next = Earliest()
        for index in sensors.indices where settings.indices.contains(index) {
            next.consider(sensors[index].nextPoll)
            if let asked = sensors[index].asked { next.consider(asked + Telemetry.readingDeadline) }
            if let stale = staleAt(index, settings), stale > now { next.consider(stale) }
        }
        return next.instant
    }

    // MARK: Readings

    /// Takes the outcome of a reading.
    mutating func take(_ outcome: SensorOutcome, of index: SensorIndex, _ sensor: SensorConfiguration, at now: Moment) {
        guard sensors.indices.contains(index) else { return }
        let state = sensors[index]
        state.asked = nil
        switch outcome {
        case .failed(let why): state.failure = why.isEmpty ? "no reason given" : why
        case .value(let value) where !value.isFinite: state.failure = "it gave no number"
        case .value(let value):
            state.failure = nil
            state.reading = Reading(value: value, at: now.instant, timestamp: now.timestamp)
            if Telemetry.mayShow(state, sensor, value, at: now.instant) {
                state.shown = value
                state.shownAt = now.instant
            }
            Telemetry.watch(state, sensor, value, at: now.instant)
        }
    }

    /// Presence follows steps of the report's delta, and not faster than reports do: a counter differs each time somebody asks.
    private static func mayShow(_ state: SensorState, _ sensor: SensorConfiguration, _ value: Double, at now: Instant) -> Bool {
        guard let shown = state.shown else { return true }
        if !Telemetry.differs(value, shown, by: sensor.report?.delta ?? 0) { return false }
        guard sensor.counter != nil, let at = state.shownAt, let report = sensor.report else { return true }
        return now - at + Telemetry.lateWakeUp >= report.shortest
    }

    private static func watch(_ state: SensorState, _ sensor: SensorConfiguration, _ value: Double, at now: Instant) {
        guard let alarm = sensor.alarm else {
            state.alarm = .idle
            return
        }
        let isBeyond = alarm.above ? value > alarm.limit : value < alarm.limit
        let isClear = alarm.above ? value <= alarm.clear : value >= alarm.clear
        switch state.alarm {
        case .idle:
            guard isBeyond else { return }
            state.alarm = alarm.hold > .zero ? .rising(since: now) : .raised
            // The next poll may be long after the alarm is due.
            if alarm.hold > .zero, let poll = state.nextPoll { state.nextPoll = min(poll, now + alarm.hold) }
        case .rising(let since):
            if !isBeyond { state.alarm = .idle } else if now - since >= alarm.hold { state.alarm = .raised }
        case .raised:
            if isClear { state.alarm = .idle }
        }
    }

    /// Whether two values differ by `delta` or more; with `delta` 0 by anything at all.
    static func differs(_ a: Double, _ b: Double, by delta: Double) -> Bool {
        if delta <= 0 { return a != b }
        // 0.3 - 0.2 is a little less than 0.1.
        return (a - b).magnitude >= delta * (1 - 1e-9)
    }

    func isStale(_ index: SensorIndex, _ settings: [SensorConfiguration], at now: Instant) -> Bool {
        staleAt(index, settings).map { $0 <= now } ?? false
    }

    @inline(never)
    private func staleAt(_ index: SensorIndex, _ settings: [SensorConfiguration]) -> Instant? {
        guard let reading = sensors[index].reading, let report = settings[index].report else { return nil }
        return reading.at + report.longest * Telemetry.staleFactor
    }

    // MARK: What is worth a message

    /// What the receivers do not know yet, most important first; afterwards they do, or will when the journal is delivered.
    ///
    /// - Parameter askedAt: when the reading at hand was asked for; intervals count from there, so that a sensor that
    ///   sometimes takes longer keeps its rhythm.
    mutating func news(of index: SensorIndex, _ sensor: SensorConfiguration, askedAt: Instant) -> [News] {
        guard sensors.indices.contains(index) else { return [] }
        let state = sensors[index]
        var news: [News] = []
        let isRaised = state.alarm == .raised
        if state.failure != nil {
            if !state.sentFailure, Telemetry.pollInterval(sensor) != nil {
                news.append(.failed)
                state.sentFailure = true
            }
            return news
        }
        guard let reading = state.reading else { return [] }
        if isRaised != state.sentAlarm {
            news.append(isRaised ? .alarm : .alarmOver)
            state.sentAlarm = isRaised
        }
        if state.sentFailure {
            news.append(.recovered)
            state.sentFailure = false
        }
        if news.isEmpty, let report = sensor.report {
            if let sent = state.sent, let sentAt = state.sentAt {
                let elapsed = askedAt - sentAt
                let isDue = elapsed >= report.longest || (elapsed >= report.shortest && Telemetry.differs(reading.value, sent, by: report.delta))
                if isDue { news.append(.report) }
            } else {
                news.append(.report)
            }
        }
        if !news.isEmpty {
            state.sent = reading.value
            state.sentAt = askedAt
            state.shown = reading.value
            state.shownAt = reading.at
        }
        return news
    }
}

import Text
import Time

/// The pulses of one input. The total outlasts restarts.
final class Counter {
    /// Of the line.
    let name: String
    var total: UInt64 = 0
    /// Edges that the kernel said it dropped: so many pulses may be missing in `total`, or half of them, or none.
    var missed: UInt64 = 0

    // The rate. Times are the kernel's, in nanoseconds, so that a late loop does not change it; 0: none yet.
    /// Pulses since it was looked at, the first and the last of them, and the one before.
    private var fresh: UInt64 = 0
    private var first: UInt64 = 0
    private var last: UInt64 = 0
    private var before: UInt64 = 0
    private var lastInstant: Instant?
    /// Pulses a second, as seen at the last look.
    private var rate = 0.0

    init(name: String) { self.name = name }

    func add(_ count: UInt32, first: UInt64, last: UInt64, at now: Instant) {
        total = Counter.sum(total, count)
        if count == 0 { return }
        if fresh == 0 { self.first = first }
        fresh = Counter.sum(fresh, count)
        self.last = last
        lastInstant = now
    }

    func miss(_ count: UInt32) { missed = Counter.sum(missed, count) }

    private static func sum(_ a: UInt64, _ b: UInt32) -> UInt64 { a > .max - UInt64(b) ? .max : a + UInt64(b) }

    /// Pulses a second now: the mean over the intervals between the pulses since the last look; a single pulse counts from the one
    /// before it. When none came, the last rate holds, but it is never more than if a pulse came at this moment: so it falls with the
    /// time since the last one, and after `silence` it is 0.
    func look(at now: Instant) -> Double {
        if fresh > 1, last > first {
            rate = Double(fresh - 1) * 1e9 / Double(last - first)
        } else if fresh > 0, before > 0, last > before {
            rate = Double(fresh) * 1e9 / Double(last - before)
        }
        if fresh > 0 { before = last }
        fresh = 0
        guard let lastInstant else { return 0 }
        let quiet = now - lastInstant
        if quiet >= Counters.silence {
            rate = 0
        } else if quiet > .zero {
            rate = min(rate, 1 / (quiet / .seconds(1)))
        }
        return rate
    }
}

/// The counters of the configuration, and those whose lines are not in it at the moment: a meter is not read anew because a line
/// was taken out for a day. In the state directory a small text, one line each with total and missed edges:
///
///     perch-counters 1
///     flow 123456 0
struct Counters {
    static let fileName = "counters"
    /// Between two writes, for memory cards: pulses of this time are lost in a power cut.
    static let storeInterval: Duration = .seconds(60)
    /// Between two warnings of edges that the kernel dropped.
    static let warnInterval: Duration = .seconds(60)
    /// Without a pulse for so long nothing flows: one pulse an hour is less than any meter shows.
    static let silence: Duration = .seconds(3600)
    /// More than there can be lines.
    static let limit = 512

    private(set) var list: [Counter] = []
    private var isUnsaved = false
    private var savedAt: Instant?
    private var warnedAt: Instant?
    /// Missed edges that were not told in the log yet.
    private var untold: UInt64 = 0

    init(_ bytes: [UInt8]? = nil) {
        for row in StateFile.rows(Counters.fileName, bytes) where list.count < Counters.limit {
            let words = row.split(separator: " ")
            guard words.count == 3, let total = UInt64(words[1]), let missed = UInt64(words[2]) else { continue }
            let counter = Counter(name: String(words[0]))
            counter.total = total
            counter.missed = missed
            list.append(counter)
        }
    }

    var bytes: [UInt8] {
        var text = "perch-counters 1\n"
        for counter in list { text += say("$1 $2 $3\n", counter.name, String(counter.total), String(counter.missed)) }
        return Array(text.utf8)
    }

    /// Where the line's counter is; it is made when there is none.
    mutating func index(of line: String) -> Int {
        for index in list.indices where list[index].name == line { return index }
        // Of a line that was taken out long ago.
        if list.count == Counters.limit { list.removeFirst() }
        list.append(Counter(name: line))
        return list.count - 1
    }

    func missed(_ line: String) -> UInt64 {
        for counter in list where counter.name == line { return counter.missed }
        return 0
    }

    /// - Returns: dropped edges to warn of.
    mutating func take(_ line: String, _ count: UInt32, missed: UInt32, first: UInt64, last: UInt64, at now: Instant) -> UInt64 {
        if count == 0, missed == 0 { return 0 }
        let index = index(of: line)
        list[index].add(count, first: first, last: last, at: now)
        list[index].miss(missed)
        isUnsaved = true
        if missed == 0 { return 0 }
        untold += UInt64(missed)
        if let warnedAt, now - warnedAt < Counters.warnInterval { return 0 }
        warnedAt = now
        defer { untold = 0 }
        return untold
    }

    /// The pulses of a line so far, or a second.
    mutating func value(_ line: String, isRate: Bool, at now: Instant) -> Double {
        let index = index(of: line)
        return isRate ? list[index].look(at: now) : Double(list[index].total)
    }

    /// The file, when it is time to write it.
    mutating func due(at now: Instant, isLast: Bool = false) -> [UInt8]? {
        guard isUnsaved else { return nil }
        if !isLast, let savedAt, now - savedAt < Counters.storeInterval { return nil }
        isUnsaved = false
        savedAt = now
        return bytes
    }

    var nextDeadline: Instant? {
        guard isUnsaved, let savedAt else { return nil }
        return savedAt + Counters.storeInterval
    }
}

/// Counters are sensors that the agent reads itself.
extension Agent {
    func take(pulses count: UInt32, missed: UInt32, of line: LineIndex, _ on: Bool, first: UInt64, last: UInt64) {
        guard configuration.lines.indices.contains(line), outputs.lines.indices.contains(line), configuration.lines[line].isCounted else { return }
        outputs.lines[line].level = on
        let name = configuration.lines[line].name
        let dropped = counters.take(name, count, missed: missed, first: first, last: last, at: now.instant)
        if dropped > 0 { toLog(.warning, say("$1: $2", name, Replies.droppedEdges(dropped))) }
        storeCounters()
    }

    func storeCounters(isLast: Bool = false) {
        if let bytes = counters.due(at: now.instant, isLast: isLast) { store(Counters.fileName, bytes) }
    }

    /// Starts a reading; a counter's is there at once.
    func startReading(_ sensor: SensorIndex) {
        let settings = configuration.sensors[sensor]
        guard let source = settings.counter, configuration.lines.indices.contains(source.line) else { return effects.append(.readSensor(sensor)) }
        let line = configuration.lines[source.line].name
        if let why = outputs.lines[source.line].failure { return take(.failed(say("$1: $2", line, why)), ofSensor: sensor) }
        let pulses = counters.value(line, isRate: source.isRate, at: now.instant)
        let seconds = source.isRate ? Double(CounterSource.seconds(per: settings.unit)) : 1
        take(.value(pulses * seconds * (settings.unitPerPulse ?? 1) + (settings.offset ?? 0)), ofSensor: sensor)
    }

    /// Added to the reading of a total that may be too small; empty when all edges came.
    func doubt(_ sensor: SensorIndex) -> String {
        guard let source = configuration.sensors[sensor].counter, !source.isRate, configuration.lines.indices.contains(source.line) else { return "" }
        let missed = counters.missed(configuration.lines[source.line].name)
        return missed == 0 ? "" : say("; $1, so it may be more", Replies.droppedEdges(missed))
    }
}

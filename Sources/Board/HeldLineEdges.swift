import CGPIOD
import Time

/// What becomes of a line's edges. Whatever the kernel drops on the way, the level that was told last is in the end the line's.
extension HeldLine {
    /// Takes the edges that wait.
    ///
    /// - Parameters:
    ///   - line: index of this line.
    ///   - buffer: how many edges the kernel keeps.
    ///   - read: gives up to `LineRequest.batch` edges, fewer when no more wait.
    ///   - level: the line's level now.
    func takeEdges(
        line: Int, at now: Instant, buffer: Int = Int(cgpiod_event_buffer_size()), read: () throws(BoardError) -> [cgpiod_edge_event],
        level: () throws(BoardError) -> Bool
    ) throws(BoardError) -> [EdgeEvent] {
        var events: [EdgeEvent] = []
        var taken = 0
        var isDrained = false
        let before = debouncer.reported
        for _ in 0..<Board.batchLimit {
            let batch = try read()
            taken += batch.count
            for edge in batch { take(edge, line: line, at: now, &events) }
            isDrained = batch.count < LineRequest.batch
            if isDrained { break }
        }
        // uAPI v1 drops the newest edges of a full buffer without a word: the line itself says how it ended.
        if taken >= buffer { mayHaveLost = true }
        if mayHaveLost, debouncer.window == .zero { settle(try level(), line: line, timestamp: 0, &events) }
        // Otherwise edges from before the loss still wait, and would have the last word.
        if isDrained { mayHaveLost = false }
        if settings.isCounted {
            if pulses == 0, missed == 0, before == debouncer.reported { return [] }
            return [event(line: line, debouncer.reported, timestamp: lastPulse, sequence: lastSequence)]
        }
        return events
    }

    private func take(_ edge: cgpiod_edge_event, line: Int, at now: Instant, _ events: inout [EdgeEvent]) {
        // The kernel counts from 1, from the claim on. A gap of half the numbers is a number that went back.
        let gap = edge.sequence &- lastSequence
        if edge.sequence != 0, gap > 1, gap < .max / 2 {
            missed = min(missed, .max / 2) + (gap - 1)
            mayHaveLost = true
        }
        lastSequence = edge.sequence
        lastTimestamp = edge.timestamp_ns
        let level = debouncer.edge(edge.rising, at: now)
        if settings.isCounted {
            // Also one that follows another: then the fall between them was dropped.
            if edge.rising, debouncer.window == .zero { count(edge.timestamp_ns) }
        } else if let level {
            events.append(event(line: line, level, timestamp: edge.timestamp_ns, sequence: edge.sequence))
        }
    }

    /// The debounce is over: what changed, unless an edge that waits shows that the line is not quiet yet. Parameters as above.
    func tick(
        line: Int, at now: Instant, read: () throws(BoardError) -> [cgpiod_edge_event], level: () throws(BoardError) -> Bool
    ) throws(BoardError) -> [EdgeEvent] {
        var events = try takeEdges(line: line, at: now, read: read, level: level)
        if debouncer.isDue(at: now) { settle(try level(), line: line, timestamp: lastTimestamp, &events) }
        return events
    }

    /// The line was read again.
    func settle(_ level: Bool, line: Int, timestamp: UInt64, _ events: inout [EdgeEvent]) {
        guard let level = debouncer.settle(level) else { return }
        if settings.isCounted {
            // Without a debounce each rise is counted when the kernel tells of it, which may be yet to come.
            if debouncer.window == .zero { return }
            if level { count(timestamp) }
        }
        events.append(event(line: line, level, timestamp: timestamp, sequence: lastSequence))
    }

    /// What a question for the level is answered, the line being at `level`. It agrees with the events: a level that is not settled
    /// yet is not told, else the one who asked would believe in a bounce for ever.
    func answer(_ level: Bool, at now: Instant?) -> Bool {
        guard settings.hasEdges else { return level }
        if debouncer.window == .zero {
            _ = debouncer.settle(level)
        } else if level != debouncer.reported, let now {
            debouncer.notice(at: now)
        }
        return debouncer.reported
    }

    func count(_ timestamp: UInt64) {
        if pulses == 0 { firstPulse = timestamp }
        lastPulse = timestamp
        pulses += 1
    }

    /// The event for a level that the debouncer lets through; forgets the edges it stands for.
    func event(line: Int, _ level: Bool, timestamp: UInt64, sequence: UInt32) -> EdgeEvent {
        var event = EdgeEvent(line: line, on: level, timestamp: timestamp, sequence: sequence, missed: missed)
        event.count = pulses
        event.first = pulses == 0 ? 0 : firstPulse
        missed = 0
        pulses = 0
        return event
    }
}

import CGPIOD
import Text
import Time

/// A line whose edges wait at a file descriptor.
public struct EdgeSource: Equatable, Sendable {
    public var line: Int
    /// Poll it for reading; only `Board.edges` reads it. It is closed by the board.
    public var descriptor: Int32
}

extension Board {
    /// Batches of 16 edges taken in one turn of the loop, so that one noisy line cannot starve the others.
    static let batchLimit = 16

    /// What to poll. Ask again after `apply`, also after one that threw. Empty on the simulated board.
    public var edgeSources: [EdgeSource] {
        var sources: [EdgeSource] = []
        for (index, line) in lines.enumerated() {
            if let descriptor = line.request?.fileDescriptor { sources.append(EdgeSource(line: index, descriptor: descriptor)) }
        }
        return sources
    }

    /// Takes the edges that wait for a line. Only changes of level come out, in order, and with a debounce in software only later, from
    /// `tick`. Throws when the line is lost, e.g. with an unplugged expander: stop polling it then.
    public func edges(line index: Int, at now: Instant) throws(BoardError) -> [EdgeEvent] {
        guard lines.indices.contains(index), let request = lines[index].request else { return [] }
        var events: [EdgeEvent] = []
        var taken = 0
        var lost = false
        for _ in 0..<Board.batchLimit {
            let batch = try request.readEdgeEvents()
            taken += batch.count
            for edge in batch {
                let last = lines[index].lastSequence
                if edge.sequence != 0, last != 0, edge.sequence &- last > 1, edge.sequence &- last < .max / 2 {
                    lines[index].missed &+= edge.sequence &- last &- 1
                    lost = true
                }
                lines[index].lastSequence = edge.sequence
                lines[index].lastTimestamp = edge.timestamp_ns
                if let level = lines[index].debouncer.edge(edge.rising, at: now) {
                    events.append(lines[index].event(line: index, level, timestamp: edge.timestamp_ns, sequence: edge.sequence))
                }
            }
            if batch.count < LineRequest.batch { break }
        }
        // uAPI v1 drops the newest edges of a full buffer without a word: the line itself says how it ended.
        if lost || taken >= Int(cgpiod_event_buffer_size()), lines[index].debouncer.window == .zero,
            let level = lines[index].debouncer.settle(try request.value())
        {
            events.append(lines[index].event(line: index, level, timestamp: 0, sequence: 0))
        }
        return events
    }

    /// When `tick` has something to do.
    public var nextDeadline: Instant? {
        var next: Instant?
        for line in lines {
            guard let deadline = line.debouncer.deadline else { continue }
            if let earlier = next, earlier <= deadline { continue }
            next = deadline
        }
        return next
    }

    /// Reads the lines whose debounce is over and tells which changed.
    public func tick(at now: Instant) -> [EdgeEvent] {
        var events: [EdgeEvent] = []
        for index in lines.indices where lines[index].debouncer.isDue(at: now) {
            do throws(BoardError) {
                if let level = lines[index].debouncer.settle(try get(index)) {
                    let (timestamp, sequence) = (lines[index].lastTimestamp, lines[index].lastSequence)
                    events.append(lines[index].event(line: index, level, timestamp: timestamp, sequence: sequence))
                }
            } catch {
                lines[index].debouncer.postpone(at: now)
            }
        }
        return events
    }
}

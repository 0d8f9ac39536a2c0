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
    /// `tick`. Of a line that is counted one event comes out, with the number of changes to on. Throws when the line is lost, e.g. with
    /// an unplugged expander: stop polling it then.
    public func edges(line index: Int, at now: Instant) throws(BoardError) -> [EdgeEvent] {
        guard lines.indices.contains(index), let request = lines[index].request else { return [] }
        return try lines[index].takeEdges(
            line: index, at: now, read: { () throws(BoardError) in try request.readEdgeEvents() },
            level: { () throws(BoardError) in try request.value() })
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
            let held = lines[index]
            do throws(BoardError) {
                events += try lines[index].tick(
                    line: index, at: now, read: { () throws(BoardError) in try held.request?.readEdgeEvents() ?? [] },
                    level: { () throws(BoardError) in try level(held) })
            } catch {
                lines[index].debouncer.postpone(at: now)
            }
        }
        return events
    }
}

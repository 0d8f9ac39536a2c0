import Text
import Time

/// What somebody does with a button: an event for reports, and for rules.
public enum Press: Equatable, Sendable { case single, double, long }

/// Makes presses of one input's changes.
///
/// Durations are between the kernel's times of the edges, so that a loop that is late does not make a long press of a short one. What
/// depends on an edge that was lost, or whose time is not known, is the plainer thing: never a double press.
struct PressDetector: Equatable {
    /// Nanoseconds. A finger is not so quick: what comes again earlier is the contact's bouncing, where the line has no debounce.
    static let bounce: UInt64 = 30_000_000

    private enum State: Equatable {
        /// `at`: the kernel's time of the release; 0: not known.
        case released(at: UInt64)
        /// Pressed since `at`; long at `longAt`.
        case down(at: UInt64, longAt: Instant?, isSecond: Bool)
        /// Pressed and let go; a second press may come until then.
        case waiting(pressed: UInt64, released: UInt64, until: Instant)
        /// Pressed, and told already what that was.
        case held
    }

    private var state = State.released(at: 0)

    /// When nobody knows for how long it is pressed already.
    static var pressedBefore: PressDetector {
        var detector = PressDetector()
        detector.state = .held
        return detector
    }

    /// The input changed.
    /// - Parameters:
    ///   - at: the kernel's time; 0: not known.
    ///   - missed: an edge before this one was lost.
    mutating func edge(_ on: Bool, at: UInt64, missed: Bool, _ line: LineConfiguration, _ now: Instant) -> [Press] {
        let isSure = at != 0 && !missed
        let down = State.down(at: missed ? 0 : at, longAt: line.longPress.map { now + $0 }, isSecond: false)
        switch (state, on) {
        case (.released(let released), true):
            state = isSure && released != 0 && at >= released && at - released < PressDetector.bounce ? .held : down
            return []
        case (.down, true), (.held, true):
            state = down
            return []
        case (.waiting(let pressed, let released, _), true):
            guard isSure, released != 0, at >= released, let double = line.doublePress else {
                state = down
                return [.single]
            }
            if at - released < PressDetector.bounce {
                state = .down(at: pressed, longAt: line.longPress.map { now + $0 }, isSecond: false)
                return []
            }
            let isSecond = at - released <= PressDetector.nanoseconds(double)
            state = isSecond ? .down(at: at, longAt: line.longPress.map { now + $0 }, isSecond: true) : down
            return isSecond ? [] : [.single]
        case (.down(let pressed, let longAt, let isSecond), false):
            state = .released(at: isSure ? at : 0)
            var isLong = false
            if let long = line.longPress {
                isLong = isSure && pressed != 0 && at >= pressed ? at - pressed >= PressDetector.nanoseconds(long) : longAt.map { now >= $0 } ?? false
            }
            if isLong { return isSecond ? [.single, .long] : [.long] }
            if isSecond { return isSure ? [.double] : [.single, .single] }
            guard let double = line.doublePress, isSure else { return [.single] }
            state = .waiting(pressed: pressed, released: at, until: now + double)
            return []
        case (.held, false):
            state = .released(at: isSure ? at : 0)
            return []
        case (.released, false), (.waiting, false): return []
        }
    }

    /// `deadline` has come.
    mutating func tick(_ now: Instant) -> [Press] {
        guard let deadline, deadline <= now else { return [] }
        switch state {
        case .down(_, _, let isSecond):
            state = .held
            return isSecond ? [.single, .long] : [.long]
        case .waiting(_, let released, _):
            state = .released(at: released)
            return [.single]
        case .released, .held: return []
        }
    }

    var deadline: Instant? {
        switch state {
        case .down(_, let longAt, _): longAt
        case .waiting(_, _, let until): until
        case .released, .held: nil
        }
    }

    /// Of the configuration, so neither negative nor long.
    private static func nanoseconds(_ duration: Duration) -> UInt64 {
        let (seconds, attoseconds) = duration.components
        return UInt64(clamping: seconds) &* 1_000_000_000 &+ UInt64(clamping: attoseconds / 1_000_000_000)
    }
}

/// The presses of one line that `reports.to` was not told yet.
struct PressTally: Equatable {
    var single = 0
    var double = 0
    var long = 0
    /// When it was told last.
    var reportedAt: Instant?

    var isEmpty: Bool { single == 0 && double == 0 && long == 0 }

    mutating func add(_ press: Press) {
        // A bound, not a truth: nobody presses so often in five seconds.
        switch press {
        case .single: single = min(single + 1, 1_000_000)
        case .double: double = min(double + 1, 1_000_000)
        case .long: long = min(long + 1, 1_000_000)
        }
    }
}

extension Agent {
    /// Whether a deadline of a press has come: edges that wait must be taken first, else a release that came in time comes too late.
    public func awaitsEdges(at now: Instant) -> Bool {
        for line in outputs.lines { if let deadline = line.presses.deadline, deadline <= now { return true } }
        return false
    }

    func watchPresses(_ line: LineIndex, _ on: Bool, at: UInt64, missed: Bool) {
        for press in outputs.lines[line].presses.edge(on, at: at, missed: missed, configuration.lines[line], now.instant) { pressed(press, line) }
        reportPresses()
    }

    func runPresses() {
        for line in outputs.lines.indices {
            for press in outputs.lines[line].presses.tick(now.instant) { pressed(press, line) }
        }
        reportPresses()
    }

    private func pressed(_ press: Press, _ line: LineIndex) {
        let settings = configuration.lines[line]
        record(nil, line: line, what: settings.name, outcome: Replies.press(press, settings.longPress), isEdge: true)
        outputs.lines[line].tally.add(press)
    }

    /// Tells what was pressed, each line at most once in a while; no press is left out.
    private func reportPresses() {
        for line in outputs.lines.indices where !outputs.lines[line].tally.isEmpty {
            let tally = outputs.lines[line].tally
            if let at = tally.reportedAt, now.instant - at < Outputs.edgeReportInterval { continue }
            outputs.lines[line].tally = PressTally(reportedAt: now.instant)
            report(tally.single, .single, line)
            report(tally.double, .double, line)
            report(tally.long, .long, line)
        }
    }

    private func report(_ times: Int, _ press: Press, _ line: LineIndex) {
        if times == 0 { return }
        let settings = configuration.lines[line]
        var word = "press"
        switch press {
        case .single: break
        case .double: word = "double-press"
        case .long: word = "long-press"
        }
        let text = say("$1 was $2", settings.name, Replies.press(press, settings.longPress))
        let measure = SenML.attributes(SenMLRecord(name: SenML.name(settings.name), value: .string(word)))
        report(Replies.pressed(text, times: times), .line, source: settings.name, measure)
    }
}

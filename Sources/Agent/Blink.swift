import Text
import Time

/// How a line is switched.
enum Manner: Equatable {
    case steady, pulse
    /// The frequency in millihertz.
    case blink(Int)
    case dim(Dimming)
}

/// A line that blinks: its edges lie on a grid, so that late wake-ups do not add up.
final class Blink {
    /// Millihertz: slower is switching by hand, faster wears out relays and is no light to look at.
    static let frequencies = 100...10_000
    static let usualFrequency = 1000
    /// When nobody says how long.
    static let usualTime: Duration = .seconds(60)
    /// After a longer suspend the grid starts anew.
    static let lateWakeUp: Duration = .seconds(1)

    let frequency: Int
    /// The next edge, and the level after it.
    var next: Instant
    var level: Bool
    var end: Instant
    /// What it was before and will be afterwards.
    let before: Bool

    /// The first edge is now.
    init(frequency: Int, before: Bool, at now: Instant, for time: Duration) {
        self.frequency = frequency
        self.before = before
        level = before
        next = now
        end = now + time
        next = now + half
    }

    var half: Duration { .nanoseconds(500_000_000_000 / Int64(frequency)) }

    /// "2 Hz", "0.5 Hz"
    static func text(_ frequency: Int) -> String { NumberText.short(Double(frequency) / 1000) + " Hz" }

    /// Millihertz of "2", "0.5", "1,5"; nil for what is no number or out of range.
    static func parse(_ text: String) -> Int? {
        do throws(Complaint) {
            let hertz = try ConfigurationValue.number(Spoken.withPoints(text))
            guard hertz > 0, hertz <= 1000 else { return nil }
            let frequency = Int((hertz * 1000).nearestWhole)
            return frequencies.contains(frequency) ? frequency : nil
        } catch { return nil }
    }
}

extension Agent {
    /// The level that counts: what a line that blinks was before, else what was read.
    func steadyLevel(_ line: LineIndex) -> Bool? { outputs.lines[line].blink?.before ?? outputs.lines[line].level }

    /// The timer that the line has goes on, and ends the blinking when it fires.
    func startBlinking(_ line: LineIndex, _ frequency: Int, _ duration: Duration?, errand: UInt32) {
        let state = outputs.lines[line]
        var before = steadyLevel(line) ?? false
        if let timer = state.timer, timer.cause == .pulse {
            endPulse(of: line)
            state.timer = nil
            before = false
        }
        let longest = configuration.lines[line].maxOn ?? Spoken.longest
        state.blink = Blink(frequency: frequency, before: before, at: now.instant, for: min(duration ?? Blink.usualTime, longest))
        ask(line, !before, cause: .blink, errand: errand)
    }

    func runBlink(_ line: LineIndex) {
        let state = outputs.lines[line]
        guard let blink = state.blink else { return }
        if blink.end <= now.instant { return stopBlinking(line) }
        guard blink.next <= now.instant else { return }
        if now.instant - blink.next > Blink.lateWakeUp { blink.next = now.instant }
        var level = blink.level
        repeat {
            level = blink.level
            blink.level = !level
            blink.next = blink.next + blink.half
        } while blink.next <= now.instant
        // A board that is slower than the blinking leaves edges out; they do not pile up.
        if outputs.lastWanted(line) == nil { ask(line, level, cause: .blink) }
    }

    /// Back to what it was, with the timer that it had.
    private func stopBlinking(_ line: LineIndex) {
        guard let blink = outputs.lines[line].blink else { return }
        drive(line, blink.before, cause: .timer(.blink), timer: outputs.lines[line].timer)
    }

    /// An edge was read back. Only the first one is answered, and none is worth a presence or an entry in the log.
    func blinked(_ pending: PendingTicket, _ wanted: Bool, _ outcome: LineOutcome, _ text: String) {
        let line = pending.line
        let isAsWanted = outcome == (wanted ? .on : .off)
        guard let blink = outputs.lines[line].blink, !isAsWanted else {
            if let errand = pending.errand { settle(errand, line, blinkText(pending, text)) }
            return
        }
        blinkFailed(pending, blink, text)
    }

    private func blinkText(_ pending: PendingTicket, _ text: String) -> String {
        guard outputs.lines[pending.line].blink != nil else { return Replies.blinkReplaced(configuration.lines[pending.line].name) }
        presence.isDirty = true
        var text = state(of: pending.line)
        if let asked = errands.duration(of: pending.errand), let maxOn = configuration.lines[pending.line].maxOn, asked > maxOn {
            text += Replies.maxOn(maxOn)
        }
        return text
    }

    /// Told once, to whoever asked or in the reports; then the line goes back to what it was.
    func blinkFailed(_ pending: PendingTicket, _ blink: Blink, _ text: String) {
        let name = configuration.lines[pending.line].name
        presence.isDirty = true
        if let errand = pending.errand {
            settle(errand, pending.line, text)
        } else {
            let stopped = Replies.blinkStopped(text)
            toLog(.error, stopped)
            record(nil, line: pending.line, what: "blinking", outcome: stopped)
            report(stopped, .alarm, source: name, [])
        }
        stopBlinking(pending.line)
    }
}

import Text
import Time

/// How bright, fast or far a PWM line is to be, and how slowly it gets there.
struct Dimming: Equatable {
    /// Without a time, `fade` takes this long.
    static let usualFade: Duration = .seconds(1)

    /// 0…1000
    var permille: Int
    var over: Duration = .zero

    /// "40 %", "12.5 %"
    static func text(_ permille: Int) -> String {
        permille % 10 == 0 ? say("$1 %", digits(permille / 10)) : say("$1.$2 %", digits(permille / 10), digits(permille % 10))
    }

    /// Per mille of "40", "12.5", "12,5"; nil for what is no number or out of range.
    static func parse(_ text: String) -> Int? {
        do throws(Complaint) {
            let percent = try ConfigurationValue.number(Spoken.withPoints(text))
            return percent >= 0 && percent <= 100 ? Int((percent * 10).nearestWhole) : nil
        } catch { return nil }
    }
}

/// A line on its way to another brightness.
final class Fade {
    /// More steps nobody sees, and each is a call into the kernel.
    static let shortestStep: Duration = .milliseconds(20)
    /// Per mille that a board may read differently from what it was told: chips have few steps at high frequencies.
    static let tolerance = 10

    let from: Int
    let to: Int
    let began: Instant
    let end: Instant
    /// When the next step is due.
    var next: Instant

    init(from: Int, to: Int, over: Duration, at now: Instant) {
        self.from = from
        self.to = to
        began = now
        end = now + over
        next = now
    }

    private var distance: Int { to > from ? to - from : from - to }

    /// Between two steps.
    var interval: Duration { max(Fade.shortestStep, .milliseconds(Fade.milliseconds(end - began) / Int64(max(distance, 1)))) }

    /// Where it is at a moment, never where it began.
    func position(at now: Instant) -> Int {
        if now >= end || distance == 0 { return to }
        let passed = Fade.milliseconds(now - began), all = max(Fade.milliseconds(end - began), 1)
        let way = max(1, min(Int(Int64(distance) * passed / all), distance))
        return to > from ? from + way : from - way
    }

    private static func milliseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
    }
}

extension Manner {
    var dimming: Dimming? {
        if case .dim(let dimming) = self { return dimming }
        return nil
    }
}

extension Agent {
    /// What the board's per mille means: a servo at 0 % gets pulses, a lamp none.
    func isOn(_ line: LineIndex, _ permille: Int) -> Bool { permille > 0 || configuration.lines[line].pwmLowest > 0 }

    /// How bright a line is that is on; nil for one that can only be on or off.
    func brightness(_ line: LineIndex) -> Int? { configuration.lines[line].pwm == nil ? nil : outputs.lines[line].permille ?? 1000 }

    /// "40 %", or the line's own word.
    func word(of line: LineIndex, _ on: Bool) -> String {
        let settings = configuration.lines[line]
        if on, let permille = brightness(line), permille < 1000 || settings.pwmLowest > 0 { return Dimming.text(permille) }
        return word(settings, on)
    }

    /// Drives a line to a brightness, at once or in steps.
    func dim(_ order: Order, _ dimming: Dimming, timer: LineTimer?) {
        let line = order.line
        let from = steadyLevel(line) == true ? brightness(line) ?? 1000 : 0
        let state = outputs.lines[line]
        // The steps on the way down switch on what is off already, perhaps beside another of its group.
        let isUncertain = !order.on && configuration.lines[line].comesUpOff
            && (state.level != true || state.failure != nil || outputs.lastWanted(line) == false)
        if dimming.over <= .zero || from == dimming.permille || isUncertain {
            return drive(line, order.on, permille: dimming.permille, cause: order.cause, timer: timer, errand: order.errand)
        }
        let fade = Fade(from: from, to: dimming.permille, over: dimming.over, at: now.instant)
        fade.next = min(now.instant + fade.interval, fade.end)
        let first = fade.position(at: fade.next)
        // What goes off at the end of a fade still has the end that it had.
        let old = outputs.lines[line].timer
        let kept = order.on || timer != nil || old?.level != false ? timer : old
        drive(line, isOn(line, first), permille: first, cause: order.cause, timer: kept, errand: order.errand)
        outputs.lines[line].fade = fade
    }

    func runFade(_ line: LineIndex) {
        let state = outputs.lines[line]
        guard let fade = state.fade, fade.next <= now.instant else { return }
        if fade.end <= now.instant {
            state.fade = nil
            // What comes on again by itself is as bright as before.
            if !isOn(line, fade.to) { state.permille = fade.from }
            return ask(line, isOn(line, fade.to), permille: fade.to, cause: .fade)
        }
        fade.next = min(now.instant + fade.interval, fade.end)
        // A board that is slower than the fade leaves steps out; they do not pile up.
        let position = fade.position(at: now.instant)
        if outputs.lastWanted(line) == nil { ask(line, isOn(line, position), permille: position, cause: .fade) }
    }

    /// A step was read back. Only the last one is worth a presence, a file and an entry in the log.
    func faded(_ pending: PendingTicket, _ wanted: Bool, _ outcome: LineOutcome, _ text: String) {
        let line = pending.line
        let state = outputs.lines[line]
        if outcome != (wanted ? .on : .off) { return fadeFailed(pending, text) }
        if state.fade != nil { return }
        // Off at last: what would have switched it off has nothing to do any more.
        if !wanted, state.timer?.level == false { state.timer = nil }
        presence.isDirty = true
        record(nil, line: line, what: "end of fade", outcome: text)
        advanceMakes()
        storeLines()
    }

    /// It stays where it is; what had to go off is tried again.
    func fadeFailed(_ pending: PendingTicket, _ text: String) {
        let line = pending.line
        let state = outputs.lines[line]
        let target = state.fade?.to ?? pending.permille ?? 0
        state.fade = nil
        state.offSince = now.instant
        presence.isDirty = true
        if !isOn(line, target), state.away == nil {
            state.setTimer(now.instant + Outputs.retryInterval, level: false, .retry)
        }
        let stopped = Replies.fadeStopped(text)
        toLog(.error, stopped)
        record(nil, line: line, what: "fade", outcome: stopped)
        report(stopped, .alarm, source: configuration.lines[line].name, [])
        storeLines()
    }

    /// How bright the line is to be after a restart: while it fades the darker of both ends.
    func brightnessToKeep(_ line: LineIndex) -> Int? {
        guard let fade = outputs.lines[line].fade else { return brightness(line) }
        return min(fade.from, fade.to)
    }

    /// Takes the brightness that a board was claimed with, which is that of lines that are on.
    func note(_ duties: [Int?]) {
        for index in outputs.lines.indices where configuration.lines[index].pwm != nil && index < duties.count {
            if let permille = duties[index] { outputs.lines[index].permille = permille }
        }
    }
}

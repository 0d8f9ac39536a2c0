import Text
import Time

/// What a line is to be driven to, why, and for how long.
final class Order {
    let line: LineIndex
    let on: Bool
    let cause: PendingTicket.Cause
    let duration: Duration?
    /// The errand is answered when the pulse is over.
    let isAwaitedPulse: Bool
    /// PWM lines; nil: all of it.
    let dimming: Dimming?
    let errand: UInt32?

    init(
        line: LineIndex, on: Bool, cause: PendingTicket.Cause, duration: Duration? = nil, isAwaitedPulse: Bool = false, dimming: Dimming? = nil,
        errand: UInt32? = nil
    ) {
        self.line = line
        self.on = on
        self.cause = cause
        self.duration = duration
        self.isAwaitedPulse = isAwaitedPulse
        self.dimming = dimming
        self.errand = errand
    }
}

/// A line that goes on as soon as the others of its interlock group are off and the gap is over. One a group at most: a newer command
/// takes its place.
final class WaitingMake {
    let order: Order
    /// The others that were switched off for it.
    let broken: [LineIndex]
    /// When the gap is over; nil while others are still on.
    var at: Instant?

    init(order: Order, broken: [LineIndex]) {
        self.order = order
        self.broken = broken
    }
}

/// `interlock` and `min-off`: everything that switches a line on goes through here.
extension Agent {
    private indirect enum Gate {
        case open
        case opens(Instant)
        /// Others are asked to go off.
        case waits
        /// Why it stays shut.
        case shut(String)
    }

    /// Carries out what is asked of a line, or lets it wait for the others of its group: break before make.
    func fulfil(_ order: Order) {
        let rivals = self.rivals(of: order.line)
        if rivals.isEmpty { return drive(order) }
        // An end that comes by itself takes nobody's place, but its own.
        if order.on || order.cause == .person || outputs.makes.contains(where: { $0.order.line == order.line }) { giveUpMake(inGroupOf: order.line) }
        guard order.on else { return drive(order) }
        var broken: [LineIndex] = []
        for rival in rivals {
            if let timer = outputs.lines[rival].timer, timer.level {
                // It would switch this one off again, long after somebody has decided otherwise.
                outputs.lines[rival].timer = nil
                record(nil, line: rival, what: "interlock", outcome: Replies.staysOffFor(configuration.lines[rival].name, configuration.lines[order.line].name))
            }
            let isGoing = outputs.lastWanted(rival)
            if isGoing == false || (isGoing == nil && outputs.isKnownOff(rival)) { continue }
            broken.append(rival)
            switchOff(rival, .interlock)
        }
        outputs.makes.append(WaitingMake(order: order, broken: broken))
        advanceMakes()
    }

    /// Switches on what has waited long enough, and gives up what cannot come any more.
    func advanceMakes() {
        var index = 0
        while index < outputs.makes.count {
            let order = outputs.makes[index].order
            switch gate(order.line) {
            case .open:
                let broken = outputs.makes.remove(at: index).broken
                if let errand = order.errand, !broken.isEmpty {
                    let note = Replies.switchedOffFirst(names(of: broken))
                    _ = errands.update(errand) { errand in
                        for part in errand.parts where part.line == order.line { part.note = note }
                    }
                }
                drive(order)
            case .opens(let at):
                outputs.makes[index].at = at
                index += 1
            case .waits:
                outputs.makes[index].at = nil
                index += 1
            case .shut(let why):
                outputs.makes.remove(at: index)
                giveUp(order, why)
            }
        }
    }

    /// Whether the line may go on at this moment, as far as the others of its group are concerned and its own `min-off`.
    private func gate(_ line: LineIndex) -> Gate {
        let name = configuration.lines[line].name, gap = self.gap(of: line)
        var opens = now.instant
        var isWaiting = false
        for rival in rivals(of: line) {
            let state = outputs.lines[rival]
            if outputs.lastWanted(rival) != nil {
                isWaiting = true
            } else if outputs.isKnownOff(rival) {
                if let since = state.offSince { opens = max(opens, since + gap) }
            } else {
                let rivalName = configuration.lines[rival].name
                return .shut(Replies.lockedOut(name, by: rivalName, state.failure ?? say("it reads $1", word(configuration.lines[rival], true))))
            }
        }
        if isWaiting { return .waits }
        if let refusal = mustStayOff(line) { return .shut(refusal) }
        // What is on already needs no gap.
        let isOn = outputs.lines[line].level == true && outputs.lines[line].failure == nil && outputs.lastWanted(line) != false
        return opens > now.instant && !isOn ? .opens(opens) : .open
    }

    /// Whether a line may go on at once.
    func isFree(_ line: LineIndex) -> Bool {
        if case .open = gate(line) { return true }
        return false
    }

    /// A newer command counts: the line that waits in this group is not switched on any more.
    func giveUpMake(inGroupOf line: LineIndex) {
        guard let group = configuration.lines[line].interlock?.group,
            let index = outputs.makes.firstIndex(where: { configuration.lines[$0.order.line].interlock?.group == group })
        else { return }
        let order = outputs.makes.remove(at: index).order
        giveUp(order, Replies.makeReplaced(configuration.lines[order.line].name))
    }

    /// There is no time left to wait for a gap.
    func stopMakes() {
        for make in outputs.makes { giveUp(make.order, Replies.stoppedFirst(configuration.lines[make.order.line].name)) }
        outputs.makes.removeAll()
    }

    private func giveUp(_ order: Order, _ why: String) {
        if let errand = order.errand { return settle(errand, order.line, why) }
        toLog(.warning, why)
        record(nil, line: order.line, what: Agent.reason(order.cause), outcome: why)
    }

    /// Two lines of a group are on and nobody here switched them: neither is known to be the right one.
    func switchOffDoubles() {
        for line in outputs.lines.indices where outputs.lines[line].level == true && outputs.lastWanted(line) != false {
            var doubles = [line]
            for rival in rivals(of: line) where outputs.lines[rival].level == true { doubles.append(rival) }
            if doubles.count == 1 { continue }
            toLog(.error, Replies.doubles(names(of: doubles)))
            for double in doubles where outputs.lastWanted(double) != false { switchOff(double, .interlock) }
        }
    }

    @inline(never)
    func rivals(of line: LineIndex) -> [LineIndex] { configuration.lines.rivals(of: line) }

    @inline(never)
    func gap(of line: LineIndex) -> Duration { configuration.lines.gap(of: line) }

    func names(of lines: [LineIndex]) -> [String] {
        var names: [String] = []
        for line in lines { names.append(configuration.lines[line].name) }
        return names
    }

    // MARK: min-off

    /// Until when the line must stay off; nil when it may go on.
    func mustStayOffUntil(_ line: LineIndex) -> Instant? {
        guard let minOff = configuration.lines[line].minOff else { return nil }
        let state = outputs.lines[line]
        // It is going off at this very moment.
        if outputs.lastWanted(line) == false { return now.instant + minOff }
        // A line that was to go off and did not answer may be off.
        guard state.level != true || state.failure != nil, let since = state.offSince, since + minOff > now.instant else { return nil }
        return since + minOff
    }

    /// Why a line cannot go on yet, in words; nil when it can.
    func mustStayOff(_ line: LineIndex) -> String? {
        guard let until = mustStayOffUntil(line) else { return nil }
        let settings = configuration.lines[line]
        var comesOn: String?
        if let timer = outputs.lines[line].timer, timer.level { comesOn = Spoken.until(timer.deadline, from: now) }
        // To the second, and never "another 0 s".
        let left = until - now.instant
        return Replies.mustStayOff(settings.name, settings.offWord, .seconds(left.components.seconds + (left.components.attoseconds > 0 ? 1 : 0)), comesOn)
    }

    /// Why a command to switch on, pulse or blink is refused at once; nil: it is not.
    func refusal(_ line: LineIndex, _ manner: Manner) -> String? {
        let settings = configuration.lines[line]
        if case .blink = manner, settings.comesUpOff { return Replies.cannotBlink(settings.name, settings.minOff != nil ? "min-off" : "interlock") }
        return mustStayOff(line)
    }

    /// Takes out lines of one group that are all to go on; what is told about them.
    func takeOutRivals(_ steps: inout [Step], _ others: inout [Step]) -> [String] {
        let all = steps + others
        var refusals: [String] = [], out: [LineIndex] = []
        for step in all where step.on && !out.contains(step.line) {
            var group = [step.line]
            for rival in rivals(of: step.line) where all.contains(where: { $0.line == rival && $0.on }) { group.append(rival) }
            if group.count == 1 { continue }
            out += group
            refusals.append(Replies.onlyOne(names(of: group)))
        }
        steps.removeAll { out.contains($0.line) }
        others.removeAll { out.contains($0.line) }
        return refusals
    }
}

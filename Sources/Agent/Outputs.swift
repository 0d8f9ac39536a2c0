import Text
import Time

/// What the driver does with a line when it claims it.
public enum InitialLevel: Equatable, Sendable {
    case off, on, keep
    /// PWM lines: per mille.
    case duty(Int)
}

/// Drives a line when its time comes. Keeps running while the link is down.
final class LineTimer {
    enum Cause: Equatable {
        /// `for 10min`, or a pulse too long to wait for.
        case duration
        case pulse
        case maxOn
        /// The line did not go off when it had to; try again.
        case retry
        /// `initial` or `restore` of a line that has to stay off for a while first.
        case start
        /// `on-disconnect`, likewise.
        case disconnected
        case blink
    }

    let deadline: Instant
    /// The level to drive then.
    let level: Bool
    let cause: Cause
    /// When what is switched on then goes off again.
    let then: Instant?
    /// The errand that waits for the end of a pulse.
    let errand: UInt32?

    init(deadline: Instant, level: Bool, cause: Cause, then: Instant? = nil, errand: UInt32? = nil) {
        self.deadline = deadline
        self.level = level
        self.cause = cause
        self.then = then
        self.errand = errand
    }

    func moved(to deadline: Instant) -> LineTimer { LineTimer(deadline: deadline, level: level, cause: cause, then: then, errand: errand) }
    func awaited(by errand: UInt32?) -> LineTimer { LineTimer(deadline: deadline, level: level, cause: cause, then: then, errand: errand) }
}

/// What is known of one line.
final class LineState {
    /// Since when it has been off, as far as anybody here knows: after a start since the start.
    var offSince: Instant?
    /// As read back or seen last; nil while it cannot be read.
    var level: Bool?
    /// `on-disconnect` was carried out since the link went down.
    var disconnectDone = false
    var timer: LineTimer?
    var blink: Blink?
    /// PWM lines: how bright it is or, off, was last; nil: nobody knows.
    var permille: Int?
    var fade: Fade?
    /// Why it could not be switched or read the last time.
    var failure: String?
    /// Its chip has gone.
    var away: LineAway?

    // Inputs whose changes are reported:
    /// When `reports.to` was told last.
    var reportedAt: Instant?
    /// Changes since then.
    var changes = 0
    var presses = PressDetector()
    var tally = PressTally()

    @inline(never)
    init() {}

    @inline(never)
    func setTimer(_ deadline: Instant, level: Bool, _ cause: LineTimer.Cause) { timer = LineTimer(deadline: deadline, level: level, cause: cause) }

    /// Nobody waits for the end of a pulse any more.
    @inline(never)
    func forgetErrand() {
        if let timer, timer.errand != nil { self.timer = timer.awaited(by: nil) }
    }

    @inline(never)
    init(_ other: LineState) {
        level = other.level
        offSince = other.offSince
        timer = other.timer
        blink = other.blink
        permille = other.permille
        fade = other.fade
        failure = other.failure
        away = other.away
        disconnectDone = other.disconnectDone
        reportedAt = other.reportedAt
        changes = other.changes
        presses = other.presses
        tally = other.tally
    }
}

/// Ties a `setLine` or `readLine` effect to what asked for it.
final class PendingTicket {
    enum Cause: Equatable {
        case person, timer(LineTimer.Cause), disconnected, stopping
        /// Another line of the group goes on.
        case interlock
        /// One edge of many.
        case blink
        /// One step of many.
        case fade
    }

    let ticket: Ticket
    let line: LineIndex
    /// nil for a `readLine`.
    let wanted: Bool?
    /// How bright, of what is set by `setDuty`.
    let permille: Int?
    let cause: Cause
    let errand: UInt32?
    let deadline: Instant
    /// The timer that the line had: when it does not go off, its end still counts.
    let before: LineTimer?

    init(
        ticket: Ticket, line: LineIndex, wanted: Bool? = nil, permille: Int? = nil, cause: Cause, errand: UInt32?, deadline: Instant,
        before: LineTimer? = nil
    ) {
        self.ticket = ticket
        self.line = line
        self.wanted = wanted
        self.permille = permille
        self.cause = cause
        self.errand = errand
        self.deadline = deadline
        self.before = before
    }
}

/// The lines, their timers and the requests whose outcome is awaited.
struct Outputs {
    /// How long the board may take to read a line back.
    static let outcomeDeadline: Duration = .seconds(5)
    /// Requests of people that may wait at one time; timers and policies come on top, at most one a line.
    static let maximumTickets = 512
    /// After a line did not go off at its time.
    static let retryInterval: Duration = .seconds(30)
    /// A pulse up to this long is answered when it is over, a longer one when it has begun.
    static let longestAwaitedPulse: Duration = .seconds(10)
    /// A rattling contact is reported at most this often; the final level always.
    static let edgeReportInterval: Duration = .seconds(5)

    var lines: [LineState] = []
    var pending: [PendingTicket] = []
    /// At most one for each interlock group.
    var makes: [WaitingMake] = []
    private var lastTicket: Ticket = 0
    /// When the link went down; nil while it is up.
    var disconnectedSince: Instant?

    mutating func nextTicket() -> Ticket {
        lastTicket &+= 1
        return lastTicket
    }

    /// What the line was asked for last, while the answer is awaited.
    @inline(never)
    func lastWanted(_ line: LineIndex) -> Bool? {
        var last: Bool?
        for ticket in pending where ticket.line == line { last = ticket.wanted ?? last }
        return last
    }

    /// Seen to be off, and nothing has failed or is under way since.
    func isKnownOff(_ line: LineIndex) -> Bool { lines[line].level == false && lines[line].failure == nil && lastWanted(line) == nil }

    /// Takes a level that was read, before `failure` is forgotten: what was not known to be off is off only now.
    @inline(never)
    func note(_ level: Bool?, of line: LineIndex, _ now: Instant) {
        let state = lines[line]
        if level != true, state.level != false || state.failure != nil || lastWanted(line) == true { state.offSince = now }
        state.level = level
    }

    /// The timer that goes with a new level, after the line's `max-on` and what was asked for.
    @inline(never)
    static func timer(
        for line: LineConfiguration, turning on: Bool, from level: Bool?, duration: Duration?, isPulse: Bool = false, at now: Instant
    ) -> LineTimer? {
        if on {
            if let maxOn = line.maxOn, duration.map({ $0 > maxOn }) ?? true {
                return LineTimer(deadline: now + maxOn, level: false, cause: .maxOn)
            }
            guard let duration else { return nil }
            return LineTimer(deadline: now + duration, level: false, cause: isPulse ? .pulse : .duration)
        }
        // "off for 10min" brings back only what was on: never something on that nobody asked for.
        guard let duration, level == true else { return nil }
        return LineTimer(deadline: now + duration, level: true, cause: .duration)
    }

    /// The earliest moment at which something is to be done.
    func nextDeadline(_ settings: [LineConfiguration]) -> Instant? {
        var next = Earliest()
        for index in lines.indices {
            let state = lines[index]
            next.consider(state.timer != nil ? state.timer?.deadline : state.away?.timer?.deadline)
            next.consider(state.blink?.next)
            next.consider(state.blink?.end)
            next.consider(state.fade?.next)
            guard settings.indices.contains(index) else { continue }
            if let since = disconnectedSince, !state.disconnectDone, let policy = settings[index].onDisconnect, settings[index].direction == .output {
                next.consider(since + policy.after)
            }
            next.consider(state.presses.deadline)
            if !state.tally.isEmpty, let at = state.tally.reportedAt { next.consider(at + Outputs.edgeReportInterval) }
            if state.changes > 0, let at = state.reportedAt { next.consider(at + Outputs.edgeReportInterval) }
        }
        for ticket in pending { next.consider(ticket.deadline) }
        for make in makes { next.consider(make.at) }
        return next.instant
    }
}

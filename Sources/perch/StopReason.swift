import Text
import Time

/// Why the board goes, as its contacts see it (product §4): whoever is about to stop it may announce that.
struct StopReason {
    /// Who announces a stop does it right away. What did not come by then was called off, and another one is not for its reason.
    static let announcement: Duration = .seconds(60)
    private static let updating = "updating"

    private var announced: (word: String, at: Instant)?

    mutating func announceUpdate(at now: Instant) { announced = (Self.updating, now) }

    /// An upgrade restarts as well.
    mutating func announceRestart(at now: Instant) { if word(at: now) != Self.updating { announced = ("restarting", now) } }

    func word(at now: Instant) -> String {
        guard let announced, now - announced.at < Self.announcement else { return "stopped" }
        return announced.word
    }
}

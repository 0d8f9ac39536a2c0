import Text
import Time

/// Lets `limit` things through in any `window`; the first one refused in a window is told so, the rest are not.
struct RateLimit {
    /// Product §3: more than 10 commands in 10 s per person are refused in words.
    static let commands = 10
    static let commandWindow: Duration = .seconds(10)

    enum Verdict: Equatable { case admitted, refused, refusedAgain }

    private let limit: Int
    private let window: Duration
    /// When the last `limit` admitted things came, oldest first.
    private var admitted: [Instant] = []
    private var toldAt: Instant?

    init(limit: Int = RateLimit.commands, window: Duration = RateLimit.commandWindow) {
        self.limit = limit
        self.window = window
    }

    mutating func admit(at now: Instant) -> Verdict {
        admitted.removeAll { now - $0 >= window }
        if admitted.count < limit {
            admitted.append(now)
            return .admitted
        }
        if let toldAt, now - toldAt < window { return .refusedAgain }
        toldAt = now
        return .refused
    }

    /// How long until the next thing is admitted.
    func wait(at now: Instant) -> Duration {
        guard admitted.count >= limit, let oldest = admitted.first else { return .zero }
        return max(.zero, oldest + window - now)
    }
}

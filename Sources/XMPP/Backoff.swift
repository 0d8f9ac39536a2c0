/// How long to wait before the next connection: pure, so that it is tested with a virtual clock.
public struct Backoff: Equatable, Sendable {
    /// First delay after a failure; doubles with each further one.
    public static let shortest: Duration = .seconds(1)
    /// Beyond this a person would rather restart the board.
    public static let longest: Duration = .seconds(300)
    /// Rejected credentials: long enough that no server's brute-force guard is fed by us. And an account that somebody else
    /// uses as well: each of our logins throws them out.
    public static let shortestSlow: Duration = .seconds(300)
    public static let longestSlow: Duration = .seconds(3600)
    /// After a session that lasted this long the next failure starts anew: ten times the first delay, so that a link that
    /// drops again and again is away for a tenth of its time, and no server is asked more often than every ten seconds.
    public static let steadySession: Duration = .seconds(10)
    /// A session that lasted this long also makes up for rejections before it.
    public static let goodSession: Duration = .seconds(60)

    private var failures = 0
    private var slowFailures = 0
    /// The one attempt without a delay was made.
    private var wasAtOnce = false

    public init() {}

    /// The delay before the next attempt.
    /// - Parameters:
    ///   - retry: from `SessionEnd.retry`; `.backoff` when no connection could be made.
    ///   - lasted: how long the session was online; nil when it never was.
    ///   - random: any random number. The delay is shortened by up to half of it, so that a
    ///     thousand boards do not come back in the same second after a power cut.
    public mutating func next(after retry: Retry, lasted: Duration?, random: UInt64) -> Duration {
        if let lasted {
            if lasted >= Self.steadySession {
                failures = 0
                wasAtOnce = false
            }
            if lasted >= Self.goodSession, retry != .slowly { slowFailures = 0 }
            // Two boards that throw each other out never stay that long: neither waits longer than this.
            if lasted >= Self.longestSlow { slowFailures = 0 }
        }
        switch retry {
        case .slowly:
            defer { slowFailures = min(slowFailures + 1, 16) }
            return Self.delay(Self.shortestSlow, Self.longestSlow, slowFailures, random)
        case .now where !wasAtOnce:
            wasAtOnce = true
            return .zero
        case .now, .backoff:
            defer { failures = min(failures + 1, 16) }
            return Self.delay(Self.shortest, Self.longest, failures, random)
        }
    }

    private static func delay(_ first: Duration, _ last: Duration, _ failures: Int, _ random: UInt64) -> Duration {
        let full = min(first * (1 << min(failures, 16)), last)
        // Jitter in 1/1024 of the half that is given away; never below the first delay's half.
        return full - full / 2 * Int(random % 1024) / 1024
    }
}

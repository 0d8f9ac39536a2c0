import Time

/// How much may be sent: `rate` bytes a second, and up to `burst` at once after a pause. A message that is larger than what is
/// left may go all the same; the next one then waits longer.
struct TokenBucket {
    /// Prosody and ejabberd read at most 3000 bytes a second of a client, after bursts of 20000 (their shipped
    /// configurations). Answers, presence and acknowledgements need the rest.
    static let bytesPerSecond = 2000
    static let burst = 8000
    /// Milliseconds after which nothing more is won: a debt of 256 KiB is paid. Times the rate it has to fit the 32 bits of small boards.
    private static let longest = 600_000

    private var tokens = TokenBucket.burst
    /// Until when the tokens are counted.
    private var at: Instant?

    /// Whether something may be sent now.
    mutating func isOpen(at now: Instant) -> Bool {
        if let at, now > at {
            let milliseconds = TokenBucket.milliseconds(now - at)
            tokens = min(TokenBucket.burst, tokens + min(milliseconds, TokenBucket.longest) * TokenBucket.bytesPerSecond / 1000)
            self.at = at + .milliseconds(milliseconds)
        } else if at == nil {
            at = now
        }
        return tokens > 0
    }

    mutating func take(_ bytes: Int) { tokens -= bytes }

    /// When it is open again.
    func opens(after now: Instant) -> Instant {
        tokens > 0 ? now : (at ?? now) + .milliseconds((1 - tokens) * 1000 / TokenBucket.bytesPerSecond + 1)
    }

    private static func milliseconds(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        return Int(min(seconds, 1_000_000)) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}

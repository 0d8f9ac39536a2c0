import Text
import Time

/// What is known about how long contacts still see a board that has lost its power (product §4); told in `about`.
///
/// Nobody sends a goodbye then. The server must notice by itself that nobody is there, and then it may keep the session for a while
/// for somebody to resume it (XEP-0198).
public struct LinkFacts: Equatable, Sendable {
    /// A silence that is long enough to see whether the server asks.
    static let longestListening: Duration = .seconds(120)

    /// As configured.
    public var offlineAfter: Duration
    /// How long the server keeps a lost session; nil: it does not.
    public var kept: Duration?
    /// How long the server takes to notice; nil: it was not seen to look.
    public var notices: Duration?
    /// The longest silence in which it did not look.
    public var unbroken: Duration

    public init(offlineAfter: Duration, kept: Duration? = nil, notices: Duration? = nil, unbroken: Duration = .zero) {
        self.offlineAfter = offlineAfter
        self.kept = kept
        self.notices = notices
        self.unbroken = unbroken
    }

    /// How long the server may keep a lost session: half of the promise. The other half is for noticing (docs/servers.md).
    public static func resumption(within offlineAfter: Duration) -> Duration { .seconds((offlineAfter / 2).components.seconds) }

    /// How long the first silence is listened to.
    public static func listening(within offlineAfter: Duration) -> Duration { min(offlineAfter, longestListening) }

    public enum Promise: Equatable, Sendable {
        /// The server has not been seen to ask, nor not to.
        case unknown
        case kept(Duration)
        /// nil: nobody knows how long.
        case broken(Duration?)
    }

    public var promise: Promise {
        guard let notices else {
            return unbroken >= Self.listening(within: offlineAfter) ? .broken(nil) : .unknown
        }
        let most = notices + (kept ?? .zero)
        return most <= offlineAfter ? .kept(most) : .broken(most)
    }

    /// One sentence.
    public var sentence: String {
        switch promise {
        case .unknown: "How long I look online after a power cut I do not know yet."
        case .kept(let time): say("After a power cut I look offline within $1.", DurationText.format(time))
        case .broken(let time):
            "After a power cut I may look online for "
                + (time.map { DurationText.format($0) } ?? "long: this server does not ask whether a silent board is still there")
                + ". The server's owner can change that (docs/servers.md)."
        }
    }
}

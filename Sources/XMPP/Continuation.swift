import Text
import Time

/// What a session left that was cut: with it the next one goes on where it stopped (XEP-0198 §5). Opaque, and good for one next session
/// at a time; as long as the server has not answered `<resume/>`, it stays good for another attempt.
public final class Continuation {
    let online: Online
    let resumption: Resumption
    /// The server has forgotten the old session by then, and an attempt would only cost a round trip.
    public let expires: Instant
    /// Where the server wants to be connected to, as it says it: `host`, `host:port` or `[IPv6]:port`; whoever answers there must still
    /// prove by certificate to be the account's server.
    public var location: String? { resumption.location }

    init(_ online: Online, _ resumption: Resumption, at now: Instant) {
        self.online = online
        self.resumption = resumption
        expires = now + min(resumption.limit ?? Limits.resumptionTime, Limits.resumptionTime) + Limits.resumptionGrace
    }

    func isGood(for account: JID, at now: Instant) -> Bool { online.jid.bare == account && now < expires }
}

/// The server's promise to keep a lost session: `<enabled resume='true'/>`, as far as it can be believed.
struct Resumption: Equatable {
    /// Opaque; sent back as `previd`.
    var id: String
    /// How long; nil: not told, or no number.
    var limit: Duration?
    var location: String?

    init?(_ enabled: Element) {
        guard enabled.attribute("resume", equals: "true") || enabled.attribute("resume", equals: "1"),
            let id = enabled.attribute("id"), !id.isEmpty, id.utf8.count <= Limits.resumptionID
        else { return nil }
        self.id = id
        if let text = enabled.attribute("max"), let seconds = UInt32(text) { limit = .seconds(seconds) }
        if let text = enabled.attribute("location"), (1...Limits.location).contains(text.utf8.count) { location = text }
    }
}

import Time

/// What a bound session knows; it lives and dies with `SessionState.Phase.online`.
final class Online {
    /// Our full address.
    let jid: JID
    var requests = Requests()
    var management = StreamManagement()
    /// When the last complete element came. White space does not count: a server that only sends that may have forgotten us.
    var heard: Instant
    /// The server keeps the session for us when it is cut; nil when it does not, or when we cannot go on with it.
    var resumption: Resumption?
    /// A message without a stamp may be old: until the server has answered a ping that left after the interruption.
    var isCatchingUp = false
    /// When the last thing left that the server reads.
    var lastSent: Instant
    /// The silence in both directions that the last thing from the server has ended.
    var silence: Duration = .zero
    /// A probe is on its way and must be answered by then.
    var probeDeadline: Instant?
    /// Of that probe: when it was sent, after what silence of the server's, and after what silence in both directions.
    var probe = (at: Instant(.zero), idle: Duration.zero, unbroken: Duration.zero)
    /// A stanza beyond our limits has come, and was told: once is enough.
    var hasPassedOver = false
    /// When we last said something to somebody (XEP-0012).
    var lastActive: Instant

    init(jid: JID, at now: Instant) {
        self.jid = jid
        heard = now
        lastSent = now
        lastActive = now
    }
}

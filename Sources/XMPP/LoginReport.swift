/// How a session logged in, for `perch check --connect`.
public struct LoginReport: Equatable, Sendable {
    /// Of the server, over TLS, in its order.
    public internal(set) var offered: [String] = []
    /// The one that was used; empty before.
    public internal(set) var mechanism = ""
    /// The types of channel binding that the server announces (XEP-0440).
    public internal(set) var bindings: [String] = []
    /// Login in one step (XEP-0388), with tokens (XEP-0484).
    public internal(set) var hasSASL2 = false
    public internal(set) var hasTokens = false
    /// XEP-0198.
    public internal(set) var hasStreamManagement = false
    /// How long the server keeps a session that was cut (XEP-0198 `max`); nil when it does not, or does not say.
    public internal(set) var resumptionLimit: Duration?
    /// The server keeps a session that was cut.
    public internal(set) var isResumable = false

    mutating func see(_ features: StreamFeatures) {
        let offer = features.sasl2 ?? features.sasl
        offered = offer.mechanisms
        bindings = offer.bindings ?? []
        hasSASL2 = features.sasl2 != nil
        hasTokens = !offer.tokenMechanisms.isEmpty
    }
}

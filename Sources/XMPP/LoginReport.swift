/// How a session logged in, for `perch check --connect`.
public struct LoginReport: Equatable, Sendable {
    /// Of the server, over TLS, in its order.
    public internal(set) var offered: [String] = []
    /// The one that was used; empty before.
    public internal(set) var mechanism = ""
    /// XEP-0198.
    public internal(set) var hasStreamManagement = false
    /// How long the server keeps a session that was cut (XEP-0198 `max`); nil when it does not, or does not say.
    public internal(set) var resumptionLimit: Duration?
    /// The server keeps a session that was cut.
    public internal(set) var isResumable = false
}

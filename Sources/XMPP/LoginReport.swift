/// How a session logged in, for `perch check --connect`.
public struct LoginReport: Equatable, Sendable {
    /// Of the server, over TLS, in its order.
    public internal(set) var offered: [String] = []
    /// The one that was used; empty before.
    public internal(set) var mechanism = ""
    /// XEP-0198.
    public internal(set) var hasStreamManagement = false
}

import Agent
import Text
import XMPP

/// A new account, made in-band (XEP-0077) by the server that will have it.
enum Registering {
    /// Registers the name and domain of the account's address with `password` over verified TLS, and ends the stream.
    /// Blocks for `timeout` at most.
    /// - Parameter token: of an invitation (XEP-0445).
    static func register(_ account: AccountConfiguration, token: String?, password: String, timeout: Duration) throws(Failure) {
        throw Failure(.failed, "this build of Perch cannot register accounts yet: create \(account.jid.bare) on the server, and give its password")
    }
}

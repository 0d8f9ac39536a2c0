import COpenSSL
import Text

/// What the next handshake with the same server can go on from (RFC 8446 §2.2, RFC 5077): the newest ticket of one server, in
/// RAM only, so it lives as long as the settings it was verified under.
///
/// A resumed handshake shows no certificate again. So what was verified stays valid until the first certificate of the chain
/// expires, and for a day at most: then a full handshake verifies anew.
struct Resumption {
    /// Seconds since 1970: when a full handshake verified the server, and until when resumed ones may rely on that.
    struct Trust {
        var since: Int64 = 0
        var until: Int64 = 0
    }

    /// Seconds. RFC 8446 §4.6.1 allows seven days; a day is how long a withdrawn certificate may go unnoticed.
    static let longest: Int64 = 24 * 3600

    private var ticket: OpaquePointer?
    private var serverName = ""
    private var trust = Trust()
    /// A server that breaks a handshake over a ticket is not offered another one: every second attempt would fail.
    private var isRefused = false

    /// Takes over one reference to a ticket.
    mutating func keep(_ new: OpaquePointer, for name: String, _ trust: Trust) {
        drop()
        ticket = new
        serverName = name
        self.trust = trust
    }

    /// A ticket is used once (RFC 8446 appendix C.4), and one that led to a failure is gone thereby. The caller frees it.
    mutating func take(for name: String) -> (ticket: OpaquePointer, trust: Trust)? {
        let now = tls_now()
        // A clock that was set back knows nothing about the chain's dates.
        guard let ticket, !isRefused, name == serverName, now >= trust.since, now < trust.until else {
            drop()
            return nil
        }
        self.ticket = nil
        return (ticket, trust)
    }

    /// The handshake that began with a ticket failed: the server's fault or not, the next ones do without.
    mutating func refuse() {
        isRefused = true
        drop()
    }

    mutating func drop() {
        SSL_SESSION_free(ticket)
        ticket = nil
    }
}

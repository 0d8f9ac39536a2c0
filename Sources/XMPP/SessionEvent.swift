import Text
import Time

/// What the driver carries out, in order, until `Session.nextOutput` gives nil.
public enum SessionOutput: Equatable {
    case send([UInt8])
    /// Begin the TLS handshake; call `Session.secured(at:)` when it is done.
    case startTLS
    case event(SessionEvent)
    /// Send what is still unsent, then close.
    case closeTransport
}

/// What a session tells the program.
public indirect enum SessionEvent: Equatable {
    /// Bound; stanzas can be sent. Our presence is not sent by itself: `setPresence` makes us visible.
    case online(jid: JID, resumed: Bool)
    case roster([RosterItem])
    case rosterChanged(RosterItem)
    case message(Message)
    case presence(Presence)
    case subscription(SubscriptionVerb, from: JID)
    /// Ids of messages of ours that the server has taken over (XEP-0198 §4), in the order they were sent; what becomes of them is
    /// now its business. A server without XEP-0198 never says so: told when they are on their way.
    case acknowledged([String])
    /// For the next session's options; its `file` should be kept where it is not what it was.
    case learned(LoginMemory)
    /// Resumption was asked for: whether the server keeps the session when it is cut; `Session.loginReport` says for how long.
    case resumable(Bool)
    /// Worth one line in the log: something was refused, forged, or not answered.
    case notice(String)
    /// Always the last event of a session, and given exactly once.
    case ended(SessionEnd)
}

/// Why a session ended, by who is to blame.
public enum SessionEnd: Equatable, Sendable {
    case closedByUs
    /// The server closed the stream; with the RFC 6120 §4.9.3 condition when it told one.
    case serverClosed(condition: String?, text: String?)
    /// The server does not accept us: the RFC 6120 §6.5 condition. Or `no-mechanism`: it offers none that we may use.
    /// Or `unusable`: account or password cannot be sent at all, or the client certificate is another account's.
    case credentials(condition: String, text: String?)
    /// Going on would expose the password or the chat.
    case security(String)
    /// The server broke the rules of the protocol.
    case `protocol`(String)
    case timeout(String)
    /// It keeps lost sessions longer than `SessionOptions.resumption`; nil: it does not say how long.
    case resumptionTooLong(Duration?)
    /// The account is there now (`SessionOptions.registration`).
    case registered
    /// It is not, in words; or, when no answer came, nobody knows.
    case registration(String, isUncertain: Bool)
    /// The connection is gone without a word.
    case transport

    static let noMechanism = "no-mechanism"
    static let unusable = "unusable"

    /// When to try again.
    public var retry: Retry {
        switch self {
        case .closedByUs, .security, .protocol, .timeout, .transport:
            return .backoff
        case .serverClosed(let condition, _):
            switch condition {
            // §4.9.3.16: the server wants us to connect anew. One that shuts down (§4.9.3.20) does not, and all its boards
            // come at once when it is back.
            case "reset": return .now
            // §4.9.3.3: another session took our place. Two boards with one account would kick each other for ever.
            case "conflict": return .slowly
            default: return .backoff
            }
        case .resumptionTooLong:
            return .now
        // Never a second time by itself, nor at another server of the domain.
        case .registered, .registration: return .slowly
        case .credentials(let condition, _):
            // RFC 6120 §6.5.11: nothing is wrong with the credentials.
            return condition == "temporary-auth-failure" ? .backoff : .slowly
        }
    }
}

extension SessionEnd: CustomStringConvertible {
    /// One line for the log.
    public var description: String {
        switch self {
        case .closedByUs: return "the session was closed"
        case .serverClosed(let condition, let text):
            switch condition {
            case nil: return "the server closed the session"
            case "conflict":
                return """
                    another program logged in with this account and the same resource; give each board an account of its own, \
                    or each machine a name of its own, which is the resource
                    """
            case "see-other-host": return filled("the server sends us to another host (%)", text ?? "unnamed")
            case "host-unknown":
                return "the server does not know the domain of our account (check `jid` and `server` in the configuration): " + Self.words(condition ?? "", text)
            case "policy-violation": return "the server closed the session because we did what it does not allow: " + Self.words(condition ?? "", text)
            case let condition?: return "the server closed the session: " + Self.words(condition, text)
            }
        case .credentials(Self.noMechanism, let text), .credentials(Self.unusable, let text): return "cannot log in: " + (text ?? "")
        case .credentials(let condition, let text): return "the server refused the login: " + Self.words(condition, text)
        case .security(let reason): return "not safe: " + reason
        case .protocol(let reason): return "protocol error: " + reason
        case .timeout(let reason): return "timeout: " + reason
        case .resumptionTooLong(let limit):
            return "the server keeps a lost session for " + (limit.map { DurationText.format($0) } ?? "longer than it says")
        case .registered: return "the account is registered"
        case .registration(let reason, _): return reason
        case .transport: return "the connection was lost"
        }
    }

    private static func words(_ condition: String, _ text: String?) -> String {
        if let text, !text.isEmpty { return condition + " (" + text + ")" }
        return condition
    }
}

/// How soon to connect again; `Backoff` turns it into a delay.
public enum Retry: Equatable, Sendable {
    /// At once the first time, then like `backoff`.
    case now
    case backoff
    /// Somebody has to change something first: minutes to an hour.
    case slowly
}

/// Everything a `Session` must be told: it has no clock, random source or configuration of its own.
public final class SessionOptions {
    /// The account; a resource in it is ignored (see `resource`).
    public var jid: JID
    public var credentials: Credentials
    /// PLAIN shows the server the password; it is only ever used over TLS, and only when this is set.
    public var allowPlain: Bool
    /// nil: the server makes one.
    public var resource: String?
    /// Prefix of every stanza id. Fresh and unguessable for each session: a reply is matched by id and sender.
    public var idSeed: String
    /// SCRAM's client nonce (RFC 5802 §5.1): printable ASCII without a comma, fresh for each session, 18 random bytes or more.
    public var clientNonce: String
    public var software: SoftwareInfo
    public var identity: Identity
    /// When a probe is sent, as earlier sessions have taught.
    public var liveness: Liveness
    /// How long a request may stay without an answer.
    public var requestTimeout: Duration
    /// From `connected` to the bound session, TLS handshake and key derivation of the password included.
    public var loginTimeout: Duration
    /// Strangers' requests get what the server answers for an account that is not there.
    public var isTrusted: (JID) -> Bool
    public var requestsRoster: Bool
    /// What the last login taught; a new one comes as `SessionEvent.learned`.
    public var memory: LoginMemory
    /// How long the server may keep the session when it is cut (XEP-0198 `max`), in whole seconds; contacts see us online for as long.
    /// A server that keeps it longer, or does not say, is left (`SessionEnd.resumptionTooLong`). nil: not at all.
    public var resumption: Duration?
    /// Nothing is shown to anybody before the server has said how long: `.online` waits for it. One round trip.
    public var awaitsResumption: Bool
    /// What the last session left.
    public var continuation: Continuation?
    /// nil: the account is there, and is logged in to.
    public var registration: Registration?

    public init(
        jid: JID, credentials: Credentials, allowPlain: Bool = false, resource: String? = nil, idSeed: String,
        clientNonce: String, software: SoftwareInfo, identity: Identity = Identity(), liveness: Liveness = Liveness(),
        requestTimeout: Duration = .seconds(30), loginTimeout: Duration = .seconds(60),
        isTrusted: @escaping (JID) -> Bool = { _ in false }, requestsRoster: Bool = true,
        memory: LoginMemory = LoginMemory(),
        resumption: Duration? = nil, awaitsResumption: Bool = false, continuation: Continuation? = nil
    ) {
        self.jid = jid
        self.credentials = credentials
        self.allowPlain = allowPlain
        self.resource = resource
        self.idSeed = idSeed
        self.clientNonce = clientNonce
        self.software = software
        self.identity = identity
        self.liveness = liveness
        self.requestTimeout = requestTimeout
        self.loginTimeout = loginTimeout
        self.isTrusted = isTrusted
        self.requestsRoster = requestsRoster
        self.memory = memory
        self.resumption = resumption
        self.awaitsResumption = awaitsResumption
        self.continuation = continuation
    }
}

public enum Credentials: Equatable, Sendable {
    case password(String)
    /// The client certificate of the TLS connection says who we are (SASL EXTERNAL, XEP-0178).
    case external
}

/// What XEP-0092 and the caps node tell about the program.
public struct SoftwareInfo: Equatable, Sendable {
    public var name: String
    public var version: String
    /// nil: not told.
    public var os: String?
    /// XEP-0115 §4: a URI that names the program, the same for all its versions.
    public var node: String

    public init(name: String, version: String, os: String? = nil, node: String = "urn:x-perch") {
        self.name = name
        self.version = version
        self.os = os
        self.node = node
    }
}

/// The XEP-0030 identity, from the registry of categories and types.
public struct Identity: Equatable, Sendable {
    public var category: String
    public var type: String
    public var name: String?

    public init(category: String = "client", type: String = "bot", name: String? = nil) {
        self.category = category
        self.type = type
        self.name = name
    }
}

import Time

/// A message as it arrived, reduced to what Perch acts on (RFC 6121 §5).
public struct Message: Equatable, Sendable {
    public enum Kind: Equatable, Sendable { case normal, chat, groupchat, headline, error }

    public var from: JID
    public var to: JID?
    public var id: String?
    public var kind: Kind
    /// Text of the first `<body/>`; nil where there is none.
    public var body: String?
    public var thread: String?
    /// The oldest XEP-0203 stamp: set for everything that was stored before it reached us.
    public var delay: Timestamp?
    /// XEP-0184: the sender wants to know that it arrived.
    public var requestsReceipt: Bool
    /// XEP-0184: this message says that ours with this id arrived.
    public var receiptFor: String?
    /// XEP-0380, OMEMO or OpenPGP: the readable body, if any, is only a hint for humans.
    public var isEncrypted: Bool
    /// XEP-0045: somebody in a group chat said it, privately or to all. `from` then names a room and a nickname, and never a person.
    public var isFromRoom = false
    /// XEP-0359 `<origin-id/>`.
    public var originID: String?
    /// XEP-0308: the id of the message that this one corrects.
    public var replaces: String?
    /// For `kind == .error`: the RFC 6120 §8.3.3 condition, e.g. "service-unavailable".
    public var error: String?

    public init(
        from: JID, to: JID? = nil, id: String? = nil, kind: Kind = .chat, body: String? = nil, thread: String? = nil,
        delay: Timestamp? = nil, requestsReceipt: Bool = false, receiptFor: String? = nil, isEncrypted: Bool = false,
        originID: String? = nil, replaces: String? = nil, error: String? = nil
    ) {
        self.from = from
        self.to = to
        self.id = id
        self.kind = kind
        self.body = body
        self.thread = thread
        self.delay = delay
        self.requestsReceipt = requestsReceipt
        self.receiptFor = receiptFor
        self.isEncrypted = isEncrypted
        self.originID = originID
        self.replaces = replaces
        self.error = error
    }
}

/// A message to send. The engine adds nothing to it but an id where `id` is nil.
public struct OutgoingMessage: Equatable, Sendable {
    public var to: JID
    public var kind: Message.Kind
    public var id: String?
    public var body: String?
    public var thread: String?
    /// XEP-0184 `<received/>` for the message with this id.
    public var receiptFor: String?
    public var requestsReceipt: Bool
    /// XEP-0203: when it really happened, for what is delivered late.
    public var delay: Timestamp?
    /// XEP-0334 `<no-store/>`.
    public var noStore: Bool
    /// XEP-0308.
    public var replaces: String?
    /// XEP-0359: the id once more, as `<origin-id/>`, so that it survives servers that rewrite ids: for what may have to be sent again.
    public var originID: Bool
    /// Serialised XML elements put after the body, each with its own namespace declared.
    public var payload: [UInt8]

    public init(
        to: JID, kind: Message.Kind = .chat, id: String? = nil, body: String? = nil, thread: String? = nil,
        receiptFor: String? = nil, requestsReceipt: Bool = false, delay: Timestamp? = nil, noStore: Bool = false,
        replaces: String? = nil, originID: Bool = false, payload: [UInt8] = []
    ) {
        self.to = to
        self.kind = kind
        self.id = id
        self.body = body
        self.thread = thread
        self.receiptFor = receiptFor
        self.requestsReceipt = requestsReceipt
        self.delay = delay
        self.noStore = noStore
        self.replaces = replaces
        self.originID = originID
        self.payload = payload
    }
}

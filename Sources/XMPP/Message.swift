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
public struct OutgoingMessage: Equatable, @unchecked Sendable {
    private struct Values: Equatable {
        var to: JID
        var kind: Message.Kind
        var id: String?
        var body: String?
        var thread: String?
        var receiptFor: String?
        var requestsReceipt: Bool
        var delay: Timestamp?
        var noStore: Bool
        var replaces: String?
        var originID: Bool
        var payload: [UInt8]
    }
    private final class Box {
        var values: Values
        init(_ values: Values) { self.values = values }
    }

    /// One pointer for all of it. What others hold as well is copied before it is changed, so it may be sent like any value.
    private var box: Box
    private var own: Box {
        @inline(never)
        mutating get {
            if !isKnownUniquelyReferenced(&box) { box = Box(box.values) }
            return box
        }
    }

    public var to: JID { get { box.values.to } set { own.values.to = newValue } }
    public var kind: Message.Kind { get { box.values.kind } set { own.values.kind = newValue } }
    public var id: String? { get { box.values.id } set { own.values.id = newValue } }
    public var body: String? { get { box.values.body } set { own.values.body = newValue } }
    public var thread: String? { get { box.values.thread } set { own.values.thread = newValue } }
    /// XEP-0184 `<received/>` for the message with this id.
    public var receiptFor: String? { get { box.values.receiptFor } set { own.values.receiptFor = newValue } }
    public var requestsReceipt: Bool { get { box.values.requestsReceipt } set { own.values.requestsReceipt = newValue } }
    /// XEP-0203: when it really happened, for what is delivered late.
    public var delay: Timestamp? { get { box.values.delay } set { own.values.delay = newValue } }
    /// XEP-0334 `<no-store/>`.
    public var noStore: Bool { get { box.values.noStore } set { own.values.noStore = newValue } }
    /// XEP-0308.
    public var replaces: String? { get { box.values.replaces } set { own.values.replaces = newValue } }
    /// XEP-0359: the id once more, as `<origin-id/>`, so that it survives servers that rewrite ids: for what may have to be sent again.
    public var originID: Bool { get { box.values.originID } set { own.values.originID = newValue } }
    /// Serialised XML elements put after the body, each with its own namespace declared.
    public var payload: [UInt8] { get { box.values.payload } set { own.values.payload = newValue } }

    @inline(never)
    public init(
        to: JID, kind: Message.Kind = .chat, id: String? = nil, body: String? = nil, thread: String? = nil,
        receiptFor: String? = nil, requestsReceipt: Bool = false, delay: Timestamp? = nil, noStore: Bool = false,
        replaces: String? = nil, originID: Bool = false, payload: [UInt8] = []
    ) {
        box = Box(
            Values(
                to: to, kind: kind, id: id, body: body, thread: thread, receiptFor: receiptFor, requestsReceipt: requestsReceipt, delay: delay,
                noStore: noStore, replaces: replaces, originID: originID, payload: payload))
    }

    public static func == (a: OutgoingMessage, b: OutgoingMessage) -> Bool { a.box.values == b.box.values }
}

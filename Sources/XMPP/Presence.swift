/// Somebody's presence as it arrived (RFC 6121 §4); subscription traffic is `SubscriptionStanza`.
public struct Presence: Equatable, Sendable {
    public enum Availability: Equatable, Sendable { case available, unavailable, error }

    public var from: JID
    public var availability: Availability
    public var show: Show?
    public var status: String?
    public var priority: Int8

    public init(from: JID, availability: Availability = .available, show: Show? = nil, status: String? = nil, priority: Int8 = 0) {
        self.from = from
        self.availability = availability
        self.show = show
        self.status = status
        self.priority = priority
    }
}

/// RFC 6121 §4.7.2.1. Healthy boards send none: several clients hide or grey out anything else.
public enum Show: Equatable, Sendable { case away, chat, dnd, xa }

/// Our own presence to broadcast.
public struct OwnPresence: Equatable, Sendable {
    public var available: Bool
    public var show: Show?
    public var status: String?

    public init(available: Bool = true, show: Show? = nil, status: String? = nil) {
        self.available = available
        self.show = show
        self.status = status
    }
}

/// The four subscription verbs of RFC 6121 §3, both as they arrive and as we send them.
public enum SubscriptionVerb: Equatable, Sendable { case subscribe, subscribed, unsubscribe, unsubscribed }

/// One entry of our roster (RFC 6121 §2).
public struct RosterItem: Equatable, Sendable {
    public enum Subscription: Equatable, Sendable { case none, to, from, both, remove }

    // A roster has up to 2000 of them at a time, whose objects would leave as many holes in the memory when they go.
    private let local: String?
    private let domain: String
    public var name: String?
    public var subscription: Subscription
    /// `ask='subscribe'`: we asked and wait for the answer.
    public var isPendingOut: Bool

    /// Bare.
    public var jid: JID { JID(local: local, domain: domain, resource: nil) }

    public init(jid: JID, name: String? = nil, subscription: Subscription = .none, isPendingOut: Bool = false) {
        local = jid.local
        domain = jid.domain
        self.name = name
        self.subscription = subscription
        self.isPendingOut = isPendingOut
    }
}

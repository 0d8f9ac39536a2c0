import Text

/// The counters of XEP-0198. A plain value, so that a later session can take it over and resume.
struct StreamManagement: Equatable {
    enum Phase: Equatable {
        case off
        /// `<enable/>` is out: what we send from here on is counted, what arrives is not yet.
        case requested
        case on
    }

    private(set) var phase = Phase.off
    /// Stanzas handled since `<enabled/>`; both counters wrap at 2^32 (§4).
    private(set) var inbound: UInt32 = 0
    /// Stanzas sent since `<enable/>`.
    private(set) var outbound: UInt32 = 0
    /// The server's last `h`.
    private(set) var acknowledged: UInt32 = 0
    /// An `<r/>` of ours is on its way.
    private(set) var isAsking = false
    /// `outbound` at the last `<r/>`: asking again without having sent anything would go round for ever with a server that miscounts.
    private var asked: UInt32 = 0
    /// What was sent and is not acknowledged, as far as somebody wants to know: in order, at most `Limits.unacknowledgedStanzas` and one turn's.
    private var messages: [Sent] = []

    struct Sent: Equatable {
        /// `outbound` with this one.
        var count: UInt32
        var id: String
    }

    init() {}

    /// Counters that go on where others stopped.
    init(inbound: UInt32, outbound: UInt32, acknowledged: UInt32) {
        phase = .on
        self.inbound = inbound
        self.outbound = outbound
        self.acknowledged = acknowledged
    }

    var isOn: Bool { phase == .on }
    var unacknowledged: UInt32 { outbound &- acknowledged }
    /// For each batch with a message: the sender waits for it. Else rarely: one small nonza per this many stanzas costs next to
    /// nothing and bounds what a dead link hides.
    var wantsAcknowledgement: Bool { isOn && !isAsking && asked != outbound && (!messages.isEmpty || unacknowledged >= Limits.stanzasPerAcknowledgement) }

    mutating func request() {
        self = StreamManagement()
        phase = .requested
    }

    mutating func enabled() -> Bool {
        guard phase == .requested else { return false }
        phase = .on
        return true
    }

    /// What is sent counts as taken over from here on.
    mutating func refused() {
        guard phase == .requested else { return }
        phase = .off
        acknowledged = outbound
    }

    mutating func received() {
        if phase == .on { inbound &+= 1 }
    }

    /// - Parameter messageID: of a `<message/>`; nil for the other two.
    mutating func sent(messageID: String?) {
        outbound &+= 1
        if phase == .off { acknowledged = outbound }
        if let messageID { messages.append(Sent(count: outbound, id: messageID)) }
    }

    mutating func ask() {
        isAsking = true
        asked = outbound
    }

    /// The server handled `h` of our stanzas.
    /// - Returns: false when it claims more than we sent, or takes back what it acknowledged.
    mutating func acknowledge(_ h: UInt32) -> Bool {
        guard phase == .on, h &- acknowledged <= unacknowledged else { return false }
        acknowledged = h
        isAsking = false
        return true
    }

    /// The ids of the messages that are acknowledged now and were not taken before, in order.
    mutating func takeAcknowledged() -> [String] {
        var ids: [String] = []
        // The distance, not the number: the counters wrap.
        for message in messages {
            if outbound &- message.count < unacknowledged { break }
            ids.append(message.id)
        }
        if !ids.isEmpty { messages.removeFirst(ids.count) }
        return ids
    }
}

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
    /// What was sent and is not acknowledged, as far as somebody wants to know: messages, and all stanzas while they are kept. In order.
    private var sent: [Sent] = []
    /// The stanzas of `sent`, one after the other, as long as the session may be resumed; at most `Limits.unacknowledgedBytes`.
    private(set) var kept: [UInt8] = []
    private(set) var keeps = false
    /// Messages that are the server's now, and that nobody has been told about.
    private var released: [String] = []

    private struct Sent: Equatable {
        /// `outbound` with this one.
        var count: UInt32
        /// In `kept`.
        var length: UInt32
        /// Of a message; nil for the other two kinds.
        var messageID: String?
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
    var wantsAcknowledgement: Bool {
        isOn && !isAsking && asked != outbound && (hasMessages || unacknowledged >= Limits.stanzasPerAcknowledgement)
    }

    private var hasMessages: Bool {
        for stanza in sent where stanza.messageID != nil { return true }
        return false
    }

    /// - Parameter keeping: what is sent from here on is kept, so that it can be sent again.
    mutating func request(keeping: Bool) {
        self = StreamManagement()
        phase = .requested
        keeps = keeping
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
        stopKeeping()
        acknowledged = outbound
        release()
    }

    /// The session will not be resumed.
    mutating func stopKeeping() {
        keeps = false
        kept = []
        var messages: [Sent] = []
        for var stanza in sent where stanza.messageID != nil {
            stanza.length = 0
            messages.append(stanza)
        }
        sent = messages
    }

    mutating func received() {
        if phase == .on { inbound &+= 1 }
    }

    /// - Parameters:
    ///   - stanza: as it was written.
    ///   - messageID: of a `<message/>`; nil for the other two.
    mutating func sent(_ stanza: ArraySlice<UInt8>, messageID: String?) {
        outbound &+= 1
        if phase == .off {
            acknowledged = outbound
            if let messageID { released.append(messageID) }
            return
        }
        if keeps, kept.count + stanza.count > Limits.unacknowledgedBytes { stopKeeping() }
        guard keeps || messageID != nil else { return }
        if keeps { kept += stanza }
        sent.append(Sent(count: outbound, length: keeps ? UInt32(truncatingIfNeeded: stanza.count) : 0, messageID: messageID))
    }

    mutating func ask() {
        isAsking = true
        asked = outbound
    }

    /// The session goes on over another connection: what was asked over the old one is not answered any more.
    mutating func resume() {
        isAsking = false
        asked = acknowledged
    }

    /// Whether the server may say that it handled `h` of our stanzas: neither more than we sent, nor less than it said before.
    func mayAcknowledge(_ h: UInt32) -> Bool { phase == .on && h &- acknowledged <= unacknowledged }

    /// The server handled `h` of our stanzas.
    /// - Returns: false when that cannot be.
    mutating func acknowledge(_ h: UInt32) -> Bool {
        guard mayAcknowledge(h) else { return false }
        acknowledged = h
        isAsking = false
        release()
        return true
    }

    private mutating func release() {
        var stanzas = 0
        var bytes = 0
        for stanza in sent {
            // The distance, not the number: the counters wrap.
            if outbound &- stanza.count < unacknowledged { break }
            stanzas += 1
            bytes += Int(stanza.length)
            if let id = stanza.messageID { released.append(id) }
        }
        if stanzas > 0 { sent.removeFirst(stanzas) }
        if bytes > 0 { kept.removeFirst(min(bytes, kept.count)) }
        // Nothing large stays while nothing is going on.
        if kept.isEmpty, kept.capacity > 4096 { kept = [] }
    }

    /// The ids of the messages that are the server's now and were not taken before, in the order they were sent.
    mutating func takeReleased() -> [String] {
        var ids: [String] = []
        swap(&ids, &released)
        return ids
    }
}

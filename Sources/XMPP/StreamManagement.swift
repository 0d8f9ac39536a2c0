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
    /// Asked rarely: one small nonza per this many stanzas costs next to nothing and bounds what a dead link hides.
    var wantsAcknowledgement: Bool { isOn && !isAsking && unacknowledged >= Limits.stanzasPerAcknowledgement }

    mutating func request() {
        self = StreamManagement()
        phase = .requested
    }

    mutating func enabled() -> Bool {
        guard phase == .requested else { return false }
        phase = .on
        return true
    }

    mutating func refused() {
        self = StreamManagement()
    }

    mutating func received() {
        if phase == .on { inbound &+= 1 }
    }

    mutating func sent() {
        if phase != .off { outbound &+= 1 }
    }

    mutating func ask() {
        isAsking = true
    }

    /// The server handled `h` of our stanzas.
    /// - Returns: false when it claims more than we sent, or takes back what it acknowledged.
    mutating func acknowledge(_ h: UInt32) -> Bool {
        guard phase == .on, h &- acknowledged <= unacknowledged else { return false }
        acknowledged = h
        isAsking = false
        return true
    }
}

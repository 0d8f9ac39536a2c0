import Time
import XMPP

/// Everything that `/etc/perch/perch.conf` says, checked; see product §2 and perch.conf(5).
public struct Configuration: Equatable {
    public var account: AccountConfiguration
    public var people: People
    public var board: BoardConfiguration
    /// In the order of the file; effects and events use the index.
    public var lines: [LineConfiguration]
    public var sensors: [SensorConfiguration]
    public var reports: ReportsConfiguration
    /// Where each pin and source stands.
    var places = Places()

    public init(
        account: AccountConfiguration, people: People = People(), board: BoardConfiguration = BoardConfiguration(),
        lines: [LineConfiguration] = [], sensors: [SensorConfiguration] = [], reports: ReportsConfiguration = ReportsConfiguration()
    ) {
        self.account = account
        self.people = people
        self.board = board
        self.lines = lines
        self.sensors = sensors
        self.reports = reports
    }

    /// "perch.conf:12", for what only the board finds wrong with a line or sensor; nil for other names.
    public func location(of name: String) -> String? {
        places[name]?.description
    }

    /// What a running device needs of it.
    public var withoutPlaces: Configuration {
        var configuration = self
        configuration.places = Places()
        return configuration
    }
}

/// `[account]`
public struct AccountConfiguration: Equatable {
    private struct Values: Equatable {
        var jid: JID
        var passwordFile: String?
        var server: ServerAddress?
        var tlsCA: String?
        var tlsPin: String?
        var certificate: String?
        var allowPlain = false
        var offlineAfter: Duration = .seconds(120)
    }
    private final class Box {
        var values: Values
        init(_ values: Values) { self.values = values }
    }

    /// One pointer for all of it. What others hold as well is copied before it is changed.
    private var box: Box
    private var own: Box {
        @inline(never)
        mutating get {
            if !isKnownUniquelyReferenced(&box) { box = Box(box.values) }
            return box
        }
    }

    public var jid: JID { get { box.values.jid } set { own.values.jid = newValue } }
    public var passwordFile: String? { get { box.values.passwordFile } set { own.values.passwordFile = newValue } }
    public var server: ServerAddress? { get { box.values.server } set { own.values.server = newValue } }
    /// Path of a PEM file with the only CAs to trust.
    public var tlsCA: String? { get { box.values.tlsCA } set { own.values.tlsCA = newValue } }
    /// `sha256:` + base64 of the SHA-256 of the server's SubjectPublicKeyInfo, without the prefix.
    public var tlsPin: String? { get { box.values.tlsPin } set { own.values.tlsPin = newValue } }
    /// Path of a PEM file with our certificate and key, for SASL EXTERNAL.
    public var certificate: String? { get { box.values.certificate } set { own.values.certificate = newValue } }
    /// `allow-plain = yes`: SASL PLAIN may be used, over TLS, when nothing better is offered.
    public var allowPlain: Bool { get { box.values.allowPlain } set { own.values.allowPlain = newValue } }
    public var offlineAfter: Duration { get { box.values.offlineAfter } set { own.values.offlineAfter = newValue } }

    @inline(never)
    public init(jid: JID) { box = Box(Values(jid: jid)) }

    public static func == (a: AccountConfiguration, b: AccountConfiguration) -> Bool { a.box.values == b.box.values }
}

/// `server = HOST:PORT` or `server = tls:HOST:PORT` (direct TLS).
public final class ServerAddress: Equatable, Sendable {
    public let host: String
    public let port: UInt16
    public let directTLS: Bool

    public init(host: String, port: UInt16, directTLS: Bool) {
        self.host = host
        self.port = port
        self.directTLS = directTLS
    }

    public static func == (a: ServerAddress, b: ServerAddress) -> Bool { a.host == b.host && a.port == b.port && a.directTLS == b.directTLS }
}

/// `[board]`
public struct BoardConfiguration: Equatable {
    /// Name of a file in `devices/boards/` without `.conf`; nil: found by /proc/device-tree/compatible.
    public var profile: String?
    /// Unix socket path of the simulated board.
    public var control: String?

    public init(profile: String? = nil, control: String? = nil) {
        self.profile = profile
        self.control = control
    }
}

/// `[line NAME]`
public struct LineConfiguration: Equatable {
    public enum Direction: Equatable, Sendable { case output, input }
    public enum Bias: Int, Equatable, Sendable { case asIs, disabled, pullUp, pullDown }
    public enum Initial: Int, Equatable, Sendable { case off, on, restore, keep }
    public enum OnExit: Int, Equatable, Sendable { case off, on, keep }
    public struct OnDisconnect: Equatable, Sendable {
        public var on: Bool
        public var after: Duration
        public init(on: Bool, after: Duration) {
            self.on = on
            self.after = after
        }
    }
    /// `interlock = blind 500ms`
    public final class Interlock: Equatable, Sendable {
        /// In lower case: upper and lower case are the same, as everywhere.
        public let group: String
        /// Between one line's going off and another's going on; of a group, the longest counts.
        public let gap: Duration
        public init(group: String, gap: Duration = LineConfiguration.defaultGap) {
            self.group = group
            self.gap = gap
        }

        public static func == (a: Interlock, b: Interlock) -> Bool { a.group == b.group && a.gap == b.gap }
    }

    private struct Values: Equatable {
        var name: String
        var pin: String
        var part: String?
        var onWord: String = "on"
        var offWord: String = "off"
        var tags: [String] = []
        var interlock: Interlock?
        /// Durations in nanoseconds, since a `Duration` is twice as long; 0: none.
        var debounce: Int64 = 0
        var maxOn: Int64 = 0
        var minOff: Int64 = 0
        var longPress: Int64 = 1_000_000_000
        var doublePress: Int64 = 0
        /// Less than 0: nothing happens.
        var disconnectTime: Int64 = -1
        /// 0: none.
        var pwm: Double = 0.0
        var pwmLowest: Double = 0.0
        var pwmHighest: Double = 100.0
        // The small ones side by side, where they share eight bytes.
        var direction: Direction = .output
        var bias: Bias = .asIs
        var activeLow: Bool = false
        var initial: Initial = .off
        var onExit: OnExit = .off
        var disconnectLevel: Bool = false
        var confirm: Bool = false
        var reportsChange: Bool = false
        var reportsPress: Bool = false
        var isCounted: Bool = false
    }
    private final class Box {
        var values: Values
        init(_ values: Values) { self.values = values }
    }

    /// One pointer for all of it, since it is handed about at every turn. What others hold as well is copied before it is changed.
    private var box: Box
    private var own: Box {
        @inline(never)
        mutating get {
            if !isKnownUniquelyReferenced(&box) { box = Box(box.values) }
            return box
        }
    }

    public var name: String { get { box.values.name } set { own.values.name = newValue } }
    /// As written: a kernel line name, "pin N" of the header, or "LABEL:OFFSET". `Board` resolves it.
    public var pin: String { get { box.values.pin } set { own.values.pin = newValue } }
    public var part: String? { get { box.values.part } set { own.values.part = newValue } }
    public var direction: Direction { get { box.values.direction } set { own.values.direction = newValue } }
    public var bias: Bias { get { box.values.bias } set { own.values.bias = newValue } }
    public var activeLow: Bool { get { box.values.activeLow } set { own.values.activeLow = newValue } }
    public var debounce: Duration { get { .nanoseconds(box.values.debounce) } set { own.values.debounce = newValue.nanoseconds } }
    public var initial: Initial { get { box.values.initial } set { own.values.initial = newValue } }
    public var onExit: OnExit { get { box.values.onExit } set { own.values.onExit = newValue } }
    public var onDisconnect: OnDisconnect? {
        @inline(never)
        get {
            box.values.disconnectTime < 0 ? nil : OnDisconnect(on: box.values.disconnectLevel, after: .nanoseconds(box.values.disconnectTime))
        }
        set {
            own.values.disconnectLevel = newValue?.on ?? false
            own.values.disconnectTime = newValue?.after.nanoseconds ?? -1
        }
    }
    public var maxOn: Duration? { get { Self.duration(box.values.maxOn) } set { own.values.maxOn = newValue?.nanoseconds ?? 0 } }
    /// After it went off it is not switched on again for so long.
    public var minOff: Duration? { get { Self.duration(box.values.minOff) } set { own.values.minOff = newValue?.nanoseconds ?? 0 } }
    /// At most one line of its group is on.
    public var interlock: Interlock? { get { box.values.interlock } set { own.values.interlock = newValue } }
    public var confirm: Bool { get { box.values.confirm } set { own.values.confirm = newValue } }
    /// Outputs: driven by PWM at so many hertz; nil: only on or off.
    public var pwm: Double? { get { box.values.pwm == 0 ? nil : box.values.pwm } set { own.values.pwm = newValue ?? 0 } }
    /// What part of a period 0 % and 100 % are, in per cent.
    public var pwmLowest: Double { get { box.values.pwmLowest } set { own.values.pwmLowest = newValue } }
    public var pwmHighest: Double { get { box.values.pwmHighest } set { own.values.pwmHighest = newValue } }
    public var tags: [String] { get { box.values.tags } set { own.values.tags = newValue } }
    /// Inputs: `report = change` sends a message when the level changes.
    public var reportsChange: Bool { get { box.values.reportsChange } set { own.values.reportsChange = newValue } }
    /// Inputs: `report = press` sends presses, after how long one is a long press, and how soon another one makes a double press;
    /// nil: there are no such presses.
    public var reportsPress: Bool { get { box.values.reportsPress } set { own.values.reportsPress = newValue } }
    public var longPress: Duration? { get { Self.duration(box.values.longPress) } set { own.values.longPress = newValue?.nanoseconds ?? 0 } }
    public var doublePress: Duration? { get { Self.duration(box.values.doublePress) } set { own.values.doublePress = newValue?.nanoseconds ?? 0 } }
    /// Inputs: a sensor with `source = counter:NAME` reads it, so its changes come as `Event.pulses`.
    public var isCounted: Bool { get { box.values.isCounted } set { own.values.isCounted = newValue } }
    /// Words for the two states, e.g. "closed" and "open".
    public var onWord: String { get { box.values.onWord } set { own.values.onWord = newValue } }
    public var offWord: String { get { box.values.offWord } set { own.values.offWord = newValue } }

    @inline(never)
    private static func duration(_ nanoseconds: Int64) -> Duration? { nanoseconds == 0 ? nil : .nanoseconds(nanoseconds) }

    @inline(never)
    public init(name: String, pin: String) { box = Box(Values(name: name, pin: pin)) }

    public static func == (a: LineConfiguration, b: LineConfiguration) -> Bool { a.box.values == b.box.values }

    /// At a start nobody knows how long it, or another line of its group, has been off: `initial = on` and `restore` come up
    /// off, and the device switches it on when that is allowed.
    public var comesUpOff: Bool { minOff != nil || interlock != nil }
}

/// `[sensor NAME]`
public struct SensorConfiguration: Equatable {
    /// `alarm = above 30 clear 28 for 1min`
    public struct Alarm: Equatable, Sendable {
        public var above: Bool
        public var limit: Double
        public var clear: Double
        public var hold: Duration
        public init(above: Bool, limit: Double, clear: Double, hold: Duration = .zero) {
            self.above = above
            self.limit = limit
            self.clear = clear
            self.hold = hold
        }
    }
    /// `report = change 0.5 every 1min..15min`
    public struct Report: Equatable, Sendable {
        /// In the sensor's unit; 0 reports every reading that differs.
        public var delta: Double
        public var shortest: Duration
        public var longest: Duration
        public init(delta: Double = 0, shortest: Duration = .seconds(60), longest: Duration = .seconds(900)) {
            self.delta = delta
            self.shortest = shortest
            self.longest = longest
        }
    }

    private struct Values: Equatable {
        var name: String
        var source: String
        var part: String?
        var unit: String = ""
        var scale: Double?
        var unitPerPulse: Double?
        var counter: CounterSource?
        var offset: Double?
        var digits: Int = 1
        var hasOwnDigits: Bool = false
        var report: Report?
        var alarm: Alarm?
        var tags: [String] = []
    }
    private final class Box {
        var values: Values
        init(_ values: Values) { self.values = values }
    }

    /// One pointer for all of it, since it is handed about at every turn. What others hold as well is copied before it is changed.
    private var box: Box
    private var own: Box {
        @inline(never)
        mutating get {
            if !isKnownUniquelyReferenced(&box) { box = Box(box.values) }
            return box
        }
    }

    public var name: String { get { box.values.name } set { own.values.name = newValue } }
    /// As written: `w1:…`, `iio:DEVICE/CHANNEL`, `hwmon:NAME/CHANNEL`, `thermal:TYPE`, `file:PATH`, `system:WHAT`, `counter:LINE`,
    /// `simulated:NAME`.
    public var source: String { get { box.values.source } set { own.values.source = newValue } }
    public var part: String? { get { box.values.part } set { own.values.part = newValue } }
    /// As people read it ("°C", "%RH", "lx"); empty: the board's reader knows (see `Board`).
    public var unit: String { get { box.values.unit } set { own.values.unit = newValue } }
    public var scale: Double? { get { box.values.scale } set { own.values.scale = newValue } }
    /// Counters: how much one pulse is, in `unit` or, of a rate, in what flows per hour, minute or second of it.
    public var unitPerPulse: Double? { get { box.values.unitPerPulse } set { own.values.unitPerPulse = newValue } }
    /// Where a counter's readings come from; nil for other sensors.
    public var counter: CounterSource? { get { box.values.counter } set { own.values.counter = newValue } }
    public var offset: Double? { get { box.values.offset } set { own.values.offset = newValue } }
    /// Digits after the decimal point in replies.
    public var digits: Int { get { box.values.digits } set { own.values.digits = newValue } }
    /// Said by the owner or the part; else what is usual for the quantity holds.
    public var hasOwnDigits: Bool { get { box.values.hasOwnDigits } set { own.values.hasOwnDigits = newValue } }
    /// nil: the reading is answered when asked, never sent by itself.
    public var report: Report? { get { box.values.report } set { own.values.report = newValue } }
    public var alarm: Alarm? { get { box.values.alarm } set { own.values.alarm = newValue } }
    public var tags: [String] { get { box.values.tags } set { own.values.tags = newValue } }

    @inline(never)
    public init(name: String, source: String) { box = Box(Values(name: name, source: source)) }

    public static func == (a: SensorConfiguration, b: SensorConfiguration) -> Bool { a.box.values == b.box.values }
}

/// `[reports]`
public struct ReportsConfiguration: Equatable {
    /// Who gets reports and line changes; nobody by default.
    public var to: [JID]
    /// Also publish SenML to the account's own PEP node.
    public var pubsub: Bool

    public init(to: [JID] = [], pubsub: Bool = false) {
        self.to = to
        self.pubsub = pubsub
    }
}

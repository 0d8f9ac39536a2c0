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
}

/// `[account]`
public struct AccountConfiguration: Equatable {
    public var jid: JID
    public var passwordFile: String?
    public var server: ServerAddress?
    /// Path of a PEM file with the only CAs to trust.
    public var tlsCA: String?
    /// `sha256:` + base64 of the SHA-256 of the server's SubjectPublicKeyInfo, without the prefix.
    public var tlsPin: String?
    /// Path of a PEM file with our certificate and key, for SASL EXTERNAL.
    public var certificate: String?
    /// `allow-plain = yes`: SASL PLAIN may be used, over TLS, when nothing better is offered.
    public var allowPlain = false
    public var offlineAfter: Duration = .seconds(120)

    public init(jid: JID) { self.jid = jid }
}

/// `server = HOST:PORT` or `server = tls:HOST:PORT` (direct TLS).
public struct ServerAddress: Equatable, Sendable {
    public var host: String
    public var port: UInt16
    public var directTLS: Bool

    public init(host: String, port: UInt16, directTLS: Bool) {
        self.host = host
        self.port = port
        self.directTLS = directTLS
    }
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
    public enum Bias: Equatable, Sendable { case asIs, disabled, pullUp, pullDown }
    public enum Initial: Equatable, Sendable { case off, on, restore, keep }
    public enum OnExit: Equatable, Sendable { case off, on, keep }
    public struct OnDisconnect: Equatable, Sendable {
        public var on: Bool
        public var after: Duration
        public init(on: Bool, after: Duration) {
            self.on = on
            self.after = after
        }
    }
    /// `interlock = blind 500ms`
    public struct Interlock: Equatable, Sendable {
        /// In lower case: upper and lower case are the same, as everywhere.
        public var group: String
        /// Between one line's going off and another's going on; of a group, the longest counts.
        public var gap: Duration
        public init(group: String, gap: Duration = LineConfiguration.defaultGap) {
            self.group = group
            self.gap = gap
        }
    }

    public var name: String
    /// As written: a kernel line name, "pin N" of the header, or "LABEL:OFFSET". `Board` resolves it.
    public var pin: String
    /// Where `pin` stands, for errors that only the board can find: "perch.conf:12".
    public var pinLocation: String
    public var part: String?
    public var direction: Direction = .output
    public var bias: Bias = .asIs
    public var activeLow = false
    public var debounce: Duration = .zero
    public var initial: Initial = .off
    public var onExit: OnExit = .off
    public var onDisconnect: OnDisconnect?
    public var maxOn: Duration?
    /// After it went off it is not switched on again for so long.
    public var minOff: Duration?
    /// At most one line of its group is on.
    public var interlock: Interlock?
    public var confirm = false
    /// Outputs: driven by PWM at so many hertz; nil: only on or off.
    public var pwm: Double?
    /// What part of a period 0 % and 100 % are, in per cent.
    public var pwmLowest = 0.0
    public var pwmHighest = 100.0
    public var tags: [String] = []
    /// Inputs: `report = change` sends a message when the level changes.
    public var reportsChange = false
    /// Inputs: `report = press` sends presses, after how long one is a long press, and how soon another one makes a double press;
    /// nil: there are no such presses.
    public var reportsPress = false
    public var longPress: Duration? = .seconds(1)
    public var doublePress: Duration?
    /// Inputs: a sensor with `source = counter:NAME` reads it, so its changes come as `Event.pulses`.
    public var isCounted = false
    /// Words for the two states, e.g. "closed" and "open".
    public var onWord = "on"
    public var offWord = "off"

    public init(name: String, pin: String, pinLocation: String = "") {
        self.name = name
        self.pin = pin
        self.pinLocation = pinLocation
    }

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

    public var name: String
    /// As written: `w1:…`, `iio:DEVICE/CHANNEL`, `hwmon:NAME/CHANNEL`, `thermal:TYPE`, `file:PATH`, `system:WHAT`, `counter:LINE`,
    /// `simulated:NAME`.
    public var source: String
    /// Where `source` stands: "perch.conf:21".
    public var sourceLocation: String
    public var part: String?
    /// As people read it ("°C", "%RH", "lx"); empty: the board's reader knows (see `Board`).
    public var unit = ""
    public var scale: Double?
    /// Counters: how much one pulse is, in `unit` or, of a rate, in what flows per hour, minute or second of it.
    public var unitPerPulse: Double?
    /// Where a counter's readings come from; nil for other sensors.
    public var counter: CounterSource?
    public var offset: Double?
    /// Digits after the decimal point in replies.
    public var digits = 1
    /// Said by the owner or the part; else what is usual for the quantity holds.
    public var hasOwnDigits = false
    /// nil: the reading is answered when asked, never sent by itself.
    public var report: Report?
    public var alarm: Alarm?
    public var tags: [String] = []

    public init(name: String, source: String, sourceLocation: String = "") {
        self.name = name
        self.source = source
        self.sourceLocation = sourceLocation
    }
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

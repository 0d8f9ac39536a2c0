import Time

/// When a silent server is asked for a sign of life, and how long for; what the sessions of a process have taught about that.
///
/// A link that dies while nothing is said is noticed by nobody before somebody speaks. So the board asks after a silence, sooner where
/// links have died silently (a NAT that forgets), and leaves it to the server where that asks by itself: then either side notices.
public struct Liveness: Equatable, Sendable {
    /// RFC 6120 §4.6.4 leaves it to us; most NATs keep an idle connection for minutes, the strictest for 30 s.
    static let usual: Duration = .seconds(60)
    static let shortest: Duration = .seconds(15)
    static let longest: Duration = .seconds(120)
    /// How long an answer may take: four round trips, within these bounds.
    static let shortestAnswer: Duration = .seconds(10)
    static let longestAnswer: Duration = .seconds(30)
    /// A server that speaks after less than this did not do so because of the silence.
    static let silence: Duration = .seconds(10)
    /// A server that asks by itself is given this much more than it took before.
    static let patience: Duration = .seconds(15)

    private var interval = Liveness.usual
    private var roundTrip: Duration?
    /// Until a silence has lasted this long, or the server has spoken, the silence is listened to: does the server ask?
    private var listening: Duration?
    /// The longest silence after which the server asked for a sign of life by itself; nil: it never did, or not any more.
    private(set) var serverAsks: Duration?
    /// A longer one, seen once.
    private var longer: Duration?
    /// It asked by a ping, not by an `<r/>`.
    private var asksByPing = false
    /// The longest silence in both directions that only we have broken.
    public private(set) var unbroken: Duration = .zero

    /// - Parameter listening: how long the first silence may last; within `shortest` and `longest`.
    public init(listening: Duration? = nil) {
        self.listening = listening.map { min(max($0, Self.shortest), Self.longest) }
    }

    /// A probe is due after this much silence.
    var keepalive: Duration {
        if let listening { return listening }
        guard let serverAsks else { return interval }
        return min(interval == Self.usual ? Self.longest : interval, serverAsks + Self.patience)
    }

    /// A probe must be answered within this time.
    var answer: Duration {
        guard let roundTrip else { return Self.longestAnswer }
        return min(max(roundTrip * 4, Self.shortestAnswer), Self.longestAnswer)
    }

    /// When the server gives up a client that is gone, as far as that can be told from when it asks; nil: it does not ask.
    /// Prosody's `<r/>` may take as long as the silence before it; a ping (ejabberd) half of that, as docs/servers.md has it.
    public var serverNotices: Duration? {
        serverAsks.map { $0 + (asksByPing ? $0 / 2 : $0) }
    }

    /// The server has asked after a silence in both directions.
    mutating func asked(after silence: Duration, byPing: Bool) {
        guard silence >= Self.silence else { return }
        asksByPing = byPing
        listening = nil
        let silence = min(silence, Self.longest)
        // Much longer than before, once: a link that was down and let the question through when it was up again. Twice: a new habit.
        if let known = serverAsks, silence > known + .seconds(2) {
            serverAsks = longer.map { min($0, silence) } ?? known
            longer = longer == nil ? silence : nil
        } else {
            serverAsks = max(serverAsks ?? .zero, silence)
            longer = nil
        }
    }

    /// A probe was answered.
    /// - Parameters:
    ///   - idle: the silence from the server that led to it.
    ///   - unbroken: the silence in both directions before it.
    mutating func answered(after roundTrip: Duration, idle: Duration, unbroken: Duration) {
        // Slow answers count at once, fast ones little by little.
        self.roundTrip = self.roundTrip.map { max(roundTrip, ($0 * 7 + roundTrip) / 8) } ?? roundTrip
        if idle >= keepalive {
            if unbroken >= keepalive {
                self.unbroken = max(self.unbroken, unbroken)
                listening = nil
                // It had its time.
                serverAsks = nil
            }
            // From the floor to the usual in two hours: what killed one link will kill the next.
            interval = min(Self.usual, interval + interval / 64)
        }
    }

    /// A link was found dead after it had been idle.
    mutating func died(after idle: Duration) {
        guard idle >= Self.shortest else { return }
        listening = nil
        interval = max(Self.shortest, min(interval, idle) / 2)
    }
}

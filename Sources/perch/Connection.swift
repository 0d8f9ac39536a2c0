import Agent
import Crypto
import Linux
import TLS
import Text
import Time
import XMPP

/// Keeps one account connected: finds the server, connects, logs in, and tries again after each end.
final class Connection {
    final class Settings {
        let jid: JID
        /// nil: looked up by SRV records of the account's domain.
        let server: Endpoint?
        let context: TLSContext
        /// Fresh ones for each connection: ids and nonces must not repeat.
        var makeOptions: (LoginMemory) throws(CryptoError) -> SessionOptions
        /// At most this long contacts may see us after we are gone (product §4); nil: nobody looks.
        var offlineAfter: Duration?
        /// What earlier logins taught.
        var memory = LoginMemory()
        /// false: the first failure is the last (`perch chat`, `perch check --connect`).
        let reconnects: Bool

        init(
            jid: JID, server: Endpoint?, context: TLSContext, makeOptions: @escaping (LoginMemory) throws(CryptoError) -> SessionOptions,
            reconnects: Bool
        ) {
            self.jid = jid
            self.server = server
            self.context = context
            self.makeOptions = makeOptions
            self.reconnects = reconnects
        }
    }

    indirect enum Event {
        case session(SessionEvent)
        /// Not connected (any more), in words. `retry` is the pause before the next attempt, nil when there is none.
        case down(reason: String, end: Link.End?, retry: Duration?)
    }

    private enum Phase {
        case idle
        case waiting
        case dialing
        case open(Link)
    }

    private let loop: EventLoop
    private let resolver: Resolver
    private let settings: Settings
    private let onEvent: (Event) -> Void
    private var timer: LoopTimer?
    private var phase = Phase.idle
    private var dialer: Dialer?
    private var backoff = Backoff()
    private var onlineSince: Instant?
    private var isStopping = false
    private let resuming: Resuming
    /// The dialer tries where the server of the session that was cut wants us.
    private var isDetour = false
    /// Where servers have sent us one after another (RFC 6120 §4.9.3.19), without a session in between.
    private var redirections: [Endpoint] = []
    /// RFC 6120 §4.9.3.19: at least 2, at most 5.
    private static let redirectionLimit = 3

    init(_ loop: EventLoop, _ resolver: Resolver, _ settings: Settings, onEvent: @escaping (Event) -> Void) {
        self.loop = loop
        self.resolver = resolver
        self.settings = settings
        self.onEvent = onEvent
        resuming = Resuming(offlineAfter: settings.offlineAfter, accepts: settings.memory.acceptsResumption)
        timer = loop.makeTimer { [self] in dial() }
    }

    var isOnline: Bool { onlineSince != nil }

    /// The link while there is one, for what `check --connect` reports.
    var link: Link? {
        if case .open(let link) = phase { return link }
        return nil
    }

    /// What is known of how long contacts see us after we are gone; nil when nobody looks.
    var facts: LinkFacts? { resuming.facts(link?.session) }

    func start() { dial() }

    /// Uses the session when it is online. Returns false, and does nothing, when it is not.
    @discardableResult
    func use(_ body: (Session, Moment) -> Void) -> Bool {
        guard isOnline, case .open(let link) = phase else { return false }
        link.use(body)
        return true
    }

    /// Says goodbye to the server where there is one; `.down` follows unless nothing was open. No further attempts.
    /// - Returns: false when there is nothing to wait for.
    func stop() -> Bool {
        isStopping = true
        timer?.cancel()
        dialer?.cancel()
        dialer = nil
        guard case .open(let link) = phase else { return false }
        guard isOnline else {
            link.abandon()
            return false
        }
        link.use { session, now in session.close(at: now) }
        return true
    }

    // MARK: The network

    /// A link, an address or a route has changed.
    func networkChanged() {
        switch phase {
        case .open(let link): link.networkChanged()
        case .waiting: return hurry()
        case .idle, .dialing: break
        }
        // An attempt that was begun before may fail for what is mended now.
        hasNetworkChanged = !isOnline
    }
    private var hasNetworkChanged = false

    /// The process was stopped or the machine slept: what waits in the socket is old, and the server may have given us up.
    func woke() {
        switch phase {
        case .open(let link): link.use { session, now in session.woke(at: now) }
        case .waiting: hurry()
        case .idle, .dialing: break
        }
    }

    /// Ends a pause of the backoff, whose growth goes on: a link that comes and goes is no reason to hammer the server. A
    /// pause that somebody must end by correcting something stays.
    private func hurry() {
        guard case .waiting = phase, !isSlow, let due = timer?.deadline else { return }
        let now = Clock.instant()
        let earliest = max(now, (lastHurry ?? now) + (lastHurry == nil ? .zero : Self.hurryInterval))
        if earliest >= due { return }
        lastHurry = earliest
        timer?.deadline = earliest
    }
    private static let hurryInterval: Duration = .seconds(5)
    private var lastHurry: Instant?
    private var isSlow = false

    // MARK: Attempts

    private func dial() {
        phase = .dialing
        var destination = settings.server.map { Dialer.Destination.server($0) } ?? .domain(settings.jid.domain)
        isDetour = false
        if let last = redirections.last {
            destination = .told(last)
        } else if let place = resuming.takeLocation() {
            destination = .told(place)
            isDetour = true
        }
        dialer = Dialer(loop, resolver, to: destination, seed: randomNumber()) { [self] outcome in
            switch outcome {
            case .connected(let tcp, let endpoint): open(tcp, endpoint)
            case .failed(let reason):
                dialer = nil
                if isDetour {
                    Log.debug(reason)
                    return dial()
                }
                down(reason, nil, .backoff)
            case .impatient:
                guard case .open(let link) = phase, !link.isSecured else { return }
                link.abandon()
                lastReason = (Self.silence, .session(.timeout(Self.silence)))
                dialer?.tryNext()
            }
        }
    }
    private static let silence = "the server does not open a secured stream"

    private func open(_ tcp: TCPConnection, _ endpoint: Endpoint) {
        Log.debug(filled("connected to % (%)", endpoint.description, tcp.peer.description))
        let session: Session
        do throws(CryptoError) {
            let options = try settings.makeOptions(settings.memory)
            resuming.prepare(options, at: Clock.instant())
            session = Session(options)
        } catch {
            tcp.close()
            return down(error.description, nil, .backoff)
        }
        let link = Link(
            loop, tcp, directTLS: endpoint.isDirectTLS, context: settings.context, serverName: HostName.ascii(settings.jid.domain) ?? settings.jid.domain,
            session: session, onEvent: { [self] in handle($0) },
            onEnd: { [self] in ended($0, at: endpoint) })
        phase = .open(link)
        link.start()
    }

    private func handle(_ event: SessionEvent) {
        if case .learned(let memory) = event {
            let isNews = memory.file != settings.memory.file
            settings.memory = memory
            if !isNews { return }
        }
        if case .resumable = event, let link {
            resuming.isOnline(link.session.loginReport)
            learn(acceptsResumption: true)
            return
        }
        if case .online = event {
            if let link { Log.debug(filled("logged in by %", link.session.loginReport.mechanism)) }
            onlineSince = Clock.instant()
            isDetour = false
            redirections = []
            dialer?.cancel()
            dialer = nil
        }
        onEvent(.session(event))
    }

    private func learn(acceptsResumption: Bool) {
        guard settings.memory.acceptsResumption != acceptsResumption else { return }
        settings.memory.acceptsResumption = acceptsResumption
        onEvent(.session(.learned(settings.memory)))
    }

    private func ended(_ end: Link.End, at endpoint: Endpoint) {
        if let link { resuming.take(from: link.session) }
        phase = .idle
        let (reason, retry) = Self.describe(end, endpoint)
        if case .session(.resumptionTooLong(let limit)) = end, !isStopping {
            Log.warning(resuming.refuse(limit, at: Clock.instant()))
            learn(acceptsResumption: false)
            if onlineSince == nil {
                dialer?.cancel()
                return dial()
            }
        }
        if case .session(.serverClosed("see-other-host", let place)) = end, !isStopping {
            if let complaint = follow(place ?? "", from: endpoint) {
                return down(filled("%, which is not followed: %", reason, complaint), end, retry)
            }
            Log.info(reason)
            if onlineSince != nil { return down(reason, end, .now, redirected: true) }
            dialer?.cancel()
            return dial()
        }
        // A host that we were sent to has shown its certificate: it was the right kind of TLS.
        if case .tls(.certificate) = end, !redirections.isEmpty { return down(reason, end, retry) }
        // Another server of the domain may do better, unless it is our password that is wrong.
        if onlineSince == nil, !isStopping, let dialer, retry == .backoff {
            Log.debug(filled("%: %", endpoint.description, reason))
            lastReason = (reason, end)
            return dialer.tryNext()
        }
        down(reason, end, retry)
    }

    /// The next attempt goes there. TLS is needed there as well, and its certificate must name the account's domain.
    /// - Returns: why not, or nil.
    private func follow(_ place: String, from endpoint: Endpoint) -> String? {
        let server: ServerAddress
        do throws(Complaint) { server = try ConfigurationValue.server(place) } catch { return "that is no HOST:PORT" }
        let target = Endpoint(host: server.host, port: server.port, isDirectTLS: server.directTLS || endpoint.isDirectTLS)
        var isCircle = endpoint.host == target.host && endpoint.port == target.port
        for known in redirections where known.host == target.host && known.port == target.port { isCircle = true }
        if isCircle { return "it sends us round in circles" }
        if redirections.count == Self.redirectionLimit { return "it is the fourth one in a row" }
        redirections.append(target)
        return nil
    }

    /// Why the last server that answered at all was no good: says more than "no endpoint left".
    private var lastReason: (text: String, end: Link.End)?

    private func down(_ reason: String, _ end: Link.End?, _ retry: Retry, redirected: Bool = false) {
        if !redirected { redirections = [] }
        let lasted = onlineSince.map { Clock.instant() - $0 }
        onlineSince = nil
        dialer?.cancel()
        dialer = nil
        phase = .idle
        let reason = end == nil ? lastReason?.text ?? reason : reason
        let end = end ?? lastReason?.end
        lastReason = nil
        guard settings.reconnects, !isStopping else { return onEvent(.down(reason: reason, end: end, retry: nil)) }
        let pause = backoff.next(after: retry, lasted: lasted, random: randomNumber())
        phase = .waiting
        timer?.deadline = Clock.instant() + pause
        isSlow = retry == .slowly
        if hasNetworkChanged { hurry() }
        hasNetworkChanged = false
        onEvent(.down(reason: reason, end: end, retry: timer?.deadline.map { max(.zero, $0 - Clock.instant()) } ?? pause))
    }

    private static func describe(_ end: Link.End, _ endpoint: Endpoint) -> (String, Retry) {
        switch end {
        case .session(let end): return (end.description, end.retry)
        case .tls(let error): return (filled("%: %", endpoint.description, error.description), .backoff)
        case .socket(let error): return (error.description, .backoff)
        }
    }
}

/// Random enough for jitter and for choosing among servers; 0 when the kernel has none, which is only less fair.
func randomNumber() -> UInt64 {
    var number: UInt64 = 0
    do throws(CryptoError) {
        for byte in try randomBytes(8) { number = number << 8 | UInt64(byte) }
    } catch {}
    return number
}

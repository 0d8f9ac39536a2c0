import Crypto
import Linux
import TLS
import Text
import Time
import XMPP

/// Keeps one account connected: finds the server, connects, logs in, and tries again after each end.
final class Connection {
    struct Settings {
        var jid: JID
        /// nil: looked up by SRV records of the account's domain.
        var server: Endpoint?
        var context: TLSContext
        /// A fresh session for each connection: its ids and nonces must not repeat.
        var makeSession: () throws(CryptoError) -> Session
        /// false: the first failure is the last (`perch chat`, `perch check --connect`).
        var reconnects = true
    }

    enum Event {
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

    init(_ loop: EventLoop, _ resolver: Resolver, _ settings: Settings, onEvent: @escaping (Event) -> Void) {
        self.loop = loop
        self.resolver = resolver
        self.settings = settings
        self.onEvent = onEvent
        timer = loop.makeTimer { [self] in dial() }
    }

    var isOnline: Bool { onlineSince != nil }

    /// The link while there is one, for what `check --connect` reports.
    var link: Link? {
        if case .open(let link) = phase { return link }
        return nil
    }

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

    // MARK: Attempts

    private func dial() {
        phase = .dialing
        let destination = settings.server.map { Dialer.Destination.server($0) } ?? .domain(settings.jid.domain)
        dialer = Dialer(loop, resolver, to: destination, seed: randomNumber()) { [self] outcome in
            switch outcome {
            case .connected(let tcp, let endpoint): open(tcp, endpoint)
            case .failed(let reason):
                dialer = nil
                down(reason, nil, .backoff)
            }
        }
    }

    private func open(_ tcp: TCPConnection, _ endpoint: Endpoint) {
        Log.debug("connected to \(endpoint) (\(tcp.peer))")
        let session: Session
        do throws(CryptoError) {
            session = try settings.makeSession()
        } catch {
            tcp.close()
            return down("\(error)", nil, .backoff)
        }
        let link = Link(
            loop, tcp, directTLS: endpoint.isDirectTLS, context: settings.context, serverName: HostName.ascii(settings.jid.domain) ?? settings.jid.domain,
            session: session, onEvent: { [self] in handle($0) },
            onEnd: { [self] in ended($0, at: endpoint) })
        phase = .open(link)
        link.start()
    }

    private func handle(_ event: SessionEvent) {
        if case .online = event {
            onlineSince = Clock.instant()
            dialer?.cancel()
            dialer = nil
        }
        onEvent(.session(event))
    }

    private func ended(_ end: Link.End, at endpoint: Endpoint) {
        phase = .idle
        let (reason, retry) = Self.describe(end, endpoint)
        // Another server of the domain may do better, unless it is our password that is wrong.
        if onlineSince == nil, !isStopping, let dialer, retry == .backoff {
            Log.debug("\(endpoint): \(reason)")
            lastReason = (reason, end)
            return dialer.tryNext()
        }
        down(reason, end, retry)
    }
    /// Why the last server that answered at all was no good: says more than "no endpoint left".
    private var lastReason: (text: String, end: Link.End)?

    private func down(_ reason: String, _ end: Link.End?, _ retry: Retry) {
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
        onEvent(.down(reason: reason, end: end, retry: pause))
    }

    private static func describe(_ end: Link.End, _ endpoint: Endpoint) -> (String, Retry) {
        switch end {
        case .session(let end): return (end.description, end.retry)
        case .tls(let error): return ("\(endpoint): \(error)", .backoff)
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

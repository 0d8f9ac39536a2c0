import Linux
import TLS
import Text
import Time
import XMPP

/// One connection from its first byte to its end: TCP, TLS and a session, joined.
///
/// A turn is: read → `tls.receive` → `session.receive` → drain outputs until empty → write (architecture §3).
final class Link {
    indirect enum End {
        case session(SessionEnd)
        /// TLS could not be agreed on, or the server's certificate is not to be trusted; in words.
        case tls(TLSError)
        /// The kernel's reason.
        case socket(SystemError)
    }

    /// Direct TLS: the session's own deadline begins after the handshake.
    static let handshakeTimeout: Duration = .seconds(30)
    /// Sent bytes that stay unacknowledged this long mean that the path is dead, whatever the keepalive says: as long as that
    /// takes, a minute of silence and half a minute for the probe's answer (`Liveness`).
    static let userTimeout: Duration = .seconds(90)

    let session: Session
    private let tcp: TCPConnection
    private let context: TLSContext
    private let serverName: String
    private var tls: TLSSession?
    private var isDirectTLS: Bool
    private var timer: LoopTimer?
    private var handshakeDue: Instant?
    private var isDraining = false
    private var isOver = false
    /// The server has said something under TLS, so it does answer.
    private(set) var isSecured = false
    private var onEvent: (SessionEvent) -> Void
    private var onEnd: (End) -> Void

    /// - Parameters:
    ///   - serverName: the account's domain, which the certificate must name (RFC 6120 §13.7.2.1).
    ///   - onEvent: everything but `.ended`.
    ///   - onEnd: called once; the link is closed by then.
    init(
        _ loop: EventLoop, _ tcp: TCPConnection, directTLS: Bool, context: TLSContext, serverName: String, session: Session,
        onEvent: @escaping (SessionEvent) -> Void, onEnd: @escaping (End) -> Void
    ) {
        self.tcp = tcp
        self.context = context
        self.serverName = serverName
        self.session = session
        self.onEvent = onEvent
        self.onEnd = onEnd
        isDirectTLS = directTLS
        timer = loop.makeTimer { [self] in tick() }
    }

    /// What TLS agreed on; nil before the handshake has finished.
    var tlsSummary: TLSSummary? { tls?.summary }

    func start() {
        tcp.onBytes = { [self] in receive($0) }
        tcp.onEnd = { [self] in ended($0) }
        do throws(SystemError) { try tcp.setUserTimeout(Self.userTimeout) } catch { Log.debug(error.description) }
        if isDirectTLS {
            handshakeDue = Clock.instant() + Self.handshakeTimeout
            startTLS()
        } else {
            session.connected(secured: false, at: Clock.now())
        }
        drain()
    }

    /// Lets the caller use the session, then sends what that produced.
    func use(_ body: (Session, Moment) -> Void) {
        guard !isOver else { return }
        body(session, Clock.now())
        drain()
    }

    /// The network may be another one now: asks the server for a sign of life, or gives up an address that we no longer have.
    func networkChanged() {
        if tcp.hasAddress { return use { session, now in session.ping(at: now) } }
        session.disconnected(at: Clock.now())
        drain()
    }

    /// Ends it at once, without a word to anybody.
    func abandon() {
        onEvent = { _ in }
        onEnd = { _ in }
        close()
    }

    // MARK: Input

    private func receive(_ bytes: UnsafeRawBufferPointer) {
        guard let tls else {
            session.receive(bytes, at: Clock.now())
            return drain()
        }
        do throws(TLSError) {
            let wasEstablished = tls.isEstablished
            try tls.receive(bytes)
            if !wasEstablished, tls.isEstablished { established() }
            var plaintext: [UInt8] = []
            tls.readPlaintext(into: &plaintext)
            if !plaintext.isEmpty {
                isSecured = true
                session.receive(plaintext, at: Clock.now())
            }
        } catch {
            return end(.tls(error))
        }
        drain()
    }

    private func established() {
        handshakeDue = nil
        let now = Clock.now()
        // The session takes what its login is bound to from here, never from the server's words.
        let bindings = ChannelBindings(
            tlsExporter: tls?.exporterBinding, tlsUnique: tls?.uniqueBinding, tlsServerEndPoint: tls?.endPointBinding)
        if isDirectTLS { session.connected(secured: true, bindings: bindings, at: now) } else { session.secured(bindings: bindings, at: now) }
        if let summary = tlsSummary { Log.debug(filled("% with %%", summary.version, summary.cipher, summary.resumed ? ", resumed" : "")) }
    }

    private func ended(_ reason: TCPConnection.End) {
        if case .failed(let error) = reason {
            Log.debug(error.description)
            if !session.isOnline { return end(.socket(error)) }
        }
        session.disconnected(at: Clock.now())
        drain()
    }

    private func tick() {
        let now = Clock.now()
        if let due = handshakeDue, due <= now.instant {
            return end(.session(.timeout("the server did not finish the TLS handshake")))
        }
        session.tick(at: now)
        drain()
    }

    // MARK: Output

    /// Carries out everything the session wants, also what the handlers of its events add meanwhile.
    private func drain() {
        guard !isDraining, !isOver else { return }
        isDraining = true
        defer { isDraining = false }
        while !isOver, let output = session.nextOutput() {
            switch output {
            case .send(let bytes): send(bytes)
            case .startTLS: startTLS()
            case .event(.ended(let reason)): finish(reason)
            case .event(let event): onEvent(event)
            case .closeTransport: close()
            }
        }
        flush()
        if !isOver { timer?.deadline = earliest(handshakeDue, session.nextDeadline) }
    }

    private func send(_ bytes: [UInt8]) {
        do throws(TLSError) {
            if let tls { return try tls.send(bytes) }
        } catch {
            return end(.tls(error))
        }
        transmit(bytes)
    }

    private func startTLS() {
        do throws(TLSError) {
            let tls = try TLSSession(context, serverName: serverName)
            self.tls = tls
            try tls.start()
        } catch {
            return end(.tls(error))
        }
        flush()
    }

    /// Hands the ciphertext that waits to the kernel.
    private func flush() {
        guard let tls, !isOver else { return }
        let ciphertext = tls.takeCiphertext()
        if !ciphertext.isEmpty { transmit(ciphertext) }
    }

    private func transmit(_ bytes: [UInt8]) {
        do throws(SystemError) { try tcp.send(bytes) } catch { end(.socket(error)) }
    }

    // MARK: End

    /// The session's last words are still on their way out: the transport closes with its `.closeTransport`.
    private func finish(_ reason: SessionEnd) {
        flush()
        end(.session(reason))
    }

    private func end(_ reason: End) {
        guard !isOver else { return }
        let handler = onEnd
        // What it leaves for the next one; nothing where it has ended by itself.
        session.disconnected(at: Clock.now())
        close()
        handler(reason)
    }

    private func close() {
        guard !isOver else { return }
        if let tls, tls.isEstablished { tls.close() }
        // Before the last bytes: that they cannot be sent any more is not a second end.
        isOver = true
        if let tls {
            let ciphertext = tls.takeCiphertext()
            if !ciphertext.isEmpty { do throws(SystemError) { try tcp.send(ciphertext) } catch {} }
        }
        timer?.cancel()
        tcp.close()
    }
}

/// The earlier of two deadlines, where there are any.
func earliest(_ a: Instant?, _ b: Instant?) -> Instant? {
    guard let a else { return b }
    guard let b else { return a }
    return min(a, b)
}

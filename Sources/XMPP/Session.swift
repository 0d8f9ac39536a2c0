import Crypto
import Text
import Time

/// One login to one server, from an open transport to its end: bytes and time go in, bytes and events come out.
/// It has no socket, clock or random source. Each connection gets a new one.
///
/// The contract of a turn:
/// 1. Call one input: `connected`, `secured`, `receive`, `tick`, `disconnected`, or a sending function.
/// 2. Take `nextOutput` until it is nil and carry each output out, in order. Inputs may be called meanwhile.
/// 3. Arrange for `tick` at `nextDeadline`.
///
/// After `.startTLS` nothing may be received until `secured`. After `.event(.ended)` nothing happens any more.
/// What waits for `nextOutput` is bounded by what one `receive` was given: feed no more than some ten kilobytes at once.
public final class Session {
    let options: SessionOptions
    private let login: LoginPlan
    /// The memory that the program has.
    private var told: LoginMemory
    private var state = SessionState()
    private var parser: XMLStreamParser
    var outbox = Outbox()
    /// How we logged in, as far as that has come.
    public internal(set) var loginReport = LoginReport()
    /// What the next session can go on with; valid after `.ended`, nil when there is nothing to resume.
    public internal(set) var continuation: Continuation?
    /// What the next session goes by.
    public internal(set) var liveness: Liveness
    /// The session that was bound or resumed, also after its end.
    var bound: Online?
    /// `<resume/>` is out and was not answered, or we are past it.
    private(set) var isResuming = false
    private var idCounter: UInt64 = 0
    private let extensions: [Extension]
    let features: [String]
    /// XEP-0115's hash; what it covers does not change while the program runs. nil where OpenSSL has no SHA-1 (a FIPS policy).
    let verification: String?

    public init(_ options: SessionOptions) {
        self.options = options
        login = LoginPlan(options)
        told = options.memory
        liveness = options.liveness
        continuation = options.continuation
        parser = XMLStreamParser(limits: .beforeLogin)
        extensions = Extension.all
        var features: [String] = []
        for known in extensions {
            for feature in known.features { features.append(feature) }
        }
        self.features = UnicodeText.sorted(features)
        let identity = Caps.Identity(category: options.identity.category, type: options.identity.type, name: options.identity.name ?? "")
        do throws(CryptoError) {
            verification = try Caps.verification(identities: [identity], features: self.features)
        } catch {
            verification = nil
        }
    }

    public var isOnline: Bool { online != nil }

    var online: Online? {
        if case .online(let online) = state.phase { return online }
        return nil
    }

    // MARK: The transport

    /// The TCP connection is up.
    /// - Parameters:
    ///   - secured: TLS is up on it as well (direct TLS, XEP-0368).
    ///   - bindings: of that TLS connection.
    public func connected(secured: Bool, bindings: ChannelBindings = ChannelBindings(), at now: Moment) {
        login.available = bindings
        if continuation?.isGood(for: login.account, at: now.instant) == false { continuation = nil }
        login.continuation = continuation
        carryOut(state.connected(secured: secured, deadline: now.instant + options.loginTimeout), at: now)
    }

    /// The TLS handshake that `.startTLS` asked for is finished and the certificate is good.
    public func secured(bindings: ChannelBindings = ChannelBindings(), at now: Moment) {
        login.available = bindings
        carryOut(state.secured(), at: now)
    }

    /// The transport is gone.
    public func disconnected(at now: Moment) {
        carryOut(state.disconnected(), at: now)
    }

    public func receive(_ bytes: [UInt8], at now: Moment) {
        bytes.withUnsafeBytes { receive($0, at: now) }
    }

    public func receive(_ bytes: UnsafeRawBufferPointer, at now: Moment) {
        var from = 0
        while from < bytes.count {
            switch state.phase {
            case .idle, .ended:
                return
            case .login(.handshake, _):
                return carryOut(state.receivedInClear(), at: now)
            case .login:
                // Up to the next element's end at most: what follows it may belong to another layer or parser.
                var end = from
                while end < bytes.count, bytes[end] != UInt8(ascii: ">") { end += 1 }
                end = min(end + 1, bytes.count)
                parser.feed(UnsafeRawBufferPointer(rebasing: bytes[from..<end]))
                from = end
            case .online, .closing:
                parser.feed(UnsafeRawBufferPointer(rebasing: bytes[from...]))
                from = bytes.count
            }
            takeEvents(at: now)
        }
    }

    private func takeEvents(at now: Moment) {
        while true {
            let current = parser
            let event: XMLEvent?
            do throws(XMLError) { event = try current.nextEvent() } catch {
                // Somebody's stanza that even passing over was too much for: it must not be delivered again (XEP-0198 §5).
                if let online, error.isExcess { passOver(error, online, at: now) }
                return carryOut(state.unreadable(error), at: now)
            }
            guard let event else { return }
            switch event {
            case .streamOpen(let root): carryOut(state.opened(StreamHeader(root)), at: now)
            case .element(let element): received(element, at: now)
            case .passedOver(let error):
                guard let online else { return carryOut(state.unreadable(error), at: now) }
                passOver(error, online, at: now)
            case .streamClose: carryOut(state.streamClosed(), at: now)
            }
            if case .ended = state.phase { return }
            if current !== parser { return }
        }
    }

    /// A stanza beyond our limits counts as handled: else it would come again, and again be the end.
    private func passOver(_ error: XMLError, _ online: Online, at now: Moment) {
        heard(online, at: now)
        online.management.received()
        acknowledge(online, at: now)
        if !online.hasPassedOver { outbox.put(.event(.notice(filled("passed over what somebody sent: %", error.description)))) }
        online.hasPassedOver = true
    }

    private func received(_ element: Element, at now: Moment) {
        if let online { heard(online, at: now) }
        let element = StreamElement(element)
        if case .login(.features(.encrypted, _), _) = state.phase, case .features(let features) = element {
            loginReport.see(features)
        }
        let action = state.received(element, with: login, at: now)
        if action == .deliver, let online {
            deliver(element, to: online, at: now)
        } else {
            carryOut(action, at: now)
        }
    }

    // MARK: Time

    /// When `tick` has something to do; nil when nothing is pending.
    public var nextDeadline: Instant? {
        switch state.phase {
        case .idle, .ended: return nil
        case .login(_, let deadline), .closing(let deadline): return deadline
        case .online(let online):
            let liveness = online.probeDeadline ?? online.heard + liveness.keepalive
            guard let request = online.requests.nextDeadline else { return liveness }
            return min(request, liveness)
        }
    }

    public func tick(at now: Moment) {
        if let online { elapsed(online, at: now) } else { carryOut(state.elapsed(at: now.instant), at: now) }
    }

    // MARK: Outputs

    /// The next thing to carry out, or nil when there is nothing more for now.
    public func nextOutput() -> SessionOutput? {
        if outbox.isDrained, let online { endTurn(online) }
        return outbox.next()
    }

    /// Ends the stream in good order: the server's end is waited for, for a short time. Presence should have been sent before.
    public func close(at now: Moment) {
        // So that nothing that was handled is delivered again (XEP-0198 §4).
        if let online { acknowledge(online, at: now) }
        carryOut(state.close(deadline: now.instant + Limits.closeTimeout), at: now)
    }

    /// The bound session cannot go on.
    func fail(_ reason: SessionEnd, _ farewell: SessionState.Farewell, at now: Moment) {
        carryOut(state.fail(reason, farewell), at: now)
    }

    /// Unique within the process as long as the seed is.
    func nextID() -> String {
        idCounter += 1
        return options.idSeed + String(idCounter, radix: 36)
    }

    private func carryOut(_ action: SessionState.Action, at now: Moment) {
        if case .end(let reason, _) = action { login.ended(reason) }
        if login.memory != told {
            told = login.memory
            outbox.put(.event(.learned(told)))
        }
        switch action {
        case .nothing, .deliver:
            break
        case .openStream(let layer):
            let isLoggedIn = layer == .authenticated
            parser = XMLStreamParser(limits: isLoggedIn ? .afterLogin : .beforeLogin)
            StreamHeader.write(
                to: &outbox.writer, domain: options.jid.domain,
                from: layer == .clear || options.registration != nil ? nil : options.jid.bare)
            carryOut(state.runAhead(login, at: now), at: now)
        case .requestTLS:
            outbox.writer.empty("starttls", Namespace.tls)
        case .startTLS:
            outbox.put(.startTLS)
        case .authenticate(let mechanism, let initial, let request):
            loginReport.mechanism = mechanism.text()
            if let request { return writeAuthenticate(mechanism, initial: initial, request) }
            SASLExchange.writeAuth(to: &outbox.writer, mechanism: mechanism, initial: initial)
        case .respond(let response, let isSASL2):
            SASLExchange.writeResponse(to: &outbox.writer, response, isSASL2: isSASL2)
        case .goOnLoggedIn(let success):
            parser.limits = .afterLogin
            if isResuming { resumptionFailed(h: Self.failedCount(in: success)) }
        case .goOnlineAtOnce(let jid, let success):
            parser.limits = .afterLogin
            if isResuming { resumptionFailed(h: Self.failedCount(in: success)) }
            begin(jid, success: success, at: now)
        case .register(let request):
            // The certificate is good, and a form may come with a picture (XEP-0158).
            parser.limits = XMLLimits()
            outbox.writer.xml(request)
        case .bind(let id):
            Binding.write(to: &outbox.writer, id: id, resource: options.resource)
        case .goOnline(let jid, let streamManagement):
            loginReport.hasStreamManagement = streamManagement
            begin(jid, streamManagement: streamManagement, at: now)
        case .resume:
            writeResume()
        case .goOn(let h):
            parser.limits = .afterLogin
            goOn(h: h, at: now)
        case .bindInstead(let id, let h):
            resumptionFailed(h: h)
            Binding.write(to: &outbox.writer, id: id, resource: options.resource)
        case .closeStream:
            outbox.writer.raw("</stream:stream>")
        case .end(let reason, let farewell):
            write(farewell)
            settle(reason, at: now)
            outbox.put(.event(.ended(reason)))
            outbox.put(.closeTransport)
        }
    }

    func writeResume() {
        guard let continuation else { return }
        isResuming = true
        StreamManagement.writeResume(to: &outbox.writer, continuation)
    }

    private static func failedCount(in success: Element) -> UInt32? {
        success.child("failed", Namespace.management).flatMap { StreamManagement.count(in: $0) }
    }

    private func write(_ farewell: SessionState.Farewell) {
        switch farewell {
        case .silence:
            return
        case .close:
            break
        case .error(let condition):
            outbox.writer.raw("<stream:error>")
            outbox.writer.empty(condition.name, Namespace.streamErrors)
            outbox.writer.raw("</stream:error>")
        case .countTooHigh(let h, let sent):
            outbox.writer.raw("<stream:error>")
            outbox.writer.empty("undefined-condition", Namespace.streamErrors)
            outbox.writer.open("handled-count-too-high", Namespace.management)
            outbox.writer.attribute("h", "\(h)")
            outbox.writer.attribute("send-count", "\(sent)")
            outbox.writer.close()
            outbox.writer.raw("</stream:error>")
        }
        outbox.writer.raw("</stream:stream>")
    }

    func handler(for payload: Element) -> RequestHandler? {
        for known in extensions {
            for handler in known.handlers where payload.is(handler.name, handler.namespace) { return handler }
        }
        return nil
    }
}

/// What waits to be carried out. Stanzas written one after the other leave as one `.send`: one TLS record, one packet.
struct Outbox {
    var writer = XMLWriter()
    private var queue: [SessionOutput] = []
    private var first = 0

    @inline(never)
    mutating func put(_ output: SessionOutput) {
        flush()
        queue.append(output)
    }

    /// What was put out is taken, but for what was written since.
    var isDrained: Bool { first == queue.count }

    private mutating func flush() {
        if !writer.bytes.isEmpty { queue.append(.send(writer.take())) }
    }

    @inline(never)
    mutating func next() -> SessionOutput? {
        if first == queue.count {
            queue.removeAll(keepingCapacity: queue.capacity <= 64)
            first = 0
            return writer.bytes.isEmpty ? nil : .send(writer.take())
        }
        first += 1
        return queue[first - 1]
    }
}

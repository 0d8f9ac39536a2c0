import Text
import Time

/// Where a session stands, and every transition. Each input gives the one action that `Session` then carries out;
/// a state holds only what is valid in it.
///
/// ```
/// idle → header → features ─ STARTTLS → proceed → handshake ┐
///          ↑                                                │
///          ├────────────── encrypted ←──────────────────────┘
///          │             features → sasl ─ success ┐    (or features → register → ended)
///          └────────── authenticated ←─────────────┘
///                        features → bind → online → closing → ended
///                           └─ resume ─┴──────┘
/// ```
struct SessionState {
    private(set) var phase = Phase.idle

    @inline(never)
    private mutating func go(_ step: Step, _ deadline: Instant) { phase = .login(step, deadline: deadline) }

    // MARK: The transport

    mutating func connected(secured: Bool, deadline: Instant) -> Action {
        guard case .idle = phase else { return .nothing }
        let layer: Layer = secured ? .encrypted : .clear
        go(.header(layer, .nothing), deadline)
        return .openStream(layer)
    }

    mutating func secured() -> Action {
        guard case .login(.handshake, let deadline) = phase else { return .nothing }
        go(.header(.encrypted, .nothing), deadline)
        return .openStream(.encrypted)
    }

    /// Our stream header is written: what may follow without waiting for theirs.
    mutating func runAhead(_ login: LoginPlan, at now: Moment) -> Action {
        guard case .login(.header(let layer, _), let deadline) = phase else { return .nothing }
        switch layer {
        case .clear: return .nothing
        case .encrypted:
            guard let exchange = login.guess(at: now) else { return .nothing }
            go(.header(layer, .login(exchange)), deadline)
            return .authenticate(exchange.choice.mechanism, initial: exchange.initial, request: exchange.request)
        case .authenticated:
            guard login.bindsAhead() else { return .nothing }
            go(.header(layer, .bind), deadline)
            return login.continuation == nil ? .bind(id: login.bindID) : .resume
        }
    }

    mutating func disconnected() -> Action {
        switch phase {
        case .idle, .login, .online: return end(.transport, .silence)
        case .closing: return end(.closedByUs, .silence)
        case .ended: return .nothing
        }
    }

    // MARK: The stream

    mutating func opened(_ header: StreamHeader) -> Action {
        guard case .login(.header(let layer, let ahead), let deadline) = phase else {
            return broken("a stream header in the middle of the stream", "invalid-xml")
        }
        switch header.fault {
        case .wrongNamespace: return broken("the server does not open an XMPP stream", "invalid-namespace")
        case .unsupportedVersion: return broken("the server speaks a protocol older than XMPP 1.0", "unsupported-version")
        case nil: break
        }
        go(.features(layer, ahead), deadline)
        return .nothing
    }

    mutating func streamClosed() -> Action {
        switch phase {
        case .idle, .ended: return .nothing
        case .login, .online: return end(.serverClosed(condition: nil, text: nil), .close)
        case .closing: return end(.closedByUs, .silence)
        }
    }

    mutating func unreadable(_ error: XMLError) -> Action { broken(error.description, StreamCondition(error.condition)) }

    /// Bytes that arrive where only a TLS handshake may.
    mutating func receivedInClear() -> Action {
        end(.security("the server sent data in the clear where encryption had to begin (an attempt to inject commands)"), .silence)
    }

    // MARK: Elements

    mutating func received(_ element: StreamElement, with login: LoginPlan, at now: Moment) -> Action {
        if case .error(let error) = element { return failed(error) }
        switch phase {
        case .idle, .closing, .ended: return .nothing
        case .online: return online(element)
        case .login(let step, let deadline):
            switch step {
            case .header: return broken("an element before the stream header", "invalid-xml")
            case .features(let layer, let ahead):
                guard case .features(let features) = element else { return unexpected("the stream features") }
                return negotiate(features, layer, ahead, login, deadline, now)
            case .proceed: return proceed(element, deadline)
            case .handshake: return receivedInClear()
            case .sasl(let exchange, let features): return authenticate(element, exchange, features, login, deadline, now)
            case .register(let registration): return register(element, registration, deadline)
            case .bind(let id, let streamManagement): return bind(element, id, streamManagement, login, now.instant)
            case .resume(let continuation): return resume(element, continuation, login, deadline, now.instant)
            }
        }
    }

    private mutating func negotiate(
        _ features: StreamFeatures, _ layer: Layer, _ ahead: Ahead, _ login: LoginPlan, _ deadline: Instant, _ now: Moment
    ) -> Action {
        switch layer {
        case .clear:
            // What else is offered here was said by anybody (CVE-2016-10027).
            guard features.startTLS else {
                return end(.security("the server does not offer encryption (STARTTLS), or somebody on the way removed the offer"), .close)
            }
            go(.proceed, deadline)
            return .requestTLS
        case .encrypted:
            if let registration = login.registration {
                let request = registration.begin()
                go(.register(registration), deadline)
                return .register(request)
            }
            guard case .login(let exchange) = ahead else { return begin(with: features, login, deadline, now) }
            let isRight = login.check(exchange, with: features)
            go(.sasl(exchange, isRight && !exchange.choice.mechanism.isToken ? nil : features), deadline)
            return .nothing
        case .authenticated:
            guard features.bind else { return broken("the server offers no resource binding", "unsupported-feature") }
            var isOut = false
            if case .bind = ahead { isOut = true }
            if let continuation = login.continuation, isOut || features.streamManagement {
                go(.resume(continuation), deadline)
                return isOut ? .nothing : .resume
            }
            go(.bind(id: login.bindID, streamManagement: features.streamManagement), deadline)
            return isOut ? .nothing : .bind(id: login.bindID)
        }
    }

    private mutating func begin(with features: StreamFeatures, _ login: LoginPlan, _ deadline: Instant, _ now: Moment) -> Action {
        do throws(SASLFailure) {
            let exchange = try login.begin(with: features, at: now)
            go(.sasl(exchange, exchange.choice.mechanism.isToken ? features : nil), deadline)
            return .authenticate(exchange.choice.mechanism, initial: exchange.initial, request: exchange.request)
        } catch {
            return end(error.end, .close)
        }
    }

    private mutating func proceed(_ element: StreamElement, _ deadline: Instant) -> Action {
        switch element {
        case .proceed:
            go(.handshake, deadline)
            return .startTLS
        case .tlsFailure:
            return end(.security("the server offered encryption and then could not begin it"), .close)
        case .features, .error, .challenge, .success, .failure, .enabled, .resumed, .managementFailed, .acknowledgementRequest,
            .acknowledgement, .message, .presence, .iq, .unknownStanza, .unknown:
            return end(.security("the server offered encryption and then went on without it"), .close)
        }
    }

    private mutating func authenticate(
        _ element: StreamElement, _ exchange: SASLExchange, _ features: StreamFeatures?, _ login: LoginPlan, _ deadline: Instant,
        _ now: Moment
    ) -> Action {
        switch element {
        case .challenge(let text):
            do throws(SASLFailure) {
                let response = try exchange.respond(to: text)
                go(.sasl(exchange, features), deadline)
                return .respond(response, isSASL2: exchange.request != nil)
            } catch {
                return end(error.end, .close)
            }
        case .success(let text, let success):
            guard (success == nil) == (exchange.request == nil) else { return unexpected("the answer to the login") }
            // Nothing that it says is believed before.
            do throws(SASLFailure) { try exchange.finish(text) } catch { return end(error.end, .close) }
            login.succeeded(exchange, success)
            if let success, let request = exchange.request { return authenticated(success, request, login, deadline, now.instant) }
            go(.header(.authenticated, .nothing), deadline)
            return .openStream(.authenticated)
        case .failure(let error):
            // Not what the server would have been asked had we waited, or not with the password: nothing is said about that.
            if login.mayTryAgain(after: exchange, error.condition), let features { return begin(with: features, login, deadline, now) }
            // Prosody's mod_sasl2_fast of 2023 knows nothing but tokens on a stream on which it has seen one.
            if login.lostToken, error.condition == "invalid-mechanism" {
                return end(.serverClosed(condition: "reset", text: "it refused the saved token; the password is next"), .close)
            }
            return end(.credentials(condition: error.condition, text: error.text), .close)
        case .features, .error, .proceed, .tlsFailure, .enabled, .resumed, .managementFailed, .acknowledgementRequest,
            .acknowledgement, .message, .presence, .iq, .unknownStanza, .unknown:
            return unexpected("the answer to the login")
        }
    }

    /// SASL2's `<success/>`, and the server has proved itself.
    private mutating func authenticated(
        _ success: Element, _ request: SASL2.Request, _ login: LoginPlan, _ deadline: Instant, _ now: Instant
    ) -> Action {
        if request.resumes, let continuation = login.continuation {
            login.continuation = nil
            if let answer = success.child("resumed", Namespace.management) {
                login.boundSession()
                return resumed(answer, continuation, at: now)
            }
        }
        if request.binds, success.child("bound", SASL2.bind) != nil {
            guard let jid = JID(checking: success.child("authorization-identifier", SASL2.namespace)?.text), !jid.isBare, jid.local != nil
            else { return broken("the server bound no usable address", "undefined-condition") }
            return goOnline(jid, .goOnlineAtOnce(jid, success), login, now)
        }
        go(.features(.authenticated, .nothing), deadline)
        return .goOnLoggedIn(success)
    }

    private mutating func register(_ element: StreamElement, _ registration: RegistrationExchange, _ deadline: Instant) -> Action {
        switch registration.received(element) {
        case .nothing: return .nothing
        case .send(let request): return .register(request)
        case .end(let reason): return end(reason, .close)
        case .unexpected: return unexpected("the answer to the registration")
        }
    }

    @inline(never)
    private mutating func goOnline(_ jid: JID, _ action: Action, _ login: LoginPlan, _ now: Instant) -> Action {
        login.boundSession()
        if let reason = login.refusal(of: jid) { return end(reason, .close) }
        phase = .online(Online(jid: jid, at: now))
        return action
    }

    private mutating func bind(
        _ element: StreamElement, _ id: String, _ streamManagement: Bool, _ login: LoginPlan, _ now: Instant
    ) -> Action {
        switch element {
        case .iq(let iq):
            switch Binding.answer(iq, id: id, account: login.account) {
            case .other: return .nothing
            case .bound(let jid): return goOnline(jid, .goOnline(jid, streamManagement: streamManagement), login, now)
            case .refused(let error):
                return end(.serverClosed(condition: error.condition, text: error.text ?? "it refused the resource"), .close)
            case .malformed: return broken("the server bound no usable address", "undefined-condition")
            }
        // Nothing is addressed to a session that has no address yet.
        case .message, .presence: return .nothing
        case .features, .error, .proceed, .tlsFailure, .challenge, .success, .failure, .enabled, .resumed, .managementFailed,
            .acknowledgementRequest, .acknowledgement, .unknownStanza, .unknown:
            return unexpected("the bound address")
        }
    }

    private mutating func resume(
        _ element: StreamElement, _ continuation: Continuation, _ login: LoginPlan, _ deadline: Instant, _ now: Instant
    ) -> Action {
        switch element {
        case .resumed(let answer):
            let action = resumed(answer, continuation, at: now)
            if case .goOn = action { login.boundSession() }
            return action
        case .managementFailed(let answer):
            go(.bind(id: login.bindID, streamManagement: true), deadline)
            return .bindInstead(id: login.bindID, h: StreamManagement.count(in: answer))
        // What the old session still has to hear is sent after the answer; whatever comes before is not counted.
        case .message, .presence, .iq: return .nothing
        case .features, .error, .proceed, .tlsFailure, .challenge, .success, .failure, .enabled, .acknowledgementRequest,
            .acknowledgement, .unknownStanza, .unknown:
            return unexpected("the answer to resuming the session")
        }
    }

    /// `<resumed/>`: the old session goes on over this connection.
    mutating func resumed(_ answer: Element, _ continuation: Continuation, at now: Instant) -> Action {
        let online = continuation.online
        guard answer.attribute("previd") == continuation.resumption.id, let h = StreamManagement.count(in: answer) else {
            return broken("the server resumed another session than ours", "invalid-xml")
        }
        guard online.management.mayAcknowledge(h) else {
            let sent = online.management.outbound
            return end(.protocol(filled("the server acknowledged % stanzas of %", String(h), String(sent))), .countTooHigh(h: h, sent: sent))
        }
        online.heard = now
        online.lastSent = now
        online.probeDeadline = nil
        phase = .online(online)
        return .goOn(h: h)
    }

    private mutating func online(_ element: StreamElement) -> Action {
        switch element {
        case .message, .presence, .iq, .enabled, .managementFailed, .acknowledgementRequest, .acknowledgement: return .deliver
        case .resumed: return broken("the server resumed a session without being asked", "invalid-xml")
        // RFC 6120 §4.9.3.24: in the stanzas' own namespace there are three and no more.
        case .unknownStanza(let name): return broken(filled("an unknown stanza <%/>", name), "unsupported-stanza-type")
        // A server may announce what we did not ask about; there is nothing to do about it.
        case .features, .unknown: return .nothing
        case .proceed, .tlsFailure, .challenge, .success, .failure:
            return broken("a login element in a bound session", "unsupported-stanza-type")
        case .error(let error): return failed(error)
        }
    }

    // MARK: The end

    mutating func close(deadline: Instant) -> Action {
        switch phase {
        case .idle: return end(.closedByUs, .silence)
        case .login(.handshake, _): return end(.closedByUs, .silence)
        case .login: return end(.closedByUs, .close)
        case .online:
            phase = .closing(deadline: deadline)
            return .closeStream
        case .closing, .ended: return .nothing
        }
    }

    /// Time has passed: the deadline of the login or of the close.
    mutating func elapsed(at now: Instant) -> Action {
        switch phase {
        case .idle, .online, .ended: return .nothing
        case .closing(let deadline): return deadline <= now ? end(.closedByUs, .silence) : .nothing
        case .login(let step, let deadline):
            guard deadline <= now else { return .nothing }
            switch step {
            case .header: return end(.timeout("the server did not open its stream"), .close)
            case .features: return end(.timeout("the server did not say what it offers"), .close)
            case .proceed: return end(.timeout("the server did not answer the request for encryption"), .close)
            case .handshake: return end(.timeout("the TLS handshake did not finish"), .silence)
            case .sasl(let exchange, _):
                return end(.timeout("the server did not answer the login"), exchange.request?.resumes == true ? .silence : .close)
            case .register: return end(.timeout("the server did not answer the registration"), .close)
            case .bind: return end(.timeout("the server did not bind an address"), .close)
            // Without a word, so that the session can still be resumed.
            case .resume: return end(.timeout("the server did not resume the session"), .silence)
            }
        }
    }

    /// The bound session found that it cannot go on.
    mutating func fail(_ reason: SessionEnd, _ farewell: Farewell) -> Action { end(reason, farewell) }

    private mutating func failed(_ error: PeerError) -> Action {
        switch phase {
        case .idle, .ended: return .nothing
        case .login, .online: return end(.serverClosed(condition: error.condition, text: error.text), .close)
        case .closing: return end(.closedByUs, .silence)
        }
    }

    private mutating func unexpected(_ what: String) -> Action {
        broken(filled("the server sent something else than %", what), "invalid-xml")
    }

    private mutating func broken(_ reason: String, _ condition: StreamCondition) -> Action {
        switch phase {
        case .idle, .ended: return .nothing
        case .login, .online: return end(.protocol(reason), .error(condition))
        case .closing: return end(.closedByUs, .silence)
        }
    }

    @inline(never)
    private mutating func end(_ reason: SessionEnd, _ farewell: Farewell) -> Action {
        if case .ended = phase { return .nothing }
        var reason = reason
        if case .login(.register(let registration), _) = phase { reason = registration.ended(reason) }
        phase = .ended
        return .end(reason, farewell)
    }
}

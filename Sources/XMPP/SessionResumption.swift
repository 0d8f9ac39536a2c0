import Text
import Time

/// A session that outlives its connections (XEP-0198 §5).
extension Session {
    /// `<enabled/>`: the server counts, and may keep the session when it is cut.
    func enabled(_ answer: Element, _ online: Online, at now: Moment) {
        guard online.management.enabled() else {
            return fail(.protocol("stream management enabled without being asked for"), .error("invalid-xml"), at: now)
        }
        if online.management.keeps { online.resumption = Resumption(answer) }
        if online.resumption == nil { online.management.stopKeeping() }
        loginReport.isResumable = online.resumption != nil
        loginReport.resumptionLimit = online.resumption?.limit
        if let longest = options.resumption {
            if let resumption = online.resumption, resumption.limit.map({ $0 > longest }) ?? true {
                // In order, so that the server forgets this session at once.
                return fail(.resumptionTooLong(resumption.limit), .close, at: now)
            }
            outbox.put(.event(.resumable(loginReport.isResumable)))
        }
        letGo(online, at: now)
    }

    /// Nobody sees us before the server has said how long it keeps a lost session. What is said to us meanwhile is not acted on.
    func holdBack(_ online: Online, at now: Moment) {
        online.isCatchingUp = true
        _ = online.requests.add(Requests.Entry(id: "", to: nil, deadline: now.instant + options.requestTimeout, purpose: .enable))
    }

    /// It has said so, or does not answer.
    func letGo(_ online: Online, at now: Moment) {
        guard online.requests.forget(.enable) else { return }
        online.isCatchingUp = false
        announce(online, at: now)
    }

    /// The old session goes on: what the server had not handled by then is sent again, once and in order, before anything else.
    func goOn(h: UInt32, at now: Moment) {
        guard let online else { return }
        bound = online
        continuation = nil
        loginReport.hasStreamManagement = true
        loginReport.isResumable = true
        loginReport.resumptionLimit = online.resumption?.limit
        if online.management.acknowledge(h) { tellAcknowledged(online) }
        online.management.resume()
        online.requests.forget(.ping)
        online.requests.forget(.enable)
        online.requests.extend(to: now.instant + options.requestTimeout)
        outbox.writer.xml(online.management.kept)
        outbox.put(.event(.online(jid: online.jid, resumed: true)))
        catchUp(online, at: now)
    }

    /// `<failed/>`: what the server had handled is told; the rest is forgotten with the session.
    func resumptionFailed(h: UInt32?) {
        guard let online = continuation?.online else { return }
        continuation = nil
        if let h, online.management.acknowledge(h) { tellAcknowledged(online) }
    }

    /// The process was stopped, or the machine slept: probes at once, and takes nothing without a stamp for new before the answer.
    /// Call it before `tick` and `receive`.
    public func woke(at now: Moment) {
        guard let online else { return }
        online.requests.extend(to: now.instant + options.requestTimeout)
        // The sleep is no silence of the server's.
        online.heard = now.instant
        catchUp(online, at: now)
    }

    /// Servers send what waited for us before they read what we send now: the answer to a ping comes behind all of it.
    /// Not an `<r/>`, whose answer looks like that of an earlier one, or of none.
    private func catchUp(_ online: Online, at now: Moment) {
        online.isCatchingUp = true
        online.requests.forget(.catchUp)
        online.probeDeadline = nil
        expectAnswer(online, at: now.instant)
        askServer(.catchUp, online, at: now)
    }

    /// What the next session can go on with: only what was cut, and not what either side has ended.
    func settle(_ end: SessionEnd, at now: Moment) {
        switch end {
        case .transport, .timeout:
            if let bound, bound.probeDeadline != nil { liveness.died(after: bound.probe.idle) }
            if let bound { continuation = bound.resumption.map { Continuation(bound, $0, at: now.instant) } }
        case .closedByUs, .serverClosed, .credentials, .security, .protocol, .resumptionTooLong, .registered, .registration:
            if bound != nil || isResuming { continuation = nil }
        }
    }
}

extension StreamManagement {
    /// - Parameter resumption: how long the server shall keep the session; nil: not at all.
    static func writeEnable(to writer: inout XMLWriter, resumption: Duration?) {
        writer.open("enable", Namespace.management)
        if let resumption {
            writer.attribute("resume", "true")
            writer.attribute("max", "\(max(1, resumption.components.seconds))")
        }
        writer.close()
    }

    static func writeResume(to writer: inout XMLWriter, _ continuation: Continuation) {
        writer.open("resume", Namespace.management)
        writer.attribute("h", "\(continuation.online.management.inbound)")
        writer.attribute("previd", continuation.resumption.id)
        writer.close()
    }

    /// The count that an answer tells; nil when it is missing or no number.
    static func count(in element: Element) -> UInt32? {
        guard let text = element.attribute("h") else { return nil }
        return UInt32(text)
    }
}

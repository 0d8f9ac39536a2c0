import Text
import Time

/// Requests without an answer, silence, and acknowledgements.
extension Session {
    func elapsed(_ online: Online, at now: Moment) {
        for request in online.requests.takeExpired(at: now.instant) {
            switch request.purpose {
            // Its own deadline is the probe's.
            case .ping: break
            case .catchUp: return silent(online, at: now)
            case .enable:
                online.isCatchingUp = false
                announce(online, at: now)
            case .roster: outbox.put(.event(.notice("the server did not answer the request for the roster")))
            case .removeContact(let jid): outbox.put(.event(.notice(filled("the server did not answer the removal of % from the roster", jid.description))))
            case .publish(let node): outbox.put(.event(.notice(filled("the server did not answer the publishing of %", node))))
            }
        }
        if let deadline = online.probeDeadline {
            if deadline <= now.instant { silent(online, at: now) }
        } else if online.heard + liveness.keepalive <= now.instant {
            probe(online, at: now)
        }
    }

    /// Without a word where the session can be resumed: a stream that is closed in order cannot.
    private func silent(_ online: Online, at now: Moment) {
        fail(.timeout("the server does not answer any more"), online.resumption == nil ? .close : .silence, at: now)
    }

    /// Asks for a sign of life at once, for when the network may have changed. Nothing happens while one is being waited for.
    public func ping(at now: Moment) {
        guard let online, online.probeDeadline == nil else { return }
        probe(online, at: now)
        // If it is dead, then not because it was idle.
        online.probe.idle = .zero
    }

    /// A sign of life. The answer to an `<r/>` is due all the same: the link may die behind what was heard.
    func heard(_ online: Online, at now: Moment) {
        online.silence = now.instant - max(online.heard, online.lastSent)
        online.heard = now.instant
        if online.management.isAsking { online.probeDeadline = now.instant + liveness.answer } else { answered(online, at: now) }
    }

    /// The probe, where one is on its way.
    func answered(_ online: Online, at now: Moment) {
        guard online.probeDeadline != nil else { return }
        online.probeDeadline = nil
        let probe = online.probe
        liveness.answered(after: now.instant - probe.at, idle: probe.idle, unbroken: probe.unbroken)
    }

    /// What was just written asks for an answer. Nothing changes while one is being waited for.
    func expectAnswer(_ online: Online, at now: Instant) {
        guard online.probeDeadline == nil else { return }
        online.probe = (now, now - online.heard, now - max(online.heard, online.lastSent))
        online.probeDeadline = now + liveness.answer
    }

    private func probe(_ online: Online, at now: Moment) {
        expectAnswer(online, at: now.instant)
        online.lastSent = now.instant
        if online.management.isOn {
            askForAcknowledgement(online)
        } else {
            askServer(.ping, online, at: now)
        }
    }

    /// Pings our own server.
    func askServer(_ purpose: Requests.Purpose, _ online: Online, at now: Moment) {
        let server = online.jid.server
        request(purpose, to: server, online, at: now) { Ping.write(to: &$0, id: $1, server: server) }
    }

    private func askForAcknowledgement(_ online: Online) {
        outbox.writer.empty("r", Namespace.management)
        online.management.ask()
        let now = max(online.heard, online.lastSent)
        expectAnswer(online, at: now)
    }

    /// Writes a request and notes who must answer it, by when.
    /// - Returns: false when too many are outstanding already; nothing is sent then.
    @discardableResult
    func request(
        _ purpose: Requests.Purpose, to: JID?, _ online: Online, at now: Moment, _ write: (inout XMLWriter, String) -> Void
    ) -> Bool {
        let id = nextID()
        let entry = Requests.Entry(id: id, to: to, deadline: now.instant + options.requestTimeout, purpose: purpose)
        guard online.requests.add(entry) else { return false }
        write(&outbox.writer, id)
        sent(online, at: now)
        return true
    }

    /// One stanza more is out.
    func sent(_ online: Online, messageID: String? = nil, at now: Moment) {
        online.lastSent = now.instant
        online.management.sent(outbox.writer.bytes[outbox.writer.lastElement...], messageID: messageID)
        if !online.management.keeps { online.resumption = nil }
        if online.management.unacknowledged > Limits.unacknowledgedStanzas {
            fail(.timeout(filled("the server acknowledged none of % stanzas", String(Limits.unacknowledgedStanzas))), .close, at: now)
        }
    }

    /// Everything of a turn is written, and nothing of it has left yet: one `<r/>` goes with it at most.
    func endTurn(_ online: Online) {
        if online.management.phase == .off { tellAcknowledged(online) }
        if online.management.wantsAcknowledgement { askForAcknowledgement(online) }
    }
}

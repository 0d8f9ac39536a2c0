import Text
import Time

/// The bound session: what arrives, and what is answered without asking anybody.
extension Session {
    /// - Parameter isAsked: for stream management, together with the address.
    func begin(_ jid: JID, streamManagement: Bool, isAsked: Bool = false, at now: Moment) {
        guard let online else { return }
        bound = online
        continuation = nil
        if streamManagement {
            if !isAsked { StreamManagement.writeEnable(to: &outbox.writer, resumption: options.resumption) }
            online.management.request(keeping: options.resumption != nil)
        }
        if streamManagement, options.resumption != nil, options.awaitsResumption {
            holdBack(online, at: now)
        } else {
            announce(online, at: now)
        }
    }

    /// Now we can be seen.
    func announce(_ online: Online, at now: Moment) {
        outbox.put(.event(.online(jid: online.jid, resumed: false)))
        if options.requestsRoster {
            request(.roster, to: nil, online, at: now) { Roster.writeGet(to: &$0, id: $1) }
        }
    }

    func deliver(_ element: StreamElement, to online: Online, at now: Moment) {
        switch element {
        case .message(let message):
            online.management.received()
            guard var message = Message(message, own: online.jid) else { return }
            // Late, and nobody knows since when.
            if online.isCatchingUp, message.delay == nil { message.delay = Timestamp(milliseconds: 0) }
            outbox.put(.event(.message(message)))
        case .presence(let presence):
            online.management.received()
            receivePresence(presence, online)
        case .iq(let iq):
            online.management.received()
            receiveIQ(iq, online, at: now)
        case .enabled(let answer):
            enabled(answer, online, at: now)
        case .managementFailed:
            online.management.refused()
            letGo(online, at: now)
        case .acknowledgementRequest:
            liveness.asked(after: online.silence, byPing: false)
            acknowledge(online, at: now)
        case .acknowledgement(let h):
            guard online.management.isOn else { return }
            guard let h else { return fail(.protocol("an acknowledgement without a count"), .error("invalid-xml"), at: now) }
            if online.management.acknowledge(h) {
                answered(online, at: now)
                tellAcknowledged(online)
            } else {
                fail(
                    .protocol(filled("the server acknowledged % stanzas of %", String(h), String(online.management.outbound))),
                    .countTooHigh(h: h, sent: online.management.outbound), at: now)
            }
        // `SessionState` delivers nothing else.
        case .features, .error, .proceed, .tlsFailure, .challenge, .success, .failure, .resumed, .unknownStanza, .unknown:
            break
        }
    }

    /// `<a/>`: how much of theirs we have handled.
    func acknowledge(_ online: Online, at now: Moment) {
        guard online.management.isOn else { return }
        online.lastSent = now.instant
        outbox.writer.open("a", Namespace.management)
        outbox.writer.attribute("h", "\(online.management.inbound)")
        outbox.writer.close()
    }

    /// The messages that are the server's now.
    func tellAcknowledged(_ online: Online) {
        let ids = online.management.takeReleased()
        if !ids.isEmpty { outbox.put(.event(.acknowledged(ids))) }
    }

    // MARK: Presence

    private func receivePresence(_ element: Element, _ online: Online) {
        let from: JID
        if let text = element.attribute("from") {
            guard let sender = JID(checking: text) else { return }
            from = sender
        } else {
            from = online.jid.bare
        }
        // The server reflects our own broadcast.
        if from == online.jid { return }
        switch element.attribute("type") {
        case nil: outbox.put(.event(.presence(Presence(element, from: from, availability: .available))))
        case "unavailable": outbox.put(.event(.presence(Presence(element, from: from, availability: .unavailable))))
        case "error": outbox.put(.event(.presence(Presence(element, from: from, availability: .error))))
        case "subscribe": outbox.put(.event(.subscription(.subscribe, from: from.bare)))
        case "subscribed": outbox.put(.event(.subscription(.subscribed, from: from.bare)))
        case "unsubscribe": outbox.put(.event(.subscription(.unsubscribe, from: from.bare)))
        case "unsubscribed": outbox.put(.event(.subscription(.unsubscribed, from: from.bare)))
        // Probes are the server's to answer (RFC 6121 §4.3); unknown types are nobody's.
        default: break
        }
    }

    // MARK: Requests and answers

    private func receiveIQ(_ iq: Element, _ online: Online, at now: Moment) {
        let address = iq.attribute("from")
        let from = JID(checking: address)
        // Somebody whose address cannot be read can neither be answered nor believed.
        if address != nil, from == nil { return }
        let id = iq.attribute("id")
        switch iq.attribute("type") {
        case "get", "set": answer(iq, isSet: iq.attribute("type", equals: "set"), id: id, to: from, online, at: now)
        case "result", "error": receiveAnswer(iq, id: id, from: from, online, at: now)
        // RFC 6120 §8.2.3 knows no other type; strangers learn nothing, not even that.
        default: reply(isTrusted(from, online) ? .badRequest : .serviceUnavailable, id: id, to: from, online, at: now)
        }
    }

    /// Our own account and server, and whom the program trusts.
    private func isTrusted(_ from: JID?, _ online: Online) -> Bool {
        guard let from else { return true }
        return from.bare == online.jid.bare || from == online.jid.server || options.isTrusted(from)
    }

    private func answer(_ iq: Element, isSet: Bool, id: String?, to from: JID?, _ online: Online, at now: Moment) {
        guard isTrusted(from, online) else { return reply(.serviceUnavailable, id: id, to: from, online, at: now) }
        var children = iq.children
        // §8.2.3: exactly one payload, and an id to answer to.
        guard id != nil, let payload = children.next(), children.next() == nil else {
            return reply(.badRequest, id: id, to: from, online, at: now)
        }
        if isSet, payload.is("query", Namespace.roster) { return receivePush(payload, id: id, from: from, online, at: now) }
        guard !isSet, let handler = handler(for: payload) else {
            return reply(.serviceUnavailable, id: id, to: from, online, at: now)
        }
        if payload.isIn(Ping.namespace), from == nil || from == online.jid.server { liveness.asked(after: online.silence, byPing: true) }
        let context = RequestContext(
            now: now, software: options.software, identity: options.identity, features: features,
            verification: verification, lastActive: online.lastActive)
        var answer = XMLWriter()
        if let error = handler.answer(payload, context, &answer) { return reply(error, id: id, to: from, online, at: now) }
        outbox.writer.open("iq")
        outbox.writer.attribute("type", "result")
        outbox.writer.attribute("id", id)
        outbox.writer.attribute("to", from?.description)
        outbox.writer.xml(answer.bytes)
        outbox.writer.close()
        sent(online, at: now)
    }

    private func receivePush(_ query: Element, id: String?, from: JID?, _ online: Online, at now: Moment) {
        guard Roster.mayPush(from, own: online.jid) else {
            outbox.put(.event(.notice(filled("ignored a roster change that % tried to make", from?.description ?? "nobody"))))
            return reply(.serviceUnavailable, id: id, to: from, online, at: now)
        }
        guard let item = Roster.push(in: query) else { return reply(.badRequest, id: id, to: from, online, at: now) }
        outbox.writer.open("iq")
        outbox.writer.attribute("type", "result")
        outbox.writer.attribute("id", id)
        outbox.writer.attribute("to", from?.description)
        outbox.writer.close()
        outbox.put(.event(.rosterChanged(item)))
        sent(online, at: now)
    }

    private func reply(_ error: StanzaError, id: String?, to: JID?, _ online: Online, at now: Moment) {
        outbox.writer.open("iq")
        outbox.writer.attribute("type", "error")
        outbox.writer.attribute("id", id)
        outbox.writer.attribute("to", to?.description)
        error.write(to: &outbox.writer)
        outbox.writer.close()
        sent(online, at: now)
    }

    /// An answer is never answered (§8.2.3), also when it answers nothing of ours.
    private func receiveAnswer(_ iq: Element, id: String?, from: JID?, _ online: Online, at now: Moment) {
        guard let id, let request = online.requests.take(id: id, from: from, own: online.jid) else { return }
        let error: String? = iq.attribute("type", equals: "error") ? StanzaError.condition(in: iq) : nil
        switch request.purpose {
        case .roster:
            if let error {
                outbox.put(.event(.notice(filled("the server did not give the roster: %", error.description))))
            } else {
                let query = iq.child("query", Namespace.roster)
                outbox.put(.event(.roster(query.map { Roster.items(in: $0) } ?? [])))
            }
        // XEP-0199 §4.2: an error is as good a sign of life as a result.
        case .ping:
            break
        case .catchUp:
            online.isCatchingUp = false
        // No server answers what was not sent.
        case .enable:
            break
        case .removeContact(let jid):
            if let error { outbox.put(.event(.notice(filled("% could not be removed from the roster: %", jid.description, error.description)))) }
        case .publish(let node):
            if let error { outbox.put(.event(.notice(filled("% could not be published: %", node, error.description)))) }
        }
    }
}

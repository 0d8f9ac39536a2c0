import Time

/// What the program sends. Each function does nothing and says so while the session is not online: there is no queue here.
extension Session {
    /// - Returns: the message's id; nil when it was not sent, because the session is not online or it is of kind `error`.
    @discardableResult
    public func send(_ message: OutgoingMessage, at now: Moment) -> String? {
        guard let online, message.kind != .error else { return nil }
        let id = message.id ?? nextID()
        write(message, id: id, from: online.jid.bare)
        online.lastActive = now.instant
        sent(online, messageID: id, at: now)
        return id
    }

    private func write(_ message: OutgoingMessage, id: String, from: JID) {
        outbox.writer.open("message")
        outbox.writer.attribute("to", message.to.description)
        outbox.writer.attribute("id", id)
        switch message.kind {
        case .chat: outbox.writer.attribute("type", "chat")
        case .groupchat: outbox.writer.attribute("type", "groupchat")
        case .headline: outbox.writer.attribute("type", "headline")
        // RFC 6121 §5.2.2: the default; nobody answers a message with an error of their own making.
        case .normal, .error: break
        }
        outbox.writer.element("body", text: message.body)
        outbox.writer.element("thread", text: message.thread)
        if let receipt = message.receiptFor { Receipts.writeReceived(to: &outbox.writer, id: receipt) }
        if message.requestsReceipt { outbox.writer.empty("request", Receipts.namespace) }
        if let replaced = message.replaces { Correction.write(to: &outbox.writer, replacing: replaced) }
        if message.originID { StanzaIDs.writeOrigin(to: &outbox.writer, id: id) }
        if let delay = message.delay { Delay.write(to: &outbox.writer, stamp: delay, from: from) }
        if message.noStore { Hints.writeNoStore(to: &outbox.writer) }
        outbox.writer.xml(message.payload)
        outbox.writer.close()
    }

    /// Our presence to everybody who is subscribed.
    @discardableResult
    public func setPresence(_ presence: OwnPresence, at now: Moment) -> Bool {
        guard let online else { return false }
        outbox.writer.open("presence")
        if !presence.available { outbox.writer.attribute("type", "unavailable") }
        if presence.available {
            switch presence.show {
            case nil: break
            case .away: outbox.writer.element("show", text: "away")
            case .chat: outbox.writer.element("show", text: "chat")
            case .dnd: outbox.writer.element("show", text: "dnd")
            case .xa: outbox.writer.element("show", text: "xa")
            }
        }
        outbox.writer.element("status", text: presence.status)
        if presence.available, let verification { Caps.write(to: &outbox.writer, node: options.software.node, verification: verification) }
        outbox.writer.close()
        sent(online, at: now)
        return true
    }

    /// Asks for, grants, or ends a subscription (RFC 6121 §3); always between bare addresses.
    @discardableResult
    public func send(_ verb: SubscriptionVerb, to: JID, at now: Moment) -> Bool {
        guard let online else { return false }
        outbox.writer.open("presence")
        switch verb {
        case .subscribe: outbox.writer.attribute("type", "subscribe")
        case .subscribed: outbox.writer.attribute("type", "subscribed")
        case .unsubscribe: outbox.writer.attribute("type", "unsubscribe")
        case .unsubscribed: outbox.writer.attribute("type", "unsubscribed")
        }
        outbox.writer.attribute("to", to.bare.description)
        outbox.writer.close()
        sent(online, at: now)
        return true
    }

    /// Takes somebody out of the roster, which ends the subscriptions both ways (RFC 6121 §2.5). A refusal is a `.notice`.
    @discardableResult
    public func removeContact(_ jid: JID, at now: Moment) -> Bool {
        guard let online else { return false }
        return request(.removeContact(jid.bare), to: nil, online, at: now) { Roster.writeRemove(jid, to: &$0, id: $1) }
    }

    /// Publishes one item to a node of our own account (XEP-0163). A refusal is a `.notice`.
    /// - Parameter item: serialised XML with its own namespace declared.
    /// - Returns: false also when the server has not answered too many requests before.
    @discardableResult
    public func publish(node: String, id: String, item: [UInt8], at now: Moment) -> Bool {
        guard let online else { return false }
        return request(.publish(node: node), to: nil, online, at: now) {
            Publish.write(to: &$0, requestID: $1, node: node, itemID: id, item: item)
        }
    }
}

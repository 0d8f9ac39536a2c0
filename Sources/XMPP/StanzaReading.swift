import Text
import Time

extension Message {
    /// Reads what Perch acts on.
    ///
    /// Wrappers of other people's messages are never opened: a carbon (XEP-0280) or an archive result (XEP-0313) gives
    /// nil whoever sent it, since Perch asks for neither, and one from a stranger would put words into a person's mouth (CVE-2017-5589).
    /// - Parameter own: our full address; a message without `from` is our account's own (RFC 6120 §8.1.2.1).
    init?(_ element: Element, own: JID) {
        let from: JID
        if let text = element.attribute("from") {
            guard let sender = JID(checking: text) else { return nil }
            from = sender
        } else {
            from = own.bare
        }
        self.init(from: from)
        to = JID(checking: element.attribute("to"))
        id = element.attribute("id")
        switch element.attribute("type") {
        case "chat": kind = .chat
        case "groupchat": kind = .groupchat
        case "headline": kind = .headline
        case "error":
            kind = .error
            error = StanzaError.condition(in: element)
        // RFC 6121 §5.2.2: anything unknown is normal.
        default: kind = .normal
        }
        for child in element.children {
            guard read(child) else { return nil }
        }
        // OTR has no element of its own.
        if let body, body.hasPrefix("?OTR") { isEncrypted = true }
    }

    /// - Returns: false when the whole message must be left alone.
    private mutating func read(_ child: Element) -> Bool {
        if child.isIn(Namespace.client) {
            if child.isNamed("body") {
                if body == nil { body = child.text }
            } else if child.isNamed("thread"), thread == nil {
                thread = child.text
            }
        } else if child.isIn(Carbons.namespace) {
            return !child.isNamed("received") && !child.isNamed("sent")
        } else if child.is("result", ArchiveResult.namespace) || child.is("forwarded", "urn:xmpp:forward:0") {
            // A body beside it only repeats what was said some other time (XEP-0297).
            return false
        } else if let stamp = Delay.stamp(child) {
            // Several servers may have held it; the oldest is when it was said. Any of them makes it late.
            if delay.map({ stamp < $0 }) ?? true { delay = stamp }
        } else if child.is("request", Receipts.namespace) {
            requestsReceipt = true
        } else if child.is("received", Receipts.namespace) {
            receiptFor = child.attribute("id")
        } else if Occupant.isSign(child) {
            isFromRoom = true
        } else if Encryption.isSign(child) {
            isEncrypted = true
        } else if child.is("origin-id", StanzaIDs.namespace) {
            originID = child.attribute("id")
        } else if child.is("replace", Correction.namespace) {
            replaces = child.attribute("id")
        }
        return true
    }
}

extension Presence {
    /// - Parameter availability: from the `type`; subscription traffic is read elsewhere.
    init(_ element: Element, from: JID, availability: Availability) {
        self.init(from: from, availability: availability)
        status = element.child("status", Namespace.client)?.text
        if let text = element.child("priority", Namespace.client)?.text { priority = Int8(text) ?? 0 }
        switch element.child("show", Namespace.client)?.text {
        case "away": show = .away
        case "chat": show = .chat
        case "dnd": show = .dnd
        case "xa": show = .xa
        default: show = nil
        }
    }
}

/// Resource binding (RFC 6120 §7).
enum Binding {
    enum Answer: Equatable {
        case bound(JID)
        case refused(PeerError)
        case malformed
        /// Not an answer to our request.
        case other
    }

    /// - Parameter resource: nil lets the server make one.
    static func write(to writer: inout XMLWriter, id: String, resource: String?) {
        writer.open("iq")
        writer.attribute("type", "set")
        writer.attribute("id", id)
        writer.open("bind", Namespace.bind)
        writer.element("resource", text: resource)
        writer.close()
        writer.close()
    }

    /// - Parameter account: the bare address we logged in with; until we are bound, only it and its server can speak to us.
    static func answer(_ iq: Element, id: String, account: JID) -> Answer {
        guard iq.attribute("id") == id else { return .other }
        if let text = iq.attribute("from") {
            guard let from = JID(checking: text), from.bare == account || from == account.server else { return .other }
        }
        if iq.attribute("type", equals: "error") {
            guard let error = iq.child("error", Namespace.client) else { return .malformed }
            return .refused(PeerError(error, conditionsIn: Namespace.stanzaErrors))
        }
        guard iq.attribute("type", equals: "result") else { return .other }
        // §7.6.1: the server may have changed what we asked for; what it says is our address.
        guard let text = iq.child("bind", Namespace.bind)?.child("jid", Namespace.bind)?.text,
            let jid = JID(checking: text), !jid.isBare, jid.local != nil
        else { return .malformed }
        return .bound(jid)
    }
}

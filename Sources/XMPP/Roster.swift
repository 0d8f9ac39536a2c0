import Text

/// Reading and asking for the roster (RFC 6121 §2).
enum Roster {
    static func writeGet(to writer: inout XMLWriter, id: String) {
        writer.open("iq")
        writer.attribute("type", "get")
        writer.attribute("id", id)
        writer.empty("query", Namespace.roster)
        writer.close()
    }

    static func writeRemove(_ jid: JID, to writer: inout XMLWriter, id: String) {
        writer.open("iq")
        writer.attribute("type", "set")
        writer.attribute("id", id)
        writer.open("query", Namespace.roster)
        writer.open("item")
        writer.attribute("jid", jid.bare.description)
        writer.attribute("subscription", "remove")
        writer.close()
        writer.close()
        writer.close()
    }

    /// The items of a `<query/>`; those without a usable address are left out.
    static func items(in query: Element) -> [RosterItem] {
        var items: [RosterItem] = []
        for child in query.children where child.is("item", Namespace.roster) {
            if items.count == Limits.rosterItems { break }
            if let item = RosterItem(child) { items.append(item) }
        }
        return items
    }

    /// The one item of a push (§2.1.6); nil when there is not exactly one good one.
    static func push(in query: Element) -> RosterItem? {
        var found: RosterItem?
        for child in query.children where child.is("item", Namespace.roster) {
            guard found == nil, let item = RosterItem(child) else { return nil }
            found = item
        }
        return found
    }

    /// §2.1.6: a push comes from our own account, named by its bare address or not at all. Anybody could send the stanza.
    static func mayPush(_ from: JID?, own: JID) -> Bool {
        guard let from else { return true }
        return from == own.bare
    }
}

extension RosterItem {
    init?(_ element: Element) {
        guard let text = element.attribute("jid"), let jid = JID(checking: text) else { return nil }
        let subscription: Subscription
        switch element.attribute("subscription") {
        case "to": subscription = .to
        case "from": subscription = .from
        case "both": subscription = .both
        case "remove": subscription = .remove
        default: subscription = .none
        }
        self.init(
            jid: jid, name: element.attribute("name"), subscription: subscription,
            isPendingOut: element.attribute("ask", equals: "subscribe"))
    }
}

extension JID {
    /// nil instead of an error, for addresses in stanzas: whatever carries a broken one is ignored.
    convenience init?(checking text: String?) {
        guard let text else { return nil }
        do throws(JIDError) { try self.init(text) } catch { return nil }
    }

    /// The server that this address lives on.
    var server: JID { local == nil && resource == nil ? self : JID(local: nil, domain: domain, resource: nil) }
}

/// The sign of a group chat's occupant: what such somebody says comes from the room's address (XEP-0045 §7.5, XEP-0421).
enum Occupant {
    static func isSign(_ child: Element) -> Bool {
        child.isIn("http://jabber.org/protocol/muc#user") || child.is("occupant-id", "urn:xmpp:occupant-id:0")
    }
}

/// XEP-0359: Unique and Stable Stanza IDs.
enum StanzaIDs {
    static let namespace: StaticString = "urn:xmpp:sid:0"

    static func writeOrigin(to writer: inout XMLWriter, id: String) {
        writer.open("origin-id", namespace)
        writer.attribute("id", id)
        writer.close()
    }
}

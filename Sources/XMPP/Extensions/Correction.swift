/// XEP-0308: Last Message Correction.
enum Correction {
    static let namespace: StaticString = "urn:xmpp:message-correct:0"

    static func write(to writer: inout XMLWriter, replacing id: String) {
        writer.open("replace", namespace)
        writer.attribute("id", id)
        writer.close()
    }
}

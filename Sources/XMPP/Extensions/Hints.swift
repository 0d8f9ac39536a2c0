/// XEP-0334: Message Processing Hints.
enum Hints {
    static let namespace: StaticString = "urn:xmpp:hints"

    static func writeNoStore(to writer: inout XMLWriter) { writer.empty("no-store", namespace) }
}

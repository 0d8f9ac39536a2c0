/// XEP-0184: Message Delivery Receipts. Never sent by themselves: they would tell strangers that the board is there.
enum Receipts {
    static let namespace: StaticString = "urn:xmpp:receipts"

    static var `extension`: Extension { Extension(features: ["urn:xmpp:receipts"]) }

    static func writeReceived(to writer: inout XMLWriter, id: String) {
        writer.open("received", namespace)
        writer.attribute("id", id)
        writer.close()
    }
}

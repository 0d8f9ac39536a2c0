/// Publishing to the account's own personal eventing service (XEP-0163, XEP-0060 §7.1).
enum Publish {
    static let namespace: StaticString = "http://jabber.org/protocol/pubsub"

    /// - Parameter item: serialised XML with its own namespace declared.
    static func write(to writer: inout XMLWriter, requestID: String, node: String, itemID: String, item: [UInt8]) {
        writer.open("iq")
        writer.attribute("type", "set")
        writer.attribute("id", requestID)
        writer.open("pubsub", namespace)
        writer.open("publish")
        writer.attribute("node", node)
        writer.open("item")
        writer.attribute("id", itemID)
        writer.xml(item)
        writer.close()
        writer.close()
        writer.close()
        writer.close()
    }
}

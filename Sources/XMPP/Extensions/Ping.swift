/// XEP-0199: XMPP Ping.
enum Ping {
    static let namespace: StaticString = "urn:xmpp:ping"

    static var `extension`: Extension {
        Extension(
            features: ["urn:xmpp:ping"],
            handlers: [RequestHandler(name: "ping", namespace: namespace, answer: { _, _, _ in nil })])
    }

    static func write(to writer: inout XMLWriter, id: String, server: JID) {
        writer.open("iq")
        writer.attribute("type", "get")
        writer.attribute("id", id)
        writer.attribute("to", server.description)
        writer.empty("ping", namespace)
        writer.close()
    }
}

import Text
import Time

/// XEP-0012: Last Activity. Asked of a connected client: seconds since it last did something for somebody.
enum LastActivity {
    static let namespace: StaticString = "jabber:iq:last"

    static var `extension`: Extension {
        Extension(
            features: ["jabber:iq:last"],
            handlers: [RequestHandler(name: "query", namespace: namespace, answer: answer)])
    }

    private static func answer(_ query: Element, _ context: RequestContext, _ writer: inout XMLWriter) -> StanzaError? {
        writer.open("query", namespace)
        writer.attribute("seconds", "\(max(0, (context.now.instant - context.lastActive).components.seconds))")
        writer.close()
        return nil
    }
}

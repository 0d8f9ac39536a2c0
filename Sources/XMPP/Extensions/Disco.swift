import Text

/// XEP-0030: Service Discovery.
enum Disco {
    static let info: StaticString = "http://jabber.org/protocol/disco#info"
    static let items: StaticString = "http://jabber.org/protocol/disco#items"

    static var `extension`: Extension {
        Extension(
            features: ["http://jabber.org/protocol/disco#info", "http://jabber.org/protocol/disco#items"],
            handlers: [
                RequestHandler(name: "query", namespace: info, answer: answerInfo),
                RequestHandler(name: "query", namespace: items, answer: answerItems),
            ])
    }

    private static func answerInfo(_ query: Element, _ context: RequestContext, _ writer: inout XMLWriter) -> StanzaError? {
        let node = query.attribute("node")
        // The only node is the one that our capabilities point to (XEP-0115 §6.2).
        if let node {
            guard let verification = context.verification, node == context.software.node + "#" + verification else { return .itemNotFound }
        }
        writer.open("query", info)
        writer.attribute("node", node)
        writer.open("identity")
        writer.attribute("category", context.identity.category)
        writer.attribute("type", context.identity.type)
        writer.attribute("name", context.identity.name)
        writer.close()
        for feature in context.features {
            writer.open("feature")
            writer.attribute("var", feature)
            writer.close()
        }
        writer.close()
        return nil
    }

    private static func answerItems(_ query: Element, _ context: RequestContext, _ writer: inout XMLWriter) -> StanzaError? {
        guard query.attribute("node") == nil else { return .itemNotFound }
        writer.empty("query", items)
        return nil
    }
}

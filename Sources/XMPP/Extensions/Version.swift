/// XEP-0092: Software Version.
enum Version {
    static let namespace: StaticString = "jabber:iq:version"

    static var `extension`: Extension {
        Extension(
            features: ["jabber:iq:version"],
            handlers: [RequestHandler(name: "query", namespace: namespace, answer: answer)])
    }

    private static func answer(_ query: Element, _ context: RequestContext, _ writer: inout XMLWriter) -> StanzaError? {
        writer.open("query", namespace)
        writer.element("name", text: context.software.name)
        writer.element("version", text: context.software.version)
        writer.element("os", text: context.software.os)
        writer.close()
        return nil
    }
}

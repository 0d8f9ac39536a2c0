import Text
import Time

/// XEP-0202: Entity Time.
enum EntityTime {
    static let namespace: StaticString = "urn:xmpp:time"

    static var `extension`: Extension {
        Extension(
            features: ["urn:xmpp:time"],
            handlers: [RequestHandler(name: "time", namespace: namespace, answer: answer)])
    }

    private static func answer(_ query: Element, _ context: RequestContext, _ writer: inout XMLWriter) -> StanzaError? {
        writer.open("time", namespace)
        writer.element("tzo", text: zone(context.now.utcOffset))
        writer.element("utc", text: context.now.timestamp.description)
        writer.close()
        return nil
    }

    /// XEP-0082 §3.2: "+02:00"; seconds of an offset, which no zone of today has, are cut.
    static func zone(_ utcOffset: Int32) -> String {
        let minutes = (utcOffset < 0 ? -Int64(utcOffset) : Int64(utcOffset)) / 60
        return (utcOffset < 0 ? "-" : "+") + twoDigits(minutes / 60) + ":" + twoDigits(minutes % 60)
    }

    private static func twoDigits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

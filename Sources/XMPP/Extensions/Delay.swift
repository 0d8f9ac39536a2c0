import Text
import Time

/// XEP-0203: Delayed Delivery, and its predecessor XEP-0091, which old servers still write.
enum Delay {
    static let namespace: StaticString = "urn:xmpp:delay"
    static let legacyNamespace: StaticString = "jabber:x:delay"

    static var `extension`: Extension { Extension(features: ["urn:xmpp:delay"]) }

    /// The stamp of a `<delay/>`; nil for any other element. A stamp that cannot be read is the beginning
    /// of time: the message is late all the same, and late messages are never carried out.
    static func stamp(_ element: Element) -> Timestamp? {
        if element.is("delay", namespace) {
            return element.attribute("stamp").flatMap { Timestamp($0) } ?? Timestamp(milliseconds: 0)
        }
        if element.is("x", legacyNamespace) {
            return element.attribute("stamp").flatMap { legacy($0) } ?? Timestamp(milliseconds: 0)
        }
        return nil
    }

    /// `20020910T23:41:07`, always UTC.
    private static func legacy(_ text: String) -> Timestamp? {
        let bytes = Array(text.utf8.prefix(32))
        guard bytes.count == 17 else { return nil }
        var modern = Array(bytes[0..<4])
        modern.append(UInt8(ascii: "-"))
        modern += bytes[4..<6]
        modern.append(UInt8(ascii: "-"))
        modern += bytes[6..<17]
        modern.append(UInt8(ascii: "Z"))
        return Timestamp(String(decoding: modern, as: UTF8.self))
    }

    static func write(to writer: inout XMLWriter, stamp: Timestamp, from: JID) {
        writer.open("delay", namespace)
        writer.attribute("from", from.description)
        writer.attribute("stamp", stamp.description)
        writer.close()
    }
}

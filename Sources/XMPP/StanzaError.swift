/// The stanza errors that Perch answers with (RFC 6120 §8.3.3).
enum StanzaError: Equatable {
    case badRequest
    case itemNotFound
    case serviceUnavailable

    /// The type says whether trying again can help (§8.3.2).
    func write(to writer: inout XMLWriter) {
        let condition: StaticString
        writer.open("error")
        switch self {
        case .badRequest:
            writer.attribute("type", "modify")
            condition = "bad-request"
        case .itemNotFound:
            writer.attribute("type", "cancel")
            condition = "item-not-found"
        case .serviceUnavailable:
            writer.attribute("type", "cancel")
            condition = "service-unavailable"
        }
        writer.empty(condition, Namespace.stanzaErrors)
        writer.close()
    }

    /// The condition of an `<error/>` in a stanza of anybody's.
    static func condition(in stanza: Element) -> String {
        guard let error = stanza.child("error", Namespace.client) else { return "undefined-condition" }
        return PeerError(error, conditionsIn: Namespace.stanzaErrors).condition
    }
}

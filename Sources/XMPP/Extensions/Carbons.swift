/// XEP-0280: Message Carbons; known only to be left alone.
enum Carbons {
    static let namespace: StaticString = "urn:xmpp:carbons:2"
}

/// XEP-0313: Message Archive Management; likewise.
enum ArchiveResult {
    static let namespace: StaticString = "urn:xmpp:mam:2"
}

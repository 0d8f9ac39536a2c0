import Time

/// One XEP that answers requests or is announced in service discovery. The only list of them is `Extension.all`;
/// what service discovery and capabilities tell is computed from it, so it cannot drift.
struct Extension {
    /// For XEP-0030; empty where a XEP names none.
    var features: [String] = []
    var handlers: [RequestHandler] = []

    static var all: [Extension] {
        [Disco.extension, Caps.extension, Ping.extension, Version.extension, EntityTime.extension, LastActivity.extension,
         Delay.extension, Receipts.extension]
    }
}

/// Answers one kind of `iq` from somebody who is trusted.
struct RequestHandler {
    /// The payload's.
    var name: StaticString
    var namespace: StaticString
    /// Writes the payload of the result, or says why not; what was written then is dropped.
    var answer: (Element, RequestContext, inout XMLWriter) -> StanzaError?
}

/// What handlers may know.
struct RequestContext {
    var now: Moment
    var software: SoftwareInfo
    var identity: Identity
    /// Of all extensions, in the order of XEP-0115.
    var features: [String]
    /// XEP-0115's hash over identity and features.
    var verification: String?
    /// When we last said something to somebody.
    var lastActive: Instant
}

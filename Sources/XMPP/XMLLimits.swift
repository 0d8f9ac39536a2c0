/// What one stream may make us hold. Reparse deferral is off (a stalled stream is worse), so these
/// bounds are also the defence against CVE-2023-52425.
public struct XMLLimits: Equatable, Sendable {
    /// Bytes on the wire from one stanza's end to the next one's. 256 KiB is what Prosody
    /// (`c2s_stanza_size_limit`) and ejabberd (`max_stanza_size`) let through themselves (RFC 6120 §13.12
    /// asks for at least 10000).
    public static let stanzaBytes = 256 * 1024
    /// The same before the server has proved who it is: Prosody's limit for unauthenticated peers is 10 kB;
    /// a list of features with all its mechanisms and a `<stream:error/>` stay below 3 kB.
    public static let stanzaBytesBeforeLogin = 10_000
    /// Open elements, the stream's root included. Deepest seen in practice is 12 (pubsub item in a forward in a carbon).
    public static let depth = 32
    /// Attributes of one element; 11 is the most any XEP we read defines.
    public static let attributes = 64
    /// Bytes of one tag. Expat scans an unfinished tag again at every read, so a long one that arrives byte by
    /// byte costs the square of its length. Three JIDs of 3071 bytes and an upload address fit.
    public static let tagBytes = 16 * 1024
    /// Elements and runs of text in one stanza (28 bytes each): `<a/>` repeated must not grow sevenfold.
    /// A roster of 5000 contacts in a group each fits.
    public static let nodes = 16 * 1024

    /// Open elements that even a stanza that is passed over may have: Expat keeps some 180 bytes for each of them, for good.
    public static let deepest = 8 * 1024
    /// The same for the bytes of an unfinished tag that Expat looks at again, at each read, while it is passed over: about a
    /// second of a small board. A tag of 2 MB that arrives in pieces of 4 KB comes to this.
    static let scannedBytes = 512 * 1024 * 1024

    public var stanzaBytes: Int
    public var depth: Int
    public var attributes: Int
    public var tagBytes: Int
    public var nodes: Int
    /// A stanza beyond the limits is passed over (`XMLEvent.passedOver`) and the stream goes on. Servers let through more than
    /// we hold, so a stranger could otherwise end our stream with one message, and with each time that it is delivered again.
    public var passesOver = false

    public init(
        stanzaBytes: Int = XMLLimits.stanzaBytes, depth: Int = XMLLimits.depth, attributes: Int = XMLLimits.attributes,
        tagBytes: Int = XMLLimits.tagBytes, nodes: Int = XMLLimits.nodes
    ) {
        self.stanzaBytes = stanzaBytes
        self.depth = depth
        self.attributes = attributes
        self.tagBytes = tagBytes
        self.nodes = nodes
    }

    /// For a stream that is ours: anybody may send us stanzas.
    public static var afterLogin: XMLLimits {
        var limits = XMLLimits()
        limits.passesOver = true
        return limits
    }

    /// For a stream on which SASL has not succeeded.
    public static var beforeLogin: XMLLimits { XMLLimits(stanzaBytes: stanzaBytesBeforeLogin) }
}

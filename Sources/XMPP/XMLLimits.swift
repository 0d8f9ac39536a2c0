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

    public var stanzaBytes: Int
    public var depth: Int
    public var attributes: Int
    public var tagBytes: Int
    public var nodes: Int

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

    /// For a stream on which SASL has not succeeded.
    public static var beforeLogin: XMLLimits { XMLLimits(stanzaBytes: stanzaBytesBeforeLogin) }
}

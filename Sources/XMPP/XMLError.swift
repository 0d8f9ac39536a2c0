import Text

/// The rule of the restricted XML of RFC 6120 §11 that a peer broke. Each ends the stream.
public enum XMLError: Error, Equatable, Sendable {
    /// Not XML, or not UTF-8; `reason` is Expat's, `byte` counts from the start of the stream.
    case notWellFormed(reason: String, byte: Int)
    /// A DOCTYPE, comment, processing instruction or entity other than the five of XML itself.
    case restricted(XMLRestriction)
    /// The XML declaration names an encoding other than UTF-8.
    case encoding(String)
    /// A prefix without a declaration, or a misuse of `xml` and `xmlns`.
    case prefix(reason: String)
    /// Text other than white space between stanzas.
    case textBetweenStanzas
    /// A stanza, or the stream header, of more than this many bytes.
    case stanzaTooLong(limit: Int)
    case tagTooLong(limit: Int)
    case tooDeep(limit: Int)
    case tooManyAttributes(limit: Int)
    case tooManyNodes(limit: Int)
    case outOfMemory

    /// The stream error condition that tells the peer (RFC 6120 §4.9.3).
    public var condition: StaticString {
        switch self {
        case .notWellFormed: "not-well-formed"
        case .restricted: "restricted-xml"
        case .encoding: "unsupported-encoding"
        case .prefix: "bad-namespace-prefix"
        case .textBetweenStanzas: "bad-format"
        case .stanzaTooLong, .tagTooLong, .tooDeep, .tooManyAttributes, .tooManyNodes: "policy-violation"
        case .outOfMemory: "resource-constraint"
        }
    }

    /// One stanza is more than we hold; what is sent is XML all the same.
    var isExcess: Bool {
        switch self {
        case .stanzaTooLong, .tagTooLong, .tooDeep, .tooManyAttributes, .tooManyNodes: true
        case .notWellFormed, .restricted, .encoding, .prefix, .textBetweenStanzas, .outOfMemory: false
        }
    }

    /// For the log.
    public var description: String {
        switch self {
        case .notWellFormed(let reason, let byte): filled("not well-formed XML at byte % of the stream: %", String(byte), reason)
        case .restricted(.doctype): "a DOCTYPE, which XMPP forbids"
        case .restricted(.comment): "an XML comment, which XMPP forbids"
        case .restricted(.processingInstruction): "an XML processing instruction, which XMPP forbids"
        case .restricted(.entity): "an entity reference other than the five of XML, which XMPP forbids"
        case .encoding(let name): filled("XML in the encoding \"%\"; XMPP allows UTF-8 only", name)
        case .prefix(let reason): filled("a misused namespace prefix: %", reason)
        case .textBetweenStanzas: "text between stanzas"
        case .stanzaTooLong(let limit): filled("a stanza of more than % bytes", String(limit))
        case .tagTooLong(let limit): filled("an XML tag of more than % bytes", String(limit))
        case .tooDeep(let limit): filled("XML nested more than % levels deep", String(limit))
        case .tooManyAttributes(let limit): filled("an XML element with more than % attributes", String(limit))
        case .tooManyNodes(let limit): filled("a stanza of more than % elements", String(limit))
        case .outOfMemory: "too little memory for an XML parser"
        }
    }
}

/// What RFC 6120 §11.1 takes out of XML.
public enum XMLRestriction: Equatable, Sendable { case doctype, comment, processingInstruction, entity }

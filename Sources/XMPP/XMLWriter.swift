import Text

/// Writes well-formed XML into a run of bytes. Names and namespaces are literals of ours; values and texts are
/// anybody's: they are escaped, and characters that XML 1.0 (§2.2) forbids are dropped. What every stanza is made of is
/// never inlined: there are hundreds of calls.
///
/// ```swift
/// writer.open("iq")
/// writer.attribute("type", "get")
/// writer.empty("ping", "urn:xmpp:ping")
/// writer.close()
/// ```
public struct XMLWriter {
    public private(set) var bytes: [UInt8] = []
    /// Where the names of the open elements stand in `bytes`.
    private var open: [XMLSpan] = []
    /// The last tag still lacks its `>`: attributes may follow.
    private var isInTag = false
    /// Where the last element that is in no other begins in `bytes`.
    private(set) var lastElement = 0

    public init() {}

    /// What was written, leaving the writer empty. Every element should be closed.
    public mutating func take() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &bytes)
        open.removeAll(keepingCapacity: true)
        isInTag = false
        lastElement = 0
        return taken
    }

    // MARK: Elements

    /// Starts an element. `namespace` is given where it differs from the parent's.
    @inline(never)
    public mutating func open(_ name: StaticString, _ namespace: StaticString? = nil) {
        endTag()
        if open.isEmpty { lastElement = bytes.count }
        bytes.append(UInt8(ascii: "<"))
        open.append(XMLSpan(start: UInt32(truncatingIfNeeded: bytes.count), count: UInt32(truncatingIfNeeded: name.utf8CodeUnitCount)))
        raw(name)
        isInTag = true
        if let namespace { declare(namespace) }
    }

    private mutating func declare(_ namespace: StaticString) {
        raw(" xmlns='")
        raw(namespace)
        bytes.append(UInt8(ascii: "'"))
    }

    /// An attribute of the element just opened; nil writes nothing. `name` may be `xml:lang`.
    @inline(never)
    public mutating func attribute(_ name: StaticString, _ value: String?) {
        guard let value, isInTag else { return }
        bytes.append(UInt8(ascii: " "))
        raw(name)
        raw("='")
        escape(value, inAttribute: true)
        bytes.append(UInt8(ascii: "'"))
    }

    @inline(never)
    public mutating func text(_ text: String) {
        endTag()
        escape(text, inAttribute: false)
    }

    /// Base64 and other ASCII that is known to need no escaping.
    public mutating func text(ascii: [UInt8]) {
        endTag()
        ascii.withUnsafeBytes { escape($0, inAttribute: false) }
    }

    /// Ends the innermost open element.
    @inline(never)
    public mutating func close() {
        guard let name = open.popLast() else { return }
        if isInTag {
            isInTag = false
            raw("/>")
            return
        }
        raw("</")
        let start = Int(name.start), end = start + Int(name.count)
        if end <= bytes.count { bytes += bytes[start..<end] }
        bytes.append(UInt8(ascii: ">"))
    }

    /// `<name xmlns='namespace'/>`
    @inline(never)
    public mutating func empty(_ name: StaticString, _ namespace: StaticString? = nil) {
        open(name, namespace)
        close()
    }

    /// `<name xmlns='namespace'>text</name>`; nil writes nothing at all.
    @inline(never)
    public mutating func element(_ name: StaticString, _ namespace: StaticString? = nil, text: String?) {
        guard let text else { return }
        open(name, namespace)
        if !text.isEmpty { self.text(text) }
        close()
    }

    /// XML of ours exactly as it is, for the stream's header and end, which are not elements of their own.
    @inline(never)
    public mutating func raw(_ xml: StaticString) {
        guard xml.hasPointerRepresentation else { return }
        bytes.append(contentsOf: UnsafeBufferPointer(start: xml.utf8Start, count: xml.utf8CodeUnitCount))
    }

    /// Elements that are serialised already, each with its own namespace declared, as content of the open element.
    @inline(never)
    public mutating func xml(_ serialised: [UInt8]) {
        guard !serialised.isEmpty else { return }
        endTag()
        bytes += serialised
    }

    /// A value for an attribute of hand-written XML, escaped.
    public mutating func rawAttributeValue(_ value: String) { escape(value, inAttribute: true) }

    @inline(never)
    private mutating func endTag() {
        if isInTag {
            isInTag = false
            bytes.append(UInt8(ascii: ">"))
        }
    }

    // MARK: Elements that were parsed

    mutating func open(_ arena: XMLArena, _ node: XMLArena.Node, declaring: Bool) {
        endTag()
        bytes.append(UInt8(ascii: "<"))
        open.append(XMLSpan(start: UInt32(truncatingIfNeeded: bytes.count), count: node.name.count))
        copy(arena, node.name)
        isInTag = true
        if declaring {
            raw(" xmlns='")
            escape(arena, node.namespace)
            bytes.append(UInt8(ascii: "'"))
        }
        for at in Int(node.firstAttribute)..<Int(node.firstAttribute) + Int(node.attributeCount) {
            let attribute = arena.attributes[at]
            if attribute.namespace.count == 0 {
                bytes.append(UInt8(ascii: " "))
            } else if arena.equals(attribute.namespace, XMLWriter.xmlNamespace) {
                raw(" xml:")
            } else {
                // Prefixes are not kept, so such an attribute gets one that cannot clash with its neighbours'.
                let prefix = "n\(at)"
                raw(" xmlns:")
                escape(prefix, inAttribute: true)
                raw("='")
                escape(arena, attribute.namespace)
                raw("' ")
                escape(prefix, inAttribute: true)
                raw(":")
            }
            copy(arena, attribute.name)
            raw("='")
            escape(arena, attribute.value)
            bytes.append(UInt8(ascii: "'"))
        }
    }

    mutating func text(_ arena: XMLArena, _ span: XMLSpan) {
        endTag()
        arena.bytes.withUnsafeBytes {
            escape(UnsafeRawBufferPointer(rebasing: $0[Int(span.start)..<Int(span.start) + Int(span.count)]), inAttribute: false)
        }
    }

    private mutating func copy(_ arena: XMLArena, _ span: XMLSpan) {
        bytes += arena.bytes[Int(span.start)..<Int(span.start) + Int(span.count)]
    }

    private mutating func escape(_ arena: XMLArena, _ span: XMLSpan) {
        arena.bytes.withUnsafeBytes {
            escape(UnsafeRawBufferPointer(rebasing: $0[Int(span.start)..<Int(span.start) + Int(span.count)]), inAttribute: true)
        }
    }

    static let xmlNamespace: StaticString = "http://www.w3.org/XML/1998/namespace"

    // MARK: Escaping

    @inline(never)
    private mutating func escape(_ text: String, inAttribute: Bool) {
        var text = text
        text.withUTF8 { escape(UnsafeRawBufferPointer($0), inAttribute: inAttribute) }
    }

    private mutating func escape(_ text: UnsafeRawBufferPointer, inAttribute: Bool) {
        var from = 0
        var at = 0
        while at < text.count {
            let byte = text[at]
            let replacement: StaticString
            var length = 1
            switch byte {
            case UInt8(ascii: "<"): replacement = "&lt;"
            case UInt8(ascii: ">"): replacement = "&gt;"
            case UInt8(ascii: "&"): replacement = "&amp;"
            case UInt8(ascii: "'") where inAttribute: replacement = "&apos;"
            // A reader turns bare white space in attributes into spaces, and a bare CR anywhere into LF.
            case 0x0D: replacement = "&#13;"
            case 0x09 where inAttribute: replacement = "&#9;"
            case 0x0A where inAttribute: replacement = "&#10;"
            case 0x00...0x08, 0x0B, 0x0C, 0x0E...0x1F: replacement = ""
            case 0xEF where at + 2 < text.count && text[at + 1] == 0xBF && text[at + 2] >= 0xBE:
                // U+FFFE and U+FFFF.
                replacement = ""
                length = 3
            default:
                at += 1
                continue
            }
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[from..<at]))
            raw(replacement)
            at += length
            from = at
        }
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[from..<at]))
    }
}

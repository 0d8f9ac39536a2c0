import CExpat
import Text

/// Where some bytes of an arena are.
struct XMLSpan {
    var start: UInt32
    var count: UInt32

    static var empty: XMLSpan { XMLSpan(start: 0, count: 0) }
}

/// One stanza, flat: all its names, values and texts in one run of bytes, its elements and texts in document
/// order. An element's subtree is the nodes from its index to its `end`, so walking needs no links.
final class XMLArena {
    struct Node {
        /// An element's local name, or the text itself.
        var name: XMLSpan
        var namespace: XMLSpan
        var firstAttribute: UInt32
        var attributeCount: UInt16
        var isText: Bool
        /// Index of the first node after this one and all that is in it.
        var end: UInt32
    }

    struct Attribute {
        var name: XMLSpan
        var namespace: XMLSpan
        var value: XMLSpan
    }

    /// Distinct namespaces remembered for one stanza; more than these are stored again at each use.
    static let namespaceMemory = 16
    /// Bytes and nodes an arena may keep for the next stanza; one rare giant must not stay for ever.
    static let keptBytes = 16 * 1024
    static let keptNodes = 512

    // No handler of Expat's runs inside another, so nothing here is accessed twice at once; checking that at
    // run time took a fifth of the parser's time.
    @exclusivity(unchecked) var bytes: [UInt8] = []
    @exclusivity(unchecked) var nodes: [Node] = []
    @exclusivity(unchecked) var attributes: [Attribute] = []
    @exclusivity(unchecked) private var namespaces: [XMLSpan] = []
    @exclusivity(unchecked) private var lastNamespace = XMLSpan.empty

    /// Makes room for another stanza in the same memory. Only for an arena that nobody else holds.
    func reset() {
        bytes.removeAll(keepingCapacity: bytes.capacity <= XMLArena.keptBytes)
        nodes.removeAll(keepingCapacity: nodes.capacity <= XMLArena.keptNodes)
        attributes.removeAll(keepingCapacity: attributes.capacity <= XMLArena.keptNodes)
        namespaces.removeAll(keepingCapacity: true)
        lastNamespace = .empty
    }

    @inline(__always)
    func store(_ start: UnsafeRawPointer, _ count: Int) -> XMLSpan {
        let span = XMLSpan(start: UInt32(truncatingIfNeeded: bytes.count), count: UInt32(truncatingIfNeeded: count))
        bytes.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
        return span
    }

    /// Splits Expat's `namespace SEPARATOR name`. Namespaces repeat, so each is stored once a stanza.
    @inline(__always)
    func storeName(_ text: UnsafePointer<CChar>) -> (name: XMLSpan, namespace: XMLSpan) {
        var namespace = lastNamespace
        if !isPrefix(namespace, of: text) {
            guard let found = findNamespace(text) else { return (store(text, strlen(text)), .empty) }
            namespace = found
            lastNamespace = found
        }
        let local = text + Int(namespace.count) + 1
        return (store(local, strlen(local)), namespace)
    }

    /// Attributes nearly never have a namespace, and must not disturb the guess for elements.
    @inline(__always)
    func storeAttributeName(_ text: UnsafePointer<CChar>) -> (name: XMLSpan, namespace: XMLSpan) {
        let length = strlen(text)
        guard memchr(text, Int32(XMLStreamParser.separator), length) != nil, let namespace = findNamespace(text) else {
            return (store(text, length), .empty)
        }
        let prefix = Int(namespace.count) + 1
        return (store(text + prefix, length - prefix), namespace)
    }

    private func findNamespace(_ text: UnsafePointer<CChar>) -> XMLSpan? {
        guard let separator = strchr(text, Int32(XMLStreamParser.separator)) else { return nil }
        for known in namespaces where isPrefix(known, of: text) { return known }
        let new = store(text, UnsafePointer(separator) - text)
        if namespaces.count < XMLArena.namespaceMemory { namespaces.append(new) }
        return new
    }

    @inline(__always)
    private func isPrefix(_ namespace: XMLSpan, of text: UnsafePointer<CChar>) -> Bool {
        let count = Int(namespace.count)
        guard count > 0 else { return false }
        return bytes.withUnsafeBytes { all in
            // strncmp stops at the NUL that ends `text`, so `text[count]` is only read when that many bytes exist.
            strncmp(text, all.baseAddress!.assumingMemoryBound(to: CChar.self) + Int(namespace.start), count) == 0
                && text[count] == CChar(XMLStreamParser.separator)
        }
    }

    // MARK: Reading

    @inline(never)
    func string(_ span: XMLSpan) -> String {
        let start = Int(span.start)
        return bytes.withUnsafeBufferPointer {
            String(decoding: UnsafeBufferPointer(rebasing: $0[start..<start + Int(span.count)]), as: UTF8.self)
        }
    }

    @inline(never)
    func equals(_ span: XMLSpan, _ text: StaticString) -> Bool {
        let count = Int(span.count)
        guard text.hasPointerRepresentation, count == text.utf8CodeUnitCount else { return false }
        if count == 0 { return true }
        return bytes.withUnsafeBytes { memcmp($0.baseAddress! + Int(span.start), text.utf8Start, count) == 0 }
    }

    func equals(_ span: XMLSpan, _ other: XMLArena, _ otherSpan: XMLSpan) -> Bool {
        let count = Int(span.count)
        guard count == Int(otherSpan.count) else { return false }
        if count == 0 { return true }
        return bytes.withUnsafeBytes { mine in
            other.bytes.withUnsafeBytes { theirs in
                memcmp(mine.baseAddress! + Int(span.start), theirs.baseAddress! + Int(otherSpan.start), count) == 0
            }
        }
    }
}

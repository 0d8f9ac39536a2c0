import Text

/// One XML element as it arrived: a view into its stanza's arena. Copying one is free; keeping one keeps its
/// whole stanza in memory, so what is to live long is copied out as strings.
///
/// Prefixes are gone: every name comes with its namespace (Namespaces in XML 1.0).
public struct Element {
    let arena: XMLArena
    let index: Int

    private var node: XMLArena.Node { arena.nodes[index] }

    /// The local name.
    @inline(never)
    public var name: String { arena.string(node.name) }
    /// The namespace name; empty when there is none.
    public var namespace: String { arena.string(node.namespace) }

    /// Compares bytes; makes no strings.
    @inline(never)
    public func `is`(_ name: StaticString, _ namespace: StaticString) -> Bool {
        let node = self.node
        return arena.equals(node.name, name) && arena.equals(node.namespace, namespace)
    }

    /// Whether the local name is this, whatever the namespace.
    @inline(never)
    public func isNamed(_ name: StaticString) -> Bool { arena.equals(node.name, name) }
    @inline(never)
    public func isIn(_ namespace: StaticString) -> Bool { arena.equals(node.namespace, namespace) }

    // MARK: Attributes

    /// An attribute without namespace, as nearly all of XMPP's are.
    public func attribute(_ name: StaticString) -> String? { attribute(name, "") }

    /// An attribute in a namespace, such as `lang` in `http://www.w3.org/XML/1998/namespace`.
    @inline(never)
    public func attribute(_ name: StaticString, _ namespace: StaticString) -> String? {
        guard let found = find(name, namespace) else { return nil }
        return arena.string(found.value)
    }

    /// Whether an attribute without namespace is there with exactly this value; makes no strings.
    @inline(never)
    public func attribute(_ name: StaticString, equals value: StaticString) -> Bool {
        guard let found = find(name, "") else { return false }
        return arena.equals(found.value, value)
    }

    public var attributeCount: Int { Int(node.attributeCount) }

    /// All attributes in document order.
    public var attributes: [XMLAttribute] {
        let node = self.node
        return (Int(node.firstAttribute)..<Int(node.firstAttribute) + Int(node.attributeCount)).map {
            let attribute = arena.attributes[$0]
            return XMLAttribute(
                name: arena.string(attribute.name), namespace: arena.string(attribute.namespace),
                value: arena.string(attribute.value))
        }
    }

    @inline(never)
    private func find(_ name: StaticString, _ namespace: StaticString) -> XMLArena.Attribute? {
        let node = self.node
        var at = Int(node.firstAttribute)
        let end = at + Int(node.attributeCount)
        while at < end {
            let attribute = arena.attributes[at]
            if arena.equals(attribute.name, name), arena.equals(attribute.namespace, namespace) { return attribute }
            at += 1
        }
        return nil
    }

    // MARK: Content

    /// The child elements in document order; texts are left out.
    public var children: Children { Children(arena: arena, at: index + 1, end: Int(node.end)) }

    public struct Children: Sequence, IteratorProtocol {
        public typealias Element = XMPP.Element

        let arena: XMLArena
        var at: Int
        let end: Int

        @inline(never)
        public mutating func next() -> Element? {
            while at < end {
                let index = at
                let node = arena.nodes[index]
                at = Int(node.end)
                if !node.isText { return Element(arena: arena, index: index) }
            }
            return nil
        }
    }

    /// The first child with this name and namespace.
    @inline(never)
    public func child(_ name: StaticString, _ namespace: StaticString) -> Element? {
        var children = self.children
        while let child = children.next() {
            if child.is(name, namespace) { return child }
        }
        return nil
    }

    /// Text directly in this element, without that of its children; empty when there is none.
    @inline(never)
    public var text: String {
        var at = index + 1
        let end = Int(node.end)
        var result = ""
        while at < end {
            let node = arena.nodes[at]
            if node.isText {
                // One run is the rule; a single decode keeps it to one allocation.
                if result.isEmpty { result = arena.string(node.name) } else { result += arena.string(node.name) }
            }
            at = Int(node.end)
        }
        return result
    }
}

public struct XMLAttribute: Equatable, Sendable {
    public var name: String
    public var namespace: String
    public var value: String
}

// MARK: Writing and comparing

extension Element: Equatable, CustomStringConvertible {
    /// As XML; the element carries its namespace declaration, so it stands on its own.
    public func write(to writer: inout XMLWriter) {
        write(index, inside: nil, to: &writer)
    }

    private func write(_ index: Int, inside parent: XMLSpan?, to writer: inout XMLWriter) {
        let node = arena.nodes[index]
        writer.open(arena, node, declaring: parent.map { !arena.equals($0, arena, node.namespace) } ?? (node.namespace.count > 0))
        var at = index + 1
        while at < Int(node.end) {
            let child = arena.nodes[at]
            if child.isText { writer.text(arena, child.name) } else { write(at, inside: node.namespace, to: &writer) }
            at = Int(child.end)
        }
        writer.close()
    }

    /// The element as XML, for logs and tests.
    public var description: String {
        var writer = XMLWriter()
        write(to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The same XML: names, attributes in any order, and content.
    public static func == (a: Element, b: Element) -> Bool {
        let first = a.node, second = b.node
        let count = Int(first.end) - a.index
        guard count == Int(second.end) - b.index else { return false }
        for step in 0..<count {
            let x = a.arena.nodes[a.index + step], y = b.arena.nodes[b.index + step]
            guard x.isText == y.isText, Int(x.end) - a.index == Int(y.end) - b.index, x.attributeCount == y.attributeCount,
                a.arena.equals(x.name, b.arena, y.name), a.arena.equals(x.namespace, b.arena, y.namespace)
            else { return false }
            for at in Int(x.firstAttribute)..<Int(x.firstAttribute) + Int(x.attributeCount) {
                let mine = a.arena.attributes[at]
                let theirs = b.arena.attributes[Int(y.firstAttribute)..<Int(y.firstAttribute) + Int(y.attributeCount)]
                guard theirs.contains(where: {
                    a.arena.equals(mine.name, b.arena, $0.name) && a.arena.equals(mine.namespace, b.arena, $0.namespace)
                        && a.arena.equals(mine.value, b.arena, $0.value)
                }) else { return false }
            }
        }
        return true
    }
}

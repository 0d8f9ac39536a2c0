import CExpat
import Text

/// What a stream consists of, in order.
public enum XMLEvent: Equatable {
    /// The root's start tag with its attributes.
    case streamOpen(Element)
    /// One complete child of the root.
    case element(Element)
    /// A child of the root was beyond the limits, and nothing of it was kept (`XMLLimits.passesOver`).
    case passedOver(XMLError)
    /// The root's end tag. Nothing that follows it is looked at.
    case streamClose
}

/// Cuts one XML stream (RFC 6120 §4) into stanzas, by Expat. A restarted stream gets a new parser.
///
/// Feed bytes as they arrive, then take events until nil. Parsing stops after each event, so that the caller may change the limits for what follows.
/// Stanzas before an error are still delivered, then the error, then nil for ever.
public final class XMLStreamParser {
    /// Between namespace and name in what Expat reports. Form feed is no XML character, so no namespace can
    /// contain it and pass for another one (CVE-2022-25236).
    static let separator: UInt8 = 0x0C
    /// Bytes given to Expat at once: its buffer grows to twice what it is given and stays.
    static let slice = 4096
    /// Bytes of memory kept for input that arrived while an event was waiting.
    static let keptInput = 16 * 1024

    /// May be widened once login has succeeded on a stream that is not restarted.
    @exclusivity(unchecked) public var limits: XMLLimits

    /// Bytes of names, values and texts held of one stanza. A prefix stands for a whole namespace, so that can be
    /// more than what arrives; no honest stanza is twice as long without its prefixes.
    private var heldBytes: Int { 2 * limits.stanzaBytes }

    private let expat: XML_Parser?
    @exclusivity(unchecked) private var arena = XMLArena()
    /// Elements of the current stanza that have not ended, as node indices.
    @exclusivity(unchecked) private var openNodes: [Int] = []
    /// Open elements, the root included.
    @exclusivity(unchecked) private var depth = 0
    /// The last node of the stanza is text that more text may be added to.
    @exclusivity(unchecked) private var isTextOpen = false

    /// Why the stanza at hand is passed over.
    @exclusivity(unchecked) private var excess: XMLError?
    /// There is an `excess`: one byte to look at for each tag and text, instead of an error to copy.
    @exclusivity(unchecked) private var isPassing = false
    /// Bytes of its unfinished tags that Expat looked at again.
    private var scanned = 0

    @exclusivity(unchecked) private var ready: XMLEvent?
    @exclusivity(unchecked) private var failure: XMLError?
    @exclusivity(unchecked) private var isSuspended = false
    /// The root has begun.
    @exclusivity(unchecked) private var isOpen = false
    /// The root has ended.
    @exclusivity(unchecked) private var isClosed = false
    @exclusivity(unchecked) private var isFinished = false

    /// Input that Expat has not been given, from `inputStart` on.
    private var input: [UInt8] = []
    private var inputStart = 0
    /// Bytes given to Expat, and where the last stanza ended; both wrap as Expat's own counter does.
    @exclusivity(unchecked) private var given = 0
    /// How many of the stream's first two bytes were looked at.
    private var sniffed = 0
    @exclusivity(unchecked) private var boundary = 0

    public init(limits: XMLLimits = XMLLimits()) {
        self.limits = limits
        // The encoding is fixed, whatever the declaration says; `declaration` refuses another one.
        expat = XML_ParserCreateNS("UTF-8", XML_Char(XMLStreamParser.separator))
        guard let expat else {
            failure = .outOfMemory
            return
        }
        openNodes.reserveCapacity(XMLLimits.depth)
        // With deferral a long tag whose last bytes arrive alone would wait for more input (facts on Debian's Expat).
        _ = XML_SetReparseDeferralEnabled(expat, XML_Bool(XML_FALSE))
        XML_SetUserData(expat, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(
            expat, { me, name, attributes in parser(me).start(name!, attributes) }, { me, _ in parser(me).end() })
        XML_SetCharacterDataHandler(expat) { me, text, count in parser(me).characters(text!, Int(count)) }
        XML_SetXmlDeclHandler(expat) { me, _, encoding, _ in parser(me).declaration(encoding) }
        XML_SetStartDoctypeDeclHandler(expat) { me, _, _, _, _ in parser(me).fail(.restricted(.doctype)) }
        XML_SetCommentHandler(expat) { me, _ in parser(me).fail(.restricted(.comment)) }
        XML_SetProcessingInstructionHandler(expat) { me, _, _ in parser(me).fail(.restricted(.processingInstruction)) }
        // Without a DOCTYPE there is nothing to skip; should Expat report one nevertheless, it is an entity.
        XML_SetSkippedEntityHandler(expat) { me, _, _ in parser(me).fail(.restricted(.entity)) }
    }

    deinit {
        if let expat { XML_ParserFree(expat) }
    }

    // MARK: Input

    /// Takes bytes off the wire. Events and errors come out of `nextEvent`.
    public func feed(_ bytes: UnsafeRawBufferPointer) {
        guard !isFinished, !isClosed, failure == nil, bytes.count > 0 else { return }
        if ready != nil || isSuspended || inputStart < input.count {
            input.append(contentsOf: bytes)
            return
        }
        let used = parse(bytes)
        if used < bytes.count { input.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[used...])) }
    }

    public func feed(_ bytes: [UInt8]) { bytes.withUnsafeBytes { feed($0) } }
    public func feed(_ bytes: ArraySlice<UInt8>) { bytes.withUnsafeBytes { feed($0) } }

    /// The next event, or nil when more input is needed. Take all of them before feeding again: what waits is
    /// bounded only by what was fed.
    public func nextEvent() throws(XMLError) -> XMLEvent? {
        while true {
            if let event = ready {
                ready = nil
                return event
            }
            if isFinished { return nil }
            if isClosed {
                isFinished = true
                dropInput()
                return .streamClose
            }
            if let failure {
                isFinished = true
                dropInput()
                throw failure
            }
            if isSuspended {
                isSuspended = false
                if let expat { settle(XML_ResumeParser(expat)) }
            } else if inputStart < input.count {
                let used = input.withUnsafeBytes { parse(UnsafeRawBufferPointer(rebasing: $0[inputStart...])) }
                inputStart += used
                if inputStart >= input.count { dropInput() }
            } else {
                return nil
            }
        }
    }

    /// Gives Expat as much as it takes until an event is ready; returns how much that was.
    private func parse(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard let expat else { return bytes.count }
        var used = 0
        if sniffed < 2 { sniff(bytes) }
        while used < bytes.count, ready == nil, failure == nil, !isClosed, !isSuspended {
            let count = min(bytes.count - used, XMLStreamParser.slice)
            given &+= count
            let start = (bytes.baseAddress! + used).assumingMemoryBound(to: CChar.self)
            settle(XML_Parse(expat, start, Int32(count), 0))
            used += count
        }
        return used
    }

    /// Expat takes UTF-16 for what it is even when told UTF-8: by its byte order mark or a NUL in its first two bytes.
    private func sniff(_ bytes: UnsafeRawBufferPointer) {
        for byte in bytes.prefix(2 - sniffed) {
            if byte == 0 || byte >= 0xFE { failure = .encoding("UTF-16") }
            sniffed += 1
        }
    }

    /// What came of a call of Expat's.
    private func settle(_ status: XML_Status) {
        if isClosed || failure != nil { return }
        if status == XML_STATUS_SUSPENDED {
            isSuspended = true
        } else if status == XML_STATUS_ERROR {
            failure = expatError()
        } else if let expat {
            let unfinished = given &- Int(XML_GetCurrentByteIndex(expat))
            if given &- boundary > limits.stanzaBytes { exceed(.stanzaTooLong(limit: limits.stanzaBytes)) }
            if unfinished > limits.tagBytes { exceed(.tagTooLong(limit: limits.tagBytes)) }
            if excess != nil {
                scanned += unfinished
                if scanned > XMLLimits.scannedBytes { failure = .tagTooLong(limit: limits.tagBytes) }
            }
        }
    }

    private func dropInput() {
        inputStart = 0
        input.removeAll(keepingCapacity: input.capacity <= XMLStreamParser.keptInput)
    }

    private func expatError() -> XMLError {
        guard let expat else { return .outOfMemory }
        let code = XML_GetErrorCode(expat)
        let reason: String
        if let text = XML_ErrorString(code) { reason = String(cString: text) } else { reason = "unknown" }
        switch code {
        case XML_ERROR_NO_MEMORY: return .outOfMemory
        case XML_ERROR_UNDEFINED_ENTITY, XML_ERROR_RECURSIVE_ENTITY_REF, XML_ERROR_BINARY_ENTITY_REF,
            XML_ERROR_ATTRIBUTE_EXTERNAL_ENTITY_REF:
            return .restricted(.entity)
        case XML_ERROR_UNKNOWN_ENCODING, XML_ERROR_INCORRECT_ENCODING: return .encoding(reason)
        case XML_ERROR_UNBOUND_PREFIX, XML_ERROR_UNDECLARING_PREFIX, XML_ERROR_RESERVED_PREFIX_XML,
            XML_ERROR_RESERVED_PREFIX_XMLNS, XML_ERROR_RESERVED_NAMESPACE_URI:
            return .prefix(reason: reason)
        default: return .notWellFormed(reason: reason, byte: Int(XML_GetCurrentByteIndex(expat)))
        }
    }

    // MARK: Expat's reports

    private func fail(_ error: XMLError) {
        guard failure == nil, !isClosed else { return }
        failure = error
        _ = XML_StopParser(expat, XML_Bool(XML_FALSE))
    }

    /// The stanza at hand is more than we hold.
    private func exceed(_ error: XMLError) {
        guard limits.passesOver, isOpen else {
            if failure == nil { failure = error }
            return
        }
        if excess != nil { return }
        excess = error
        isPassing = true
        scanned = 0
        openNodes.removeAll(keepingCapacity: true)
        if isKnownUniquelyReferenced(&arena) { arena.reset() } else { arena = XMLArena() }
    }

    /// In a report of Expat's, which is stopped where the stream cannot go on.
    private func refuse(_ error: XMLError) {
        exceed(error)
        if failure != nil { _ = XML_StopParser(expat, XML_Bool(XML_FALSE)) }
    }

    /// Stops Expat behind the event that is ready now.
    private func suspend() {
        boundary = Int(XML_GetCurrentByteIndex(expat)) &+ Int(XML_GetCurrentByteCount(expat))
        _ = XML_StopParser(expat, XML_Bool(XML_TRUE))
    }

    private func declaration(_ encoding: UnsafePointer<XML_Char>?) {
        guard let encoding else { return }
        let name = String(cString: encoding)
        if name.lowercased() != "utf-8" { fail(.encoding(name)) }
    }

    private func start(_ name: UnsafePointer<XML_Char>, _ attributes: UnsafeMutablePointer<UnsafePointer<XML_Char>?>?) {
        guard failure == nil, !isClosed else { return }
        depth += 1
        if depth > XMLLimits.deepest { return fail(.tooDeep(limit: XMLLimits.deepest)) }
        if depth > limits.depth { refuse(.tooDeep(limit: limits.depth)) }
        // `settle` sees only what is unfinished at the end of a read; the same must come of it however the reads are cut.
        // No tag is that long while less than that was given since the last stanza.
        if given &- boundary > limits.tagBytes, Int(XML_GetCurrentByteCount(expat)) > limits.tagBytes { refuse(.tagTooLong(limit: limits.tagBytes)) }
        if isPassing || failure != nil { return }
        if depth <= 2 {
            if isKnownUniquelyReferenced(&arena) { arena.reset() } else { arena = XMLArena() }
        }
        isTextOpen = false
        let arena = self.arena
        let index = arena.nodes.count
        if index >= limits.nodes { return refuse(.tooManyNodes(limit: limits.nodes)) }

        let (local, namespace) = arena.storeName(name)
        let firstAttribute = arena.attributes.count
        var count = 0
        if let attributes {
            while let key = attributes[2 * count], let value = attributes[2 * count + 1] {
                count += 1
                if count > limits.attributes { return refuse(.tooManyAttributes(limit: limits.attributes)) }
                let (local, namespace) = arena.storeAttributeName(key)
                let stored = arena.store(value, strlen(value))
                arena.attributes.append(XMLArena.Attribute(name: local, namespace: namespace, value: stored))
            }
        }
        arena.nodes.append(
            XMLArena.Node(
                name: local, namespace: namespace, firstAttribute: UInt32(truncatingIfNeeded: firstAttribute),
                attributeCount: UInt16(truncatingIfNeeded: count), isText: false, end: UInt32(truncatingIfNeeded: index + 1)))
        if arena.bytes.count > heldBytes { return refuse(.stanzaTooLong(limit: limits.stanzaBytes)) }
        if depth == 1 {
            suspend()
            if boundary > limits.stanzaBytes { return fail(.stanzaTooLong(limit: limits.stanzaBytes)) }
            isOpen = true
            ready = .streamOpen(Element(arena: arena, index: index))
        } else {
            openNodes.append(index)
        }
    }

    private func end() {
        guard failure == nil, !isClosed else { return }
        depth -= 1
        isTextOpen = false
        if isPassing, depth > 0, let passed = excess {
            if depth == 1 {
                excess = nil
                isPassing = false
                suspend()
                ready = .passedOver(passed)
            }
            return
        }
        guard let index = openNodes.popLast() else {
            isClosed = true
            return
        }
        arena.nodes[index].end = UInt32(truncatingIfNeeded: arena.nodes.count)
        if depth == 1 {
            let previous = boundary
            suspend()
            if boundary &- previous > limits.stanzaBytes {
                let error = XMLError.stanzaTooLong(limit: limits.stanzaBytes)
                if !limits.passesOver { return fail(error) }
                return ready = .passedOver(error)
            }
            ready = .element(Element(arena: arena, index: index))
        }
    }

    private func characters(_ text: UnsafePointer<XML_Char>, _ count: Int) {
        guard failure == nil, !isClosed else { return }
        guard depth > 1 else { return betweenStanzas(text, count) }
        if isPassing { return }
        let arena = self.arena
        let span = arena.store(text, count)
        if arena.bytes.count > heldBytes { return refuse(.stanzaTooLong(limit: limits.stanzaBytes)) }
        // Expat reports one text in pieces: at line ends, character references and ends of input.
        let index = arena.nodes.count
        if isTextOpen, index > 0 {
            arena.nodes[index - 1].name.count &+= span.count
            return
        }
        if index >= limits.nodes { return refuse(.tooManyNodes(limit: limits.nodes)) }
        isTextOpen = true
        arena.nodes.append(
            XMLArena.Node(
                name: span, namespace: .empty, firstAttribute: 0, attributeCount: 0, isText: true,
                end: UInt32(truncatingIfNeeded: index + 1)))
    }

    /// White space keeps a connection alive (RFC 6120 §4.6.1); anything else is no XMPP.
    private func betweenStanzas(_ text: UnsafePointer<XML_Char>, _ count: Int) {
        for at in 0..<count where text[at] != 0x20 && text[at] != 0x0A && text[at] != 0x0D && text[at] != 0x09 {
            return fail(.textBetweenStanzas)
        }
        boundary = Int(XML_GetCurrentByteIndex(expat)) &+ Int(XML_GetCurrentByteCount(expat))
    }
}

/// Expat only calls back during a call made by the parser itself, which is therefore alive.
@inline(__always)
private func parser(_ userData: UnsafeMutableRawPointer?) -> XMLStreamParser {
    Unmanaged<XMLStreamParser>.fromOpaque(userData!).takeUnretainedValue()
}

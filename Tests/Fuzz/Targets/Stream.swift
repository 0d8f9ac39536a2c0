@testable import XMPP

/// The stream parser: whatever the bytes and however they are cut, the same events within the limits, and each
/// element's own XML reads back as the same element.
///
/// The first byte seeds the cuts; its lowest bits choose the limits. A text that breaks two rules at once may be refused for either, as the cuts have it.
func fuzzStream(_ input: [UInt8]) throws(Broken) {
    guard let seed = input.first else { return }
    let bytes = Array(input.dropFirst())
    // The second bit passes over what is beyond them.
    // Small enough to be reached by a small input. The limit of a tag stays as it is: white space and references are only held against it where a read ends.
    var limits = seed & 1 == 0 ? XMLLimits() : XMLLimits(stanzaBytes: 300, depth: 5, attributes: 4, nodes: 8)
    limits.passesOver = seed & 2 != 0
    let whole = try parsed([bytes[...]], limits)
    try require(try parsed(bytes.indices.map { bytes[$0...$0] }, limits) == whole, "byte by byte gives other events")
    var pieces: [ArraySlice<UInt8>] = [], from = 0, state = UInt64(seed) | 1
    while from < bytes.count {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let to = min(bytes.count, from + 1 + Int(state >> 33) % 40)
        pieces.append(bytes[from..<to])
        from = to
    }
    try require(try parsed(pieces, limits) == whole, "cut into pieces gives other events")
}

private struct Parsed: Equatable {
    var events: [String] = []
    var error: XMLError?

    static func == (a: Parsed, b: Parsed) -> Bool { a.events == b.events && (a.error == nil) == (b.error == nil) }
}

private func parsed(_ pieces: [ArraySlice<UInt8>], _ limits: XMLLimits) throws(Broken) -> Parsed {
    let parser = XMLStreamParser(limits: limits)
    var parsed = Parsed()
    var fed = 0
    for piece in pieces {
        fed += piece.count
        parser.feed(piece)
        while true {
            let event: XMLEvent?
            do throws(XMLError) { event = try parser.nextEvent() } catch {
                try require(parsed.error == nil, "a parser fails twice")
                try require(error.description.utf8.count < 2 * XMLLimits.tagBytes, "an error of \(error.description.utf8.count) bytes")
                parsed.error = error
                continue
            }
            guard let event else { break }
            try require(parsed.error == nil, "an event behind the error")
            switch event {
            case .streamOpen(let root):
                try require(parsed.events.isEmpty, "a second stream header")
                try check(root, limits)
                parsed.events.append("open \(root)")
            case .element(let element):
                try require(!parsed.events.isEmpty, "an element before the header")
                try check(element, limits)
                parsed.events.append("\(element)")
            case .passedOver: parsed.events.append("passed over")
            case .streamClose: parsed.events.append("close")
            }
            try require(parsed.events.count <= fed / 4 + 1, "\(parsed.events.count) events from \(fed) bytes")
        }
    }
    return parsed
}

private func check(_ element: Element, _ limits: XMLLimits) throws(Broken) {
    try require(element.arena.nodes.count <= limits.nodes, "\(element.arena.nodes.count) nodes")
    try require(element.arena.bytes.count <= 2 * limits.stanzaBytes + XMLLimits.tagBytes, "\(element.arena.bytes.count) bytes held")
    try checkDepth(element, limits.depth)
    let copy = try onlyElement(Array(element.description.utf8))
    try require(copy == element, "\(element) reads back as \(copy)")
}

private func checkDepth(_ element: Element, _ depth: Int) throws(Broken) {
    try require(depth > 0, "nested too deep")
    try require(element.attributeCount <= XMLLimits.attributes, "\(element.attributeCount) attributes")
    for child in element.children { try checkDepth(child, depth - 1) }
}

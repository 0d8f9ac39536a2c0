import Testing
import XMPP

/// What came out of a parser, as text, so that a test reads as a transcript.
struct Parsed: Equatable {
    var events: [String] = []
    var error: XMLError?
}

let streamOpen = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"

func parse(_ pieces: [ArraySlice<UInt8>], limits: XMLLimits = XMLLimits()) -> Parsed {
    let parser = XMLStreamParser(limits: limits)
    var parsed = Parsed()
    for piece in pieces {
        parser.feed(piece)
        do throws(XMLError) {
            while let event = try parser.nextEvent() {
                switch event {
                case .streamOpen(let root): parsed.events.append("open \(root.name) {\(root.namespace)}")
                case .element(let element): parsed.events.append("\(element)")
                case .passedOver(let error): parsed.events.append("passed over \(error.description)")
                case .streamClose: parsed.events.append("close")
                }
            }
        } catch {
            #expect(parsed.error == nil, "a parser fails once")
            parsed.error = error
        }
    }
    return parsed
}

/// Parses the bytes whole, byte by byte, and (where they parse) with another stanza behind them; the result
/// must be the same each time.
func parseEveryWay(_ bytes: [UInt8], limits: XMLLimits = XMLLimits(), location: SourceLocation = #_sourceLocation) -> Parsed {
    let whole = parse([bytes[...]], limits: limits)
    let dripped = parse(bytes.indices.map { bytes[$0...$0] }, limits: limits)
    #expect(dripped == whole, "byte by byte", sourceLocation: location)
    if whole.error == nil, whole.events.last != "close" {
        var expected = whole
        expected.events.append("<next xmlns='jabber:client'/>")
        let followed = parse([bytes + Array("<next xmlns='jabber:client'/>".utf8)][...].map { $0[...] }, limits: limits)
        #expect(followed == expected, "followed by another stanza", sourceLocation: location)
    }
    return whole
}

/// The stanzas and the error behind an ordinary stream header.
func parseStream(_ xml: String, limits: XMLLimits = XMLLimits(), location: SourceLocation = #_sourceLocation) -> Parsed {
    var parsed = parseEveryWay(Array((streamOpen + xml).utf8), limits: limits, location: location)
    #expect(parsed.events.first == "open stream {http://etherx.jabber.org/streams}", sourceLocation: location)
    parsed.events.removeFirst()
    return parsed
}

/// One stanza as an element, for tests of everything that reads elements.
func element(_ xml: String, location: SourceLocation = #_sourceLocation) throws -> Element {
    let parser = XMLStreamParser()
    parser.feed(Array((streamOpen + xml).utf8))
    _ = try parser.nextEvent()
    guard case .element(let element)? = try parser.nextEvent() else {
        throw NoElement()
    }
    return element
}

struct NoElement: Error {}

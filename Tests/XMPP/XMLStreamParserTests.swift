import Testing
import XMPP

@Suite struct XMLStreamParserTests {
    @Test func `stanzas come out in order with their namespaces`() {
        let parsed = parseStream("<message to='a@b'><body>hi</body></message><iq type='get'><ping xmlns='urn:xmpp:ping'/></iq>")
        #expect(
            parsed
                == Parsed(events: [
                    "<message xmlns='jabber:client' to='a@b'><body>hi</body></message>",
                    "<iq xmlns='jabber:client' type='get'><ping xmlns='urn:xmpp:ping'/></iq>",
                ]))
    }

    @Test func `the stream's header is an event with its attributes`() throws {
        let parser = XMLStreamParser()
        parser.feed(Array("<?xml version='1.0' encoding='utf-8'?><stream:stream from='x.org' id='7' xml:lang='de' xmlns:stream='s'>".utf8))
        guard case .streamOpen(let root)? = try parser.nextEvent() else {
            Issue.record("no header")
            return
        }
        #expect(root.is("stream", "s"))
        #expect(root.attribute("from") == "x.org")
        #expect(root.attribute("id") == "7")
        #expect(root.attribute("lang", "http://www.w3.org/XML/1998/namespace") == "de")
        #expect(root.attribute("lang") == nil)
        #expect(root.children.map(\.name) == [])
    }

    @Test func `prefixes are resolved`() {
        #expect(parseStream("<p:a xmlns:p='urn:p'><b/><p:c/></p:a>").events == ["<a xmlns='urn:p'><b xmlns='jabber:client'/><c/></a>"])
    }

    @Test func `references and CDATA become one text`() throws {
        let parsed = parseStream("<a>1 &lt; 2 &amp;&#10;\n&#x1F331;<![CDATA[<&]]>end</a>")
        #expect(parsed.events == ["<a xmlns='jabber:client'>1 &lt; 2 &amp;\n\n🌱&lt;&amp;end</a>"])
    }

    @Test func `white space between stanzas is nothing`() {
        #expect(parseStream(" \n\t <a/>\r\n ") == Parsed(events: ["<a xmlns='jabber:client'/>"]))
    }

    @Test func `the end of the stream is an event and what follows is not looked at`() {
        #expect(parseStream("<a/></stream:stream><b/> <!-- garbage \u{0}") == Parsed(events: ["<a xmlns='jabber:client'/>", "close"]))
        #expect(parseEveryWay(Array("<s xmlns='u'/><b/>".utf8)) == Parsed(events: ["open s {u}", "close"]))
    }

    @Test func `the last bytes of a long tag are not waited for`() throws {
        // Expat's reparse deferral would keep this stanza until something else arrives.
        let parser = XMLStreamParser()
        let tag = "<a v='" + String(repeating: "x", count: 5000) + "'/"
        parser.feed(Array((streamOpen + tag).utf8))
        _ = try parser.nextEvent()
        #expect(try parser.nextEvent() == nil)
        parser.feed(Array(">".utf8))
        #expect(try parser.nextEvent() != nil)
    }

    @Test func `stanzas before an error are delivered and the error comes once`() throws {
        let parser = XMLStreamParser()
        parser.feed(Array((streamOpen + "<a/><b></c>").utf8))
        _ = try parser.nextEvent()
        #expect(try parser.nextEvent() != nil)
        #expect(throws: XMLError.self) { try parser.nextEvent() }
        parser.feed(Array("<d/>".utf8))
        #expect(try parser.nextEvent() == nil)
    }

    @Test func `input fed while an event waits is not lost`() throws {
        let parser = XMLStreamParser()
        parser.feed(Array(streamOpen.utf8))
        for number in 0..<3 { parser.feed(Array("<a n='\(number)'/>".utf8)) }
        _ = try parser.nextEvent()
        var seen: [String] = []
        while case .element(let element)? = try parser.nextEvent() { seen.append(element.attribute("n") ?? "") }
        #expect(seen == ["0", "1", "2"])
    }

    @Test func `an element outlives the stanzas after it`() throws {
        let parser = XMLStreamParser()
        parser.feed(Array((streamOpen + "<a>first</a><b>second</b>").utf8))
        _ = try parser.nextEvent()
        guard case .element(let first)? = try parser.nextEvent(), case .element(let second)? = try parser.nextEvent() else {
            Issue.record("no stanzas")
            return
        }
        #expect(first.text == "first")
        #expect(second.text == "second")
    }

    @Test func `many stanzas in one large read come out whole`() {
        let stanza = "<message from='a@b/c'><body>\(String(repeating: "0123456789", count: 30))</body></message>"
        let bytes = Array((streamOpen + String(repeating: stanza, count: 500)).utf8)
        let parsed = parse([bytes[...]])
        #expect(parsed.error == nil)
        #expect(parsed.events.count == 501)
        #expect(Set(parsed.events.dropFirst()).count == 1)
    }
}

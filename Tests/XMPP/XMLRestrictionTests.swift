import Testing
import XMPP

/// What a hostile or broken peer sends (facts §5). Each also byte by byte, by `parseStream`.
@Suite struct XMLRestrictionTests {
    @Test(arguments: [
        ("<!DOCTYPE s [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><s xmlns='u'>&b;", XMLRestriction.doctype),
        ("<!DOCTYPE s SYSTEM 'file:///etc/passwd'><s xmlns='u'>", .doctype),
        ("<!-- hello --><s xmlns='u'>", .comment),
        ("<?xml-stylesheet href='x'?><s xmlns='u'>", .processingInstruction),
    ])
    func `before the stream opens XMPP's subset of XML holds`(xml: String, restriction: XMLRestriction) {
        #expect(parseEveryWay(Array(xml.utf8)) == Parsed(error: .restricted(restriction)))
    }

    @Test(arguments: [
        ("<!-- hello -->", XMLRestriction.comment), ("<a><!-- hello --></a>", .comment), ("<?php x?>", .processingInstruction),
        ("<a><?x?></a>", .processingInstruction), ("<a>&nbsp;</a>", .entity), ("<a b='&nbsp;'/>", .entity),
    ])
    func `inside the stream XMPP's subset of XML holds`(xml: String, restriction: XMLRestriction) {
        let parsed = parseStream(xml)
        #expect(parsed == Parsed(error: .restricted(restriction)))
        #expect(parsed.error.map { "\($0.condition)" } == "restricted-xml")
    }

    @Test(arguments: ["iso-8859-1", "UTF-16", "us-ascii"])
    func `an encoding other than UTF-8 ends the stream`(name: String) {
        let parsed = parseEveryWay(Array("<?xml version='1.0' encoding='\(name)'?><s xmlns='u'>".utf8))
        #expect(parsed == Parsed(error: .encoding(name)))
        #expect(parsed.error.map { "\($0.condition)" } == "unsupported-encoding")
    }

    @Test func `UTF-16 that says nothing about itself ends the stream`() {
        let little: [UInt8] = "<s xmlns='u'>".utf8.flatMap { [$0, 0] as [UInt8] }
        let big: [UInt8] = "<s xmlns='u'>".utf8.flatMap { [0, $0] as [UInt8] }
        for bytes in [[0xFF, 0xFE] + little, little, [0xFE, 0xFF] + big, big] {
            #expect(parseEveryWay(bytes) == Parsed(error: .encoding("UTF-16")))
        }
    }

    @Test func `a UTF-8 byte order mark is no text`() {
        #expect(parseEveryWay([0xEF, 0xBB, 0xBF] + Array("<s xmlns='u'>".utf8)) == Parsed(events: ["open s {u}"]))
    }

    @Test(arguments: [
        [0xFF], [0xC3, 0x28], [0xC0, 0xAF], [0xE2, 0x28, 0xA1], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x00], [0x0B],
        [0xEF, 0xBF, 0xBE],
    ] as [[UInt8]])
    func `invalid UTF-8 and forbidden characters end the stream`(bad: [UInt8]) {
        let parsed = parseEveryWay(Array((streamOpen + "<a>").utf8) + bad + Array("</a>".utf8))
        #expect(parsed.events.count == 1)
        #expect(parsed.error.map { "\($0.condition)" } == "not-well-formed")
    }

    @Test(arguments: ["<a></b>", "<a b=c/>", "<a b='1' b='2'/>", "<a b='<'/>", "<1/>", "</a>", "<a:b:c xmlns:a='u'/>", "<a>]]></a>", "<a>&#12;</a>", "<a>&#0;</a>"])
    func `what is not XML ends the stream`(xml: String) {
        let parsed = parseStream(xml)
        #expect(parsed.events.isEmpty)
        #expect(parsed.error.map { "\($0.condition)" } == "not-well-formed")
    }

    @Test(arguments: ["<p:a/>", "<a p:b='1'/>", "<a xmlns:xml='u'/>", "<a xmlns:p=''/>"])
    func `a misused prefix ends the stream`(xml: String) {
        #expect(parseStream(xml).error.map { "\($0.condition)" } == "bad-namespace-prefix")
    }

    @Test func `a namespace cannot be smuggled in by the separator`() {
        // CVE-2022-25236: with '\n' or '|' as separator this would be {urn:a}admin.
        for separator in ["\n", "|", " ", "&#10;", "!", "\u{1}"] {
            let parsed = parseStream("<admin xmlns='urn:a\(separator)admin'/>")
            #expect(!parsed.events.contains { $0.contains("xmlns='urn:a'") })
        }
        #expect(parseStream("<admin xmlns='urn:a&#12;admin'/>").error != nil)
    }

    @Test func `text between stanzas ends the stream`() {
        let parsed = parseStream("<a/>hello<b/>")
        #expect(parsed == Parsed(events: ["<a xmlns='jabber:client'/>"], error: .textBetweenStanzas))
        #expect(parsed.error.map { "\($0.condition)" } == "bad-format")
    }

    // MARK: Limits

    @Test func `a stanza of the allowed size passes and one byte more does not`() {
        let limits = XMLLimits(stanzaBytes: 1000)
        func stanza(_ size: Int) -> String { "<a>" + String(repeating: "x", count: size - 7) + "</a>" }
        #expect(parseStream(stanza(1000), limits: limits).error == nil)
        #expect(parseStream(stanza(1000) + "  \n" + stanza(1000), limits: limits).events.count == 2)
        #expect(parseStream(stanza(1001), limits: limits) == Parsed(error: .stanzaTooLong(limit: 1000)))
        #expect(parseStream(stanza(1000) + stanza(1001), limits: limits).error == .stanzaTooLong(limit: 1000))
        #expect(XMLError.stanzaTooLong(limit: 1000).condition.description == "policy-violation")
    }

    @Test func `keepalives for years are no large stanza`() {
        let limits = XMLLimits(stanzaBytes: 1000)
        #expect(parseStream(String(repeating: " ", count: 5000), limits: limits) == Parsed())
    }

    @Test func `before login a stanza is at most ten kilobytes`() {
        let parsed = parse([Array((streamOpen + "<a>" + String(repeating: "x", count: 12_000)).utf8)[...]], limits: .beforeLogin)
        #expect(parsed.error == .stanzaTooLong(limit: 10_000))
    }

    @Test func `a stanza that never ends is cut at its limit`() {
        let endless = Array((streamOpen + "<a>" + String(repeating: "x", count: 300_000)).utf8)
        #expect(parse([endless[...]]).error == .stanzaTooLong(limit: 262_144))
    }

    @Test func `a tag that never ends is cut at its limit`() {
        let limits = XMLLimits(tagBytes: 500)
        #expect(parseStream("<a b='" + String(repeating: "x", count: 600), limits: limits) == Parsed(error: .tagTooLong(limit: 500)))
        let long = Array((streamOpen + "<a " + String(repeating: "x", count: 30_000)).utf8)
        #expect(parse([long[...]]).error == .tagTooLong(limit: 16 * 1024))
    }

    @Test func `a tag of the allowed size passes and one byte more does not, however it is cut`() {
        var limits = XMLLimits(tagBytes: 200)
        func tag(_ size: Int) -> String { "<a b='\(String(repeating: "x", count: size - 9))'/>" }
        #expect(parseStream(tag(200), limits: limits).error == nil)
        #expect(parseStream(tag(201), limits: limits) == Parsed(error: .tagTooLong(limit: 200)))
        limits.passesOver = true
        #expect(parseStream(tag(201) + tag(1000) + "<n/>", limits: limits).events.map { $0.prefix(6) } == ["passed", "passed", "<n xml"])
    }

    @Test func `a stream header of the allowed size passes and one byte more does not, however it is cut`() {
        func header(_ size: Int) -> [UInt8] { Array("<?xml version='1.0'?><s a='\(String(repeating: "x", count: size - 29))'>".utf8) }
        for passesOver in [false, true] {
            var limits = XMLLimits(stanzaBytes: 150)
            limits.passesOver = passesOver
            #expect(parse([header(150)[...]], limits: limits).events == ["open s {}"])
            for size in [151, 152, 160] {
                #expect(parseEveryWay(header(size) + Array("<a/>".utf8), limits: limits) == Parsed(error: .stanzaTooLong(limit: 150)), "\(size) bytes")
            }
        }
    }

    @Test func `depth is bounded`() {
        let parsed = parseStream(String(repeating: "<a>", count: 31) + String(repeating: "</a>", count: 31))
        #expect(parsed.events.count == 1)
        #expect(parsed.error == nil)
        #expect(parseStream(String(repeating: "<a>", count: 32)) == Parsed(error: .tooDeep(limit: 32)))
    }

    @Test func `attributes are bounded`() {
        func tag(_ count: Int) -> String { "<a " + (0..<count).map { "a\($0)=''" }.joined(separator: " ") + "/>" }
        #expect(parseStream(tag(64)).error == nil)
        #expect(parseStream(tag(65)) == Parsed(error: .tooManyAttributes(limit: 64)))
    }

    @Test func `elements of one stanza are bounded`() {
        let limits = XMLLimits(nodes: 10)
        #expect(parseStream("<a>" + String(repeating: "<b/>", count: 9) + "</a>", limits: limits).error == nil)
        #expect(parseStream("<a>" + String(repeating: "<b/>", count: 10) + "</a>", limits: limits).error == .tooManyNodes(limit: 10))
        #expect(parseStream("<a>" + String(repeating: "<b/>x", count: 5) + "</a>", limits: limits).error == .tooManyNodes(limit: 10))
    }

    @Test(arguments: [
        "<a><b><c><d/></c></b></a>", "<a x='' b='' c='' d=''/>", "<a><b/><b/><b/><b/><b/></a>", "<a>\(String(repeating: "x", count: 200))</a>",
    ])
    func `what is beyond the limits can be passed over`(stanza: String) {
        var limits = XMLLimits(stanzaBytes: 150, depth: 4, attributes: 3, nodes: 5)
        limits.passesOver = true
        let parsed = parseStream("<n/>\(stanza) <n/>\(stanza)\(stanza)</stream:stream>", limits: limits)
        #expect(parsed.error == nil)
        #expect(parsed.events.map { $0.hasPrefix("passed over") ? "passed over" : $0 } == ["<n xmlns='jabber:client'/>", "passed over", "<n xmlns='jabber:client'/>", "passed over", "passed over", "close"])
    }

    @Test func `a stream header beyond the limits is never passed over`() {
        var limits = XMLLimits(attributes: 3)
        limits.passesOver = true
        #expect(parseEveryWay(Array("<stream:stream xmlns:stream='urn:s' a='' b='' c='' d=''><a/>".utf8), limits: limits) == Parsed(events: [], error: .tooManyAttributes(limit: 3)))
    }

    @Test func `a long namespace is not copied for each short prefix`() {
        let limits = XMLLimits(stanzaBytes: 15_000)
        let declarations = (0..<3).map { "xmlns:p\($0)='\(String(repeating: "u", count: 1000))\($0)'" }.joined(separator: " ")
        let children = (0..<600).map { "<p\($0 % 3):x/>" }.joined()
        // 600 copies would be 600 kB from 8 kB of input.
        #expect(parseStream("<a \(declarations)>\(children)</a>", limits: limits).error == nil)

        let many = (0..<40).map { "xmlns:p\($0)='\(String(repeating: "u", count: 200))\($0)'" }.joined(separator: " ")
        let uses = (0..<500).map { "<p\(39 - $0 % 20):x/>" }.joined()
        let order = (0..<20).map { "<p\($0):y/>" }.joined()
        #expect(parseStream("<a \(many)>\(order)\(uses)</a>", limits: limits).error == .stanzaTooLong(limit: 15_000))
    }
}

import Testing
import XMPP

@Suite struct JIDTests {
    // RFC 7622 §3.5, table 1, by number there.
    @Test(arguments: [
        ("juliet@example.com", "juliet", "example.com", nil),  // 1
        ("juliet@example.com/foo", "juliet", "example.com", "foo"),  // 2
        ("juliet@example.com/foo bar", "juliet", "example.com", "foo bar"),  // 3
        ("juliet@example.com/foo@bar", "juliet", "example.com", "foo@bar"),  // 4
        ("foo\\20bar@example.com", "foo\\20bar", "example.com", nil),  // 5
        ("fussball@example.com", "fussball", "example.com", nil),  // 6
        ("fu\u{DF}ball@example.com", "fu\u{DF}ball", "example.com", nil),  // 7
        ("\u{3C0}@example.com", "\u{3C0}", "example.com", nil),  // 8
        ("\u{3A3}@example.com/foo", "\u{3C3}", "example.com", "foo"),  // 9
        ("\u{3C3}@example.com/foo", "\u{3C3}", "example.com", "foo"),  // 10
        ("\u{3C2}@example.com/foo", "\u{3C2}", "example.com", "foo"),  // 11
        ("king@example.com/\u{265A}", "king", "example.com", "\u{265A}"),  // 12
        ("example.com", nil, "example.com", nil),  // 13
        ("example.com/foobar", nil, "example.com", "foobar"),  // 14
        ("a.example.com/b@example.net", nil, "a.example.com", "b@example.net"),  // 15
    ] as [(String, String?, String, String?)])
    func `the RFC's addresses are taken apart`(text: String, local: String?, domain: String, resource: String?) throws {
        let jid = try JID(text)
        #expect(jid.local == local)
        #expect(jid.domain == domain)
        #expect(jid.resource == resource)
        #expect(try JID(jid.description) == jid)
    }

    // RFC 7622 §3.5, table 2.
    @Test(arguments: [
        ("\"juliet\"@example.com", JIDError.forbidden(.local, 0x22)),  // 16
        ("foo bar@example.com", .forbidden(.local, 0x20)),  // 17
        ("juliet@example.com/ foo", .forbidden(.resource, 0x20)),  // 18
        ("@example.com/", .emptyResource),  // 19
        ("henry\u{2163}@example.com", .forbidden(.local, 0x2173)),  // 20, refused as its lower case
        ("\u{265A}@example.com", .forbidden(.local, 0x265A)),  // 21
        ("juliet@", .emptyDomain),  // 22
        ("/foobar", .emptyDomain),  // 23
    ])
    func `the RFC's strings that are no addresses are refused`(text: String, error: JIDError) {
        #expect(throws: error) { try JID(text) }
        #expect(!error.description.isEmpty)
    }

    @Test(arguments: [
        ("", JIDError.emptyDomain), ("@", .emptyLocal), ("@example.com", .emptyLocal), ("a@b@c", .forbidden(.domain, 0x40)), ("a@/b", .emptyDomain),
        ("a@.", .emptyDomain), ("a@b/", .emptyResource), ("a&b@c", .forbidden(.local, 0x26)), ("a'b@c", .forbidden(.local, 0x27)),
        ("a:b@c", .forbidden(.local, 0x3A)), ("<@c", .forbidden(.local, 0x3C)), (">@c", .forbidden(.local, 0x3E)), ("a\u{7F}@c", .forbidden(.local, 0x7F)),
        ("a\0@c", .forbidden(.local, 0)), ("a@b/\u{1}", .forbidden(.resource, 1)), ("a@b/\u{85}", .forbidden(.resource, 0x85)),
        ("a@b/\u{FFFF}", .forbidden(.resource, 0xFFFF)), ("\u{FF1C}@c", .forbidden(.local, 0x3C)), ("\u{E000}@c", .forbidden(.local, 0xE000)),
        ("a\u{200D}@c", .forbidden(.local, 0x200D)), ("a\u{FE0F}@c", .forbidden(.local, 0xFE0F)), ("\u{1D4D0}@c", .forbidden(.local, 0x1D4D0)),
        ("\u{FB01}@c", .forbidden(.local, 0xFB01)), ("\u{1100}@c", .forbidden(.local, 0x1100)),
    ])
    func `what must not stand in an address is named`(text: String, error: JIDError) {
        #expect(throws: error) { try JID(text) }
    }

    @Test func `case and normalization make no difference but in the resource`() throws {
        #expect(try JID("Juliet@Example.COM") == JID("juliet@example.com"))
        #expect(try JID("JULIET@example.com/Balcony") != JID("juliet@example.com/balcony"))
        #expect(try JID("E\u{301}va@example.com").local?.unicodeScalars.map(\.value) == [0xE9, 0x76, 0x61])
        #expect(try JID("\u{C9}VA@example.com") == JID("e\u{301}va@example.com"))
        #expect(try JID("a@b/e\u{301}").resource?.unicodeScalars.map(\.value) == [0xE9])
        #expect(try JID("\u{FF21}b@c").local == "ab")
        #expect(try JID("a@b/x\u{A0}y").resource == "x y")
        #expect(try JID("Stra\u{DF}e@c") != JID("strasse@c"))
    }

    @Test func `parts have at most 1023 bytes`() throws {
        func times(_ count: Int, _ text: String = "a") -> String { String(repeating: text, count: count) }
        let label = times(63), domain = times(15, label + ".") + label
        #expect(domain.utf8.count == 1023)
        let longest = "\(times(1023))@\(domain)/\(times(1023))"
        #expect(try JID(longest).description == longest)
        #expect(throws: JIDError.tooLong(.local)) { try JID("\(times(1024))@example.com") }
        #expect(throws: JIDError.tooLong(.local)) { try JID("\(times(512, "ä"))@example.com") }
        #expect(try JID("\(times(511, "ä"))@example.com").local?.utf8.count == 1022)
        #expect(throws: JIDError.tooLong(.domain)) { try JID("\(domain).a") }
        #expect(throws: JIDError.tooLong(.resource)) { try JID("a@b/\(times(1024))") }
        #expect(throws: JIDError.tooLong(.address)) { try JID(times(1_000_000)) }
    }

    @Test func `a bare address is the one without its resource`() throws {
        let full = try JID("juliet@example.com/balcony")
        #expect(!full.isBare)
        #expect(full.bare.description == "juliet@example.com")
        #expect(full.bare.isBare)
        #expect(full.bare.bare == full.bare)
        #expect(try full.with(resource: "hall").description == "juliet@example.com/hall")
        #expect(try full.bare.with(resource: "a/b@c") == JID("juliet@example.com/a/b@c"))
        #expect(throws: JIDError.emptyResource) { try full.with(resource: "") }
    }

    @Test func `nicknames of today and tomorrow are resources`() throws {
        for nick in ["👩‍👩‍👧", "☂️ rain", "שלום", "\u{E9}", "a  b ", "😀"] {
            #expect(try JID("room@example.com/\(nick)").resource == nick)
        }
    }

    @Test func `random text never traps and what is taken stays the same`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix(state: seed)
        let alphabet: [UInt32] = [0x40, 0x2F, 0x2E, 0x2D, 0x5B, 0x5D, 0x3A, 0x61, 0x5A, 0x31, 0xDF, 0xE9, 0x301, 0x3A3, 0x4E2D, 0xFF21, 0x200D, 0x1F331, 0x130, 0x94D, 0x78, 0x6E]
        var taken = 0
        for round in 0..<20_000 {
            var text = Bool.random(using: &random) ? "" : "a@"
            for _ in 0..<Int.random(in: 0...8, using: &random) {
                text.unicodeScalars.append(Unicode.Scalar(alphabet.randomElement(using: &random)!)!)
            }
            guard let jid = try? JID(text) else { continue }
            taken += 1
            #expect(try JID(jid.description) == jid, "seed \(seed) round \(round): \(text)")
            #expect(jid.asciiDomain.utf8.allSatisfy { $0 < 0x80 }, "seed \(seed) round \(round): \(text)")
        }
        #expect(taken > 0)
    }
}

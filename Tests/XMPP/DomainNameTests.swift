import Testing
import XMPP

@Suite struct DomainNameTests {
    @Test func `the dot behind a domain is dropped`() throws {
        #expect(try JID("a@example.com.").domain == "example.com")
        #expect(throws: JIDError.badLabel) { try JID("a@example.com..") }
    }

    @Test(arguments: ["[::1]", "[::]", "[2001:db8::1]", "[1:2:3:4:5:6:7:8]", "[::ffff:192.0.2.1]", "[1::]", "[1:2:3:4:5:6:7::]", "[fe80::a:b]"])
    func `an IPv6 address stands in brackets`(domain: String) throws {
        #expect(try JID("a@\(domain)/r").domain == domain)
        #expect(try JID("a@\(domain.uppercased())").domain == domain)
    }

    @Test(arguments: [
        "[]", "[", "[::1", "[:]", "[:::]", "[1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:8:9]", "[1::2::3]", "[12345::]", "[g::]", "[::1]x", "[fe80::1%eth0]", "[:1:2:3:4:5:6:7]",
        "[::1.2.3]", "[::1.2.3.256]", "[1.2.3.4]", "[::01.2.3.4]", "[1:2:3:4:5:6:7:1.2.3.4]", "[1:2:3:4:5:6:7:]",
    ])
    func `a broken IPv6 address is refused`(domain: String) {
        #expect(throws: JIDError.badIPv6) { try JID("a@\(domain)") }
    }

    @Test func `an IPv4 address is a domain`() throws {
        #expect(try JID("a@192.0.2.1").domain == "192.0.2.1")
    }

    @Test(arguments: ["a@-b.c", "a@b-.c", "a@.b", "a@b..c", "a@" + String(repeating: "a", count: 64), "a@xn--", "a@xn--zzzzzz99999", "a@\u{301}a.b"])
    func `a broken label is refused`(text: String) {
        #expect(throws: JIDError.badLabel) { try JID(text) }
    }

    @Test(arguments: ["a@b c", "a@b\tc", "a@b!c", "a@b\u{265A}c", "a@b\u{2024}c", "a@b:5222", "a@b\u{202E}c"])
    func `what is no letter, digit or hyphen is refused`(text: String) {
        #expect(throws: JIDError.self) { try JID(text) }
    }

    @Test func `underscores of private networks are let through`() throws {
        #expect(try JID("a@my_host").domain == "my_host")
    }

    // The labels are from RFC 3492 §7.1 and from registries.
    @Test(arguments: [
        ("bücher.example", "xn--bcher-kva.example"), ("faß.de", "xn--fa-hia.de"), ("例え.jp", "xn--r8jz45g.jp"), ("παράδειγμα.gr", "xn--hxajbheg2az3al.gr"),
        ("почемужеонинеговорятпорусски.ru", "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l.ru"),
        ("なぜみんな日本語を話してくれないのか.jp", "xn--n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa.jp"), ("למההםפשוטלאמדבריםעברית.il", "xn--4dbcagdahymbxekheh6e0a7fei0b.il"),
    ])
    func `Unicode and encoded labels are the same domain`(unicode: String, ascii: String) throws {
        let jid = try JID("a@" + unicode)
        #expect(jid.domain == unicode)
        #expect(jid.asciiDomain == ascii)
        #expect(try JID("a@" + ascii) == jid)
        #expect(try JID("a@" + ascii.uppercased()) == jid)
    }

    @Test func `an encoded label that hides another spelling is refused`() {
        // "bÜcher", plain "abc", "ﬁ" as a ligature, and "é" as two, encoded as they stand.
        for label in ["xn--bcher-2pa", "xn--abc-", "xn--jm6c", "xn--e-xbb"] {
            #expect(throws: JIDError.self) { try JID("a@\(label).example") }
        }
    }

    @Test func `capitals and full-width letters are mapped`() throws {
        #expect(try JID("a@BÜCHER.Example").domain == "bücher.example")
        #expect(try JID("a@\u{FF45}xample.org").domain == "example.org")
    }
}

import Testing

@testable import Linux

@Suite struct HostNameTests {
    // RFC 3492 §7.1 (lower-cased), and names seen in the wild.
    @Test(arguments: [
        ("example.org", "example.org"), ("münchen.example", "xn--mnchen-3ya.example"), ("bücher.example", "xn--bcher-kva.example"),
        ("faß.example", "xn--fa-hia.example"), ("例え.テスト", "xn--r8jz45g.xn--zckzah"), ("пример。рф", "xn--e1afmkfd.xn--p1ai"),
        ("他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"), ("example.org.", "example.org"), ("a_b.example", "a_b.example"),
        ("pročprostěnemluvíčesky", "xn--proprostnemluvesky-uyb24dma41a"), ("☃.net", "xn--n3h.net"),
    ]) func `names become what DNS takes`(name: String, ascii: String) {
        #expect(HostName.ascii(name) == ascii)
    }

    @Test(arguments: [
        "", ".", "a..b", ".a", "a b", "a/b", "a\0b", "a\nb", "[::1]", "a@b", String(repeating: "a", count: 64), String(repeating: "ü", count: 63),
        Array(repeating: String(repeating: "a", count: 60), count: 5).joined(separator: "."),
    ]) func `what cannot be a host name is nil`(name: String) {
        #expect(HostName.ascii(name) == nil)
    }

    @Test func `the highest code points do not overflow`() {
        let name = String(String.UnicodeScalarView(repeatElement(Unicode.Scalar(0x10FFFF)!, count: 63)))
        #expect(HostName.ascii(name) == nil || HostName.ascii(name)!.utf8.count <= 63)
        #expect(HostName.ascii("a\u{10FFFF}b\u{80}")?.hasPrefix("xn--ab-") == true)
    }
}

import Text

extension JID {
    /// `xmpp:board@example.org?message;body=…` (RFC 5122, XEP-0147): opens a chat with the text ready to be sent.
    public func link(saying body: String) -> String {
        var link = Array("xmpp:".utf8)
        JID.escape(bare.description, &link)
        link += Array("?message;body=".utf8)
        JID.escape(body, &link)
        return String(decoding: link, as: UTF8.self)
    }

    /// Everything but "unreserved" (RFC 3986 §2.3) and the at sign.
    private static func escape(_ text: String, _ link: inout [UInt8]) {
        for byte in Array(text.utf8) {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "@"):
                link.append(byte)
            default:
                let digits: StaticString = "0123456789ABCDEF"
                link += [UInt8(ascii: "%"), digits.utf8Start[Int(byte >> 4)], digits.utf8Start[Int(byte & 15)]]
            }
        }
    }
}

import Text

/// Domainparts (RFC 7622 §3.2): domain names with Unicode labels (IDNA 2008), IPv4 and IPv6 addresses.
enum DomainName {
    /// Bytes of one label in its ASCII form (RFC 1035 §2.3.4).
    static let labelLimit = 63

    static func prepare(_ text: String) throws(JIDError) -> String {
        var isPlain = true
        for byte in Array(text.utf8) where byte >= 0x80 || (byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")) { isPlain = false }
        var name = isPlain ? text : String(scalars: UnicodeText.mapped(text))
        if name.utf8.last == UInt8(ascii: ".") { name = name.droppingLast(1) }
        if name.utf8.isEmpty { throw .emptyDomain }
        if name.utf8.count > JID.partLimit { throw .tooLong(.domain) }

        if name.utf8.first == UInt8(ascii: "[") {
            guard isIPv6(Array(name.utf8.dropFirst())) else { throw .badIPv6 }
            return name
        }
        var hasEncodedLabel = false
        for label in name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            if label.starts(with: prefix) { hasEncodedLabel = true }
            try check(Substring(label))
        }
        return hasEncodedLabel ? try decoded(name) : name
    }

    /// `xn--` in front of what Punycode made of a label (RFC 5890 §2.3.2.1).
    private static let prefix: [UInt8] = Array("xn--".utf8)

    /// Letters, digits, marks and hyphens; also the underscore, which names on private networks have.
    private static func check(_ label: Substring) throws(JIDError) {
        guard let first = label.utf8.first, let last = label.utf8.last, first != UInt8(ascii: "-"), last != UInt8(ascii: "-") else { throw .badLabel }
        var isASCII = true
        var previous: Unicode.Scalar?
        for scalar in String(label).scalars {
            switch scalar.value {
            case 0x61...0x7A, 0x30...0x39, 0x2D, 0x5F: break
            case 0x00..<0x80: throw .forbidden(.domain, scalar.value)
            default:
                isASCII = false
                if !UnicodeText.isIdentifier(scalar, after: previous) { throw .forbidden(.domain, scalar.value) }
                if previous == nil, UnicodeText.isMark(scalar) { throw .badLabel }
            }
            previous = scalar
        }
        if isASCII {
            if label.utf8.count > labelLimit { throw .badLabel }
        } else {
            // RFC 5891 §4.2.3.1: hyphens there belong to encoded labels.
            if label.utf8.dropFirst(2).starts(with: [UInt8(ascii: "-"), UInt8(ascii: "-")]) { throw .badLabel }
            guard let encoded = Punycode.encode(String(label).scalars), encoded.count + prefix.count <= labelLimit else { throw .badLabel }
        }
    }

    /// Encoded labels as Unicode ones, so that both spellings are the same address.
    private static func decoded(_ name: String) throws(JIDError) -> String {
        var result = ""
        for label in name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            if !result.isEmpty { result += "." }
            guard label.starts(with: prefix) else {
                result += String(Substring(label))
                continue
            }
            guard let scalars = Punycode.decode(Array(label.dropFirst(prefix.count))) else { throw .badLabel }
            let text = String(scalars: scalars)
            if UnicodeText.isASCII(text) { throw .badLabel }
            // What preparation would change was not encoded by the rules (RFC 5891 §5.4), and may pass for another name.
            guard UnicodeText.nfc(text.lowercased()) == scalars else { throw .badLabel }
            try check(text[...])
            result += text
        }
        if result.utf8.count > JID.partLimit { throw .tooLong(.domain) }
        return result
    }

    /// A prepared domain with its Unicode labels encoded.
    static func ascii(_ name: String) -> String {
        if UnicodeText.isASCII(name) { return name }
        var result: [UInt8] = []
        for label in name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            if !result.isEmpty { result.append(UInt8(ascii: ".")) }
            let text = String(Substring(label))
            result += UnicodeText.isASCII(text) ? Array(text.utf8) : prefix + (Punycode.encode(text.scalars) ?? [])
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// `2001:db8::1]` (RFC 4291 §2.2, without a zone).
    private static func isIPv6(_ bytes: [UInt8]) -> Bool {
        let end = bytes.count - 1, colon = UInt8(ascii: ":")
        guard end >= 2, bytes[end] == UInt8(ascii: "]"), bytes.count <= 46 else { return false }
        // A colon at the beginning is the first one of a "::".
        var at = bytes[0] == colon ? 1 : 0
        if at == 1, bytes[1] != colon { return false }
        var groups = 0, digits = 0, hasGap = false
        while at < end {
            if bytes[at] == UInt8(ascii: ".") {
                guard isIPv4(bytes[(at - digits)..<end]) else { return false }
                groups += 2
                digits = 0
                break
            }
            if bytes[at] != colon {
                guard isHex(bytes[at]), digits < 4 else { return false }
                digits += 1
            } else if digits == 0 {
                if hasGap { return false }
                hasGap = true
            } else {
                groups += 1
                digits = 0
                if at + 1 == end { return false }
            }
            at += 1
        }
        if digits > 0 { groups += 1 }
        return hasGap ? groups <= 7 : groups == 8
    }

    /// `192.0.2.1`: no part has a zero in front.
    private static func isIPv4(_ bytes: ArraySlice<UInt8>) -> Bool {
        var dots = 0, value = -1
        for byte in bytes {
            if byte == UInt8(ascii: "."), value >= 0 {
                dots += 1
                value = -1
            } else {
                guard byte >= 0x30, byte <= 0x39, value != 0 else { return false }
                value = max(value, 0) * 10 + Int(byte) - 0x30
                if value > 255 { return false }
            }
        }
        return dots == 3 && value >= 0
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte <= 0x39) || (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f"))
    }
}

import Text

/// Domainparts (RFC 7622 §3.2): domain names with Unicode labels (IDNA 2008), IPv4 and IPv6 addresses.
enum DomainName {
    /// Bytes of one label in its ASCII form (RFC 1035 §2.3.4).
    static let labelLimit = 63

    static func prepare(_ text: Substring) throws(JIDError) -> String {
        var isPlain = true
        for byte in text.utf8 where byte >= 0x80 || (byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")) { isPlain = false }
        var name = isPlain ? String(text) : String(UnicodeText.nfc(UnicodeText.lowercased(UnicodeText.narrowed(text.unicodeScalars))))
        if name.utf8.last == UInt8(ascii: ".") { name.unicodeScalars.removeLast() }
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
        for scalar in label.unicodeScalars {
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
            guard let encoded = Punycode.encode(Array(label.unicodeScalars)), encoded.count + prefix.count <= labelLimit else { throw .badLabel }
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
            guard let scalars = Punycode.decode(Array(label.dropFirst(prefix.count))), scalars.contains(where: { !$0.isASCII }) else { throw .badLabel }
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars)
            // What preparation would change was not encoded by the rules (RFC 5891 §5.4), and may pass for another name.
            guard Array(UnicodeText.nfc(UnicodeText.lowercased(view))) == scalars else { throw .badLabel }
            let text = String(view)
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
            if label.allSatisfy({ $0 < 0x80 }) {
                result += Array(label)
            } else {
                result += prefix + (Punycode.encode(Array(Substring(label).unicodeScalars)) ?? [])
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// `2001:db8::1]` (RFC 4291 §2.2, without a zone).
    private static func isIPv6(_ bytes: [UInt8]) -> Bool {
        guard bytes.last == UInt8(ascii: "]"), bytes.count <= 46 else { return false }
        let colon = UInt8(ascii: ":")
        var parts = bytes.dropLast().split(separator: colon, omittingEmptySubsequences: false).map { Array($0) }
        guard parts.count >= 3 else { return false }
        // The "::" is an empty part inside, or two at an end.
        var gaps = 0
        if parts[0].isEmpty {
            guard parts[1].isEmpty else { return false }
            parts.removeFirst()
        }
        if parts[parts.count - 1].isEmpty {
            guard parts.count >= 2, parts[parts.count - 2].isEmpty else { return false }
            parts.removeLast()
        }
        var groups = 0
        for (index, part) in parts.enumerated() {
            if part.isEmpty {
                gaps += 1
            } else if index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard isIPv4(part) else { return false }
                groups += 2
            } else {
                guard part.count <= 4, part.allSatisfy({ isHex($0) }) else { return false }
                groups += 1
            }
        }
        return gaps == 0 ? groups == 8 : gaps == 1 && groups <= 7
    }

    private static func isIPv4(_ bytes: [UInt8]) -> Bool {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                guard (1...3).contains(part.count), part.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return false }
                return part.reduce(0) { $0 * 10 + Int($1 - 0x30) } <= 255 && (part.count == 1 || part.first != 0x30)
            }
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte <= 0x39) || (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f"))
    }
}

import Text

/// Localparts and resourceparts (RFC 7622 §3.3 and §3.4), prepared after PRECIS (RFC 8264, 8265) as far as our Unicode data
/// goes. What it lacks: NFKC, so compatibility characters are told by their blocks; and the
/// bidirectional classes, so addresses of mixed direction are not refused.
enum JIDPart {
    /// UsernameCaseMapped, without the characters that RFC 7622 §3.3.1 takes out.
    static func local(_ text: String) throws(JIDError) -> String {
        var isPlain = true
        for byte in Array(text.utf8) {
            if byte >= 0x80 || (byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")) {
                isPlain = false
            } else if isForbiddenInLocal(byte) {
                throw .forbidden(.local, UInt32(byte))
            }
        }
        let prepared = isPlain ? text : try mapped(text)
        let count = prepared.utf8.count
        if count == 0 { throw .emptyLocal }
        if count > JID.partLimit { throw .tooLong(.local) }
        return prepared
    }

    private static func mapped(_ text: String) throws(JIDError) -> String {
        let scalars = UnicodeText.mapped(text)
        var previous: Unicode.Scalar?
        for scalar in scalars {
            let isAllowed = scalar.isASCII ? !isForbiddenInLocal(UInt8(scalar.value)) : UnicodeText.isIdentifier(scalar, after: previous)
            if !isAllowed { throw .forbidden(.local, scalar.value) }
            previous = scalar
        }
        return String(scalars: scalars)
    }

    @inline(never)
    private static func isForbiddenInLocal(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x00...0x20, 0x7F, UInt8(ascii: "\""), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "/"), UInt8(ascii: ":"),
            UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "@"):
            true
        default: false
        }
    }

    /// OpaqueString. Characters unknown to our Unicode data and invisible ones are let through, against RFC 8264: a
    /// nickname with next year's emoji must not make its owner's messages unreadable.
    static func resource(_ text: String) throws(JIDError) -> String {
        var isPlain = true
        for byte in Array(text.utf8) {
            if byte >= 0x80 {
                isPlain = false
            } else if byte < 0x20 || byte == 0x7F {
                throw .forbidden(.resource, UInt32(byte))
            }
        }
        var prepared = text
        if !isPlain {
            var spaced = prepared.scalars
            for at in spaced.indices {
                let scalar = spaced[at]
                if UnicodeText.isControl(scalar) || UnicodeText.isNoncharacter(scalar) { throw .forbidden(.resource, scalar.value) }
                if UnicodeText.isSpace(scalar) { spaced[at] = " " }
            }
            prepared = String(scalars: UnicodeText.nfc(String(scalars: spaced)))
        }
        let count = prepared.utf8.count
        if count == 0 { throw .emptyResource }
        if count > JID.partLimit { throw .tooLong(.resource) }
        // RFC 7622 §3.5, example 18.
        if prepared.utf8.first == UInt8(ascii: " ") { throw .forbidden(.resource, 0x20) }
        return prepared
    }
}

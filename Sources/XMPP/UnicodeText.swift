// The standard library normalises strings for comparing them, but shows the result only through this interface of its
// own; it is there in the Embedded subset too. Everything that leans on it is in this file.

import Text
@_spi(_Unicode) import Swift

/// What addresses and passwords need of Unicode.
enum UnicodeText {
    /// Normalization Form C (UAX #15).
    @inline(never)
    static func nfc(_ text: String) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        for scalar in text._nfc { result.append(scalar) }
        return result
    }

    /// With full lower-case mappings, scalar by scalar (`ß` and final `ς` stay what they are, RFC 8264 §5.2.3), and full-width letters, digits
    /// and signs of ASCII in their usual width (RFC 8265 §3.3.1); in Normalization Form C.
    static func mapped(_ text: String) -> [Unicode.Scalar] {
        var scalars = text.scalars
        for at in scalars.indices where (0xFF01...0xFF5E).contains(scalars[at].value) {
            if let narrow = Unicode.Scalar(scalars[at].value - 0xFEE0) { scalars[at] = narrow }
        }
        return nfc(String(scalars: scalars).lowercased())
    }

    /// By bytes: the i;octet collation of RFC 4790.
    @inline(never)
    static func sorted(_ texts: [String]) -> [String] { texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

    static func isASCII(_ text: String) -> Bool {
        for byte in Array(text.utf8) where byte >= 0x80 { return false }
        return true
    }

    /// U+FDD0–U+FDEF and the last two of each plane, which are no characters.
    @inline(never)
    static func isNoncharacter(_ scalar: Unicode.Scalar) -> Bool {
        (0xFDD0...0xFDEF).contains(scalar.value) || scalar.value & 0xFFFE == 0xFFFE
    }

    /// Letters, digits and marks beyond ASCII that names may have: the IdentifierClass of RFC 8264 §4.2, which is also what
    /// IDNA 2008 lets into a label (RFC 5892).
    @inline(never)
    static func isIdentifier(_ scalar: Unicode.Scalar, after previous: Unicode.Scalar?) -> Bool {
        // A joiner is part of some scripts' spelling, and invisible everywhere else (RFC 5892 appendix A).
        if scalar.value == 0x200C || scalar.value == 0x200D { return previous?.properties.canonicalCombiningClass == .virama }
        return NumberTable.contains(scalar, in: IdentifierTable.identifiers)
    }

    /// Whether a scalar beyond ASCII belongs to the letter before it.
    static func isMark(_ scalar: Unicode.Scalar) -> Bool { NumberTable.contains(scalar, in: IdentifierTable.marks) }

    // These categories are the same in every version of Unicode.

    /// Space separators (Zs).
    @inline(never)
    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20, 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// Control characters, line and paragraph separators (Cc, Zl, Zp).
    @inline(never)
    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x2028, 0x2029: true
        default: false
        }
    }

    /// Characters that everybody may give a meaning to (Co).
    static func isPrivate(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xE000...0xF8FF, 0xF0000...0xFFFFD, 0x100000...0x10FFFD: true
        default: false
        }
    }
}

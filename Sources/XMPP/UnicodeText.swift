// The standard library normalises strings for comparing them, but shows the result only through this interface of its
// own; it is there in the Embedded subset too. Everything that leans on it is in this file.

import Text
@_spi(_Unicode) import Swift

/// What addresses and passwords need of Unicode.
enum UnicodeText {
    typealias Scalars = String.UnicodeScalarView

    /// Normalization Form C (UAX #15).
    static func nfc(_ scalars: Scalars) -> Scalars {
        var result = Scalars()
        for scalar in String(scalars)._nfc { result.append(scalar) }
        return result
    }

    /// Full lower-case mappings, scalar by scalar; `ß` and final `ς` stay what they are (RFC 8264 §5.2.3).
    static func lowercased(_ scalars: Scalars) -> Scalars {
        var result = Scalars()
        for scalar in scalars { result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars) }
        return result
    }

    /// Full-width letters, digits and signs of ASCII in their usual width (RFC 8265 §3.3.1).
    static func narrowed(_ scalars: Substring.UnicodeScalarView) -> Scalars {
        var result = Scalars()
        for scalar in scalars {
            if (0xFF01...0xFF5E).contains(scalar.value), let narrow = Unicode.Scalar(scalar.value - 0xFEE0) {
                result.append(narrow)
            } else {
                result.append(scalar)
            }
        }
        return result
    }

    static func isASCII(_ text: String) -> Bool { text.utf8.allSatisfy { $0 < 0x80 } }

    /// U+FDD0–U+FDEF and the last two of each plane, which are no characters.
    static func isNoncharacter(_ scalar: Unicode.Scalar) -> Bool {
        (0xFDD0...0xFDEF).contains(scalar.value) || scalar.value & 0xFFFE == 0xFFFE
    }

    /// Letters, digits and marks beyond ASCII that names may have: the IdentifierClass of RFC 8264 §4.2, which is also what
    /// IDNA 2008 lets into a label (RFC 5892).
    static func isIdentifier(_ scalar: Unicode.Scalar, after previous: Unicode.Scalar?) -> Bool {
        switch scalar.value {
        // Exceptions (RFC 5892 §2.6): letters and signs to refuse, then to allow.
        case 0x0640, 0x07FA, 0x302E, 0x302F, 0x3031...0x3035, 0x303B: return false
        case 0x00B7, 0x0375, 0x05F3, 0x05F4, 0x06FD, 0x06FE, 0x0F0B, 0x3007, 0x30FB: return true
        // A joiner is part of some scripts' spelling, and invisible everywhere else (RFC 5892 appendix A).
        case 0x200C, 0x200D: return previous?.properties.canonicalCombiningClass == .virama
        // Old Hangul's parts, which look like whole syllables.
        case 0x1100...0x11FF, 0xA960...0xA97F, 0xD7B0...0xD7FF: return false
        default: break
        }
        switch scalar.properties.generalCategory {
        case .lowercaseLetter, .uppercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark, .decimalNumber:
            return !isCompatibility(scalar) && !isIgnorable(scalar)
        default: return false
        }
    }

    /// Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties.txt, which has hardly changed in twenty years. The standard library answers
    /// this one question from tables of many KB.
    static func isIgnorable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0x3164,
            0xFE00...0xFE0F, 0xFEFF, 0xFFA0, 0xFFF0...0xFFF8, 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0000...0xE0FFF:
            true
        default: false
        }
    }

    /// Letters that are another spelling of plain ones, by block: letter-like and mathematical signs, ligatures,
    /// presentation forms, half-width forms.
    private static func isCompatibility(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00AA, 0x00BA, 0x0132, 0x0133, 0x013F, 0x0140, 0x0149, 0x017F, 0x01C4...0x01CC, 0x01F1...0x01F3, 0x02B0...0x02B8,
            0x02E0...0x02E4, 0x0587, 0x0675...0x0678, 0x1D2C...0x1D6A, 0x1D9B...0x1DBF, 0x2071, 0x207F, 0x2090...0x209C, 0x2100...0x2184,
            0xFB00...0xFB06, 0xFB13...0xFB17, 0xFB20...0xFB29, 0xFB4F...0xFDFB, 0xFE70...0xFEFC, 0xFF66...0xFFDC, 0x1D400...0x1D7FF,
            0x1EE00...0x1EEBB:
            true
        default: false
        }
    }
}

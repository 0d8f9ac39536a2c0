/// What the tables of Sources/XMPP/IdentifierTable.swift say, by the properties of the standard library's Unicode data. tools/unicode-tables
/// compiles this too, and writes the tables from it.
enum IdentifierRule {
    /// Letters, digits and marks beyond ASCII that names may have, joiners aside: the IdentifierClass of RFC 8264 §4.2, which is also
    /// what IDNA 2008 lets into a label (RFC 5892).
    static func isIdentifier(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // Exceptions (RFC 5892 §2.6): letters and signs to refuse, then to allow.
        case 0x0640, 0x07FA, 0x302E, 0x302F, 0x3031...0x3035, 0x303B: return false
        case 0x00B7, 0x0375, 0x05F3, 0x05F4, 0x06FD, 0x06FE, 0x0F0B, 0x3007, 0x30FB: return true
        // Old Hangul's parts, which look like whole syllables.
        case 0x1100...0x11FF, 0xA960...0xA97F, 0xD7B0...0xD7FF: return false
        default: break
        }
        switch scalar.properties.generalCategory {
        case .lowercaseLetter, .uppercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark, .decimalNumber:
            return !isCompatibility(scalar) && !scalar.properties.isDefaultIgnorableCodePoint
        default: return false
        }
    }

    static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
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

import Text

/// User names and passwords before they are hashed: SASLprep (RFC 4013), so that the same password typed on another
/// keyboard is the same bytes.
///
/// One step differs: the standard library has Normalization Form C, SASLprep asks for KC. So a password with a ligature, a
/// full-width letter or another compatibility character must be written as it was when the account was made.
/// Neither are right-to-left passwords checked for mixed directions (RFC 4013 §2.4): that protects nobody here.
enum SASLPreparation {
    static func prepare(_ text: String, _ part: SCRAMError.Part) throws(SCRAMError) -> [UInt8] {
        if UnicodeText.isASCII(text) {
            let bytes = Array(text.utf8)
            for byte in bytes where byte < 0x20 || byte == 0x7F { throw .forbiddenCharacter(part, UInt32(byte)) }
            if bytes.isEmpty { throw .empty(part) }
            return bytes
        }
        var mapped: [Unicode.Scalar] = []
        for scalar in text.scalars {
            if isMappedToNothing(scalar) { continue }
            if UnicodeText.isControl(scalar) || UnicodeText.isPrivate(scalar) || isForbidden(scalar) { throw .forbiddenCharacter(part, scalar.value) }
            mapped.append(UnicodeText.isSpace(scalar) ? " " : scalar)
        }
        let bytes = Array(String(scalars: UnicodeText.nfc(String(scalars: mapped))).utf8)
        if bytes.isEmpty { throw .empty(part) }
        return bytes
    }

    /// RFC 3454 table B.1.
    private static func isMappedToNothing(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00AD, 0x034F, 0x1806, 0x180B...0x180D, 0x200B...0x200D, 0x2060, 0xFE00...0xFE0F, 0xFEFF: true
        default: false
        }
    }

    /// RFC 3454 tables C.2.2, C.4, C.6, C.7, C.8 and C.9, as far as their categories do not tell already.
    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x06DD, 0x070F, 0x180E, 0x2028...0x202E, 0x2061...0x2063, 0x206A...0x206F, 0x0340, 0x0341, 0x200E, 0x200F,
            0x2FF0...0x2FFB, 0xFFF9...0xFFFD, 0x1D173...0x1D17A, 0xE0001, 0xE0020...0xE007F:
            true
        default: UnicodeText.isNoncharacter(scalar)
        }
    }
}

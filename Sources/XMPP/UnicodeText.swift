// The standard library normalises strings for comparing them, but shows the result only through this interface of its
// own; it is there in the Embedded subset too. Everything that leans on it is in this file.
@_spi(_Unicode) import Swift

/// What addresses and passwords need of Unicode.
enum UnicodeText {
    /// Normalization Form C (UAX #15).
    static func nfc(_ scalars: String.UnicodeScalarView) -> String.UnicodeScalarView {
        var result = String.UnicodeScalarView()
        for scalar in String(scalars)._nfc { result.append(scalar) }
        return result
    }

    static func isASCII(_ text: String) -> Bool { text.utf8.allSatisfy { $0 < 0x80 } }

    /// U+FDD0–U+FDEF and the last two of each plane, which are no characters.
    static func isNoncharacter(_ scalar: Unicode.Scalar) -> Bool {
        (0xFDD0...0xFDEF).contains(scalar.value) || scalar.value & 0xFFFE == 0xFFFE
    }
}

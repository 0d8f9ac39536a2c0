import Testing
@testable import Text

/// What the standard library says, whose functions `Text` shadows.
private func standard(_ text: some StringProtocol) -> String { text.lowercased() }

@Suite struct `Lower case` {
    /// Scalars whose mappings the standard library may know otherwise: assigned in a version that one of the two has not.
    private let newest = LowercaseTable.version

    private func isKnown(_ scalar: Unicode.Scalar) -> Bool {
        guard let age = scalar.properties.age else { return false }
        return age <= newest
    }

    @Test func `every scalar is mapped as by the standard library`() {
        var differing: [UInt32] = []
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            var expected = scalar.properties.lowercaseMapping.unicodeScalars.makeIterator()
            if Lowercase.mapped(value) != expected.next()?.value || (expected.next() != nil) != (value == 0x130), isKnown(scalar) { differing.append(value) }
        }
        #expect(differing == [])
    }

    @Test(arguments: [
        "", "lamp", "Lamp", "GROW LIGHT 2", "@[`{", "Straße", "ÄÖÜ", "ΟΔΟΣ", "İstanbul", "I\u{307}", "ЛАМПА", "ǅ", "ẞ", "🌱 GRÜN", "E\u{301}", "ＡＢ", "𐐀", "𞤀", "温室", "Ꭰ", "ꭰ", "K",
    ])
    func `texts are lower-cased as by the standard library`(text: String) {
        let ours: String = text.lowercased()
        #expect(Array(ours.unicodeScalars) == Array(standard(text).unicodeScalars))
        let part: String = text.dropFirst().lowercased()
        #expect(Array(part.unicodeScalars) == Array(standard(text.dropFirst()).unicodeScalars))
    }

    @Test func `white space is what Unicode says`() {
        var differing: [UInt32] = []
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            if Character(scalar).isWhitespace != scalar.properties.isWhitespace { differing.append(value) }
        }
        #expect(differing == [])
        #expect(("\r\n" as Character).isWhitespace)
    }
}

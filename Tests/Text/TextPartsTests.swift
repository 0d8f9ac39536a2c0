import Testing
import Text

// What the standard library says: where this file asks it by the names of protocols, nothing shadows it.
private func pieces<Text: StringProtocol>(_ text: Text, _ separator: Character, _ maxSplits: Int, _ omits: Bool) -> [String] {
    text.split(separator: separator, maxSplits: maxSplits, omittingEmptySubsequences: omits).map { String($0) }
}

private func joined<Parts: BidirectionalCollection<String>>(_ parts: Parts, _ separator: String) -> String { parts.joined(separator: separator) }

private func precedes<Bytes: Collection<UInt8>>(_ a: Bytes, _ b: Bytes) -> Bool { a.lexicographicallyPrecedes(b) }

private func begins<Bytes: Collection<UInt8>>(_ a: Bytes, _ b: Bytes) -> Bool { a.starts(with: b) }

@Suite struct `Text taken apart` {
    static let texts = ["", " ", "a", " a", "a ", "a b", "a  b", "  ", "ä ö·ü · €", "·", "on@400", "a=b=c", "perch-lines 1\nsaved 0\n\n"]

    @Test(arguments: texts) func `it is cut where the standard library cuts it`(text: String) {
        for separator: Character in [" ", "·", "@", "=", "\n"] {
            for maxSplits in [0, 1, 2, .max] {
                for omits in [true, false] {
                    let expected = pieces(text, separator, maxSplits, omits)
                    #expect(text.split(separator: separator, maxSplits: maxSplits, omittingEmptySubsequences: omits).map { String($0) } == expected)
                    #expect(text[...].split(separator: separator, maxSplits: maxSplits, omittingEmptySubsequences: omits).map { String($0) } == expected)
                }
            }
        }
    }

    @Test(arguments: texts) func `it begins, ends and is ordered as the standard library says`(text: String) {
        for other in Self.texts {
            #expect(text.hasPrefix(other) == begins(Array(text.utf8), Array(other.utf8)))
            #expect(text.hasSuffix(other) == begins(Array(text.utf8.reversed()), Array(other.utf8.reversed())))
            #expect(text.utf8.lexicographicallyPrecedes(other.utf8) == precedes(Array(text.utf8), Array(other.utf8)))
        }
    }

    @Test func `parts are joined as the standard library joins them`() {
        for count in 0...Self.texts.count {
            #expect(Array(Self.texts[..<count]).joined(separator: ", ") == joined(Self.texts[..<count], ", "))
            #expect(Self.texts[..<count].joined() == joined(Self.texts[..<count], ""))
        }
    }

    @Test func `pieces at either end`() {
        #expect("ä€b".cut(to: 2) == "ä€")
        #expect("ä€b".cut(to: 5) == "ä€b")
        #expect("*@ö.org".dropping(2) == "ö.org")
        #expect("[::1]".dropping(1).droppingLast(1) == "::1")
        #expect("".dropping(1) == "")
    }

    @Test func `white space and ends of lines are Unicode's`() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            if scalar.isWhitespace != scalar.properties.isWhitespace { Issue.record("U+\(String(value, radix: 16))") }
            if scalar.isNewline != Character(scalar).isNewline { Issue.record("U+\(String(value, radix: 16))") }
        }
    }
}

import Testing

@testable import XMPP

@Suite struct UnicodeTextTests {
    @Test func `what is ignorable is what Unicode says`() {
        var differing: [UInt32] = []
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            if UnicodeText.isIgnorable(scalar) != scalar.properties.isDefaultIgnorableCodePoint { differing.append(value) }
        }
        #expect(differing == [])
    }
}

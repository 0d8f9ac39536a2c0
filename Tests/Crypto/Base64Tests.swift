import Crypto
import Testing

@Suite struct Base64Tests {
    @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy")])
    func `the examples of RFC 4648 come out both ways`(plain: String, encoded: String) {
        #expect(Base64.encode(bytes(plain)) == encoded)
        #expect(Base64.decode(encoded) == bytes(plain))
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "=", "====", "Zg==Zg==", "Zm9v\n", " Zm9v", "Zm9v ", "Zm 9v", "Zm-_", "Zm9v====", "Z===", "ä===",
        "Zm9vYg==\n\n\n\n", "\0\0\0\0",
    ])
    func `what nobody should have written is refused`(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test func `any bytes survive`() {
        let seed = UInt64.random(in: 0 ... .max)
        var state = seed
        for length in Array(0...100) + [12287, 12288, 12289, 40_000] {
            let plain = (0..<length).map { _ -> UInt8 in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 56)
            }
            let encoded = Base64.encode(plain)
            #expect(encoded.utf8.count == (length + 2) / 3 * 4, "seed \(seed)")
            #expect(Base64.decode(encoded) == plain, "seed \(seed) length \(length)")
        }
    }

    @Test func `hexadecimal digits are lower case`() {
        #expect(Hex.encode([0, 1, 0xAB, 0xFF]) == "0001abff")
    }
}

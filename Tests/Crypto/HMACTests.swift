import Crypto
import Testing

@Suite struct HMACTests {
    @Test func `the examples of RFC 2202 and RFC 4231 come out`() throws {
        let key = bytes("Jefe"), text = bytes("what do ya want for nothing?")
        #expect(Hex.encode(try HMAC.authenticate(.sha1, key: key, text)) == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")
        #expect(
            Hex.encode(try HMAC.authenticate(.sha256, key: key, text))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        #expect(
            Hex.encode(try HMAC.authenticate(.sha512, key: key, text))
                == "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"
        )
        let long = [UInt8](repeating: 0xAA, count: 131)
        #expect(
            Hex.encode(try HMAC.authenticate(.sha256, key: long, bytes("Test Using Larger Than Block-Size Key - Hash Key First")))
                == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }

    @Test func `an empty key and an empty text are allowed`() throws {
        #expect(Hex.encode(try HMAC.authenticate(.sha1, key: [], [])) == "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d")
    }
}

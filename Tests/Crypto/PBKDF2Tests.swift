import Crypto
import Testing

@Suite struct PBKDF2Tests {
    @Test(arguments: [
        ("password", "salt", 1, 20, "0c60c80f961f0e71f3a9b524af6012062fe037a6"),
        ("password", "salt", 2, 20, "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"),
        ("password", "salt", 4096, 20, "4b007901b765489abead49d926f721d065a429c1"),
        ("passwordPASSWORDpassword", "saltSALTsaltSALTsaltSALTsaltSALTsalt", 4096, 25, "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038"),
        ("pass\0word", "sa\0lt", 4096, 16, "56fa6aa75548099dcc37d7f03425e0c3"),
    ])
    func `the examples of RFC 6070 come out`(password: String, salt: String, iterations: Int, count: Int, expected: String) throws {
        let key = try PBKDF2.derive(.sha1, password: bytes(password), salt: bytes(salt), iterations: iterations, count: count)
        #expect(Hex.encode(key) == expected)
    }

    @Test(arguments: [
        ("password", "salt", 1, 32, "120fb6cffcf8b32c43e7225256c4f837a86548c92ccc35480805987cb70be17b"),
        ("password", "salt", 4096, 32, "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a"),
        ("passwordPASSWORDpassword", "saltSALTsaltSALTsaltSALTsaltSALTsalt", 4096, 40, "348c89dbcbd32b2f32d814b8116e84cf2b17347ebc1800181c4e2a1fb8dd53e1c635518c7dac47e9"),
    ])
    func `the same with SHA-256 comes out`(password: String, salt: String, iterations: Int, count: Int, expected: String) throws {
        let key = try PBKDF2.derive(.sha256, password: bytes(password), salt: bytes(salt), iterations: iterations, count: count)
        #expect(Hex.encode(key) == expected)
    }

    @Test func `SHA-512 comes out as in Python's hashlib`() throws {
        let key = try PBKDF2.derive(.sha512, password: bytes("password"), salt: bytes("salt"), iterations: 1, count: 64)
        #expect(
            Hex.encode(key)
                == "867f70cf1ade02cff3752599a3a53dc4af34c7a669815ae5d513554e1c8cf252c02d470a285a0501bad999bfe943c08f050235d7d68b1da55e63f73b60a57fce"
        )
    }

    @Test func `impossible numbers are errors`() {
        for (iterations, count) in [(0, 20), (-1, 20), (Int.max, 20), (1, 0), (1, -5)] {
            #expect(throws: CryptoError.self) {
                try PBKDF2.derive(.sha1, password: [1], salt: [2], iterations: iterations, count: count)
            }
        }
    }

    @Test func `an empty password is derived from like any other`() throws {
        #expect(try PBKDF2.derive(.sha1, password: [], salt: bytes("salt"), iterations: 2, count: 20).count == 20)
    }
}

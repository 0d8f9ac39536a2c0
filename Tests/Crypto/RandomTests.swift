import Crypto
import Testing

@Suite struct RandomTests {
    @Test func `random bytes differ each time`() throws {
        #expect(try randomBytes(16) != randomBytes(16))
        #expect(try randomBytes(0) == [])
        #expect(throws: CryptoError.self) { try randomBytes(-1) }
    }

    @Test func `random text can be a SCRAM nonce`() throws {
        let text = try randomText(bytes: 18)
        #expect(text.utf8.count == 24)
        #expect(!text.contains(","))
    }
}

@Suite struct ConstantTimeTests {
    @Test func `equal means equal`() {
        #expect(constantTimeEquals([1, 2, 3], [1, 2, 3]))
        #expect(!constantTimeEquals([1, 2, 3], [1, 2, 4]))
        #expect(!constantTimeEquals([1, 2, 3], [1, 2]))
        #expect(!constantTimeEquals([], [1]))
        #expect(constantTimeEquals([], []))
    }
}

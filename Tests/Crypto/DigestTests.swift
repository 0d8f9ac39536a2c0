import Crypto
import Testing

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

@Suite struct DigestTests {
    @Test func `the examples of FIPS 180 come out`() throws {
        #expect(Hex.encode(try Digest.sha1(bytes("abc"))) == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(Hex.encode(try Digest.sha256(bytes("abc"))) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            Hex.encode(try Digest.sha512(bytes("abc")))
                == "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        )
    }

    @Test func `nothing has a digest too`() throws {
        #expect(Hex.encode(try Digest.sha1([])) == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
        #expect(Hex.encode(try Digest.sha256([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test func `a digest has its hash's length`() throws {
        for hash in [Hash.sha1, .sha256, .sha512] { #expect(try Digest.digest(hash, [1]).count == hash.byteCount) }
    }
}

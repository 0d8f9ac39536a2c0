import Crypto
import Testing
import XMPP

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

@Suite struct SCRAMTests {
    // RFC 5802 §5
    let sha1Challenge = bytes("r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096")

    func sha1Client(channelBinding: ChannelBinding = .none, keys: SCRAMKeys? = nil) throws -> SCRAMClient {
        try SCRAMClient(
            hash: .sha1, username: "user", password: "pencil", nonce: "fyko+d2lbbFgONRv9qkxdawL", channelBinding: channelBinding, keys: keys)
    }

    @Test func `the exchange of RFC 5802 comes out`() throws {
        let client = try sha1Client()
        #expect(text(client.initialMessage) == "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL")
        #expect(
            text(try client.respond(to: sha1Challenge))
                == "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=")
        try client.verify(bytes("v=rmF9pqV8S7suAoZWja4dJRkFsKQ="))
    }

    @Test func `the exchange of RFC 7677 comes out`() throws {
        let client = try SCRAMClient(hash: .sha256, username: "user", password: "pencil", nonce: "rOprNGfwEbeRWgbNEkqO")
        #expect(text(client.initialMessage) == "n,,n=user,r=rOprNGfwEbeRWgbNEkqO")
        #expect(
            text(try client.respond(to: bytes("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")))
                == "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
        try client.verify(bytes("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="))
    }

    /// The server's side, for what no RFC has an example of.
    func serverFinal(_ hash: Hash, password: String, salt: [UInt8], iterations: Int, authMessage: [UInt8]) throws -> (proof: String, final: String) {
        let salted = try PBKDF2.derive(hash, password: bytes(password), salt: salt, iterations: iterations, count: hash.byteCount)
        let clientKey = try HMAC.authenticate(hash, key: salted, bytes("Client Key"))
        let signature = try HMAC.authenticate(hash, key: try Digest.digest(hash, clientKey), authMessage)
        let serverKey = try HMAC.authenticate(hash, key: salted, bytes("Server Key"))
        return (
            Base64.encode(zip(clientKey, signature).map { $0 ^ $1 }),
            "v=" + Base64.encode(try HMAC.authenticate(hash, key: serverKey, authMessage))
        )
    }

    @Test(arguments: [Hash.sha1, .sha256, .sha512])
    func `client and server agree on what neither sends`(hash: Hash) throws {
        let client = try SCRAMClient(hash: hash, username: "ü,=x", password: "pässwörd", nonce: "abc")
        #expect(text(client.initialMessage) == "n,,n=ü=2C=3Dx,r=abc")
        let challenge = "r=abcdef,s=\(Base64.encode([1, 2, 3])),i=5000"
        let response = text(try client.respond(to: bytes(challenge)))
        let (proof, final) = try serverFinal(
            hash, password: "pässwörd", salt: [1, 2, 3], iterations: 5000, authMessage: bytes("n=ü=2C=3Dx,r=abc,\(challenge),c=biws,r=abcdef"))
        #expect(response == "c=biws,r=abcdef,p=\(proof)")
        try client.verify(bytes(final))
    }

    @Test func `the channel is bound into the exchange`() throws {
        let none = try sha1Client(), notOffered = try sha1Client(channelBinding: .notOffered)
        let bound = try sha1Client(channelBinding: .bound(type: "tls-exporter", data: [0xAB, 0xCD]))
        #expect(text(none.initialMessage).hasPrefix("n,,"))
        #expect(text(notOffered.initialMessage).hasPrefix("y,,"))
        #expect(text(bound.initialMessage).hasPrefix("p=tls-exporter,,n=user,"))
        let client = bound
        let response = text(try client.respond(to: sha1Challenge))
        #expect(response.hasPrefix("c=" + Base64.encode(bytes("p=tls-exporter,,") + [0xAB, 0xCD]) + ",r="))
    }

    @Test func `keys of the last login save the iterations and give the same answer`() throws {
        let first = try sha1Client()
        let response = try first.respond(to: sha1Challenge)
        let second = try sha1Client(keys: first.keys)
        #expect(try second.respond(to: sha1Challenge) == response)
        #expect(second.keys == first.keys)

        let third = try sha1Client(keys: first.keys)
        _ = try third.respond(to: bytes("r=fyko+d2lbbFgONRv9qkxdawLxyz,s=QSXCR+Q6sek8bf93,i=4096"))
        #expect(third.keys != first.keys)
    }

    // MARK: A server that is not to be trusted

    @Test func `a wrong signature is no login`() throws {
        let client = try sha1Client()
        _ = try client.respond(to: sha1Challenge)
        #expect(throws: SCRAMError.wrongSignature) { try client.verify(bytes("v=rmF9pqV8S7suAoZWja4dJRkFsKA=")) }
        #expect(throws: SCRAMError.outOfTurn) { try client.verify(bytes("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=")) }
    }

    @Test(arguments: ["", "v=", "v=!!!!", "x=rmF9pqV8S7suAoZWja4dJRkFsKQ="])
    func `no signature is no login`(final: String) throws {
        let client = try sha1Client()
        _ = try client.respond(to: sha1Challenge)
        #expect(throws: SCRAMError.self) { try client.verify(bytes(final)) }
    }

    @Test func `success before the challenge is no login`() throws {
        let client = try sha1Client()
        #expect(throws: SCRAMError.missingSignature) { try client.verify(bytes("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=")) }
    }

    @Test func `a signature in a challenge of its own is answered with nothing`() throws {
        let client = try sha1Client()
        _ = try client.respond(to: sha1Challenge)
        #expect(try client.respond(to: bytes("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=")) == [])
        try client.verify([])
        #expect(throws: SCRAMError.outOfTurn) { try client.respond(to: sha1Challenge) }
    }

    @Test(arguments: [
        ("r=fyko+d2lbbFgONRv9qkxdawL,s=QSXCR+Q6sek8bf92,i=4096", SCRAMError.nonceNotExtended),
        ("r=other3rfcNHYJY1ZVvWVs7jlong,s=QSXCR+Q6sek8bf92,i=4096", .nonceNotExtended),
        ("r=fyko+d2lbbFgONRv9qkxdawL3r,s=QSXCR+Q6sek8bf92,i=1", .tooFewIterations(1)),
        ("r=fyko+d2lbbFgONRv9qkxdawL3r,s=QSXCR+Q6sek8bf92,i=4095", .tooFewIterations(4095)),
        ("r=fyko+d2lbbFgONRv9qkxdawL3r,s=QSXCR+Q6sek8bf92,i=1000001", .tooManyIterations(1_000_001)),
        ("r=fyko+d2lbbFgONRv9qkxdawL3r,s=QSXCR+Q6sek8bf92,i=1000000000", .tooManyIterations(1_000_000_000)),
        ("m=x,r=fyko+d2lbbFgONRv9qkxdawL3r,s=QSXCR+Q6sek8bf92,i=4096", .unknownExtension),
        ("r=fyko+d2lbbFgONRv9qkxdawL3r,s=QSXCR+Q6sek8bf92,i=4096,m=x", .unknownExtension),
        ("r=fyko+d2lbbFgONRv9qkxdawL3r,s=QSXCR+Q6sek8bf92,i=4096,i=1", .malformed("the same attribute twice")),
        ("r=fyko+d2lbbFgONRv9qkxdawL3r,s=QSXCR+Q6sek8bf92,i=4096,x=1,x=2", .malformed("the same attribute twice")),
        ("s=QSXCR+Q6sek8bf92,r=fyko+d2lbbFgONRv9qkxdawL3r,i=4096", .malformed("not nonce, salt and iteration count in this order")),
        ("r=fyko+d2lbbFgONRv9qkxdawL3r,s=,i=4096", .malformed("no salt in base 64")),
        ("r=fyko+d2lbbFgONRv9qkxdawL3r,s=!!,i=4096", .malformed("no salt in base 64")),
        ("r=fyko+d2lbbFgONRv9qkxdawL3r,s=QSXCR+Q6sek8bf92,i=", .malformed("no iteration count")),
        ("r=fyko+d2lbbFgONRv9qkxdawL3r,s=QSXCR+Q6sek8bf92,i=04096", .malformed("no iteration count")),
        ("r=fyko+d2lbbFgONRv9qkxdawL3r,s=QSXCR+Q6sek8bf92,i=+4096", .malformed("no iteration count")),
        ("r=fyko+d2lbbFgONRv9qkxdawL3r,s=QSXCR+Q6sek8bf92,i=4096e9", .malformed("no iteration count")),
        ("r=fyko+d2lbbFgONRv9qkxdawL\u{7}3,s=QSXCR+Q6sek8bf92,i=4096", .malformed("a nonce that is not printable")),
        ("r=fyko+d2lbbFgONRv9qkxdawL3r", .malformed("not nonce, salt and iteration count in this order")),
        ("", .malformed("not nonce, salt and iteration count in this order")),
        (",,,", .malformed("not a list of attributes")), ("=", .malformed("not a list of attributes")),
        ("hello", .malformed("not a list of attributes")),
    ])
    func `a bad challenge is refused in words`(challenge: String, error: SCRAMError) throws {
        let client = try sha1Client()
        #expect(throws: error) { try client.respond(to: bytes(challenge)) }
        #expect(!error.description.isEmpty)
        #expect(throws: SCRAMError.outOfTurn) { try client.respond(to: sha1Challenge) }
    }

    @Test func `an iteration count of a million digits is only large`() throws {
        let client = try sha1Client()
        let challenge = "r=fyko+d2lbbFgONRv9qkxdawL3r,s=QSXCR+Q6sek8bf92,i=" + String(repeating: "9", count: 1_000_000)
        #expect(throws: SCRAMError.self) { try client.respond(to: bytes(challenge)) }
    }

    @Test func `optional extensions are passed over`() throws {
        let client = try sha1Client()
        #expect(try !client.respond(to: bytes("r=fyko+d2lbbFgONRv9qkxdawL3r,s=QSXCR+Q6sek8bf92,i=4096,h=abcd,d=x=y")).isEmpty)
    }

    @Test func `a refusal in SCRAM's own words is passed on`() throws {
        let client = try sha1Client()
        _ = try client.respond(to: sha1Challenge)
        #expect(throws: SCRAMError.refused("invalid-proof")) { try client.verify(bytes("e=invalid-proof")) }
    }

    @Test(arguments: ["", "a,b", "a b", "ä", "\u{1}"])
    func `a nonce of ours that would break the message is refused`(nonce: String) {
        #expect(throws: SCRAMError.badNonce) { try SCRAMClient(hash: .sha1, username: "u", password: "p", nonce: nonce) }
    }

    @Test func `random challenges never trap`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix(state: seed)
        let alphabet = Array("rsimvec=,,==0123456789+/abcfyko\u{0}\u{FF}".utf8)
        for round in 0..<2000 {
            guard let client = try? sha1Client() else { break }
            let message = (0..<Int.random(in: 0...60, using: &random)).map { _ in alphabet.randomElement(using: &random)! }
            let prefix = Bool.random(using: &random) ? bytes("r=fyko+d2lbbFgONRv9qkxdawL") : []
            #expect(throws: SCRAMError.self, "seed \(seed) round \(round)") { try client.respond(to: prefix + message + bytes(",")) }
        }
    }
}

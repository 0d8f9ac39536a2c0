import Crypto
import Testing

@testable import XMPP

/// Which channel binding is used (XEP-0440), and whether an offer was changed on its way (XEP-0474).
@Suite struct ChannelBindingTests {
    let tls13 = ChannelBindings(tlsExporter: [1, 2], tlsServerEndPoint: [5])
    let tls12 = ChannelBindings(tlsUnique: [3, 4], tlsServerEndPoint: [5])
    let plus = ["SCRAM-SHA-1", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "PLAIN"]

    func choose(
        _ mechanisms: [String], _ bindings: [String]?, _ available: ChannelBindings, pinned: SASL.Mechanism? = nil, allowPlain: Bool = false
    ) throws -> SASL.Choice {
        try SASL.choose(from: SASLOffer(mechanisms, bindings: bindings), available: available, allowPlain: allowPlain, pinned: pinned)
    }

    @Test func `the strongest type that both sides have is used`() throws {
        #expect(
            try choose(plus, ["tls-server-end-point", "tls-exporter"], tls13)
                == SASL.Choice(mechanism: .scramSHA256Plus, binding: .bound(type: "tls-exporter", data: [1, 2])))
        #expect(try choose(plus, ["tls-unique", "tls-server-end-point"], tls12).binding == .bound(type: "tls-unique", data: [3, 4]))
        #expect(try choose(plus, ["tls-unique", "tls-server-end-point"], tls13).binding == .bound(type: "tls-server-end-point", data: [5]))
    }

    @Test func `where no types are announced only tls-unique can be meant, which TLS 1.3 has not`() throws {
        #expect(try choose(plus, nil, tls13) == SASL.Choice(mechanism: .scramSHA256))
        #expect(try choose(plus, nil, tls12).binding == .bound(type: "tls-unique", data: [3, 4]))
        #expect(try choose(plus, nil, ChannelBindings(tlsServerEndPoint: [5])) == SASL.Choice(mechanism: .scramSHA256))
    }

    @Test func `with SASL2 the types must be announced`() throws {
        var offer = SASLOffer(plus)
        offer.isSASL2 = true
        #expect(try SASL.choose(from: offer, available: tls13, allowPlain: false).doubt == .inconsistent)
        #expect(try SASL.choose(from: offer, available: ChannelBindings(), allowPlain: false).doubt == nil)
    }

    @Test func `a server without channel binding is told that we would have had it`() throws {
        #expect(try choose(["SCRAM-SHA-1"], nil, tls13) == SASL.Choice(mechanism: .scramSHA1, binding: .notOffered))
        #expect(try choose(["SCRAM-SHA-1"], nil, ChannelBindings()) == SASL.Choice(mechanism: .scramSHA1, binding: .none))
    }

    @Test(arguments: [
        (["SCRAM-SHA-1"], ["tls-exporter"]), (["SCRAM-SHA-1", "SCRAM-SHA-1-PLUS"], ["x-unheard-of"]),
        (["SCRAM-SHA-1", "SCRAM-SHA-1-PLUS"], []), (["SCRAM-SHA-1", "SCRAM-SHA3-512-PLUS"], ["tls-exporter"]),
    ])
    func `an offer that is not consistent must be proved`(mechanisms: [String], bindings: [String]) throws {
        #expect(try choose(mechanisms, bindings, tls13) == SASL.Choice(mechanism: .scramSHA1, doubt: .inconsistent))
    }

    @Test func `bound to the channel is stronger than a longer hash`() throws {
        #expect(try choose(["SCRAM-SHA-512", "SCRAM-SHA-1-PLUS"], ["tls-exporter"], tls13).mechanism == .scramSHA1Plus)
    }

    // MARK: Pins

    @Test func `what is weaker than last time must be proved`() throws {
        #expect(try choose(["SCRAM-SHA-1"], nil, tls13, pinned: .scramSHA256Plus).doubt == .weaker(than: .scramSHA256Plus))
        #expect(try choose(plus, ["tls-exporter"], tls13, pinned: .scramSHA256Plus).doubt == nil)
        #expect(try choose(plus, ["tls-exporter"], tls13, pinned: .scramSHA1).doubt == nil)
        #expect(try choose(["PLAIN"], nil, tls13, pinned: .plain, allowPlain: true).doubt == nil)
    }

    @Test(arguments: [false, true])
    func `never down to PLAIN`(allowPlain: Bool) {
        let error = SASLError.weaker(than: .scramSHA256, offered: ["PLAIN"])
        #expect(throws: error) { try choose(["PLAIN"], nil, tls13, pinned: .scramSHA256, allowPlain: allowPlain) }
        #expect(
            error.description
                == "the server offers only PLAIN to log in, and the last login used SCRAM-SHA-256. Somebody on the way may have weakened the "
                + "offer. If the server was changed on purpose, remove the file \"login\" from Perch's state directory")
    }

    // MARK: Tokens

    @Test func `a token is bound to the channel where that can be`() {
        let all = ["HT-SHA-256-NONE", "HT-SHA-256-UNIQ", "HT-SHA-256-EXPR", "HT-SHA-256-ENDP"]
        func choose(_ tokens: [String], _ bindings: [String]?, _ available: ChannelBindings) -> SASL.Mechanism? {
            SASL.tokenMechanism(from: SASLOffer([], bindings: bindings, tokenMechanisms: tokens), available: available)
        }
        #expect(choose(all, ["tls-exporter", "tls-server-end-point"], tls13) == .tokenExporter)
        #expect(choose(all, ["tls-unique", "tls-server-end-point"], tls12) == .tokenUnique)
        #expect(choose(all, ["tls-server-end-point"], tls13) == .tokenEndPoint)
        #expect(choose(all, [], tls13) == .token)
        #expect(choose(["HT-SHA-256-EXPR", "HT-SHA-256-NONE"], nil, tls13) == .token)
        #expect(choose(["HT-SHA-256-ENDP"], nil, tls13) == nil)
        #expect(choose(["HT-SHA-512-NONE"], nil, tls13) == nil)
        #expect(choose([], nil, tls13) == nil)
    }

    /// Made with Python's hmac.
    @Test func `a token is shown by its hash, and the server's hash is checked`() throws {
        let token = try HashedToken(username: "user", token: "secret-token:fast-abc", binding: [1, 2, 3])
        #expect(Base64.encode(token.initialMessage) == "dXNlcgBvvqgoCFwCP0Oq8KQ4QmtOsokcRQayxN/HAPBIDjRugg==")
        try token.verify(Base64.decode("V5e/l5NKGQM25UmMBa6j8aQ2WulX2p97G2cF2H4zBAE=")!)
        #expect(throws: SCRAMError.wrongSignature) { try token.verify([1, 2, 3]) }
        #expect(throws: SCRAMError.missingSignature) { try token.verify([]) }
        #expect(throws: SCRAMError.wrongSignature) { try token.verify(Array(token.initialMessage.dropFirst(5))) }
    }

    // MARK: XEP-0474

    let example = SASLOffer(["SCRAM-SHA-1", "SCRAM-SHA-1-PLUS"], bindings: ["tls-server-end-point", "tls-exporter"])

    @Test func `the hash of XEP-0474's example comes out`() throws {
        #expect(try example.isProved(by: Array("G6k/rBLDqgOhRRaCuuatSDFkJ08=".utf8), .sha1))
        #expect(try !example.isProved(by: Array("G6k/rBLDqgOhRRaCuuatSDFkJ08=".utf8), .sha256))
        var changed = example
        changed.bindings = ["tls-server-end-point"]
        #expect(try !changed.isProved(by: Array("G6k/rBLDqgOhRRaCuuatSDFkJ08=".utf8), .sha1))
        changed = example
        changed.mechanisms = ["SCRAM-SHA-1"]
        #expect(try !changed.isProved(by: Array("G6k/rBLDqgOhRRaCuuatSDFkJ08=".utf8), .sha1))
    }

    /// ejabberd 24.12 (its issue 4331) hashes `SCRAM-SHA-1,HT-SHA-256-NONE` sorted, with the delimiters of version 0.3.
    @Test func `a hash over the tokens' mechanisms as well, or of an older version, is right too`() throws {
        let offer = SASLOffer(["SCRAM-SHA-1", "PLAIN"], bindings: ["tls-unique"], tokenMechanisms: ["HT-SHA-256-NONE"])
        for text in [
            "PLAIN\u{1E}SCRAM-SHA-1\u{1F}tls-unique", "HT-SHA-256-NONE\u{1E}PLAIN\u{1E}SCRAM-SHA-1\u{1F}tls-unique",
            "PLAIN,SCRAM-SHA-1|tls-unique", "HT-SHA-256-NONE,PLAIN,SCRAM-SHA-1|tls-unique",
        ] {
            let hash = Base64.encodeBytes(try Digest.sha256(Array(text.utf8)))
            #expect(try offer.isProved(by: hash, .sha256), "\(text)")
        }
        let other = Base64.encodeBytes(try Digest.sha256(Array("PLAIN,SCRAM-SHA-1".utf8)))
        #expect(try !offer.isProved(by: other, .sha256))
    }

    func challenge(_ more: String) -> [UInt8] {
        Array("r=12C4CD5C-E38E-4A98-8F6D-15C38F51CCC6a09117a6-ac50-4f2f-93f1-93799c2bddf6,s=QSXCR+Q6sek8bf92,i=4096\(more)".utf8)
    }

    func client(_ offer: SASLOffer?, doubt: SASL.Doubt? = nil) throws -> SCRAMClient {
        let client = try SCRAMClient(
            hash: .sha1, username: "user", password: "pencil", nonce: "12C4CD5C-E38E-4A98-8F6D-15C38F51CCC6",
            channelBinding: .bound(type: "tls-exporter", data: Array("THIS IS FAKE CB DATA".utf8)))
        client.offer = offer
        client.doubt = doubt
        return client
    }

    @Test func `the exchange goes on when the offer is the server's own`() throws {
        let right = try client(example, doubt: .inconsistent)
        #expect(try !right.respond(to: challenge(",h=G6k/rBLDqgOhRRaCuuatSDFkJ08=")).isEmpty)
        let silent = try client(example)
        #expect(try !silent.respond(to: challenge("")).isEmpty)
    }

    @Test func `the exchange ends before anything is said of the password when the offer was changed`() throws {
        let changed = try client(SASLOffer(["SCRAM-SHA-1"], bindings: ["tls-exporter"]))
        #expect(throws: SCRAMError.changedOffer) { try changed.respond(to: challenge(",h=G6k/rBLDqgOhRRaCuuatSDFkJ08=")) }
        let empty = try client(example)
        #expect(throws: SCRAMError.changedOffer) { try empty.respond(to: challenge(",h=")) }
    }

    @Test func `the exchange ends when a doubtful offer is not proved`() throws {
        for doubt in [SASL.Doubt.inconsistent, .weaker(than: .scramSHA512Plus)] {
            let client = try client(example, doubt: doubt)
            #expect(throws: SCRAMError.unproved(doubt)) { try client.respond(to: challenge("")) }
        }
        #expect(SCRAMError.unproved(.weaker(than: .scramSHA512Plus)).description.contains("SCRAM-SHA-512-PLUS"))
    }

    @Test func `the names in an offer are read with care`() {
        #expect(SASLOffer.isName("tls-server-end-point", ofBinding: true))
        #expect(SASLOffer.isName("SCRAM-SHA-512-PLUS"))
        #expect(!SASLOffer.isName("plain"))
        for name in ["", "a,b", "a|b", "a b", "tls-exporter,tls-uniq", "123456789012345678901", "ä", "a\u{1E}b"] { #expect(!SASLOffer.isName(name, ofBinding: true)) }
    }
}

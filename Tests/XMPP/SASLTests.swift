import Testing

@testable import XMPP

@Suite struct SASLTests {
    let all = ["PLAIN", "EXTERNAL", "DIGEST-MD5", "SCRAM-SHA-1", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-512"]

    func choose(
        _ mechanisms: [String], bindings: [String]? = nil, available: ChannelBindings = ChannelBindings(), allowPlain: Bool = false,
        pinned: SASL.Mechanism? = nil
    ) throws -> SASL.Choice {
        try SASL.choose(from: SASLOffer(mechanisms, bindings: bindings), available: available, allowPlain: allowPlain, pinned: pinned)
    }

    @Test func `the strongest SCRAM is taken`() throws {
        #expect(try choose(all, allowPlain: true) == SASL.Choice(mechanism: .scramSHA512))
        #expect(try choose(["SCRAM-SHA-1", "SCRAM-SHA-256", "PLAIN"], allowPlain: true).mechanism == .scramSHA256)
        #expect(try choose(["PLAIN", "SCRAM-SHA-1"], allowPlain: true).mechanism == .scramSHA1)
    }

    @Test func `PLAIN is the last resort when it is allowed`() throws {
        #expect(try choose(["PLAIN"], allowPlain: true).mechanism == .plain)
        #expect(throws: SASLError.onlyPlain(offered: ["PLAIN"])) { try choose(["PLAIN"]) }
    }

    @Test func `a missing mechanism is told in words`() {
        #expect(throws: SASLError.noneKnown(offered: ["DIGEST-MD5", "X-OAUTH2"])) { try choose(["DIGEST-MD5", "X-OAUTH2"], allowPlain: true) }
        #expect(
            SASLError.noneKnown(offered: ["DIGEST-MD5", "X-OAUTH2"]).description
                == "the server offers only DIGEST-MD5, X-OAUTH2 to log in; Perch needs SCRAM-SHA-512, SCRAM-SHA-256 or SCRAM-SHA-1")
        #expect(SASLError.onlyPlain(offered: ["PLAIN"]).description.contains("allow-plain = yes"))
        #expect(throws: SASLError.nothingOffered) { try choose([]) }
    }

    @Test func `every mechanism is known by its name`() {
        for raw in UInt8(0)...11 {
            let mechanism = SASL.Mechanism(rawValue: raw)!
            #expect(SASL.Mechanism("\(mechanism.name)") == mechanism)
        }
        #expect(SASL.Mechanism(rawValue: 12) == nil)
        #expect(SASL.Mechanism("SCRAM-SHA-3") == nil)
        #expect(SASL.Mechanism.tokenEndPoint.tokenBinding == .tlsServerEndPoint)
        #expect(SASL.Mechanism.tokenExporter.tokenBinding == .tlsExporter)
        #expect(SASL.Mechanism.token.tokenBinding == nil)
    }

    @Test func `what the server calls its mechanisms cannot spoil the log`() {
        let hostile = SASLError.noneKnown(offered: ["A\u{1B}[31m\n", String(repeating: "B", count: 5000)] + Array(repeating: "C", count: 50))
        #expect(hostile.description.utf8.count < 300)
        #expect(hostile.description.allSatisfy { $0 == "…" || ($0 >= " " && $0 <= "~") })
    }

    @Test func `a certificate logs in by EXTERNAL`() throws {
        #expect(try SASL.chooseExternal(from: SASLOffer(all)).mechanism == .external)
        #expect(throws: SASLError.noExternal(offered: ["PLAIN"])) { try SASL.chooseExternal(from: SASLOffer(["PLAIN"])) }
        #expect(SASL.external == [])
    }

    @Test func `PLAIN's message is name and password behind NULs`() throws {
        #expect(try SASL.plain(username: "juliet", password: "r0m30myr0m30") == Array("\0juliet\0r0m30myr0m30".utf8))
    }

    @Test func `names and passwords are prepared`() throws {
        func prepared(_ text: String) throws -> [UInt8] { Array(try SASL.plain(username: "u", password: text).dropFirst(3)) }
        // RFC 4013 §3, as far as it goes without compatibility mappings.
        #expect(try prepared("I\u{AD}X") == Array("IX".utf8))
        #expect(try prepared("user") == Array("user".utf8))
        #expect(try prepared("USER") == Array("USER".utf8))
        #expect(throws: SCRAMError.forbiddenCharacter(.password, 7)) { try prepared("\u{7}") }
        #expect(try prepared("a\u{A0}b\u{3000}c") == Array("a b c".utf8))
        #expect(try prepared("e\u{301}") == [0xC3, 0xA9])
        #expect(throws: SCRAMError.forbiddenCharacter(.password, 0)) { try prepared("a\0b") }
        #expect(throws: SCRAMError.forbiddenCharacter(.password, 0xE000)) { try prepared("\u{E000}") }
        #expect(throws: SCRAMError.forbiddenCharacter(.password, 0x202E)) { try prepared("a\u{202E}") }
        #expect(throws: SCRAMError.empty(.password)) { try prepared("") }
        #expect(throws: SCRAMError.empty(.password)) { try prepared("\u{AD}") }
        #expect(throws: SCRAMError.empty(.username)) { try SASL.plain(username: "", password: "x") }
        #expect(SCRAMError.forbiddenCharacter(.password, 7).description == "the password contains U+0007, which cannot be used to log in")
    }
}

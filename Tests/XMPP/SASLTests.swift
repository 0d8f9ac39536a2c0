import Testing
import XMPP

@Suite struct SASLTests {
    let all = ["PLAIN", "EXTERNAL", "DIGEST-MD5", "SCRAM-SHA-1", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-512"]

    @Test func `the strongest SCRAM is taken`() throws {
        #expect(try SASL.choose(from: all, isEncrypted: true, allowPlain: true) == .scram(.sha512))
        #expect(try SASL.choose(from: ["SCRAM-SHA-1", "SCRAM-SHA-256", "PLAIN"], isEncrypted: true, allowPlain: true) == .scram(.sha256))
        #expect(try SASL.choose(from: ["PLAIN", "SCRAM-SHA-1"], isEncrypted: true, allowPlain: true) == .scram(.sha1))
        #expect("\(SASL.Mechanism.scram(.sha256).name)" == "SCRAM-SHA-256")
    }

    @Test func `PLAIN is the last resort over TLS when it is allowed`() throws {
        #expect(try SASL.choose(from: ["PLAIN"], isEncrypted: true, allowPlain: true) == .plain)
        #expect(throws: SASLError.onlyPlain(offered: ["PLAIN"])) { try SASL.choose(from: ["PLAIN"], isEncrypted: true, allowPlain: false) }
        #expect(throws: SASLError.notEncrypted) { try SASL.choose(from: ["PLAIN"], isEncrypted: false, allowPlain: true) }
    }

    @Test func `a missing mechanism is told in words`() {
        #expect(throws: SASLError.noneKnown(offered: ["DIGEST-MD5", "X-OAUTH2"])) {
            try SASL.choose(from: ["DIGEST-MD5", "X-OAUTH2"], isEncrypted: true, allowPlain: true)
        }
        #expect(
            SASLError.noneKnown(offered: ["DIGEST-MD5", "X-OAUTH2"]).description
                == "the server offers only DIGEST-MD5, X-OAUTH2 to log in; Perch needs SCRAM-SHA-512, SCRAM-SHA-256 or SCRAM-SHA-1")
        #expect(SASLError.onlyPlain(offered: ["PLAIN"]).description.contains("allow-plain = yes"))
        #expect(throws: SASLError.nothingOffered) { try SASL.choose(from: [], isEncrypted: true, allowPlain: true) }
    }

    @Test func `what the server calls its mechanisms cannot spoil the log`() {
        let hostile = SASLError.noneKnown(offered: ["A\u{1B}[31m\n", String(repeating: "B", count: 5000)] + Array(repeating: "C", count: 50))
        #expect(hostile.description.utf8.count < 300)
        #expect(hostile.description.allSatisfy { $0 == "…" || ($0 >= " " && $0 <= "~") })
    }

    @Test func `a certificate logs in by EXTERNAL`() throws {
        #expect(try SASL.chooseExternal(from: all, isEncrypted: true) == .external)
        #expect(throws: SASLError.noExternal(offered: ["PLAIN"])) { try SASL.chooseExternal(from: ["PLAIN"], isEncrypted: true) }
        #expect(throws: SASLError.notEncrypted) { try SASL.chooseExternal(from: all, isEncrypted: false) }
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

import Testing
import XMPP

@testable import Agent

@Suite struct `Configuration of the account`: ConfigurationFixture {
    /// The keys begin in line 3.
    private func account(_ keys: String) throws -> AccountConfiguration { try loaded(keys).account }

    @Test func `every key is understood`() throws {
        let account = try account(
            "password-file = /p\nserver = h\ntls-ca = /ca.pem\ntls-pin = sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\ncertificate = /c.pem\nallow-plain = yes\noffline-after = 90s\n")
        #expect(account.passwordFile == "/p")
        #expect(account.tlsCA == "/ca.pem")
        #expect(account.tlsPin == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
        #expect(account.certificate == "/c.pem")
        #expect(account.allowPlain)
        #expect(account.offlineAfter == .seconds(90))
    }

    @Test func `a server is a host and a port, with tls in front for direct TLS`() throws {
        func server(_ text: String) throws -> ServerAddress? { try account("server = \(text)").server }
        #expect(try server("xmpp.example.org:5322") == ServerAddress(host: "xmpp.example.org", port: 5322, directTLS: false))
        #expect(try server("xmpp.example.org") == ServerAddress(host: "xmpp.example.org", port: 5222, directTLS: false))
        #expect(try server("tls:xmpp.example.org") == ServerAddress(host: "xmpp.example.org", port: 5223, directTLS: true))
        #expect(try server("tls:xmpp.example.org:443") == ServerAddress(host: "xmpp.example.org", port: 443, directTLS: true))
        #expect(try server("[2001:db8::1]:5222") == ServerAddress(host: "2001:db8::1", port: 5222, directTLS: false))
        #expect(try server("tls:[::1]:5223") == ServerAddress(host: "::1", port: 5223, directTLS: true))
        #expect(try server("127.0.0.1:5222") == ServerAddress(host: "127.0.0.1", port: 5222, directTLS: false))
    }

    @Test func `a server that cannot be is explained`() {
        func server(_ text: String) -> String { problems("server = \(text)").joined() }
        let usage = "write HOST:PORT, or tls:HOST:PORT for direct TLS, such as xmpp.example.org:5222 or [2001:db8::1]:5222"
        #expect(server("2001:db8::1:5222") == "perch.conf:3: server: \"2001:db8::1:5222\" has too many colons; \(usage)")
        #expect(server("h:0") == "perch.conf:3: server: the port \"0\" is not a number from 1 to 65535")
        #expect(server("h:65536") == "perch.conf:3: server: the port \"65536\" is not a number from 1 to 65535")
        #expect(server("h:+80") == "perch.conf:3: server: the port \"+80\" is not a number from 1 to 65535")
        #expect(server("h:") == "perch.conf:3: server: the port \"\" is not a number from 1 to 65535")
        #expect(server(":5222") == "perch.conf:3: server: \":5222\" names no host; \(usage)")
        #expect(server("tls:") == "perch.conf:3: server: \"tls:\" names no host; \(usage)")
        #expect(server("[::1") == "perch.conf:3: server: the \"[\" has no \"]\"; \(usage)")
        #expect(server("[::1]5222") == "perch.conf:3: server: \"[::1]5222\" has more after \"]\"; \(usage)")
        #expect(server("[example.org]:5222") == "perch.conf:3: server: \"example.org\" is not an IPv6 address")
        #expect(server("a b:5222") == "perch.conf:3: server: \"a b\" is not a host name; \(usage)")
    }

    @Test func `a pin is the base64 of 32 bytes`() {
        let usage = "perch.conf:3: tls-pin: the pin is \"sha256:\" and 44 characters of base64, as `perch check --connect` prints it"
        #expect(problems("tls-pin = sha256:abc") == [usage])
        #expect(problems("tls-pin = sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuF==") == [usage])
        // The two last bits of the 258 must be zero.
        #expect(problems("tls-pin = sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=") == [usage])
        #expect(problems("tls-pin = 47DEQ") == ["perch.conf:3: tls-pin: the pin begins with \"sha256:\", as `perch check --connect` prints it"])
    }

    @Test func `the address is bare and has a name`() {
        func jid(_ text: String) -> [String] {
            guard case .problems(let list) = load("[account]\njid = \(text)\n") else { return [] }
            return list.map(\.description)
        }
        #expect(jid("greenhouse@example.org/pi") == ["perch.conf:2: jid: \"greenhouse@example.org/pi\" has a resource; write greenhouse@example.org"])
        #expect(jid("example.org") == ["perch.conf:2: jid: \"example.org\" is a domain without a name; write name@example.org"])
        #expect(jid("greenhouse@") == ["perch.conf:2: jid: \"greenhouse@\" is not an address: an address needs a domain, such as name@example.org"])
    }

    @Test func `a mistake in the address does not hide the others`() {
        #expect(
            load("[account]\njid = x\nallow-plain = perhaps\n").problemLines == ["perch.conf:2", "perch.conf:3"])
    }

    @Test func `offline-after is bounded`() {
        #expect(problems("offline-after = 1s") == ["perch.conf:3: offline-after: \"1s\" is not between 10s and 1d"])
        #expect(problems("offline-after = 999999999999999d") == ["perch.conf:3: offline-after: \"999999999999999d\" is no duration: a duration is at most ten years"])
        #expect(problems("offline-after = -1min") == ["perch.conf:3: offline-after: \"-1min\" is no duration: a duration begins with a number, such as 20ms, 10s, 2min, 1.5h or 1d"])
        #expect(problems("offline-after = min") == ["perch.conf:3: offline-after: \"min\" is no duration: a duration begins with a number, such as 20ms, 10s, 2min, 1.5h or 1d"])
    }
}

@Suite struct `Configuration of people`: ConfigurationFixture {
    private func people(_ text: String) -> [String] { problems("[people]\n" + text) }

    @Test func `an exact entry beats the pattern of its domain`() throws {
        let people = try loaded("[people]\n*@example.org = viewer\nBob@Example.org = admin\n").people
        #expect(people.role(of: try JID("bob@example.org")) == .admin)
        #expect(people.role(of: try JID("eve@example.org")) == .viewer)
        #expect(people.role(of: try JID("eve@sub.example.org")) == nil)
    }

    @Test func `mistakes are explained`() {
        #expect(people("alice@example.org = administrator") == ["perch.conf:4: the role of alice@example.org: \"administrator\" is not viewer, operator or admin"])
        #expect(people("alice@example.org = operater") == ["perch.conf:4: the role of alice@example.org: \"operater\" is not viewer, operator or admin; did you mean operator?"])
        #expect(people("alice@example.org/phone = admin") == ["perch.conf:4: \"alice@example.org/phone\" has a resource; write alice@example.org"])
        #expect(people("* = viewer") == ["perch.conf:4: \"*\" is nobody; write name@domain, or *@domain for all of a domain"])
        #expect(people("al*@example.org = viewer") == ["perch.conf:4: \"al*@example.org\": \"*\" stands only for the whole name, as in *@example.org"])
        #expect(people("*@ = viewer") == ["perch.conf:4: \"*@\" is not \"*@\" and a domain: an address needs a domain, such as name@example.org"])
        #expect(people("*@a@b = viewer") == ["perch.conf:4: \"a@b\" is not a domain; write *@example.org"])
        #expect(people("alice = viewer") == ["perch.conf:4: \"alice\" is a domain without a name; write name@alice"])
    }

    @Test func `the same person twice is a mistake in whatever case`() {
        #expect(people("alice@example.org = viewer\nAlice@example.org = admin") == ["perch.conf:5: \"Alice@example.org\" stands twice in [people]"])
        #expect(people("*@example.org = viewer\n*@EXAMPLE.org = admin") == ["perch.conf:5: \"*@EXAMPLE.org\" stands twice in [people]"])
    }
}

extension ConfigurationResult {
    var problemLines: [String] {
        switch self {
        case .configuration: []
        case .problems(let problems): problems.map(\.location)
        }
    }
}

import Testing

@testable import XMPP

/// The examples of XEP-0115.
@Suite struct CapsTests {
    static let features = ["http://jabber.org/protocol/disco#info", "http://jabber.org/protocol/disco#items", "http://jabber.org/protocol/muc", "http://jabber.org/protocol/caps"]

    @Test func `the simple example hashes as XEP-0115 5_2 says`() throws {
        let hash = try Caps.verification(identities: [Caps.Identity(category: "client", type: "pc", name: "Exodus 0.9.1")], features: Self.features)
        #expect(hash == "QgayPKawpkPSDYmwT/WM94uAlu0=")
    }

    @Test func `the complex example hashes as XEP-0115 5_3 says`() throws {
        let hash = try Caps.verification(
            identities: [
                Caps.Identity(category: "client", type: "pc", language: "en", name: "Psi 0.11"),
                Caps.Identity(category: "client", type: "pc", language: "el", name: "Ψ 0.11"),
            ],
            features: Self.features,
            forms: [
                Caps.Form(type: "urn:xmpp:dataforms:softwareinfo", fields: [
                    ("ip_version", ["ipv6", "ipv4"]), ("os", ["Mac"]), ("os_version", ["10.5.1"]), ("software", ["Psi"]), ("software_version", ["0.11"]),
                ])
            ])
        #expect(hash == "q07IKJEyjvHSyhy//CH0CxmKi8w=")
    }
}

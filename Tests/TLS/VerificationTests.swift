import COpenSSL
import Testing

@testable import TLS

@Suite struct VerificationTests {
    let authority = Identity("Test Authority", isAuthority: true)
    let folder = Folder()

    /// What the client says about a server's certificate; nil when it is content.
    func verdict(_ identity: Identity, chain: [Identity] = [], name: String = "xmpp.example", pin: TLSPin? = nil, system: Bool = false) throws -> TLSError? {
        let authorities = system ? nil : folder.write("ca.pem", authority.certificatePEM)
        let context = try TLSContext(TLSSettings(authorities: authorities, pin: pin))
        let client = try TLSSession(context, serverName: name)
        let server = TestServer(identity, chain: chain)
        try client.start()
        do throws(TLSError) { try exchange(client, server) } catch {
            #expect(!client.takeCiphertext().isEmpty, "the server is told by an alert")
            return error
        }
        #expect(client.isEstablished)
        return nil
    }

    func reason(_ error: TLSError?) -> String {
        if case .certificate(let reason) = error { return reason }
        return "not a certificate's error: \(String(describing: error))"
    }

    @Test func `a certificate for the name from the authority is accepted`() throws {
        #expect(try verdict(Identity("a", names: "DNS:xmpp.example", issuer: authority)) == nil)
    }

    @Test func `an expired certificate is refused with its date`() throws {
        let error = try verdict(Identity("a", names: "DNS:xmpp.example", days: -30 ... -2, issuer: authority))
        #expect(reason(error).hasPrefix("expired on 20"))
        #expect(reason(error).contains("this board's clock says 20"))
    }

    @Test func `a certificate of the future is refused with its date`() throws {
        let error = try verdict(Identity("a", names: "DNS:xmpp.example", days: 3...30, issuer: authority))
        #expect(reason(error).hasPrefix("is not valid before 20"))
    }

    @Test func `a certificate for another name is refused and says for which`() throws {
        let error = try verdict(Identity("a", names: "DNS:other.example,DNS:third.example,IP:192.0.2.7", issuer: authority))
        #expect(reason(error) == "is for another name: it is for other.example, third.example, 192.0.2.7, not for xmpp.example")
    }

    @Test func `a name in the subject alone does not count`() throws {
        let error = try verdict(Identity("xmpp.example", issuer: authority))
        #expect(reason(error) == "is for another name: it is for no name at all, not for xmpp.example")
    }

    @Test func `a wildcard covers one whole label`() throws {
        let wildcard = Identity("a", names: "DNS:*.example.org", issuer: authority)
        #expect(try verdict(wildcard, name: "xmpp.example.org") == nil)
        #expect(reason(try verdict(wildcard, name: "a.b.example.org")).hasPrefix("is for another name"))
        #expect(reason(try verdict(wildcard, name: "example.org")).hasPrefix("is for another name"))
        let partial = Identity("a", names: "DNS:x*.example.org", issuer: authority)
        #expect(reason(try verdict(partial, name: "xmpp.example.org")).hasPrefix("is for another name"))
    }

    @Test func `a certificate of another authority is refused with the issuer's name`() throws {
        let other = Identity("Somebody Else", isAuthority: true)
        let identity = Identity("a", names: "DNS:xmpp.example", issuer: other)
        #expect(reason(try verdict(identity)).hasPrefix("is from an unknown issuer (Somebody Else); set tls-ca"))
        #expect(reason(try verdict(identity, chain: [other])).hasPrefix("is from an unknown issuer (Somebody Else); set tls-ca"))
    }

    @Test func `a private authority is unknown to the system's store`() throws {
        let error = try verdict(Identity("a", names: "DNS:xmpp.example", issuer: authority), system: true)
        #expect(reason(error).hasPrefix("is from an unknown issuer (Test Authority)"))
    }

    @Test func `a chain with an intermediate is accepted, and refused when that has expired`() throws {
        let intermediate = Identity("Intermediate", isAuthority: true, issuer: authority)
        let identity = Identity("a", names: "DNS:xmpp.example", issuer: intermediate)
        #expect(try verdict(identity, chain: [intermediate]) == nil)
        #expect(reason(try verdict(identity)).hasPrefix("is from an unknown issuer (Intermediate)"))
        let old = Identity("Intermediate", isAuthority: true, days: -30 ... -2, issuer: authority)
        let orphan = Identity("a", names: "DNS:xmpp.example", issuer: old)
        #expect(reason(try verdict(orphan, chain: [old])).hasPrefix("was issued by Intermediate, whose certificate expired on 20"))
    }

    @Test func `an authority that may not sign is refused`() throws {
        let leaf = Identity("not an authority", names: "DNS:leaf.example", issuer: authority)
        let identity = Identity("a", names: "DNS:xmpp.example", issuer: leaf)
        #expect(try verdict(identity, chain: [leaf]) != nil)
    }

    @Test func `a self-signed certificate is refused, and its pin offered`() throws {
        let identity = Identity("a", names: "DNS:xmpp.example")
        let pin = try #require(identity.pin)
        let error = try verdict(identity)
        #expect(reason(error) == "is self-signed; if you know that it is yours, set tls-pin = \(pin)")
    }

    @Test func `a pinned key is accepted whatever its certificate says`() throws {
        let selfSigned = Identity("a", names: "DNS:other.example", days: -30 ... -2)
        #expect(try verdict(selfSigned, pin: selfSigned.pin) == nil)
    }

    @Test func `another key than the pinned one is refused even from a good authority, and named`() throws {
        let good = Identity("a", names: "DNS:xmpp.example", issuer: authority)
        let seen = try #require(good.pin)
        let error = try verdict(good, pin: Identity("b").pin)
        #expect(reason(error) == "has another key than the pinned one: its pin is \(seen)")
    }

    @Test func `an address is verified as an address`() throws {
        let identity = Identity("a", names: "IP:127.0.0.1,IP:::1", issuer: authority)
        #expect(try verdict(identity, name: "127.0.0.1") == nil)
        #expect(try verdict(identity, name: "::1") == nil)
        #expect(reason(try verdict(identity, name: "127.0.0.2")).hasPrefix("is for another name: it is for 127.0.0.1, ::1"))
        let named = Identity("a", names: "DNS:127.0.0.1", issuer: authority)
        #expect(try verdict(named, name: "127.0.0.1") != nil)
    }

    @Test func `control characters of a certificate do not reach the log`() throws {
        let hostile = Identity("Evil\u{1b}[2J\nperch: all is well", isAuthority: true)
        let error = try verdict(Identity("a", names: "DNS:xmpp.example", issuer: hostile))
        #expect(!reason(error).utf8.contains { $0 < 0x20 })
        #expect(reason(error).contains("Evil?[2J?perch"))
    }
}

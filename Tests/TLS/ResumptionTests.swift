import COpenSSL
import Testing

@testable import TLS

@Suite struct ResumptionTests {
    let authority = Identity("Test Authority", isAuthority: true)
    let folder = Folder()

    func context(_ change: (inout TLSSettings) -> Void = { _ in }) throws -> TLSContext {
        var settings = TLSSettings(authorities: folder.write("ca.pem", authority.certificatePEM))
        change(&settings)
        return try TLSContext(settings)
    }

    func identity() -> Identity { Identity("xmpp", names: "DNS:xmpp.example,DNS:other.example", issuer: authority) }

    /// A session that is up, with what the server sent after the handshake.
    func connect(_ context: TLSContext, _ server: TestServer, name: String = "xmpp.example") throws -> TLSSession {
        let client = try TLSSession(context, serverName: name)
        try client.start()
        try exchange(client, server)
        return client
    }

    func taken(_ context: TLSContext) throws -> (ticket: OpaquePointer, trust: Resumption.Trust) {
        let taken = context.resumption.take(for: "xmpp.example")
        return try #require(taken)
    }

    func finished(_ ssl: OpaquePointer, _ read: (OpaquePointer?, UnsafeMutableRawPointer?, Int) -> Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(ssl, &bytes, bytes.count)
        return Array(bytes[..<count])
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION]) func `the next sessions go on from the first one, also after a broken connection`(version: Int32) throws {
        let context = try context()
        let server = identity()
        let first = TestServer(server, .init(maximumVersion: version))
        #expect(try connect(context, first).summary?.resumed == false)
        for _ in 0..<3 { // each client goes away without a goodbye
            let again = TestServer(again: first)
            let client = try connect(context, again)
            #expect(client.summary?.resumed == true)
            #expect(client.summary?.peerPin == server.pin)
            #expect(client.summary?.validUntil.count == 10)
            #expect(client.endPointBinding?.count == 32)
            try client.send(Array("hello".utf8))
            try exchange(client, again)
            #expect(again.received == Array("hello".utf8))
        }
    }

    @Test func `tls-unique is the first Finished message, the client's in a full handshake and the server's in a resumed one`() throws {
        let context = try context()
        let server = TestServer(identity(), .init(maximumVersion: TLS1_2_VERSION))
        let client = try connect(context, server)
        let binding = try #require(client.uniqueBinding)
        #expect(binding.count == 12)
        #expect(binding == finished(server.ssl, SSL_get_peer_finished))
        #expect(client.exporterBinding == nil)
        let again = TestServer(again: server)
        let resumed = try connect(context, again)
        #expect(resumed.summary?.resumed == true)
        #expect(resumed.uniqueBinding == finished(again.ssl, SSL_get_finished))
        #expect(resumed.uniqueBinding != binding)
    }

    @Test func `there is no tls-unique in TLS 1_3 or before the handshake is done`() throws {
        let client = try TLSSession(try context(), serverName: "xmpp.example")
        #expect(client.uniqueBinding == nil)
        #expect(try connect(try context(), TestServer(identity())).uniqueBinding == nil)
    }

    @Test func `without the extended master secret there is neither tls-unique nor resumption`() throws {
        let context = try context()
        let server = TestServer(identity(), .init(maximumVersion: TLS1_2_VERSION, extendedMasterSecret: false))
        #expect(try connect(context, server).uniqueBinding == nil)
        #expect(try connect(context, TestServer(again: server)).summary?.resumed == false)
    }

    @Test func `both ends derive the same exporter binding in a resumed session`() throws {
        let context = try context()
        let server = TestServer(identity())
        let binding = try connect(context, server).exporterBinding
        let again = TestServer(again: server)
        let client = try connect(context, again)
        var theirs = [UInt8](repeating: 0, count: 32)
        let label = "EXPORTER-Channel-Binding"
        SSL_export_keying_material(again.ssl, &theirs, 32, label, label.utf8.count, nil, 0, 0)
        #expect(client.summary?.resumed == true)
        #expect(client.exporterBinding == theirs)
        #expect(client.exporterBinding != binding)
    }

    @Test func `a ticket is for one server name and is used once`() throws {
        let context = try context()
        let server = TestServer(identity())
        _ = try connect(context, server)
        #expect(try connect(context, TestServer(again: server), name: "other.example").summary?.resumed == false)
        // The newest ticket is the other name's now; a handshake that does not finish has used it up.
        let lost = try TLSSession(context, serverName: "other.example")
        try lost.start()
        #expect(try connect(context, TestServer(again: server), name: "other.example").summary?.resumed == false)
    }

    @Test func `a server that has forgotten the ticket gets a full handshake and verification`() throws {
        let context = try context()
        _ = try connect(context, TestServer(identity()))
        #expect(try connect(context, TestServer(identity())).summary?.resumed == false)
        var failure: TLSError?
        do throws(any Error) { _ = try connect(context, TestServer(Identity("self-signed", names: "DNS:xmpp.example"))) } catch { failure = error as? TLSError }
        guard case .certificate = failure else {
            Issue.record("it was accepted: \(String(describing: failure))")
            return
        }
    }

    @Test func `a certificate that has expired since is not relied on`() throws {
        let context = try context()
        let intermediate = Identity("Intermediate", isAuthority: true, days: -1...0, seconds: 3600, issuer: authority)
        let server = TestServer(Identity("xmpp", names: "DNS:xmpp.example", issuer: intermediate), chain: [intermediate])
        _ = try connect(context, server)
        let now = tls_now()
        let (ticket, trust) = try taken(context)
        #expect((now + 3500...now + 3601).contains(trust.until), "the intermediate certificate's end counts")
        #expect((now - 60...now).contains(trust.since))
        for (since, until) in [(trust.since, now), (now + 3600, trust.until)] { // expired; the clock was set back
            SSL_SESSION_up_ref(ticket)
            context.resumption.keep(ticket, for: "xmpp.example", .init(since: since, until: until))
            #expect(try connect(context, TestServer(again: server)).summary?.resumed == false)
        }
        context.resumption.keep(ticket, for: "xmpp.example", trust)
        #expect(try connect(context, TestServer(again: server)).summary?.resumed == true)
    }

    @Test func `resumed sessions do not prolong what was verified`() throws {
        let context = try context()
        let server = TestServer(identity())
        _ = try connect(context, server)
        var (ticket, trust) = try taken(context)
        #expect(trust.until - trust.since == Resumption.longest)
        trust.until -= 1000
        context.resumption.keep(ticket, for: "xmpp.example", trust)
        #expect(try connect(context, TestServer(again: server)).summary?.resumed == true)
        let next = try taken(context)
        #expect(next.trust.until == trust.until && next.trust.since == trust.since)
        #expect(next.ticket != ticket)
        SSL_SESSION_free(next.ticket)
    }

    @Test func `a pinned key is known again in a resumed session, whatever its certificate says`() throws {
        let old = Identity("old", days: -30 ... -2)
        let context = try context { $0.pin = old.pin }
        let server = TestServer(old)
        _ = try connect(context, server)
        let client = try connect(context, TestServer(again: server))
        #expect(client.summary?.resumed == true)
        #expect(client.summary?.peerPin == old.pin)
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION]) func `nothing is resumed with a certificate of our own`(version: Int32) throws {
        let me = Identity("greenhouse@xmpp.example", issuer: authority)
        let context = try context { $0.certificate = folder.write("me.pem", me.certificatePEM + me.keyPEM) }
        let server = TestServer(identity(), .init(maximumVersion: version))
        _ = try connect(context, server)
        #expect(try connect(context, TestServer(again: server)).summary?.resumed == false)
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION]) func `a server that breaks over a ticket is not offered another one`(version: Int32) throws {
        let context = try context()
        let server = TestServer(identity(), .init(maximumVersion: version, breaksOverTickets: true))
        _ = try connect(context, server)
        #expect(throws: TLSError.self) { _ = try connect(context, TestServer(again: server)) }
        for _ in 0..<3 { #expect(try connect(context, TestServer(again: server)).summary?.resumed == false) }
    }

    @Test func `a damaged session is not gone on from`() throws {
        let context = try context()
        let server = TestServer(identity())
        let client = try connect(context, server)
        server.send(Array("hello".utf8))
        var record = server.takeOutput()
        record[record.count - 1] ^= 1
        #expect(throws: TLSError.self) { try client.receive(record) }
        #expect(try connect(context, TestServer(again: server)).summary?.resumed == false)
    }
}

import COpenSSL
import Testing

@testable import TLS

@Suite struct TLSSessionTests {
    let authority = Identity("Test Authority", isAuthority: true)
    let folder = Folder()

    func context() throws -> TLSContext {
        try TLSContext(TLSSettings(authorities: folder.write("ca.pem", authority.certificatePEM)))
    }

    func identity() -> Identity { Identity("xmpp", names: "DNS:xmpp.example", issuer: authority) }

    @Test(arguments: [Int.max, 1, 7]) func `a handshake succeeds however the bytes are cut`(piece: Int) throws {
        let client = try TLSSession(try context(), serverName: "xmpp.example")
        let server = TestServer(identity())
        try client.start()
        try exchange(client, server, piece: piece)
        #expect(client.isEstablished)
        #expect(server.isEstablished)
        try client.send(Array("<stream>".utf8))
        server.send(Array("<features/>".utf8))
        try exchange(client, server, piece: piece)
        #expect(server.received == Array("<stream>".utf8))
        var plaintext: [UInt8] = []
        client.readPlaintext(into: &plaintext)
        #expect(plaintext == Array("<features/>".utf8))
    }

    @Test func `the server is told its name and the protocol`() throws {
        let client = try TLSSession(try context(), serverName: "xmpp.example")
        let server = TestServer(identity(), .init(alpn: "xmpp-client"))
        try client.start()
        try exchange(client, server)
        #expect(server.requestedName == "xmpp.example")
        let summary = try #require(client.summary)
        #expect(summary.protocolName == "xmpp-client")
        #expect(summary.version == "TLSv1.3")
        #expect(summary.cipher.hasPrefix("TLS_"))
        #expect(summary.peerPin != nil)
        #expect(summary.validUntil.count == 10)
    }

    @Test func `a server without ALPN is fine`() throws {
        let client = try TLSSession(try context(), serverName: "xmpp.example")
        let server = TestServer(identity())
        try client.start()
        try exchange(client, server)
        #expect(client.isEstablished)
        #expect(client.summary?.protocolName == nil)
    }

    @Test func `an address is verified but not asked for by name`() throws {
        let client = try TLSSession(try context(), serverName: "127.0.0.1")
        let server = TestServer(Identity("local", names: "IP:127.0.0.1", issuer: authority))
        try client.start()
        try exchange(client, server)
        #expect(client.isEstablished)
        #expect(server.requestedName == nil)
    }

    @Test func `large payloads arrive whole in both directions`() throws {
        let client = try TLSSession(try context(), serverName: "xmpp.example")
        let server = TestServer(identity())
        try client.start()
        try exchange(client, server)
        let payload = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try client.send(payload)
        for start in stride(from: 0, to: payload.count, by: 16000) { server.send(Array(payload[start..<min(start + 16000, payload.count)])) }
        try exchange(client, server, piece: 1500)
        #expect(server.received == payload)
        var plaintext: [UInt8] = []
        client.readPlaintext(into: &plaintext)
        #expect(plaintext == payload)
    }

    @Test func `TLS 1_2 is accepted`() throws {
        let client = try TLSSession(try context(), serverName: "xmpp.example")
        let server = TestServer(identity(), .init(maximumVersion: TLS1_2_VERSION))
        try client.start()
        try exchange(client, server)
        #expect(client.summary?.version == "TLSv1.2")
        #expect(client.exporterBinding == nil)
    }

    @Test func `TLS 1_1 is refused and the server is told`() throws {
        let client = try TLSSession(try context(), serverName: "xmpp.example")
        let server = TestServer(identity(), .init(maximumVersion: TLS1_1_VERSION))
        try client.start()
        var failure: TLSError?
        do throws(TLSError) { try exchange(client, server) } catch { failure = error }
        guard case .protocol(let reason) = failure else {
            Issue.record("it was not refused: \(String(describing: failure))")
            return
        }
        #expect(reason.contains("version"))
        #expect(!client.isEstablished)
    }

    @Test func `what is not TLS is said to be so`() throws {
        let client = try TLSSession(try context(), serverName: "xmpp.example")
        try client.start()
        let expected = TLSError.protocol("what came is not TLS (is it the right port, and the right kind of it?)")
        #expect(throws: expected) { try client.receive(Array("HTTP/1.1 400 Bad Request\r\n".utf8)) }
        #expect(throws: expected) { try client.receive(Array("again".utf8)) }
        #expect(throws: expected) { try client.send([1]) }
    }

    @Test func `a damaged record ends the session`() throws {
        let client = try TLSSession(try context(), serverName: "xmpp.example")
        let server = TestServer(identity())
        try client.start()
        try exchange(client, server)
        server.send(Array("hello".utf8))
        var record = server.takeOutput()
        record[record.count - 1] ^= 1
        #expect(throws: TLSError.self) { try client.receive(record) }
        #expect(!client.isEstablished)
        #expect(!client.takeCiphertext().isEmpty) // the alert
    }

    @Test func `the server's close is seen, and ours is sent`() throws {
        let client = try TLSSession(try context(), serverName: "xmpp.example")
        let server = TestServer(identity())
        try client.start()
        try exchange(client, server)
        server.send(Array("last".utf8))
        server.close()
        try exchange(client, server)
        var plaintext: [UInt8] = []
        client.readPlaintext(into: &plaintext)
        #expect(plaintext == Array("last".utf8))
        #expect(client.isClosedByPeer)
        try client.send(Array("the answer to a goodbye".utf8))
        #expect(client.takeCiphertext().isEmpty)

        let other = try TLSSession(try context(), serverName: "xmpp.example")
        let otherServer = TestServer(identity())
        try other.start()
        try exchange(other, otherServer)
        #expect(!other.isClosedByPeer)
        other.close()
        otherServer.receive(other.takeCiphertext())
        #expect(otherServer.isClosed)
    }

    @Test func `a key update is answered`() throws {
        let client = try TLSSession(try context(), serverName: "xmpp.example")
        let server = TestServer(identity())
        try client.start()
        try exchange(client, server)
        server.updateKey()
        server.send(Array("after".utf8))
        try client.receive(server.takeOutput())
        try client.send(Array("new key".utf8))
        try exchange(client, server)
        #expect(server.received == Array("new key".utf8))
        #expect(client.isEstablished)
    }

    @Test func `nothing can be sent before the handshake is done`() throws {
        let client = try TLSSession(try context(), serverName: "xmpp.example")
        #expect(throws: TLSError.protocol("the connection is not secured")) { try client.send([1]) }
        try client.start()
        #expect(throws: TLSError.protocol("the connection is not secured")) { try client.send([1]) }
    }

    @Test func `both ends derive the same channel bindings`() throws {
        let client = try TLSSession(try context(), serverName: "xmpp.example")
        let server = TestServer(identity())
        try client.start()
        try exchange(client, server)
        var theirs = [UInt8](repeating: 0, count: 32)
        let label = "EXPORTER-Channel-Binding"
        SSL_export_keying_material(server.ssl, &theirs, 32, label, label.utf8.count, nil, 0, 0)
        #expect(client.exporterBinding == theirs)
        #expect(client.endPointBinding?.count == 32)
    }

    @Test func `a client certificate is shown to a server that asks`() throws {
        let me = Identity("greenhouse@xmpp.example", issuer: authority)
        let file = folder.write("me.pem", me.certificatePEM + me.keyPEM)
        let context = try TLSContext(TLSSettings(authorities: folder.write("ca.pem", authority.certificatePEM), certificate: file))
        let client = try TLSSession(context, serverName: "xmpp.example")
        let server = TestServer(identity(), .init(clientAuthority: authority))
        try client.start()
        try exchange(client, server)
        #expect(server.hasClientCertificate)
        #expect(server.isEstablished)
    }

    @Test func `a server that wants a client certificate refuses in words`() throws {
        let client = try TLSSession(try context(), serverName: "xmpp.example")
        let server = TestServer(identity(), .init(clientAuthority: authority))
        try client.start()
        var failure: TLSError?
        do throws(TLSError) { try exchange(client, server) } catch { failure = error }
        #expect(failure?.description.contains("alert") == true)
    }
}

import COpenSSL
import TLS

/// The other side: an OpenSSL server over memory BIOs.
final class TestServer {
    struct Options {
        var maximumVersion: Int32?
        var alpn: String?
        /// Ask for a client certificate of this authority.
        var clientAuthority: Identity?
        var extendedMasterSecret = true
        /// A common mistake: it asks for client certificates and breaks the handshake over each ticket.
        var breaksOverTickets = false
    }

    let context: OpaquePointer
    let ssl: OpaquePointer
    let incoming: OpaquePointer
    let outgoing: OpaquePointer
    let alpn: [UInt8]
    var received: [UInt8] = []
    var isClosed = false

    init(_ identity: Identity, chain: [Identity] = [], _ options: Options = Options()) {
        context = SSL_CTX_new(TLS_server_method())
        alpn = options.alpn.map { Array($0.utf8) } ?? []
        SSL_CTX_use_certificate(context, identity.certificate)
        SSL_CTX_use_PrivateKey(context, identity.key)
        for extra in chain {
            X509_up_ref(extra.certificate)
            SSL_CTX_ctrl(context, SSL_CTRL_EXTRA_CHAIN_CERT, 0, UnsafeMutableRawPointer(extra.certificate))
        }
        if let version = options.maximumVersion {
            SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, 0, nil)
            SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(version), nil)
            SSL_CTX_set_security_level(context, 0)
        }
        if let authority = options.clientAuthority {
            X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.certificate)
            SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        }
        if !options.extendedMasterSecret { SSL_CTX_set_options(context, 1) } // SSL_OP_NO_EXTENDED_MASTER_SECRET, a macro
        if options.breaksOverTickets { SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil) }
        ssl = SSL_new(context)
        incoming = BIO_new(BIO_s_mem())
        outgoing = BIO_new(BIO_s_mem())
        SSL_set_bio(ssl, incoming, outgoing)
        SSL_set_accept_state(ssl)
        SSL_CTX_set_alpn_select_cb(
            context,
            { _, out, length, offered, offeredLength, owner in
                let server = Unmanaged<TestServer>.fromOpaque(owner!).takeUnretainedValue()
                if server.alpn.isEmpty { return SSL_TLSEXT_ERR_NOACK }
                var at = 0
                while at < Int(offeredLength) {
                    let size = Int(offered![at])
                    if Array(UnsafeBufferPointer(start: offered! + at + 1, count: size)) == server.alpn {
                        out!.pointee = offered! + at + 1
                        length!.pointee = UInt8(size)
                        return SSL_TLSEXT_ERR_OK
                    }
                    at += size + 1
                }
                return SSL_TLSEXT_ERR_ALERT_FATAL
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// The same server for another connection: it knows its tickets.
    init(again other: TestServer) {
        context = other.context
        SSL_CTX_up_ref(context)
        alpn = other.alpn
        ssl = SSL_new(context)
        incoming = BIO_new(BIO_s_mem())
        outgoing = BIO_new(BIO_s_mem())
        SSL_set_bio(ssl, incoming, outgoing)
        SSL_set_accept_state(ssl)
    }

    deinit {
        SSL_free(ssl)
        SSL_CTX_free(context)
    }

    var isEstablished: Bool { SSL_is_init_finished(ssl) == 1 }
    var requestedName: String? { SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name).map { String(cString: $0) } }
    var hasClientCertificate: Bool { SSL_get0_peer_certificate(ssl) != nil }

    func receive(_ bytes: [UInt8]) {
        if !bytes.isEmpty { BIO_write(incoming, bytes, Int32(bytes.count)) }
        ERR_clear_error()
        if !isEstablished, SSL_do_handshake(ssl) != 1 { return }
        var buffer = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = SSL_read(ssl, &buffer, Int32(buffer.count))
            if count <= 0 {
                if SSL_get_error(ssl, count) == SSL_ERROR_ZERO_RETURN { isClosed = true }
                return
            }
            received += buffer[..<Int(count)]
        }
    }

    func send(_ bytes: [UInt8]) {
        ERR_clear_error()
        if !bytes.isEmpty { SSL_write(ssl, bytes, Int32(bytes.count)) }
    }

    func close() { SSL_shutdown(ssl) }
    func updateKey() { SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED) }

    func takeOutput() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: BIO_ctrl_pending(outgoing))
        if !bytes.isEmpty { BIO_read(outgoing, &bytes, Int32(bytes.count)) }
        return bytes
    }
}

/// Carries bytes both ways until nobody has any. `piece` is how many the client gets at a time.
func exchange(_ client: TLSSession, _ server: TestServer, piece: Int = .max) throws(TLSError) {
    while true {
        let up = client.takeCiphertext()
        server.receive(up)
        let down = server.takeOutput()
        if up.isEmpty && down.isEmpty { return }
        var start = 0
        while start < down.count {
            let end = min(down.count, start + min(piece, down.count))
            try client.receive(Array(down[start..<end]))
            start = end
        }
    }
}

import COpenSSL
import Text

/// What came of a handshake, for `perch check` and the log.
public struct TLSSummary: Equatable, Sendable {
    /// `TLSv1.3` or `TLSv1.2`.
    public var version: String
    /// OpenSSL's or IANA's name, e.g. `TLS_AES_256_GCM_SHA384`.
    public var cipher: String
    /// Of the server's key, whether one was asked for or not.
    public var peerPin: TLSPin?
    /// What the server chose by ALPN; nil when it chose nothing.
    public var protocolName: String?
    /// Last day of the server's certificate, `YYYY-MM-DD` (UTC).
    public var validUntil: String
    /// Days that are left of the server's certificate and of our own, when those are few; else -1.
    public var endsSoon: Int32
    public var ownEndsSoon: Int32
    /// The handshake went on from an earlier session's: what is told about the certificate was seen and verified then.
    public var resumed: Bool
}

/// One TLS client session without a socket: ciphertext in and out, plaintext in and out.
///
/// After each `start`, `receive`, `send` and `close`, also one that threw, send what `takeCiphertext` gives: an error's
/// alert is in there. After an error or the peer's close the session is of no more use.
public final class TLSSession {
    /// Bytes handed to OpenSSL at a time, either way. Its memory buffers grow to the largest piece and never shrink, and
    /// records of 4 KiB cost 0.7 % more on the wire than those of 16 KiB.
    private static let piece = 4096

    private enum State: Equatable {
        case fresh, handshake, established, closed
        case failed(TLSError)
    }

    public let serverName: String
    let context: TLSContext
    var peerPin: TLSPin?
    var certificateProblem: String?

    private let ssl: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer
    private var state = State.fresh
    private var offersTicket = false
    /// Since the last full handshake.
    private var trust = Resumption.Trust()
    private var ciphertext: [UInt8] = []
    private var plaintext: [UInt8] = []

    /// `serverName` is the name or IP literal to verify, in ASCII form: the XMPP domain, never a name that DNS gave.
    /// `alpn` is offered; nil offers nothing.
    public init(_ context: TLSContext, serverName: String, alpn: String? = "xmpp-client") throws(TLSError) {
        guard let ssl = SSL_new(context.context) else { throw .protocol("there is no memory") }
        guard let incoming = BIO_new(BIO_s_mem()), let outgoing = BIO_new(BIO_s_mem()) else {
            SSL_free(ssl)
            throw .protocol("there is no memory")
        }
        SSL_set_bio(ssl, incoming, outgoing)
        self.context = context
        self.serverName = serverName
        self.ssl = ssl
        self.incoming = incoming
        self.outgoing = outgoing
        tls_set_owner(ssl, Unmanaged.passUnretained(self).toOpaque())
        SSL_set_connect_state(ssl)
        if tls_expect(ssl, serverName) != 1 { throw .protocol(filled("% is not a name that a certificate can be for", serverName)) }
        if let alpn, tls_offer_protocol(ssl, alpn) != 1 { throw .protocol(filled("% is not a protocol name", alpn)) }
        if let (ticket, trust) = context.resumption.take(for: serverName) {
            offersTicket = SSL_set_session(ssl, ticket) == 1
            self.trust = trust
            SSL_SESSION_free(ticket)
        }
    }

    deinit {
        if case .failed = state {} else { tls_spare_session(ssl) }
        SSL_free(ssl)
    }

    public var isEstablished: Bool { state == .established }
    /// The peer has said that nothing more comes (close_notify). An end of the transport without it may be an attack.
    public var isClosedByPeer: Bool { SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN != 0 }

    /// Begins the handshake. Once.
    public func start() throws(TLSError) {
        guard state == .fresh else { return }
        state = .handshake
        try advance()
    }

    /// What came from the server, in pieces of any size.
    public func receive(_ bytes: UnsafeRawBufferPointer) throws(TLSError) {
        if case .failed(let error) = state { throw error }
        var rest = bytes[...]
        while !rest.isEmpty, state != .closed {
            let part = UnsafeRawBufferPointer(rebasing: rest.prefix(TLSSession.piece))
            guard BIO_write(incoming, part.baseAddress, Int32(part.count)) == Int32(part.count) else {
                throw fail(.protocol("there is no memory"))
            }
            rest = rest.dropFirst(part.count)
            try advance()
        }
    }

    public func receive(_ bytes: [UInt8]) throws(TLSError) {
        var failure: TLSError?
        bytes.withUnsafeBytes { buffer in
            do throws(TLSError) { try receive(buffer) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// What must be sent to the server now; empty when there is nothing.
    public func takeCiphertext() -> [UInt8] {
        let taken = ciphertext
        ciphertext = []
        return taken
    }

    /// Appends what has been decrypted since the last call.
    public func readPlaintext(into bytes: inout [UInt8]) {
        if bytes.isEmpty { bytes = plaintext } else { bytes += plaintext }
        plaintext = []
    }

    /// Encrypts. Error: `.protocol` before the handshake is done. After either side's close the bytes are dropped: a server
    /// that shuts down says so and closes in one go, and our stream's end must not turn that into a failure.
    public func send(_ bytes: [UInt8]) throws(TLSError) {
        if case .failed(let error) = state { throw error }
        if state == .closed { return }
        guard state == .established else { throw .protocol("the connection is not secured") }
        var start = 0
        while start < bytes.count {
            let count = min(TLSSession.piece, bytes.count - start)
            ERR_clear_error()
            var written = 0
            let result = bytes.withUnsafeBytes { buffer in
                SSL_write_ex(ssl, UnsafeRawBufferPointer(rebasing: buffer[start...]).baseAddress, count, &written)
            }
            guard result == 1, written > 0 else { throw fail(SSL_get_error(ssl, result)) }
            collect()
            start += written
        }
    }

    /// Says that nothing more will be sent (close_notify). What the server still sends is dropped.
    public func close() {
        if state == .established {
            ERR_clear_error()
            _ = SSL_shutdown(ssl)
            collect()
        }
        if case .failed = state { return }
        state = .closed
    }

    /// nil before the handshake is done.
    public var summary: TLSSummary? {
        guard SSL_is_init_finished(ssl) == 1, let cipher = SSL_get_current_cipher(ssl) else { return nil }
        var name: UnsafePointer<UInt8>?
        var length: UInt32 = 0
        SSL_get0_alpn_selected(ssl, &name, &length)
        return TLSSummary(
            version: String(cString: SSL_get_version(ssl)), cipher: String(cString: SSL_CIPHER_get_name(cipher)), peerPin: peerPin,
            protocolName: name.map { String(decoding: UnsafeBufferPointer(start: $0, count: Int(length)), as: UTF8.self) },
            validUntil: text(16) { tls_date(X509_get0_notAfter(SSL_get0_peer_certificate(ssl)), $0) },
            endsSoon: tls_ends_soon(SSL_get0_peer_certificate(ssl)), ownEndsSoon: tls_ends_soon(SSL_get_certificate(ssl)), resumed: SSL_session_reused(ssl) == 1)
    }

    /// Channel binding `tls-exporter` (RFC 9266), 32 bytes; nil below TLS 1.3 or before the handshake is done.
    public var exporterBinding: [UInt8]? {
        guard state == .established, SSL_version(ssl) >= TLS1_3_VERSION else { return nil }
        var succeeded = false
        let binding = [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            let label = "EXPORTER-Channel-Binding"
            succeeded = SSL_export_keying_material(ssl, buffer.baseAddress, 32, label, label.utf8.count, nil, 0, 0) == 1
            count = succeeded ? 32 : 0
        }
        return succeeded ? binding : nil
    }

    /// Channel binding `tls-unique` (RFC 5929 §3), 12 bytes; nil before the handshake is done, on anything but TLS 1.2, and
    /// without the extended master secret (RFC 7627 §5.4).
    public var uniqueBinding: [UInt8]? {
        guard state == .established else { return nil }
        let binding = [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, count in
            count = min(tls_unique(ssl, buffer.baseAddress), buffer.count)
        }
        return binding.isEmpty ? nil : binding
    }

    /// Channel binding `tls-server-end-point` (RFC 5929); nil before the handshake is done, and for signatures without a
    /// digest of their own such as Ed25519.
    public var endPointBinding: [UInt8]? {
        guard state == .established else { return nil }
        let binding = [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, count in
            count = Int(tls_end_point(SSL_get0_peer_certificate(ssl), buffer.baseAddress))
        }
        return binding.isEmpty ? nil : binding
    }

    // MARK: Inside

    /// Handshake and decryption as far as the input goes.
    private func advance() throws(TLSError) {
        if state == .handshake {
            ERR_clear_error()
            let result = SSL_do_handshake(ssl)
            collect()
            if result != 1 {
                let error = SSL_get_error(ssl, result)
                if error == SSL_ERROR_WANT_READ { return }
                throw fail(error)
            }
            state = .established
            verified()
        }
        guard state == .established else { return }
        try decrypt()
    }

    /// The handshake is done: a full one has verified the certificate, a resumed one has it from the ticket.
    private func verified() {
        if SSL_session_reused(ssl) == 1 {
            peerPin = TLSPin(SSL_get0_peer_certificate(ssl))
        } else {
            let now = tls_now()
            trust = .init(since: now, until: min(tls_good_until(ssl), now + Resumption.longest))
        }
        if context.keepsTickets, let ticket = tls_ticket(ssl) { keep(ticket) }
    }

    /// Takes over one reference to a ticket of the server.
    func keep(_ ticket: OpaquePointer) { context.resumption.keep(ticket, for: serverName, trust) }

    private func decrypt() throws(TLSError) {
        var error = SSL_ERROR_NONE
        repeat {
            ERR_clear_error()
            // On the stack: what is kept is as long as what came.
            withUnsafeTemporaryAllocation(byteCount: TLSSession.piece, alignment: 16) { buffer in
                var count = 0
                let result = SSL_read_ex(ssl, buffer.baseAddress, buffer.count, &count)
                error = result == 1 ? SSL_ERROR_NONE : SSL_get_error(ssl, result)
                if result == 1 { plaintext += buffer[..<count] }
            }
            collect() // answers to key updates and alerts
        } while error == SSL_ERROR_NONE
        if error == SSL_ERROR_WANT_READ { return }
        if error == SSL_ERROR_ZERO_RETURN {
            state = .closed
            return
        }
        throw fail(error)
    }

    private func collect() {
        while true {
            let waiting = BIO_ctrl_pending(outgoing)
            if waiting == 0 { return }
            let part = [UInt8](unsafeUninitializedCapacity: waiting) { buffer, count in
                count = max(0, Int(BIO_read(outgoing, buffer.baseAddress, Int32(truncatingIfNeeded: waiting))))
            }
            if part.isEmpty { return }
            if ciphertext.isEmpty { ciphertext = part } else { ciphertext += part }
        }
    }

    private func fail(_ error: TLSError) -> TLSError {
        // Before the session is established a ticket is under suspicion; later it is this session's, and RFC 5246 §7.2.2 ends that.
        if offersTicket, state == .handshake { context.resumption.refuse() } else { context.resumption.drop() }
        state = .failed(error)
        return error
    }

    private func fail(_ error: Int32) -> TLSError {
        collect() // the alert
        if let problem = certificateProblem { return fail(.certificate(problem)) }
        let code = ERR_peek_error()
        defer { ERR_clear_error() }
        if error != SSL_ERROR_SSL || code == 0 { return fail(.protocol("the connection broke")) }
        return fail(.protocol(words(code)))
    }

    private func words(_ code: UInt) -> String {
        let reason = ERR_GET_REASON(code)
        if ERR_GET_LIB(code) == ERR_LIB_SSL {
            // Reasons from 1000 on are the peer's alerts (RFC 8446 §6).
            if reason > SSL_AD_REASON_OFFSET, let alert = SSL_alert_desc_string_long(reason - SSL_AD_REASON_OFFSET) {
                return filled("the server refused with the alert \"%\"", String(cString: alert))
            }
            switch reason {
            case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_PACKET_LENGTH_TOO_LONG:
                return "what came is not TLS (is it the right port, and the right kind of it?)"
            case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_WRONG_SSL_VERSION:
                return "the server offers no version of TLS from 1.2 on"
            default: break
            }
        }
        if let text = tls_error_words(code), text[0] != 0 { return String(cString: text) }
        return "OpenSSL's error \(ERR_GET_LIB(code)):\(reason)"
    }
}

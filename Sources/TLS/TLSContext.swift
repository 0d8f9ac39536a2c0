import COpenSSL
import Text

public struct TLSSettings: Equatable, Sendable {
    /// A PEM file of authorities that replaces the system's; nil means the system's.
    public var authorities: String?
    /// The only key that is accepted. Chain and name do not matter then: whoever has the key is the server.
    public var pin: TLSPin?
    /// Our own certificate with its chain (PEM), for SASL EXTERNAL.
    public var certificate: String?
    /// Its private key (PEM, not encrypted); nil means that it is in the certificate's file.
    public var key: String?

    public init(authorities: String? = nil, pin: TLSPin? = nil, certificate: String? = nil, key: String? = nil) {
        self.authorities = authorities
        self.pin = pin
        self.certificate = certificate
        self.key = key
    }
}

/// What all sessions of a process share: TLS 1.2 or later, OpenSSL's default ciphers at security level 2, no renegotiation,
/// trust as set. It keeps the newest session ticket, so that the next handshake with the same server is short.
/// One for a process, made before anything else uses OpenSSL.
public final class TLSContext {
    /// The system's authorities, hashed as OpenSSL wants them (c_rehash(1)): a session loads the one or two it needs
    /// instead of all 140, which would cost over 1 MB.
    public static let systemAuthorities = "/etc/ssl/certs"

    let context: OpaquePointer
    let pin: TLSPin?
    let keepsTickets: Bool
    var resumption = Resumption()

    /// Initialises OpenSSL without its configuration file and error strings. To be called before `Crypto` is used, when that
    /// comes before the first context: the first use in a process decides.
    public static func prepare() { _ = tls_initialise() }

    /// Errors: `.setup` with the file that is missing, unreadable, or not what it should be.
    public init(_ settings: TLSSettings) throws(TLSError) {
        guard tls_initialise() == 1, let context = tls_context() else {
            throw .setup(file: "OpenSSL", reason: "it cannot be initialised")
        }
        self.context = context
        pin = settings.pin
        ERR_clear_error()
        if let file = settings.authorities {
            guard SSL_CTX_load_verify_file(context, file) == 1 else {
                throw .setup(file: file, reason: TLSContext.reason(noData: "there is no certificate in it (PEM is expected)"))
            }
        } else if SSL_CTX_load_verify_dir(context, TLSContext.systemAuthorities) != 1 {
            throw .setup(file: TLSContext.systemAuthorities, reason: TLSContext.reason(noData: "it cannot be used"))
        }
        if let file = settings.certificate { try TLSContext.use(file, key: settings.key ?? file, context) }
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        SSL_CTX_set_cert_verify_callback(context, { store, _ in verify(store) }, nil)
        // Servers take the certificate of a login (SASL EXTERNAL) from the handshake, and a resumed one has none.
        keepsTickets = settings.certificate == nil
        if !keepsTickets { return }
        SSL_CTX_sess_set_new_cb(context) { ssl, ticket in
            // Up to TLS 1.2 the session takes it from the handshake.
            guard let ssl, let ticket, SSL_version(ssl) >= TLS1_3_VERSION, let owner = tls_owner(ssl) else { return 0 }
            Unmanaged<TLSSession>.fromOpaque(owner).takeUnretainedValue().keep(ticket)
            return 1
        }
    }

    deinit {
        resumption.drop()
        SSL_CTX_free(context)
    }

    private static func use(_ file: String, key: String, _ context: OpaquePointer) throws(TLSError) {
        guard SSL_CTX_use_certificate_chain_file(context, file) == 1 else {
            throw .setup(file: file, reason: reason(noData: "there is no certificate in it (PEM is expected)"))
        }
        guard SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1 else {
            throw .setup(file: key, reason: reason(noData: "there is no private key in it that can be used without a passphrase (PEM is expected)"))
        }
        guard SSL_CTX_check_private_key(context) == 1 else {
            throw .setup(file: key, reason: filled("the key does not belong to the certificate %", file))
        }
    }

    /// Words for what OpenSSL just complained about.
    private static func reason(noData: String) -> String {
        let code = ERR_peek_error()
        defer { ERR_clear_error() }
        let library = ERR_GET_LIB(code)
        if library == ERR_LIB_SYS || library == ERR_LIB_SSL, let words = tls_error_words(code), words[0] != 0 {
            if library == ERR_LIB_SSL, ERR_GET_REASON(code) == ERR_LIB_PEM { return noData }
            return lowercased(String(cString: words))
        }
        if library == ERR_LIB_X509, ERR_GET_REASON(code) == X509_R_KEY_VALUES_MISMATCH { return "the key does not belong to the certificate" }
        return noData
    }

    /// "No such file" → "no such file".
    static func lowercased(_ text: String) -> String {
        guard let first = text.unicodeScalars.first, first.value >= 0x41, first.value <= 0x5A else { return text }
        let second = text.unicodeScalars.dropFirst().first.map { $0.value } ?? 0
        if second >= 0x41 && second <= 0x5A { return text } // an abbreviation
        return String(decoding: [UInt8(first.value + 0x20)], as: UTF8.self) + text.dropping(1)
    }
}

import COpenSSL
import Text

/// OpenSSL's certificate callback: decides, and leaves the reason with the session. Returns 1 to go on.
func verify(_ store: OpaquePointer?) -> Int32 {
    guard let store, let ssl = tls_of_store(store), let owner = tls_owner(ssl) else { return 0 }
    let session = Unmanaged<TLSSession>.fromOpaque(owner).takeUnretainedValue()
    let certificate = X509_STORE_CTX_get0_cert(store)
    let seen = TLSPin(certificate)
    session.peerPin = seen

    if let pin = session.context.pin {
        if let seen, seen == pin {
            X509_STORE_CTX_set_error(store, X509_V_OK)
            return 1
        }
        let words = seen?.description ?? "unreadable"
        session.certificateProblem = filled("has another key than the pinned one: its pin is %", words)
        X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION)
        return 0
    }
    if X509_verify_cert(store) == 1 { return 1 }
    session.certificateProblem = problem(store, certificate, session.serverName, seen)
    return 0
}

private func problem(_ store: OpaquePointer, _ certificate: OpaquePointer?, _ name: String, _ pin: TLSPin?) -> String {
    let error = X509_STORE_CTX_get_error(store)
    let current = X509_STORE_CTX_get_current_cert(store) ?? certificate
    // "expired", or "was issued by X, whose certificate expired".
    let isOwn = X509_STORE_CTX_get_error_depth(store) == 0
    let issuer = text(256) { tls_issuer(certificate, $0, 256) }
    let subject = isOwn ? "" : filled("was issued by %, whose certificate ", issuer.isEmpty ? "an authority" : issuer)
    let pinned = pin.map { filled("; if you know that it is yours, set tls-pin = %", $0.description) } ?? ""
    switch error {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return subject + "expired on " + text(16) { tls_date(X509_get0_notAfter(current), $0) } + today()
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return subject + "is not valid before " + text(16) { tls_date(X509_get0_notBefore(current), $0) } + today()
    case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
        let names = text(512) { tls_names(certificate, $0, 512) }
        return filled("is for another name: it is for %, not for %", names.isEmpty ? "no name at all" : names, name)
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return "is self-signed" + pinned
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
        X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        let who = issuer.isEmpty ? "" : filled(" (%)", issuer)
        return filled("is from an unknown issuer%; set tls-ca to the issuer's certificate", who) + pinned
    default:
        return subject + "is not trusted: " + String(cString: X509_verify_cert_error_string(Int(error)))
    }
}

/// Boards without a battery-backed clock wake up in the past.
private func today() -> String { " (this board's clock says " + text(16) { tls_today($0) } + ")" }

/// What a C function wrote, NUL-terminated, into a buffer of `capacity` bytes.
func text(_ capacity: Int, _ write: (UnsafeMutablePointer<CChar>) -> Void) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
        guard let start = buffer.baseAddress else { return "" }
        write(start)
        return String(cString: start)
    }
}

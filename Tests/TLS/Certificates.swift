import COpenSSL
import Foundation

@testable import TLS

/// A key pair and its certificate, made at test time.
final class Identity {
    let key: OpaquePointer
    let certificate: OpaquePointer

    /// `issuer` nil makes it self-signed. `days` are counted from now; both may be negative. `seconds` come on top of the last.
    init(
        _ commonName: String, names: String? = nil, isAuthority: Bool = false, days: ClosedRange<Int> = -1...30, seconds: Int = 0, curve: Int32 = NID_X9_62_prime256v1,
        issuer: Identity? = nil
    ) {
        let context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil)
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        precondition(EVP_PKEY_keygen_init(context) == 1)
        precondition(EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, curve) == 1)
        precondition(EVP_PKEY_keygen(context, &key) == 1)
        self.key = key!
        certificate = X509_new()
        X509_set_version(certificate, 2)
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), Int.random(in: 1...1 << 40))
        X509_time_adj_ex(X509_getm_notBefore(certificate), Int32(days.lowerBound), 0, nil)
        X509_time_adj_ex(X509_getm_notAfter(certificate), Int32(days.upperBound), seconds, nil)
        X509_set_pubkey(certificate, key)
        X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_FLAG | 1, commonName, -1, -1, 0)
        X509_set_issuer_name(certificate, X509_get_subject_name(issuer?.certificate ?? certificate))
        if isAuthority { extend(NID_basic_constraints, "critical,CA:TRUE") }
        if let names { extend(NID_subject_alt_name, names) }
        precondition(X509_sign(certificate, issuer?.key ?? key, EVP_sha256()) > 0)
    }

    deinit {
        EVP_PKEY_free(key)
        X509_free(certificate)
    }

    private func extend(_ nid: Int32, _ value: String) {
        let ext = X509V3_EXT_conf_nid(nil, nil, nid, value)
        precondition(ext != nil)
        X509_add_ext(certificate, ext, -1)
        X509_EXTENSION_free(ext)
    }

    var pin: TLSPin? { withExtendedLifetime(self) { TLSPin(certificate) } }
    var certificatePEM: String { pem { PEM_write_bio_X509($0, certificate) } }
    var keyPEM: String { pem { PEM_write_bio_PKCS8PrivateKey($0, key, nil, nil, 0, nil, nil) } }
    var encryptedKeyPEM: String { pem { PEM_write_bio_PKCS8PrivateKey($0, key, EVP_aes_128_cbc(), "secret", 6, nil, nil) } }

    private func pem(_ write: (OpaquePointer) -> Int32) -> String {
        let bio = BIO_new(BIO_s_mem())!
        defer { BIO_free(bio) }
        precondition(write(bio) == 1)
        var bytes = [UInt8](repeating: 0, count: BIO_ctrl_pending(bio))
        BIO_read(bio, &bytes, Int32(bytes.count))
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A folder that goes away with the test.
final class Folder {
    let path: String
    init() {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("perch-tls-\(UUID().uuidString)").path
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) -> String {
        let file = path + "/" + name
        _ = FileManager.default.createFile(atPath: file, contents: Data(text.utf8))
        return file
    }
}

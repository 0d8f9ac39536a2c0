import COpenSSL

/// The hash functions that SCRAM, entity capabilities and pins use.
public enum Hash: Equatable, Hashable, Sendable {
    case sha1, sha256, sha512

    /// Bytes of a digest.
    public var byteCount: Int {
        switch self {
        case .sha1: 20
        case .sha256: 32
        case .sha512: 64
        }
    }

    var name: String {
        switch self {
        case .sha1: "SHA-1"
        case .sha256: "SHA-256"
        case .sha512: "SHA-512"
        }
    }

    var evp: OpaquePointer? {
        switch self {
        case .sha1: EVP_sha1()
        case .sha256: EVP_sha256()
        case .sha512: EVP_sha512()
        }
    }
}

/// Digests (FIPS 180-4).
public enum Digest {
    public static func sha1(_ bytes: [UInt8]) throws(CryptoError) -> [UInt8] { try digest(.sha1, bytes) }
    public static func sha256(_ bytes: [UInt8]) throws(CryptoError) -> [UInt8] { try digest(.sha256, bytes) }
    public static func sha512(_ bytes: [UInt8]) throws(CryptoError) -> [UInt8] { try digest(.sha512, bytes) }

    public static func digest(_ hash: Hash, _ bytes: [UInt8]) throws(CryptoError) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: hash.byteCount)
        let done = bytes.withUnsafeBytes { input in
            result.withUnsafeMutableBufferPointer { output in
                EVP_Digest(input.baseAddress, input.count, output.baseAddress, nil, hash.evp, nil)
            }
        }
        guard done == 1 else { throw CryptoError(hash.name) }
        return result
    }
}

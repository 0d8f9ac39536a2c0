import COpenSSL

/// Keyed digests (RFC 2104).
public enum HMAC {
    public static func authenticate(_ hash: Hash, key: [UInt8], _ bytes: [UInt8]) throws(CryptoError) -> [UInt8] {
        guard let keyCount = Int32(exactly: key.count) else { throw CryptoError("HMAC with a key of 2 GiB") }
        var result = [UInt8](repeating: 0, count: hash.byteCount)
        let done = key.withUnsafeBytes { key in
            bytes.withUnsafeBufferPointer { input in
                result.withUnsafeMutableBufferPointer { output in
                    COpenSSL.HMAC(hash.evp, key.baseAddress, keyCount, input.baseAddress, input.count, output.baseAddress, nil)
                }
            }
        }
        guard done != nil else { throw CryptoError("HMAC-\(hash.name)") }
        return result
    }
}

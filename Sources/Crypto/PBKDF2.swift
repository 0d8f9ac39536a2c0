import COpenSSL

/// Password-based key derivation (RFC 8018 §5.2).
public enum PBKDF2 {
    /// Derives `count` bytes. Time grows with `iterations`: 10,000 of SHA-256 take about 40 ms on a Raspberry Pi Zero.
    public static func derive(
        _ hash: Hash, password: [UInt8], salt: [UInt8], iterations: Int, count: Int
    ) throws(CryptoError) -> [UInt8] {
        guard let passwordCount = Int32(exactly: password.count), let saltCount = Int32(exactly: salt.count),
            let rounds = Int32(exactly: iterations), rounds > 0, let keyCount = Int32(exactly: count), keyCount > 0
        else { throw CryptoError("PBKDF2 with \(iterations) iterations for \(count) bytes") }
        var result = [UInt8](repeating: 0, count: count)
        let done = password.withUnsafeBytes { password in
            salt.withUnsafeBufferPointer { salt in
                result.withUnsafeMutableBufferPointer { output in
                    PKCS5_PBKDF2_HMAC(
                        password.baseAddress?.assumingMemoryBound(to: CChar.self), passwordCount, salt.baseAddress, saltCount,
                        rounds, hash.evp, keyCount, output.baseAddress)
                }
            }
        }
        guard done == 1 else { throw CryptoError("PBKDF2-HMAC-\(hash.name)") }
        return result
    }
}

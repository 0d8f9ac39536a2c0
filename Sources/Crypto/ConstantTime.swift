import COpenSSL

/// Whether two secrets are the same, in a time that tells only their lengths.
public func constantTimeEquals(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    guard a.count == b.count else { return false }
    return a.withUnsafeBytes { a in b.withUnsafeBytes { b in a.count == 0 || CRYPTO_memcmp(a.baseAddress, b.baseAddress, a.count) == 0 } }
}

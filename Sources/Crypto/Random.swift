import COpenSSL

/// Bytes that nobody can guess, from OpenSSL's generator, which the kernel seeds.
public func randomBytes(_ count: Int) throws(CryptoError) -> [UInt8] {
    guard let length = Int32(exactly: count), length >= 0 else { throw CryptoError("\(count) random bytes") }
    var result = [UInt8](repeating: 0, count: count)
    let done = result.withUnsafeMutableBufferPointer { RAND_bytes($0.baseAddress, length) }
    guard done == 1 else { throw CryptoError("random bytes") }
    return result
}

/// Random text for nonces, ids and resources: `bytes` random bytes in base 64, which SCRAM's nonces allow (RFC 5802 §7).
@inline(never)
public func randomText(bytes: Int) throws(CryptoError) -> String {
    Base64.encode(try randomBytes(bytes))
}

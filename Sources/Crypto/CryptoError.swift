/// OpenSSL refused: an algorithm that this system's policy has switched off, or no memory.
public struct CryptoError: Error, Equatable, Sendable {
    /// What was being done, such as "SHA-1".
    public var operation: String

    init(_ operation: String) { self.operation = operation }

    public var description: String {
        "OpenSSL cannot do \(operation) on this system; look for it in openssl.cnf, where algorithms can be switched off"
    }
}

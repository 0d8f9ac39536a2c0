import Text

/// Why there is no secure connection, by who can mend it.
public indirect enum TLSError: Error, Equatable, CustomStringConvertible {
    /// The server's certificate is not trusted; the reason in words, with the remedy where there is one.
    case certificate(String)
    /// The peer, or somebody between, does not speak TLS as we need it.
    case `protocol`(String)
    /// One of our own files or settings: which, and why.
    case setup(file: String, reason: String)

    public var description: String {
        switch self {
        case .certificate(let reason): filled("the server's certificate %", reason)
        case .protocol(let reason): filled("TLS failed: %", reason)
        case .setup(let file, let reason): filled("%: %", file, reason)
        }
    }
}

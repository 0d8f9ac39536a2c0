import Crypto
import Text

/// The SASL mechanisms Perch logs in with (RFC 6120 §6) and which of them it takes.
public enum SASL {
    public enum Mechanism: Equatable, Sendable {
        case scram(Hash)
        /// The password itself (RFC 4616): only over TLS, only when the configuration allows it.
        case plain
        /// The client certificate of the TLS connection (RFC 4422 appendix A).
        case external

        /// As it stands in `<mechanism/>` and `<auth/>`.
        public var name: StaticString {
            switch self {
            case .scram(.sha1): "SCRAM-SHA-1"
            case .scram(.sha256): "SCRAM-SHA-256"
            case .scram(.sha512): "SCRAM-SHA-512"
            case .plain: "PLAIN"
            case .external: "EXTERNAL"
            }
        }
    }

    /// Mechanisms of a server that are looked at; Prosody with everything switched on offers nine.
    public static let offeredLimit = 64

    /// The strongest mechanism on offer for somebody who has a password. SCRAM never shows it; PLAIN does, so that is
    /// the last resort, and only when `allowPlain` and the connection is encrypted.
    public static func choose(from offered: [String], isEncrypted: Bool, allowPlain: Bool) throws(SASLError) -> Mechanism {
        let offers = offered.prefix(offeredLimit)
        var candidates: [Mechanism] = [.scram(.sha512), .scram(.sha256), .scram(.sha1)]
        if allowPlain, isEncrypted { candidates.append(.plain) }
        for candidate in candidates where offers.contains("\(candidate.name)") { return candidate }
        if offers.isEmpty { throw .nothingOffered }
        if !offers.contains("PLAIN") { throw .noneKnown(offered: Array(offers)) }
        throw isEncrypted ? .onlyPlain(offered: Array(offers)) : .notEncrypted
    }

    /// EXTERNAL, for somebody who has a client certificate.
    public static func chooseExternal(from offered: [String], isEncrypted: Bool) throws(SASLError) -> Mechanism {
        let offers = offered.prefix(offeredLimit)
        if offers.isEmpty { throw .nothingOffered }
        if !isEncrypted { throw .notEncrypted }
        if !offers.contains("EXTERNAL") { throw .noExternal(offered: Array(offers)) }
        return .external
    }

    /// PLAIN's one message (RFC 4616 §2), without an authorization identity: that would be another account's.
    public static func plain(username: String, password: String) throws(SCRAMError) -> [UInt8] {
        let username = try SASLPreparation.prepare(username, .username), password = try SASLPreparation.prepare(password, .password)
        return [0] + username + [0] + password
    }

    /// EXTERNAL's one message: empty, the certificate says who we are. In XMPP an empty message is written `=` (RFC 6120 §6.4.2).
    public static let external: [UInt8] = []
}

/// No mechanism on offer can be used.
public enum SASLError: Error, Equatable, Sendable {
    case nothingOffered
    case noneKnown(offered: [String])
    case onlyPlain(offered: [String])
    case noExternal(offered: [String])
    case notEncrypted

    /// What is offered, what is needed and what to do.
    public var description: String {
        switch self {
        case .nothingOffered:
            "the server offers no way to log in; is the account's domain served there, and are logins allowed on this connection?"
        case .noneKnown(let offered):
            "the server offers only \(SASLError.list(offered)) to log in; Perch needs SCRAM-SHA-512, SCRAM-SHA-256 or SCRAM-SHA-1"
        case .onlyPlain(let offered):
            "the server offers only \(SASLError.list(offered)) to log in; Perch needs SCRAM-SHA-512, SCRAM-SHA-256 or SCRAM-SHA-1. "
                + "To send the password itself over the encrypted connection, write allow-plain = yes under [account]"
        case .noExternal(let offered):
            "the server offers only \(SASLError.list(offered)) to log in, not EXTERNAL: it does not accept this client certificate. "
                + "Give a password-file under [account] instead, or have the server trust the certificate's issuer"
        case .notEncrypted:
            "the connection is not encrypted, and only ways to log in that would give the password or the name away are left"
        }
    }

    /// Names come off the wire: few of them, shortened, and nothing but visible ASCII.
    private static func list(_ names: [String]) -> String {
        var text = ""
        for (index, name) in names.prefix(8).enumerated() {
            if index > 0 { text += ", " }
            text += String(decoding: name.utf8.prefix(32).map { $0 > 0x20 && $0 < 0x7F ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
        }
        return names.count > 8 ? text + " …" : text
    }
}

import Text

/// An `xmpp:` link that lets somebody register an account: `xmpp:example.org?register;preauth=TOKEN`, with the name already chosen
/// `xmpp:me@example.org?register;preauth=TOKEN` (XEP-0445 §2), or a contact's `xmpp:friend@example.org?roster;preauth=TOKEN;ibr=y`
/// (XEP-0379, XEP-0401), whose token registers at the contact's server. Without `preauth` the link only names the server (XEP-0077 §13).
///
/// Percent encoding is undone (RFC 5122 §2.7); a plus is a plus. Keys that are not known are passed over (XEP-0147 §2).
public struct AccountInvitation: Equatable, Sendable {
    public var domain: String
    /// nil: the name may be chosen.
    public var local: String?
    /// nil: the server is said to register anybody.
    public var token: String?

    /// Bytes of a link: beyond what a QR code holds nobody hands one out.
    static let lengthLimit = 3000

    public init(_ link: String) throws(InvitationProblem) {
        var text: [UInt8] = []
        for byte in Array(link.utf8) where byte > 0x20 || !text.isEmpty { text.append(byte) }
        while let last = text.last, last <= 0x20 { text.removeLast() }
        if text.count > Self.lengthLimit { throw .tooLong }
        let (scheme, rest) = Self.cut(text, at: ":")
        switch rest == nil ? "" : Self.lowercased(scheme) {
        case "xmpp": break
        case "http", "https": throw .webPage
        default: throw .notALink
        }
        let uri = Self.cut(rest ?? [], at: "#").head
        let (path, parameters) = Self.cut(uri, at: "?")
        // RFC 5122 §2.3: what follows two slashes is the account that the program should use.
        if path.count > 1, path[0] == UInt8(ascii: "/"), path[1] == UInt8(ascii: "/") { throw .notALink }
        let name = try Self.decoded(path)
        let address: JID
        do throws(JIDError) { address = try JID(name) } catch {
            throw .address(error)
        }

        var (action, others) = Self.cut(parameters ?? [], at: ";")
        let query = Self.lowercased(action)
        var allowsRegistration = false
        while let pairs = others {
            (action, others) = Self.cut(pairs, at: ";")
            let (key, encoded) = Self.cut(action, at: "=")
            let value = try Self.decoded(encoded ?? [])
            switch Self.lowercased(key) {
            case "preauth" where token == nil:
                if value.utf8.isEmpty { throw .badToken }
                for byte in Array(value.utf8) where byte <= 0x20 || byte == 0x7F { throw .badToken }
                token = value
            case "ibr": allowsRegistration = value == "y"
            default: break
            }
        }
        domain = address.domain
        switch query {
        case "register": local = address.local
        case "roster", "subscribe":
            guard allowsRegistration, token != nil else { throw .contactOnly }
        default: throw .noRegistration
        }
    }

    /// What stands before and behind the first separator; nil behind where there is none.
    @inline(never)
    private static func cut(_ bytes: [UInt8], at separator: Unicode.Scalar) -> (head: [UInt8], tail: [UInt8]?) {
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: separator) { return (Array(bytes[..<index]), Array(bytes[(index + 1)...])) }
        return (bytes, nil)
    }

    @inline(never)
    private static func lowercased(_ bytes: [UInt8]) -> String {
        var bytes = bytes
        for at in bytes.indices where bytes[at] >= 0x41 && bytes[at] <= 0x5A { bytes[at] |= 0x20 }
        return String(decoding: bytes, as: UTF8.self)
    }

    @inline(never)
    private static func decoded(_ bytes: [UInt8]) throws(InvitationProblem) -> String {
        var result: [UInt8] = []
        var at = 0
        while at < bytes.count {
            if bytes[at] == UInt8(ascii: "%") {
                guard at + 2 < bytes.count, let high = hex(bytes[at + 1]), let low = hex(bytes[at + 2]) else { throw .badEscape }
                result.append(high << 4 | low)
                at += 3
            } else {
                result.append(bytes[at])
                at += 1
            }
        }
        guard let text = String(validating: result, as: UTF8.self) else { throw .badEscape }
        return text
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "a")...UInt8(ascii: "f"): (byte | 0x20) - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

/// Why a link registers nothing.
public enum InvitationProblem: Error, Equatable, Sendable {
    case webPage
    case notALink
    case tooLong
    case badEscape
    case badToken
    case address(JIDError)
    case contactOnly
    case noRegistration

    public var description: String {
        switch self {
        case .webPage:
            "the invitation is a web page, which Perch does not open: open it in a browser, and copy the link there that begins with xmpp:"
        case .notALink: "an invitation is a link such as xmpp:example.org?register;preauth=TOKEN"
        case .tooLong: "the invitation is too long; was something else copied?"
        case .badEscape: "the invitation has a broken % in it; copy the whole link again"
        case .badToken: "the invitation's token (behind preauth=) is not complete; copy the whole link again"
        case .address(let error): "the invitation's address: " + error.description
        case .contactOnly:
            "the link adds a contact and registers no account (it has no ibr=y); ask for one that begins like xmpp:example.org?register;preauth="
        case .noRegistration: "the link registers no account; ask for one that begins like xmpp:example.org?register;preauth="
        }
    }
}

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
        let bytes = Array(link.utf8.drop { $0 <= 0x20 })
        let text = bytes.prefix(bytes.count - bytes.reversed().prefix { $0 <= 0x20 }.count)
        if text.count > Self.lengthLimit { throw .tooLong }
        guard let scheme = text.firstIndex(of: UInt8(ascii: ":")) else { throw .notALink }
        switch Self.lowercased(text[..<scheme]) {
        case "xmpp": break
        case "http", "https": throw .webPage
        default: throw .notALink
        }
        let uri = text[(scheme + 1)...].prefix { $0 != UInt8(ascii: "#") }
        let path = uri.prefix { $0 != UInt8(ascii: "?") }
        // RFC 5122 §2.3: what follows two slashes is the account that the program should use.
        if path.starts(with: [UInt8(ascii: "/"), UInt8(ascii: "/")]) { throw .notALink }
        let name = try Self.decoded(path)
        let address: JID
        do throws(JIDError) { address = try JID(name) } catch {
            throw .address(error)
        }

        var query = ""
        var allowsRegistration = false
        for (index, pair) in uri.dropFirst(path.count + 1).split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).enumerated() {
            if index == 0 {
                query = Self.lowercased(pair)
                continue
            }
            let key = pair.prefix { $0 != UInt8(ascii: "=") }
            let value = try Self.decoded(pair.dropFirst(key.count + 1))
            switch Self.lowercased(key) {
            case "preauth" where token == nil:
                if value.utf8.isEmpty || value.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) { throw .badToken }
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

    private static func lowercased(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    private static func decoded(_ bytes: ArraySlice<UInt8>) throws(InvitationProblem) -> String {
        var result: [UInt8] = []
        var at = bytes.startIndex
        while at < bytes.endIndex {
            if bytes[at] == UInt8(ascii: "%") {
                guard at + 2 < bytes.endIndex, let high = hex(bytes[at + 1]), let low = hex(bytes[at + 2]) else { throw .badEscape }
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

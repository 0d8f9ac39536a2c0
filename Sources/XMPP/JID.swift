import Text

/// An XMPP address after RFC 7622: `localpart@domainpart/resourcepart`.
///
/// The parts are stored prepared, so two addresses of the same account are equal: case, Unicode normalization, a dot
/// behind the domain and `xn--` labels make no difference. Resources differ by case.
///
/// An object that never changes: addresses are handed on everywhere, and three strings are a lot to copy.
public final class JID: Hashable, Sendable, CustomStringConvertible {
    /// Bytes of each part (RFC 7622 §3.1).
    public static let partLimit = 1023

    public let local: String?
    /// With its Unicode labels; an IPv6 address stands in brackets.
    public let domain: String
    public let resource: String?

    /// Takes an address apart at the first `/` and the first `@` before it, and prepares its parts.
    public init(_ text: String) throws(JIDError) {
        let bytes = Array(text.utf8)
        // Preparation shortens: three bytes of a full-width letter become one. Beyond that nothing can be valid.
        if bytes.count > 4 * 3 * JID.partLimit { throw .tooLong(.address) }
        let end = bytes.firstIndex(of: UInt8(ascii: "/")) ?? bytes.count
        resource = end < bytes.count ? try JIDPart.resource(String(decoding: bytes[(end + 1)...], as: UTF8.self)) : nil
        if let at = bytes[..<end].firstIndex(of: UInt8(ascii: "@")) {
            local = try JIDPart.local(String(decoding: bytes[..<at], as: UTF8.self))
            domain = try DomainName.prepare(String(decoding: bytes[(at + 1)..<end], as: UTF8.self))
        } else {
            local = nil
            domain = try DomainName.prepare(String(decoding: bytes[..<end], as: UTF8.self))
        }
    }

    /// Only for parts of an address that was prepared.
    init(local: String?, domain: String, resource: String?) {
        self.local = local
        self.domain = domain
        self.resource = resource
    }

    @inline(never)
    public static func == (a: JID, b: JID) -> Bool { a.local == b.local && a.domain == b.domain && a.resource == b.resource }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(local)
        hasher.combine(domain)
        hasher.combine(resource)
    }

    /// The address without its resource.
    public var bare: JID { resource == nil ? self : JID(local: local, domain: domain, resource: nil) }
    public var isBare: Bool { resource == nil }

    /// The same account or room with this resource or nickname.
    public func with(resource: String) throws(JIDError) -> JID {
        JID(local: local, domain: domain, resource: try JIDPart.resource(resource))
    }

    /// The domain as DNS and certificates write it: labels beyond ASCII as `xn--` (RFC 5891).
    public var asciiDomain: String { DomainName.ascii(domain) }

    public var description: String {
        var text = ""
        if let local { text += local + "@" }
        text += domain
        if let resource { text += "/" + resource }
        return text
    }
}

/// Why a text is no XMPP address.
public enum JIDError: Error, Equatable, Sendable {
    public enum Part: Equatable, Sendable { case address, local, domain, resource }

    case emptyDomain
    case emptyLocal
    case emptyResource
    case tooLong(Part)
    /// A character, by its code, that this part must not contain.
    case forbidden(Part, UInt32)
    /// Two dots in a row, a hyphen at an end of a label, a label beyond 63 bytes, a broken `xn--` label.
    case badLabel
    case badIPv6

    public var description: String {
        switch self {
        case .emptyDomain: "an address needs a domain, such as name@example.org"
        case .emptyLocal: "the address has nothing before its @"
        case .emptyResource: "the address has nothing behind its /"
        case .tooLong(.address): "the address is too long"
        case .tooLong(let part): filled("the % of an address has at most % bytes", JIDError.name(part), String(JID.partLimit))
        case .forbidden(let part, 0x20): filled("the % of the address must not have a space here", JIDError.name(part))
        case .forbidden(let part, let scalar): filled("the % of the address must not contain %", JIDError.name(part), JIDError.shown(scalar))
        case .badLabel: "the domain of the address is no domain name"
        case .badIPv6: "the address in brackets is no IPv6 address"
        }
    }

    private static func name(_ part: Part) -> String {
        switch part {
        case .address: "text"
        case .local: "name"
        case .domain: "domain"
        case .resource: "resource"
        }
    }

    private static func shown(_ value: UInt32) -> String {
        if value > 0x20, value < 0x7F, let scalar = Unicode.Scalar(value) { return filled("\"%\"", String(scalar)) }
        let digits = String(value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }
}

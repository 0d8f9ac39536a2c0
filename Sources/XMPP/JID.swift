/// An XMPP address after RFC 7622: `localpart@domainpart/resourcepart`.
public struct JID: Hashable, Sendable, CustomStringConvertible {
    public let local: String?
    public let domain: String
    public let resource: String?

    public init(_ text: String) throws(JIDError) {
        // Contract only; the XML and SASL work replaces this file.
        var rest = Substring(text)
        if let slash = rest.firstIndex(of: "/") {
            resource = String(rest[rest.index(after: slash)...])
            rest = rest[..<slash]
        } else {
            resource = nil
        }
        if let at = rest.firstIndex(of: "@") {
            local = String(rest[..<at])
            rest = rest[rest.index(after: at)...]
        } else {
            local = nil
        }
        domain = String(rest)
        if domain.isEmpty { throw .emptyDomain }
    }

    init(local: String?, domain: String, resource: String?) {
        self.local = local
        self.domain = domain
        self.resource = resource
    }

    /// The address without its resource.
    public var bare: JID { resource == nil ? self : JID(local: local, domain: domain, resource: nil) }
    public var isBare: Bool { resource == nil }

    public var description: String {
        var text = ""
        if let local { text += local + "@" }
        text += domain
        if let resource { text += "/" + resource }
        return text
    }
}

public enum JIDError: Error, Equatable {
    case emptyDomain
}

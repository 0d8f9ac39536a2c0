import Text

/// What makes the TLS connection below a stream different from every other, as far as the driver knows it. A login that
/// is bound to it cannot be passed on by somebody in the middle, whatever certificate that one has got hold of.
public struct ChannelBindings: Equatable, Sendable {
    /// RFC 9266.
    public var tlsExporter: [UInt8]?
    /// RFC 5929 §3, on TLS 1.2 only.
    public var tlsUnique: [UInt8]?
    /// RFC 5929 §4: the server's certificate. The weakest: it does not help against a stolen key.
    public var tlsServerEndPoint: [UInt8]?

    public init(tlsExporter: [UInt8]? = nil, tlsUnique: [UInt8]? = nil, tlsServerEndPoint: [UInt8]? = nil) {
        self.tlsExporter = tlsExporter
        self.tlsUnique = tlsUnique
        self.tlsServerEndPoint = tlsServerEndPoint
    }

    /// The types, weakest first.
    enum Kind: UInt8, Sendable {
        case tlsServerEndPoint, tlsUnique, tlsExporter

        /// IANA's name.
        var name: StaticString {
            switch self {
            case .tlsServerEndPoint: "tls-server-end-point"
            case .tlsUnique: "tls-unique"
            case .tlsExporter: "tls-exporter"
            }
        }

        init?(_ name: String) {
            for raw in 0...Kind.tlsExporter.rawValue {
                if let kind = Kind(rawValue: raw), kind.name.description == name {
                    self = kind
                    return
                }
            }
            return nil
        }
    }

    subscript(kind: Kind) -> [UInt8]? {
        switch kind {
        case .tlsServerEndPoint: tlsServerEndPoint
        case .tlsUnique: tlsUnique
        case .tlsExporter: tlsExporter
        }
    }

    var isEmpty: Bool { tlsExporter == nil && tlsUnique == nil && tlsServerEndPoint == nil }

    /// The strongest that is here and that the server announces. One that announces nothing is older than `tls-exporter`
    /// and means `tls-unique` (RFC 5802 §6.1), also ejabberd 23.01 over TLS 1.3, which has none: nothing binds there.
    func strongest(announced: [String]?) -> Kind? {
        var raw = Kind.tlsExporter.rawValue &+ 1
        while raw > 0 {
            raw &-= 1
            guard let kind = Kind(rawValue: raw), self[kind] != nil else { continue }
            if let announced {
                if announced.contains(kind.name.description) { return kind }
            } else if kind == .tlsUnique {
                return kind
            }
        }
        return nil
    }
}

import Crypto

extension SASL {
    /// What Perch can log in with, weakest first as far as strength can be compared: that is what a pin goes by.
    public enum Mechanism: UInt8, Equatable, Sendable {
        /// The client certificate of the TLS connection (RFC 4422 appendix A).
        case external
        /// The password itself (RFC 4616): only over TLS, only when the configuration allows it.
        case plain
        // A hash more or less is little beside being bound to the channel.
        case scramSHA1, scramSHA256, scramSHA512
        case scramSHA1Plus, scramSHA256Plus, scramSHA512Plus
        // A token of the server's (XEP-0484), in the order of `ChannelBindings.Kind`.
        case token, tokenEndPoint, tokenUnique, tokenExporter

        /// As it stands in `<mechanism/>` and `<auth/>`.
        public var name: StaticString {
            switch self {
            case .external: "EXTERNAL"
            case .plain: "PLAIN"
            case .scramSHA1: "SCRAM-SHA-1"
            case .scramSHA256: "SCRAM-SHA-256"
            case .scramSHA512: "SCRAM-SHA-512"
            case .scramSHA1Plus: "SCRAM-SHA-1-PLUS"
            case .scramSHA256Plus: "SCRAM-SHA-256-PLUS"
            case .scramSHA512Plus: "SCRAM-SHA-512-PLUS"
            case .token: "HT-SHA-256-NONE"
            case .tokenEndPoint: "HT-SHA-256-ENDP"
            case .tokenUnique: "HT-SHA-256-UNIQ"
            case .tokenExporter: "HT-SHA-256-EXPR"
            }
        }

        @inline(never)
        func text() -> String { name.description }

        init?(_ name: String) {
            for raw in 0...Mechanism.tokenExporter.rawValue {
                if let mechanism = Mechanism(rawValue: raw), mechanism.text() == name {
                    self = mechanism
                    return
                }
            }
            return nil
        }

        /// nil: not of SCRAM.
        var hash: Hash? {
            switch self {
            case .scramSHA1, .scramSHA1Plus: .sha1
            case .scramSHA256, .scramSHA256Plus: .sha256
            case .scramSHA512, .scramSHA512Plus: .sha512
            case .external, .plain, .token, .tokenEndPoint, .tokenUnique, .tokenExporter: nil
            }
        }

        var isBound: Bool { rawValue >= Mechanism.scramSHA1Plus.rawValue && self != .token }
        var isToken: Bool { rawValue >= Mechanism.token.rawValue }

        /// What a token's mechanism is bound to; nil for `.token` and for what is no token.
        var tokenBinding: ChannelBindings.Kind? {
            guard rawValue > Mechanism.token.rawValue else { return nil }
            return ChannelBindings.Kind(rawValue: rawValue &- Mechanism.tokenEndPoint.rawValue)
        }
    }
}

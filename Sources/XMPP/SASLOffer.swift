import Crypto
import Text

/// What a server offers to log in with, for one of its two profiles: RFC 6120's or SASL2.
public struct SASLOffer: Equatable, Sendable {
    /// At most `Limits.mechanisms` names.
    public var mechanisms: [String]
    /// The types of channel binding it announces (XEP-0440), at most `Limits.mechanisms`; nil: it announces none.
    public var bindings: [String]?
    /// Mechanisms that take a token (XEP-0484), SASL2 only.
    public var tokenMechanisms: [String]

    var isSASL2 = false

    public init(_ mechanisms: [String] = [], bindings: [String]? = nil, tokenMechanisms: [String] = []) {
        self.mechanisms = mechanisms
        self.bindings = bindings
        self.tokenMechanisms = tokenMechanisms
    }

    var offersBound: Bool {
        for name in mechanisms where name.hasSuffix("-PLUS") { return true }
        return false
    }

    /// Whether `digest`, in base 64, is the hash of this offer (XEP-0474 §5.1), so that nobody has changed it on its way.
    ///
    /// Two liberties are taken. ejabberd 24.12 counts the token mechanisms in (its issue 4331), and both it and servers
    /// of that time join the names as version 0.3 had it. Neither helps a forger: the names are held to characters
    /// that contain no delimiter when they are read (`isName`), and a list with more in it is not a weaker one.
    func isProved(by digest: [UInt8], _ hash: Hash) throws(CryptoError) -> Bool {
        for variant in 0..<4 {
            let isOld = variant >= 2
            var names = mechanisms
            if variant & 1 == 1 { names += tokenMechanisms }
            var text: [UInt8] = []
            Self.append(names, isOld ? UInt8(ascii: ",") : 0x1E, to: &text)
            if let bindings {
                text.append(isOld ? UInt8(ascii: "|") : 0x1F)
                Self.append(bindings, isOld ? UInt8(ascii: ",") : 0x1E, to: &text)
            }
            if constantTimeEquals(Base64.encodeBytes(try Digest.digest(hash, text)), digest) { return true }
        }
        return false
    }

    /// Sorted by bytes: the names are ASCII.
    private static func append(_ names: [String], _ delimiter: UInt8, to text: inout [UInt8]) {
        var isFirst = true
        for name in UnicodeText.sorted(names) {
            if !isFirst { text.append(delimiter) }
            isFirst = false
            text.append(contentsOf: name.utf8)
        }
    }

    /// 1 to 20 letters, digits, hyphens, underscores or dots; small letters are for channel bindings only (RFC 5056 §7; the
    /// longest is tls-server-end-point), since mechanisms have none (RFC 4422 §3.1).
    static func isName(_ name: String, ofBinding: Bool = false) -> Bool {
        guard !name.isEmpty, name.utf8.count <= 20 else { return false }
        for byte in Array(name.utf8) {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): break
            case UInt8(ascii: "a")...UInt8(ascii: "z") where ofBinding, UInt8(ascii: ".") where ofBinding: break
            default: return false
            }
        }
        return true
    }
}

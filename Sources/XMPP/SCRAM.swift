import Crypto
import Text

/// What is known of the TLS connection that the login is to be bound to: RFC 5802 §6's `gs2-cbind-flag`.
public enum ChannelBinding: Equatable, Sendable {
    /// `n`: this client does not bind.
    case none
    /// `y`: this client would, but the server offered no -PLUS mechanism. A server that did knows of a downgrade then.
    case notOffered
    /// `p=type`: bound, with the channel's data (RFC 9266 `tls-exporter`, RFC 5929 `tls-unique`).
    case bound(type: String, data: [UInt8])

    fileprivate var gs2Header: [UInt8] {
        switch self {
        case .none: Array("n,,".utf8)
        case .notOffered: Array("y,,".utf8)
        case .bound(let type, _): Array(filled("p=%,,", type).utf8)
        }
    }

    /// As `LoginMemory` keeps it.
    var word: String {
        switch self {
        case .none: ""
        case .notOffered: "y"
        case .bound(let type, _): type
        }
    }

    var data: [UInt8] {
        switch self {
        case .none, .notOffered: []
        case .bound(_, let data): data
        }
    }
}

/// What a login derived from the password. Kept for the next login, it saves the iterations while the server's
/// salt stays the same; it is as secret as the password.
public final class SCRAMKeys: Equatable, Sendable {
    public let hash: Hash
    public let salt: [UInt8]
    public let iterations: Int
    public let clientKey: [UInt8]
    public let serverKey: [UInt8]

    init(hash: Hash, salt: [UInt8], iterations: Int, clientKey: [UInt8], serverKey: [UInt8]) {
        self.hash = hash
        self.salt = salt
        self.iterations = iterations
        self.clientKey = clientKey
        self.serverKey = serverKey
    }

    @inline(never)
    public static func == (a: SCRAMKeys, b: SCRAMKeys) -> Bool {
        a.hash == b.hash && a.salt == b.salt && a.iterations == b.iterations && a.clientKey == b.clientKey && a.serverKey == b.serverKey
    }
}

/// The client's side of SCRAM (RFC 5802; RFC 7677 for SHA-256), without I/O.
///
/// ```swift
/// let client = try SCRAMClient(hash: .sha256, username: "user", password: "pencil", nonce: "rOprNGfwEbeRWgbNEkqO")
/// client.initialMessage               // n,,n=user,r=rOprNGfwEbeRWgbNEkqO
/// try client.respond(to: challenge)   // c=biws,r=…,p=…
/// try client.verify(success)          // v=…
/// ```
public final class SCRAMClient {
    /// RFC 5802 §5.1 and RFC 7677 §4 ask servers for 4096 at least. Fewer is an attempt to make guessing cheap.
    public static let fewestIterations = 4096
    /// Servers use 4096 to 600,000. The work is done on the loop's thread, and a Pi Zero manages about 100,000 of SHA-1 in a
    /// second: 10 s for a million, a third of the time after which the watchdog takes Perch for dead.
    public static let mostIterations = 1_000_000
    /// Bytes of the server's nonce, ours included; Prosody's and ejabberd's are below 100.
    public static let nonceLimit = 1024

    private enum State: Equatable, Sendable {
        case started
        case responded(serverSignature: [UInt8])
        case verified
        case failed
    }

    public let hash: Hash
    /// Set once a challenge was answered.
    public private(set) var keys: SCRAMKeys?
    /// What the mechanism was chosen from. When it is given, the server's hash of it (XEP-0474) must be right if there is one.
    public var offer: SASLOffer?
    /// There must be one.
    public var doubt: SASL.Doubt?

    private let password: [UInt8]
    private let nonce: [UInt8]
    private let channelBinding: ChannelBinding
    private let firstBare: [UInt8]
    private var state = State.started

    /// - Parameters:
    ///   - username: the localpart of the account's address.
    ///   - nonce: printable ASCII without a comma, new for each login, of at least 18 random bytes.
    ///   - keys: of an earlier login with the same password.
    public init(
        hash: Hash, username: String, password: String, nonce: String, channelBinding: ChannelBinding = .none, keys: SCRAMKeys? = nil
    ) throws(SCRAMError) {
        self.hash = hash
        self.password = try SASLPreparation.prepare(password, .password)
        self.nonce = Array(nonce.utf8)
        self.channelBinding = channelBinding
        self.keys = keys
        guard !self.nonce.isEmpty, SCRAMClient.isPrintable(self.nonce[...]) else { throw .badNonce }
        firstBare = Array("n=".utf8) + SCRAMClient.escaped(try SASLPreparation.prepare(username, .username)) + Array(",r=".utf8) + self.nonce
    }

    /// The client's first message: the initial response of `<auth/>`, before base 64.
    public var initialMessage: [UInt8] { channelBinding.gs2Header + firstBare }

    /// Answers the server's challenge (after base 64). Some servers send their signature as a second challenge; the
    /// answer to that is empty.
    public func respond(to challenge: [UInt8]) throws(SCRAMError) -> [UInt8] {
        let before = state
        state = .failed
        switch before {
        case .started:
            let (response, signature) = try answer(challenge)
            state = .responded(serverSignature: signature)
            return response
        case .responded(let signature):
            try SCRAMClient.check(challenge, against: signature)
            state = .verified
            return []
        case .verified, .failed: throw .outOfTurn
        }
    }

    /// Checks the server's signature in what came with `<success/>` (after base 64). Only when this returns has the
    /// server proved that it knows the password.
    public func verify(_ success: [UInt8]) throws(SCRAMError) {
        let before = state
        state = .failed
        switch before {
        case .responded(let signature):
            if success.isEmpty { throw .missingSignature }
            try SCRAMClient.check(success, against: signature)
        case .verified:
            if !success.isEmpty { throw .outOfTurn }
        case .started: throw .missingSignature
        case .failed: throw .outOfTurn
        }
        state = .verified
    }

    // MARK: Messages

    private func answer(_ challenge: [UInt8]) throws(SCRAMError) -> (response: [UInt8], serverSignature: [UInt8]) {
        let server = try ServerFirst(challenge)
        guard server.nonce.count > nonce.count, server.nonce.count <= SCRAMClient.nonceLimit, server.nonce.starts(with: nonce) else {
            throw .nonceNotExtended
        }
        try checkOffer(server.offerHash)
        let keys = try derive(server)
        self.keys = keys

        let binding = Base64.encodeBytes(channelBinding.gs2Header + channelBinding.data)
        var response = Array("c=".utf8) + binding + Array(",r=".utf8) + server.nonce
        let comma = UInt8(ascii: ",")
        let authMessage = firstBare + [comma] + challenge + [comma] + response
        do throws(CryptoError) {
            let storedKey = try Digest.digest(hash, keys.clientKey)
            let clientSignature = try HMAC.authenticate(hash, key: storedKey, authMessage)
            let serverSignature = try HMAC.authenticate(hash, key: keys.serverKey, authMessage)
            var proof = keys.clientKey
            for at in 0..<min(proof.count, clientSignature.count) { proof[at] ^= clientSignature[at] }
            response += Array(",p=".utf8) + Base64.encodeBytes(proof)
            return (response, serverSignature)
        } catch {
            throw .crypto(error)
        }
    }

    /// Before anything is said that depends on the password.
    private func checkOffer(_ digest: [UInt8]?) throws(SCRAMError) {
        guard let digest, let offer else {
            if let doubt { throw .unproved(doubt) }
            return
        }
        do throws(CryptoError) {
            if try offer.isProved(by: digest, hash) { return }
        } catch {
            throw .crypto(error)
        }
        throw .changedOffer
    }

    private func derive(_ server: ServerFirst) throws(SCRAMError) -> SCRAMKeys {
        if let keys, keys.hash == hash, keys.salt == server.salt, keys.iterations == server.iterations { return keys }
        do throws(CryptoError) {
            let salted = try PBKDF2.derive(hash, password: password, salt: server.salt, iterations: server.iterations, count: hash.byteCount)
            return SCRAMKeys(
                hash: hash, salt: server.salt, iterations: server.iterations,
                clientKey: try HMAC.authenticate(hash, key: salted, Array("Client Key".utf8)),
                serverKey: try HMAC.authenticate(hash, key: salted, Array("Server Key".utf8)))
        } catch {
            throw .crypto(error)
        }
    }

    private static func check(_ final: [UInt8], against signature: [UInt8]) throws(SCRAMError) {
        let attributes = try split(final)
        guard let first = attributes.first else { throw .missingSignature }
        if first.name == UInt8(ascii: "e") {
            // Shown to people: RFC 5802 §7 makes it one of its own words or an extension's.
            let reason = first.value.prefix(64)
            throw .refused(isPrintable(reason) ? String(decoding: reason, as: UTF8.self) : "other-error")
        }
        guard first.name == UInt8(ascii: "v"), let given = Base64.decode(Array(first.value)) else { throw .missingSignature }
        var signatures = 0
        for attribute in attributes where attribute.name == UInt8(ascii: "v") || attribute.name == UInt8(ascii: "m") { signatures += 1 }
        if signatures > 1 { throw .malformed("it signs twice") }
        guard constantTimeEquals(given, signature) else { throw .wrongSignature }
    }

    /// The server's first message: `r=nonce,s=salt,i=count`, then extensions.
    private struct ServerFirst {
        var nonce: [UInt8]
        var salt: [UInt8]
        var iterations: Int
        /// XEP-0474's, in base 64.
        var offerHash: [UInt8]?

        init(_ message: [UInt8]) throws(SCRAMError) {
            let attributes = try SCRAMClient.split(message)
            // RFC 5802 §5.1: "m" stands first and means "fail unless you know this".
            for attribute in attributes where attribute.name == UInt8(ascii: "m") { throw .unknownExtension }
            guard attributes.count >= 3, attributes[0].name == UInt8(ascii: "r"), attributes[1].name == UInt8(ascii: "s"),
                attributes[2].name == UInt8(ascii: "i")
            else { throw .malformed("not nonce, salt and iteration count in this order") }
            var names: [UInt8] = []
            for attribute in attributes {
                if names.contains(attribute.name) { throw .malformed("the same attribute twice") }
                names.append(attribute.name)
            }
            guard SCRAMClient.isPrintable(attributes[0].value) else { throw .malformed("a nonce that is not printable") }
            nonce = Array(attributes[0].value)
            guard let salt = Base64.decode(Array(attributes[1].value)), !salt.isEmpty else { throw .malformed("no salt in base 64") }
            self.salt = salt
            iterations = try ServerFirst.count(attributes[2].value)
            for attribute in attributes where attribute.name == UInt8(ascii: "h") { offerHash = Array(attribute.value) }
        }

        private static func count(_ digits: ArraySlice<UInt8>) throws(SCRAMError) -> Int {
            guard let first = digits.first, first != UInt8(ascii: "0") else { throw .malformed("no iteration count") }
            var value = 0
            for digit in digits {
                guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { throw .malformed("no iteration count") }
                // Held below what a 32-bit Int takes; the number is refused all the same.
                value = min(value, 100_000_000) * 10 + Int(digit - UInt8(ascii: "0"))
            }
            if value < SCRAMClient.fewestIterations { throw .tooFewIterations(value) }
            if value > SCRAMClient.mostIterations { throw .tooManyIterations(value) }
            return value
        }
    }

    /// Splits `a=…,b=…` (RFC 5802 §7): one letter, an equals sign, a value without commas or NUL.
    private static func split(_ message: [UInt8]) throws(SCRAMError) -> [(name: UInt8, value: ArraySlice<UInt8>)] {
        var attributes: [(name: UInt8, value: ArraySlice<UInt8>)] = []
        if message.isEmpty { return [] }
        for part in message.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            guard part.count >= 2, let name = part.first, (name | 0x20) >= UInt8(ascii: "a"), (name | 0x20) <= UInt8(ascii: "z"),
                part[part.startIndex + 1] == UInt8(ascii: "="), !part.contains(0)
            else { throw .malformed("not a list of attributes") }
            attributes.append((name, part.dropFirst(2)))
            if attributes.count > attributeLimit { throw .malformed(filled("more than % attributes", String(attributeLimit))) }
        }
        return attributes
    }

    /// Attributes of one message; there are letters for 52, and the RFC uses four at once.
    private static let attributeLimit = 52

    /// RFC 5802 §7 `printable`: visible ASCII without a comma.
    private static func isPrintable(_ bytes: ArraySlice<UInt8>) -> Bool {
        for byte in bytes where byte <= 0x20 || byte >= 0x7F || byte == UInt8(ascii: ",") { return false }
        return true
    }

    /// RFC 5802 §5.1 `saslname`.
    private static func escaped(_ name: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for byte in name {
            let isComma = byte == UInt8(ascii: ","), isEqualsSign = byte == UInt8(ascii: "=")
            result.append(isComma ? UInt8(ascii: "=") : byte)
            if isComma || isEqualsSign { result += Array((isComma ? "2C" : "3D").utf8) }
        }
        return result
    }
}

import Crypto
import Text

/// Why a login by SCRAM or PLAIN stopped.
public enum SCRAMError: Error, Equatable, Sendable {
    public enum Part: Equatable, Sendable { case username, password }

    // Ours to mend: the configuration.
    case empty(Part)
    /// A character that SASLprep (RFC 4013 §2.3) forbids, such as a control character.
    case forbiddenCharacter(Part, UInt32)
    /// Our nonce is not what RFC 5802 §7 calls printable, or is empty.
    case badNonce

    // The credentials'.
    /// The server's `e=` (RFC 5802 §7), such as `invalid-proof`.
    case refused(String)

    // The server's.
    case malformed(String)
    case nonceNotExtended
    case tooFewIterations(Int)
    case tooManyIterations(Int)
    case unknownExtension
    /// The server said we are in without proof that it knows the password: it, or somebody between, is not who it says.
    case missingSignature
    case wrongSignature
    case outOfTurn
    /// XEP-0474: the offer that we saw is not the one the server made.
    case changedOffer
    /// The server had to prove its offer and did not.
    case unproved(SASL.Doubt)

    // The system's.
    case crypto(CryptoError)

    public var description: String {
        switch self {
        case .empty(.username): "the account's address has nothing before the @"
        case .empty(.password): "the password is empty"
        case .forbiddenCharacter(let part, let scalar):
            filled("the % contains U+%, which cannot be used to log in", part == .username ? "user name" : "password", SCRAMError.hex(scalar))
        case .badNonce: "the client nonce is empty or not printable"
        case .refused(let reason): filled("the server refused the login: %", reason)
        case .malformed(let what): filled("the server's login message is malformed: %", what)
        case .nonceNotExtended: "the server's nonce does not continue ours; somebody may be replaying an old login"
        case .tooFewIterations(let count):
            filled("the server asks for % iterations; fewer than % would make the password easy to guess", String(count), String(SCRAMClient.fewestIterations))
        case .tooManyIterations(let count):
            filled(
                "the server asks for % iterations; more than % would keep this board from everything else for too long", String(count),
                String(SCRAMClient.mostIterations))
        case .unknownExtension: "the server insists on an extension of SCRAM that Perch does not know"
        case .missingSignature: "the server let us in without proving that it knows the password; the connection is not to be trusted"
        case .wrongSignature: "the server's signature is wrong: it does not know the password; the connection is not to be trusted"
        case .outOfTurn: "the server sent a login message when none was due"
        case .changedOffer:
            "somebody on the way changes what the server offers to log in with, to make us use something weaker; the connection is not to be trusted"
        case .unproved(.inconsistent):
            "the server's offer is not consistent: channel binding, but no way to use it. Somebody on the way may have weakened it"
        case .unproved(.weaker(let pinned)):
            filled("the server does not offer % any more, which the last login used. %", pinned.text(), SASLError.weakened)
        case .crypto(let error): error.description
        }
    }

    private static func hex(_ scalar: UInt32) -> String {
        let digits = String(scalar, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }
}

import Crypto
import Text

/// The client's side of HT-SHA-256-* (draft-schmaus-kitten-sasl-ht): one message each way, with a token that the server
/// gave us (XEP-0484). The token itself never goes over the wire again.
struct HashedToken: Equatable, Sendable {
    let initialMessage: [UInt8]
    private let expected: [UInt8]

    /// - Parameter binding: the channel's data; empty for HT-SHA-256-NONE.
    init(username: String, token: String, binding: [UInt8]) throws(SCRAMError) {
        let name = try SASLPreparation.prepare(username, .username)
        do throws(CryptoError) {
            let key = Array(token.utf8)
            let proof = try HMAC.authenticate(.sha256, key: key, Array("Initiator".utf8) + binding)
            expected = try HMAC.authenticate(.sha256, key: key, Array("Responder".utf8) + binding)
            initialMessage = name + [0] + proof
        } catch {
            throw .crypto(error)
        }
    }

    /// Only who knows the token can say this.
    func verify(_ success: [UInt8]) throws(SCRAMError) {
        if success.isEmpty { throw .missingSignature }
        if !constantTimeEquals(success, expected) { throw .wrongSignature }
    }
}

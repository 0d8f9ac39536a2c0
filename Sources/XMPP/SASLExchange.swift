import Crypto

/// One login by SASL, in the base 64 of RFC 6120 §6.
final class SASLExchange {
    private enum State {
        case scram(SCRAMClient)
        case token(HashedToken)
        /// PLAIN and EXTERNAL: all is said with the first message, and the server proves nothing.
        case said
    }

    let choice: SASL.Choice
    let initial: [UInt8]
    /// nil: RFC 6120's profile, which has nothing to ask for.
    let request: SASL2.Request?
    private let state: State

    /// - Parameters:
    ///   - secret: the password or the token.
    ///   - keys: of an earlier login.
    init(
        _ choice: SASL.Choice, username: String, secret: String, nonce: String, offer: SASLOffer?, keys: SCRAMKeys? = nil,
        request: SASL2.Request? = nil
    ) throws(SASLFailure) {
        self.choice = choice
        self.request = request
        let mechanism = choice.mechanism
        do throws(SCRAMError) {
            if let hash = mechanism.hash {
                let client = try SCRAMClient(
                    hash: hash, username: username, password: secret, nonce: nonce, channelBinding: choice.binding, keys: keys)
                client.offer = offer
                client.doubt = choice.doubt
                initial = client.initialMessage
                state = .scram(client)
            } else if mechanism.isToken {
                let token = try HashedToken(username: username, token: secret, binding: choice.binding.data)
                initial = token.initialMessage
                state = .token(token)
            } else {
                initial = mechanism == .plain ? try SASL.plain(username: username, password: secret) : SASL.external
                state = .said
            }
        } catch {
            throw .exchange(error)
        }
    }

    /// The offer came after we had begun.
    func learn(_ offer: SASLOffer, _ doubt: SASL.Doubt?) {
        guard case .scram(let client) = state else { return }
        client.offer = offer
        client.doubt = doubt
    }

    /// What SCRAM derived, worth keeping once the login has succeeded.
    var keys: SCRAMKeys? {
        if case .scram(let client) = state { return client.keys }
        return nil
    }

    /// - Returns: the response's bytes, before base 64.
    func respond(to challenge: String) throws(SASLFailure) -> [UInt8] {
        let challenge = try Self.decode(challenge)
        switch state {
        case .said, .token: throw .exchange(.outOfTurn)
        case .scram(let client):
            do throws(SCRAMError) { return try client.respond(to: challenge) } catch { throw .exchange(error) }
        }
    }

    /// The server let us in; throws when it had to prove something first and did not.
    func finish(_ success: String) throws(SASLFailure) {
        let success = try Self.decode(success)
        switch state {
        // What a server adds here means nothing to these mechanisms.
        case .said: return
        case .token(let token):
            do throws(SCRAMError) { try token.verify(success) } catch { throw .exchange(error) }
        case .scram(let client):
            do throws(SCRAMError) { try client.verify(success) } catch { throw .exchange(error) }
        }
    }

    // MARK: On the wire

    /// RFC 6120 §6.4.2: `=` is data of no bytes.
    private static func decode(_ text: String) throws(SASLFailure) -> [UInt8] {
        if text.isEmpty || text == "=" { return [] }
        guard let bytes = Base64.decode(text) else { throw .exchange(.malformed("not base 64")) }
        return bytes
    }

    static func writeAuth(to writer: inout XMLWriter, mechanism: SASL.Mechanism, initial: [UInt8]) {
        writer.open("auth", Namespace.sasl)
        writer.attribute("mechanism", mechanism.text())
        writer.text(ascii: initial.isEmpty ? [UInt8(ascii: "=")] : Base64.encodeBytes(initial))
        writer.close()
    }

    static func writeResponse(to writer: inout XMLWriter, _ response: [UInt8], isSASL2: Bool) {
        writer.open("response", isSASL2 ? SASL2.namespace : Namespace.sasl)
        if !response.isEmpty { writer.text(ascii: Base64.encodeBytes(response)) }
        writer.close()
    }
}

/// Why a login could not be begun or went wrong.
enum SASLFailure: Error {
    case noMechanism(SASLError)
    case exchange(SCRAMError)

    /// Whose fault it is.
    var end: SessionEnd {
        switch self {
        case .noMechanism(let error): return .credentials(condition: SessionEnd.noMechanism, text: error.description)
        case .exchange(let error):
            switch error {
            case .empty, .forbiddenCharacter, .badNonce: return .credentials(condition: SessionEnd.unusable, text: error.description)
            case .refused(let reason): return .credentials(condition: reason, text: nil)
            case .nonceNotExtended, .tooFewIterations, .missingSignature, .wrongSignature, .changedOffer, .unproved:
                return .security(error.description)
            case .malformed, .tooManyIterations, .unknownExtension, .outOfTurn, .crypto: return .protocol(error.description)
            }
        }
    }
}

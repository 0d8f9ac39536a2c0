import Text

/// What a login needs of the options.
struct LoginPlan {
    /// Our bare address.
    let account: JID
    let bindID: String
    private let credentials: Credentials
    private let nonce: String
    private let allowPlain: Bool

    init(_ options: SessionOptions) {
        account = options.jid.bare
        bindID = options.idSeed + "0"
        credentials = options.credentials
        nonce = options.clientNonce
        allowPlain = options.allowPlain
    }

    /// Begins with the strongest mechanism that the server offers and we may use; only ever called on an encrypted stream.
    func begin(with offered: [String]) throws(SASLFailure) -> SASLExchange {
        let mechanism: SASL.Mechanism
        var secret = ""
        do throws(SASLError) {
            switch credentials {
            case .external:
                mechanism = try SASL.chooseExternal(from: offered, isEncrypted: true)
            case .password(let password):
                mechanism = try SASL.choose(from: offered, isEncrypted: true, allowPlain: allowPlain)
                secret = password
            }
        } catch {
            throw .noMechanism(error)
        }
        return try SASLExchange(mechanism, username: account.local ?? "", password: secret, nonce: nonce)
    }
}

import Text

/// What a login needs of the options.
struct LoginPlan {
    /// Our bare address.
    let account: JID
    let bindID: String
    /// What the login can be bound to; known once TLS is up.
    var available = ChannelBindings()
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
    func begin(with offer: SASLOffer) throws(SASLFailure) -> SASLExchange {
        let choice: SASL.Choice
        var secret = ""
        do throws(SASLError) {
            switch credentials {
            case .external:
                choice = try SASL.chooseExternal(from: offer)
            case .password(let password):
                choice = try SASL.choose(from: offer, available: available, allowPlain: allowPlain)
                secret = password
            }
        } catch {
            throw .noMechanism(error)
        }
        return try SASLExchange(choice, username: account.local ?? "", secret: secret, nonce: nonce, offer: offer)
    }
}

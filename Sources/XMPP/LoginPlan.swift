import Crypto
import Text
import Time

/// What a login needs of the options, and what it learns.
final class LoginPlan {
    /// Our bare address.
    let account: JID
    let bindID: String
    /// What the login can be bound to; known once TLS is up.
    var available = ChannelBindings()
    private(set) var memory: LoginMemory
    /// What the login goes on with instead of a new session.
    var continuation: Continuation?
    let registration: RegistrationExchange?
    private let credentials: Credentials
    private let nonce: String
    private let allowPlain: Bool
    /// What the last login taught holds for all of this one.
    private let mayRunAhead: Bool
    /// Something was sent before the server had said whether it wants it.
    private var ranAhead = false
    /// The server refused the token that we had: no fault of the password's.
    private(set) var lostToken = false
    /// Going step by step would have led to something else.
    private var canDoBetter = false
    /// What the server can do inside SASL2's `<authenticate/>`.
    private var seen: LoginMemory.Inline = []

    init(_ options: SessionOptions) {
        account = options.jid.bare
        bindID = options.idSeed + "0"
        registration = RegistrationExchange(options)
        credentials = options.credentials
        nonce = options.clientNonce
        allowPlain = options.allowPlain
        memory = options.memory
        mayRunAhead = memory.mayRunAhead
        if case .password(let password) = credentials, !memory.agent.isEmpty {
            let mark = Self.mark(password, memory.agent)
            // Whoever changes the password wants to see it used.
            if mark != memory.secret {
                memory.token = nil
                memory.keys = nil
                memory.secret = mark
            }
        }
    }

    /// One byte of the password's keyed hash: that it was changed shows in 255 of 256 cases (and else when the server refuses
    /// the old token), while somebody who reads it has saved himself one guess in 256.
    private static func mark(_ password: String, _ key: String) -> UInt8? {
        do throws(CryptoError) {
            return try HMAC.authenticate(.sha256, key: Array(key.utf8), Array(password.utf8)).first
        } catch {
            return nil
        }
    }

    // MARK: Step by step

    /// Begins with the strongest mechanism that the server offers and we may use; only ever called on an encrypted stream.
    /// A token comes first, and SASL2 before RFC 6120's profile.
    func begin(with features: StreamFeatures, at now: Moment) throws(SASLFailure) -> SASLExchange {
        seen = features.inline
        var offer = features.sasl
        var inline: LoginMemory.Inline = []
        var choice: SASL.Choice?
        if let sasl2 = features.sasl2 {
            if let (token, choice) = token(at: now), sasl2.tokenMechanisms.contains(choice.mechanism.text()) {
                return try exchange(choice, token, sasl2, features.inline)
            }
            do throws(SASLError) {
                choice = try choose(from: sasl2)
                offer = sasl2
                inline = features.inline
            } catch {}
        }
        if choice == nil {
            do throws(SASLError) { choice = try choose(from: offer) } catch { throw .noMechanism(error) }
        }
        return try exchange(choice ?? SASL.Choice(mechanism: .external), nil, offer, inline)
    }

    private func choose(from offer: SASLOffer) throws(SASLError) -> SASL.Choice {
        switch credentials {
        case .external: try SASL.chooseExternal(from: offer)
        case .password: try SASL.choose(from: offer, available: available, allowPlain: allowPlain, pinned: memory.mechanism)
        }
    }

    /// The token that we have, if this connection can use it: only ever asked once TLS is up and the certificate verified,
    /// since who overhears a token's hash can use it (XEP-0484 §7).
    private func token(at now: Moment) -> (String, SASL.Choice)? {
        guard let token = memory.token, now.timestamp < token.expires, !memory.agent.isEmpty else { return nil }
        var choice = SASL.Choice(mechanism: token.mechanism)
        if let kind = token.mechanism.tokenBinding {
            guard let data = available[kind] else { return nil }
            choice.binding = .bound(type: kind.name.description, data: data)
        }
        return (token.text, choice)
    }

    /// - Parameters:
    ///   - token: nil: the password.
    ///   - offer: nil: not known yet.
    ///   - inline: what SASL2 can do; empty: RFC 6120's profile.
    private func exchange(
        _ choice: SASL.Choice, _ token: String?, _ offer: SASLOffer?, _ inline: LoginMemory.Inline
    ) throws(SASLFailure) -> SASLExchange {
        var secret = token ?? ""
        var request: SASL2.Request?
        if inline.contains(.sasl2) {
            let resumes = continuation != nil && inline.contains(.resume)
            // What cannot be resumed in this step is resumed after it, and nothing is bound before.
            request = SASL2.Request(binds: inline.contains(.bind) && (resumes || continuation == nil), resumes: resumes)
        }
        if token == nil, case .password(let password) = credentials {
            secret = password
            if let offer, wantsToken { request?.token = SASL.tokenMechanism(from: offer, available: available) }
        }
        return try SASLExchange(
            choice, username: account.local ?? "", secret: secret, nonce: nonce, offer: offer, keys: memory.keys, request: request)
    }

    private var wantsToken: Bool { !memory.agent.isEmpty }

    // MARK: Ahead

    /// The login that will be right if the server is as it was last time; nil: there is nothing to go by.
    func guess(at now: Moment) -> SASLExchange? {
        guard mayRunAhead, registration == nil, let mechanism = memory.mechanism else { return nil }
        var token: String?
        var choice = SASL.Choice(mechanism: mechanism)
        if memory.inline.contains(.sasl2), let found = self.token(at: now) {
            (token, choice) = found
        } else {
            switch credentials {
            case .external: guard mechanism == .external else { return nil }
            case .password: guard mechanism != .external, mechanism != .plain || allowPlain else { return nil }
            }
            if let kind = ChannelBindings.Kind(memory.binding) {
                guard let data = available[kind] else { return nil }
                choice.binding = .bound(type: memory.binding, data: data)
            } else if mechanism.isBound {
                return nil
            } else if memory.binding == "y", !available.isEmpty {
                choice.binding = .notOffered
            }
        }
        do throws(SASLFailure) {
            let exchange = try exchange(choice, token, nil, memory.inline)
            ranAhead = true
            return exchange
        } catch {
            // The step by step login will say what is wrong.
            return nil
        }
    }

    /// Now that the server's offer is there: it is checked as if we had waited for it.
    /// - Returns: whether the same would have been chosen, so that a refusal is a refusal.
    func check(_ exchange: SASLExchange, with features: StreamFeatures) -> Bool {
        let offer = exchange.request == nil ? features.sasl : features.sasl2 ?? SASLOffer()
        var isRight = false
        var doubt: SASL.Doubt?
        if exchange.choice.mechanism.isToken {
            isRight = offer.tokenMechanisms.contains(exchange.choice.mechanism.text())
        } else {
            do throws(SASLError) {
                let choice = try choose(from: offer)
                if choice.doubt == .inconsistent { doubt = .inconsistent }
                isRight = choice.mechanism == exchange.choice.mechanism && choice.binding == exchange.choice.binding
            } catch {}
            // Tokens are new here.
            if wantsToken, exchange.request != nil, SASL.tokenMechanism(from: offer, available: available) != nil { canDoBetter = true }
        }
        exchange.learn(offer, doubt)
        seen = features.inline
        if !isRight || features.inline != memory.inline { canDoBetter = true }
        return isRight
    }

    /// Whether binding may be asked for together with the new stream's header.
    func bindsAhead() -> Bool {
        guard mayRunAhead else { return false }
        ranAhead = true
        return true
    }

    // MARK: What came of it

    /// The server does not let us in like this: whether another attempt makes sense where one can be made.
    func mayTryAgain(after exchange: SASLExchange, _ condition: String) -> Bool {
        guard exchange.choice.mechanism.isToken else { return true }
        // RFC 6120 §6.5.11: nothing is wrong with the token.
        if condition == "temporary-auth-failure" { return false }
        memory.token = nil
        lostToken = true
        return true
    }

    /// The server let us in and has proved what it had to.
    /// - Parameter success: SASL2's.
    func succeeded(_ exchange: SASLExchange, _ success: Element?) {
        let choice = exchange.choice
        if !choice.mechanism.isToken {
            let binding = choice.binding.word
            if memory.mechanism != choice.mechanism || memory.binding != binding { memory.strikes = 0 }
            memory.mechanism = choice.mechanism
            memory.binding = binding
            memory.keys = exchange.keys ?? memory.keys
        }
        memory.inline = seen
        if let success, wantsToken {
            // One that was not asked for takes the place of the one that we have just used.
            let mechanism = choice.mechanism.isToken ? choice.mechanism : exchange.request?.token
            if let token = LoginMemory.Token(in: success, for: mechanism) { memory.token = token }
        }
        // A wrong guess that the server took all the same, or there is more on offer than last time.
        memory.isCareful = canDoBetter
    }

    /// Bound: what was sent ahead did no harm.
    func boundSession() {
        if ranAhead { memory.strikes = 0 }
        ranAhead = false
    }

    /// Servers take the account from a client certificate, whatever we say (XEP-0178 §2): a mixed-up file would have this board
    /// speak as another one.
    func refusal(of bound: JID) -> SessionEnd? {
        guard case .external = credentials, bound.bare != account else { return nil }
        return .credentials(
            condition: SessionEnd.unusable,
            text: filled(
                "the client certificate is that of %, not of %; give the right file as certificate under [account]", bound.bare.description,
                account.description))
    }

    /// An end in the middle of a login may be the fault of what was sent ahead.
    func ended(_ reason: SessionEnd) {
        guard ranAhead else { return }
        ranAhead = false
        switch reason {
        case .credentials, .security, .closedByUs, .resumptionTooLong, .registered, .registration: return
        case .serverClosed, .protocol, .timeout, .transport: break
        }
        memory.isCareful = true
        if memory.strikes < LoginMemory.mostStrikes { memory.strikes += 1 }
    }
}

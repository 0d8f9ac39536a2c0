import Crypto
import Text
import Time

/// What a login needs of the options, and what it learns.
struct LoginPlan {
    /// Our bare address.
    let account: JID
    let bindID: String
    /// What the login can be bound to; known once TLS is up.
    var available = ChannelBindings()
    private(set) var memory: LoginMemory
    /// What the login goes on with instead of a new session.
    var continuation: Continuation?
    private let credentials: Credentials
    private let nonce: String
    private let allowPlain: Bool
    /// What the last login taught holds for all of this one.
    private let mayRunAhead: Bool
    /// Something was sent before the server had said whether it wants it.
    private var ranAhead = false
    /// The server refused the token that we had: no fault of the password's.
    private(set) var lostToken = false

    init(_ options: SessionOptions) {
        account = options.jid.bare
        bindID = options.idSeed + "0"
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
    func begin(with features: StreamFeatures, at now: Moment) throws(SASLFailure) -> SASLExchange {
        let offer = features.sasl
        let choice: SASL.Choice
        do throws(SASLError) {
            choice = try choose(from: offer)
        } catch {
            throw .noMechanism(error)
        }
        return try exchange(choice, offer)
    }

    private func choose(from offer: SASLOffer) throws(SASLError) -> SASL.Choice {
        switch credentials {
        case .external: try SASL.chooseExternal(from: offer)
        case .password: try SASL.choose(from: offer, available: available, allowPlain: allowPlain, pinned: memory.mechanism)
        }
    }

    private func exchange(_ choice: SASL.Choice, _ offer: SASLOffer?) throws(SASLFailure) -> SASLExchange {
        var secret = ""
        if case .password(let password) = credentials { secret = password }
        return try SASLExchange(choice, username: account.local ?? "", secret: secret, nonce: nonce, offer: offer, keys: memory.keys)
    }

    // MARK: Ahead

    /// The login that will be right if the server is as it was last time; nil: there is nothing to go by.
    mutating func guess(at now: Moment) -> SASLExchange? {
        guard mayRunAhead, let mechanism = memory.mechanism else { return nil }
        var choice = SASL.Choice(mechanism: mechanism)
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
        do throws(SASLFailure) {
            let exchange = try exchange(choice, nil)
            ranAhead = true
            return exchange
        } catch {
            // The step by step login will say what is wrong.
            return nil
        }
    }

    /// Now that the server's offer is there: it is checked as if we had waited for it.
    /// - Returns: whether the same would have been chosen.
    mutating func check(_ exchange: inout SASLExchange, with features: StreamFeatures) -> Bool {
        let offer = features.sasl
        do throws(SASLError) {
            let choice = try choose(from: offer)
            exchange.learn(offer, choice.doubt == .inconsistent ? .inconsistent : nil)
            return choice.mechanism == exchange.choice.mechanism && choice.binding == exchange.choice.binding
        } catch {
            exchange.learn(offer, nil)
            return false
        }
    }

    /// Whether binding may be asked for together with the new stream's header.
    mutating func bindsAhead() -> Bool {
        guard mayRunAhead else { return false }
        ranAhead = true
        return true
    }

    // MARK: What came of it

    /// The server let us in and has proved what it had to.
    mutating func succeeded(_ exchange: SASLExchange, guessedRight: Bool) {
        let choice = exchange.choice
        if !choice.mechanism.isToken {
            let binding = choice.binding.word
            if memory.mechanism != choice.mechanism || memory.binding != binding { memory.strikes = 0 }
            memory.mechanism = choice.mechanism
            memory.binding = binding
            memory.keys = exchange.keys ?? memory.keys
        }
        // A wrong guess that the server took all the same: it has something better by now.
        memory.isCareful = !guessedRight
    }

    /// Bound: what was sent ahead did no harm.
    mutating func boundSession() {
        if ranAhead { memory.strikes = 0 }
        ranAhead = false
    }

    /// An end in the middle of a login may be the fault of what was sent ahead.
    mutating func ended(_ reason: SessionEnd) {
        guard ranAhead else { return }
        ranAhead = false
        switch reason {
        case .credentials, .security, .closedByUs: return
        case .serverClosed, .protocol, .timeout, .transport: break
        }
        memory.isCareful = true
        if memory.strikes < LoginMemory.mostStrikes { memory.strikes += 1 }
    }
}

import Text

/// The choice of how to log in (RFC 6120 §6, XEP-0388, XEP-0440).
public enum SASL {
    /// What to log in with, and how.
    struct Choice: Equatable {
        var mechanism: Mechanism
        var binding: ChannelBinding = .none
        /// The offer looks as if somebody had weakened it: go on only when the server proves that it is its own (XEP-0474).
        var doubt: Doubt?
    }

    /// Why an offer is not believed unless it is proved.
    public enum Doubt: Equatable, Sendable {
        /// XEP-0440's rules 4 to 6: types of channel binding without a mechanism for them, the reverse with SASL2, or only types unheard of.
        case inconsistent
        /// The server offered this one before.
        case weaker(than: Mechanism)
    }

    /// The strongest mechanism on offer for somebody who has a password. SCRAM never shows it; PLAIN does, so that is
    /// the last resort, and only when `allowPlain`. Only ever asked on an encrypted stream.
    /// - Parameters:
    ///   - available: nothing in it: this client does not bind, and says so.
    ///   - pinned: what the last login used.
    static func choose(
        from offer: SASLOffer, available: ChannelBindings = ChannelBindings(), allowPlain: Bool, pinned: Mechanism? = nil
    ) throws(SASLError) -> Choice {
        var choice = Choice(mechanism: .plain)
        if !available.isEmpty {
            if offer.offersBound {
                if let kind = available.strongest(announced: offer.bindings), let data = available[kind] {
                    choice.binding = .bound(type: kind.name.description, data: data)
                } else if offer.bindings != nil || offer.isSASL2 {
                    choice.doubt = .inconsistent
                }
            } else if offer.bindings != nil {
                choice.doubt = .inconsistent
            } else {
                choice.binding = .notOffered
            }
        }
        var raw = Mechanism.scramSHA512Plus.rawValue
        while let mechanism = Mechanism(rawValue: raw), raw >= Mechanism.plain.rawValue {
            raw &-= 1
            if mechanism == .plain, !allowPlain { continue }
            var isBound = false
            if case .bound = choice.binding { isBound = true }
            if mechanism.isBound, !isBound { continue }
            guard offer.mechanisms.contains(mechanism.text()) else { continue }
            choice.mechanism = mechanism
            if isBound, !mechanism.isBound {
                // The bound mechanisms on offer are none that we know: "y" would be a lie.
                choice.binding = .none
                choice.doubt = .inconsistent
            }
            if let pinned, mechanism.rawValue < pinned.rawValue {
                choice.doubt = .weaker(than: pinned)
                // PLAIN proves nothing, so there is no way to go on.
                if mechanism == .plain { throw .weaker(than: pinned, offered: offer.mechanisms) }
            }
            return mechanism == .plain ? SASL.Choice(mechanism: .plain) : choice
        }
        if offer.mechanisms.isEmpty { throw .nothingOffered }
        if let pinned, pinned != .plain, offer.mechanisms.contains("PLAIN") { throw .weaker(than: pinned, offered: offer.mechanisms) }
        throw offer.mechanisms.contains("PLAIN") ? .onlyPlain(offered: offer.mechanisms) : .noneKnown(offered: offer.mechanisms)
    }

    /// EXTERNAL, for somebody who has a client certificate.
    static func chooseExternal(from offer: SASLOffer) throws(SASLError) -> Choice {
        if offer.mechanisms.isEmpty { throw .nothingOffered }
        if !offer.mechanisms.contains("EXTERNAL") { throw .noExternal(offered: offer.mechanisms) }
        return Choice(mechanism: .external)
    }

    /// The strongest mechanism for a token that both sides can do; nil: none. Unlike for SCRAM nothing is guessed: a token
    /// for the wrong mechanism would be refused the next time.
    static func tokenMechanism(from offer: SASLOffer, available: ChannelBindings) -> Mechanism? {
        var raw = Mechanism.tokenExporter.rawValue
        while let mechanism = Mechanism(rawValue: raw), mechanism.isToken {
            raw &-= 1
            guard offer.tokenMechanisms.contains(mechanism.text()) else { continue }
            guard let kind = mechanism.tokenBinding else { return mechanism }
            // ejabberd names all four always; what it announces says which the connection has.
            if available[kind] != nil, offer.bindings?.contains(kind.name.description) ?? false { return mechanism }
        }
        return nil
    }

    /// PLAIN's one message (RFC 4616 §2), without an authorization identity: that would be another account's.
    public static func plain(username: String, password: String) throws(SCRAMError) -> [UInt8] {
        let username = try SASLPreparation.prepare(username, .username), password = try SASLPreparation.prepare(password, .password)
        return [0] + username + [0] + password
    }

    /// EXTERNAL's one message: empty, the certificate says who we are. In RFC 6120's profile that is written `=` (§6.4.2).
    public static let external: [UInt8] = []
}

/// No mechanism on offer can be used.
public enum SASLError: Error, Equatable, Sendable {
    case nothingOffered
    case noneKnown(offered: [String])
    case onlyPlain(offered: [String])
    case noExternal(offered: [String])
    /// A pin holds.
    case weaker(than: SASL.Mechanism, offered: [String])

    /// What is offered, what is needed and what to do.
    public var description: String {
        switch self {
        case .nothingOffered:
            return "the server offers no way to log in; is the account's domain served there, and are logins allowed on this connection?"
        case .noneKnown(let offered):
            return filled("%; %", SASLError.only(offered), SASLError.needed)
        case .onlyPlain(let offered):
            return filled("%; %. ", SASLError.only(offered), SASLError.needed)
                + "To send the password itself over the encrypted connection, write allow-plain = yes under [account]"
        case .noExternal(let offered):
            return filled("%, not EXTERNAL: it does not accept this client certificate. ", SASLError.only(offered))
                + "Give a password-file under [account] instead, or have the server trust the certificate's issuer"
        case .weaker(let pinned, let offered):
            return filled("%, and the last login used %. %", SASLError.only(offered), pinned.text(), SASLError.weakened)
        }
    }

    private static let needed = "Perch needs SCRAM-SHA-512, SCRAM-SHA-256 or SCRAM-SHA-1"
    static let weakened =
        "Somebody on the way may have weakened the offer. If the server was changed on purpose, remove the file \"login\" from Perch's state directory"

    private static func only(_ names: [String]) -> String { filled("the server offers only % to log in", list(names)) }

    /// Names come off the wire: few of them, shortened, and nothing but visible ASCII.
    private static func list(_ names: [String]) -> String {
        var text = ""
        for (index, name) in names.prefix(8).enumerated() {
            if index > 0 { text += ", " }
            var visible: [UInt8] = []
            for byte in name.utf8.prefix(32) { visible.append(byte > 0x20 && byte < 0x7F ? byte : UInt8(ascii: "?")) }
            text += String(decoding: visible, as: UTF8.self)
        }
        return names.count > 8 ? text + " …" : text
    }
}

/// What a transition of `SessionState` makes `Session` do.
extension SessionState {
    indirect enum Action: Equatable {
        case nothing
        /// With a new parser: nothing that was learnt before counts any more (RFC 6120 §4.3.3).
        case openStream(Layer)
        case requestTLS
        case startTLS
        /// - Parameter request: nil: RFC 6120's profile, not SASL2.
        case authenticate(SASL.Mechanism, initial: [UInt8], request: SASL2.Request?)
        case respond([UInt8], isSASL2: Bool)
        /// SASL2 let us in, and the same stream goes on with features; or with all that was asked for, said in `<success/>`.
        case goOnLoggedIn(Element)
        case goOnlineAtOnce(JID, Element)
        /// The next request of a registration.
        case register([UInt8])
        case bind(id: String)
        case goOnline(JID, streamManagement: Bool)
        /// Ask the server to go on with the session before (XEP-0198 §5).
        case resume
        /// It does; it had handled this many of our stanzas.
        case goOn(h: UInt32)
        /// It does not, and says that it had handled this many; a new session is bound instead.
        case bindInstead(id: String, h: UInt32?)
        /// The element is one for the bound session.
        case deliver
        /// End our side; the server's end follows.
        case closeStream
        case end(SessionEnd, Farewell)
    }

    /// What the server still hears of us.
    enum Farewell: Equatable {
        case silence
        case close
        case error(StreamCondition)
        /// XEP-0198 §4: it acknowledged what we never sent.
        case countTooHigh(h: UInt32, sent: UInt32)
    }
}

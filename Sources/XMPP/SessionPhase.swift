import Time

/// Where a session may stand (see the drawing on `SessionState`).
extension SessionState {
    enum Phase {
        case idle
        indirect case login(Step, deadline: Instant)
        case online(Online)
        /// Our `</stream:stream>` is out.
        case closing(deadline: Instant)
        case ended
    }

    enum Step {
        /// Our stream header is out, theirs has not come.
        case header(Layer, Ahead)
        case features(Layer, Ahead)
        /// `<starttls/>` is out.
        case proceed
        case handshake
        /// The features are kept while another attempt with them may be made: this one was only a guess, or with a token.
        case sasl(SASLExchange, StreamFeatures?)
        case register(RegistrationExchange)
        case bind(id: String, streamManagement: Bool)
        case resume(Continuation)
    }

    enum Layer: Equatable { case clear, encrypted, authenticated }

    /// What is out together with our stream header, because the server is expected to be as it was last time. Nothing ever is
    /// in the clear, and never the second header: what a server reads across a restart is not safe.
    enum Ahead {
        case nothing
        case login(SASLExchange)
        /// Or the resumption, where there is something to resume.
        case bind
    }
}

import Crypto
import Text
import Time

/// The namespaces of a login in one step.
enum SASL2 {
    /// XEP-0388.
    static let namespace: StaticString = "urn:xmpp:sasl:2"
    /// XEP-0386.
    static let bind: StaticString = "urn:xmpp:bind:0"
    /// XEP-0484.
    static let fast: StaticString = "urn:xmpp:fast:0"

    /// What is asked for together with the login.
    struct Request: Equatable {
        /// An address, and stream management for it.
        var binds = false
        /// The session before (XEP-0198 §9.2), rather than a new one.
        var resumes = false
        /// A token for the logins to come.
        var token: SASL.Mechanism?
    }
}

extension StreamFeatures {
    /// What is on offer in `<authentication/>`, and what can be asked for inside it; nil: no SASL2.
    static func sasl2(_ element: Element) -> (offer: SASLOffer, inline: LoginMemory.Inline)? {
        guard let list = element.child("authentication", SASL2.namespace) else { return nil }
        var offer = SASLOffer(names("mechanism", in: list, SASL2.namespace))
        if offer.mechanisms.isEmpty { return nil }
        offer.isSASL2 = true
        var inline = LoginMemory.Inline.sasl2
        if let features = list.child("inline", SASL2.namespace) {
            if features.child("sm", Namespace.management) != nil { inline.insert(.resume) }
            offer.tokenMechanisms = names("mechanism", in: features.child("fast", SASL2.fast), SASL2.fast)
            if let more = features.child("bind", SASL2.bind)?.child("inline", SASL2.bind) {
                // Without stream management in it, binding the old way is better: that comes with it.
                for feature in more.children where feature.attribute("var", equals: Namespace.management) { inline.insert(.bind) }
            }
        }
        return (offer, inline)
    }
}

extension LoginMemory.Token {
    /// - Parameter mechanism: what it is for.
    init?(in success: Element, for mechanism: SASL.Mechanism?) {
        guard let mechanism, let element = success.child("token", SASL2.fast), let text = element.attribute("token"),
            (1...LoginMemory.longestToken).contains(text.utf8.count)
        else { return nil }
        // It has to fit into a line of words.
        for byte in Array(text.utf8) where byte < 0x21 || byte > 0x7E { return nil }
        self.mechanism = mechanism
        self.text = text
        // Without an end that can be read, the server will say when it is over.
        expires = element.attribute("expiry").flatMap { Timestamp($0) } ?? Timestamp(milliseconds: .max)
    }
}

extension Session {
    /// Bound in the same step, with the answer about stream management in it (XEP-0386 §3.2).
    func begin(_ jid: JID, success: Element, at now: Moment) {
        begin(jid, streamManagement: true, isAsked: true, at: now)
        guard let online else { return }
        let answer = success.child("bound", SASL2.bind)?.child("enabled", Namespace.management)
        loginReport.hasStreamManagement = answer != nil
        if let answer { return enabled(answer, online, at: now) }
        online.management.refused()
        letGo(online, at: now)
    }

    /// `<authenticate/>`, with all that the server can do in the same step.
    func writeAuthenticate(_ mechanism: SASL.Mechanism, initial: [UInt8], _ request: SASL2.Request) {
        outbox.writer.open("authenticate", SASL2.namespace)
        outbox.writer.attribute("mechanism", mechanism.text())
        outbox.writer.open("initial-response")
        if !initial.isEmpty { outbox.writer.text(ascii: Base64.encodeBytes(initial)) }
        outbox.writer.close()
        if !options.memory.agent.isEmpty {
            outbox.writer.open("user-agent")
            outbox.writer.attribute("id", options.memory.agent)
            outbox.writer.element("software", text: options.software.name)
            outbox.writer.element("device", text: options.resource)
            outbox.writer.close()
        }
        if request.resumes { writeResume() }
        if request.binds {
            outbox.writer.open("bind", SASL2.bind)
            outbox.writer.element("tag", text: options.resource)
            StreamManagement.writeEnable(to: &outbox.writer, resumption: options.resumption)
            outbox.writer.close()
        }
        // Without a count: that is for TLS's early data, which we never send.
        if mechanism.isToken { outbox.writer.empty("fast", SASL2.fast) }
        if let token = request.token {
            outbox.writer.open("request-token", SASL2.fast)
            outbox.writer.attribute("mechanism", token.text())
            outbox.writer.close()
        }
        outbox.writer.close()
    }
}

import Text

/// Makes a session register its account instead of logging in (XEP-0077), over an encrypted stream only. It ends with
/// `SessionEnd.registered`, or with `.registration` and the reason.
public struct Registration: Equatable, Sendable {
    /// Of an invitation (XEP-0445); nil: the server registers anybody.
    public var token: String?

    public init(token: String? = nil) { self.token = token }
}

/// The requests of a registration, one after the other. Stream features are not asked whether there is any: servers announce
/// it under several names, and some not at all.
final class RegistrationExchange {
    enum Step: Int {
        /// The token is out.
        case invitation
        /// What the server wants to know is asked for.
        case fields
        /// The account is out.
        case account
    }

    enum Reaction {
        /// Not the answer.
        case nothing
        case send([UInt8])
        case end(SessionEnd)
        /// Nothing that may come here.
        case unexpected
    }

    private(set) var step = Step.fields
    let account: JID
    private let password: String
    private let token: String?
    private let idSeed: String
    /// The server knows nothing of invitations; it may register anybody.
    private var isUninvited = false

    init?(_ options: SessionOptions) {
        guard let registration = options.registration, case .password(let password) = options.credentials else { return nil }
        account = options.jid.bare
        self.password = password
        token = registration.token
        idSeed = options.idSeed
    }

    // MARK: Requests

    func begin() -> [UInt8] {
        guard let token else { return askForFields() }
        step = .invitation
        var writer = request("set")
        writer.open("preauth", "urn:xmpp:pars:0")
        writer.attribute("token", token)
        writer.close()
        writer.close()
        return writer.take()
    }

    private func askForFields() -> [UInt8] {
        step = .fields
        var writer = request("get")
        writer.empty("query", RegistrationForm.namespace)
        writer.close()
        return writer.take()
    }

    private var id: String { idSeed + String(step.rawValue) }

    private func request(_ type: StaticString) -> XMLWriter {
        var writer = XMLWriter()
        writer.open("iq")
        writer.attribute("type", "\(type)")
        writer.attribute("to", account.domain)
        writer.attribute("id", id)
        return writer
    }

    // MARK: Answers

    func received(_ element: StreamElement) -> Reaction {
        switch element {
        case .iq(let iq): answered(iq)
        case .message, .presence: .nothing
        case .features, .error, .proceed, .tlsFailure, .challenge, .success, .failure, .enabled, .resumed, .managementFailed,
            .acknowledgementRequest, .acknowledgement, .unknownStanza, .unknown: .unexpected
        }
    }

    private func answered(_ iq: Element) -> Reaction {
        guard iq.attribute("id") == id else { return .nothing }
        // Nobody else can speak to us before there is an account.
        if let from = iq.attribute("from"), JID(checking: from) != account.server { return .nothing }
        if iq.attribute("type", equals: "error") { return refused(iq) }
        guard iq.attribute("type", equals: "result") else { return .nothing }
        switch step {
        case .invitation: return .send(askForFields())
        case .fields:
            let form = RegistrationForm(name: account.local ?? "", password: password)
            let query = iq.child("query", RegistrationForm.namespace)
            step = .account
            var writer = request("set")
            if let query, form.fill(query, to: &writer) {
                writer.close()
                return .send(writer.take())
            }
            step = .fields
            return .end(.registration(form.complaint(account), isUncertain: false))
        case .account: return .end(.registered)
        }
    }

    private func refused(_ iq: Element) -> Reaction {
        let element = iq.child("error", Namespace.client)
        let error = element.map { PeerError($0, conditionsIn: Namespace.stanzaErrors) }
        let condition = error?.condition ?? ""
        let isTemporary = element?.attribute("type", equals: "wait") == true
        // Prosody says `forbidden` of a token that it does not know.
        if step == .invitation, !isTemporary, Self.isLack(condition), condition != "forbidden" {
            isUninvited = true
            return .send(askForFields())
        }
        return .end(.registration(sentence(isTemporary ? "wait" : condition, " (" + (error?.text ?? condition) + ")"), isUncertain: false))
    }

    /// Such is not done here at all.
    private static func isLack(_ condition: String) -> Bool {
        switch condition {
        case "service-unavailable", "feature-not-implemented", "not-authorized", "not-allowed", "forbidden": true
        default: false
        }
    }

    /// An end that is no answer: the server closed the stream, or it fell silent.
    func ended(_ reason: SessionEnd) -> SessionEnd {
        switch reason {
        case .registered, .registration, .security: return reason
        case .serverClosed("not-authorized", let text) where step != .account:
            return .registration(sentence("not-authorized", text.map { " (" + $0 + ")" } ?? ""), isUncertain: false)
        default:
            guard step == .account else { return reason }
            return .registration(filled("% was sent to be registered, and no answer came: %", account.description, reason.description), isUncertain: true)
        }
    }

    // MARK: In words

    private func sentence(_ condition: String, _ why: String) -> String {
        let domain = account.domain, address = account.description
        switch condition {
        case "wait", "resource-constraint", "policy-violation":
            return filled("% registers no more accounts just now%: try again later; servers limit how many come from one network", domain, why)
        case "conflict" where step == .account:
            return filled("% is taken%: choose another name, or log in with its password if it is yours", address, why)
        case _ where step == .invitation:
            if condition == "not-authorized" { break }
            return filled("% does not accept the invitation%: it is mistyped, was used before, or has expired; ask for a new one", domain, why)
        // Prosody says `not-acceptable` as well to somebody without an invitation who needs one.
        case "not-acceptable", "bad-request", "jid-malformed":
            return filled("% does not accept %%: choose another name or password", domain, address, why)
                + (token == nil ? ", or ask for an invitation link" : "")
        case _ where Self.isLack(condition): break
        default: return filled("% did not register %%", domain, address, why)
        }
        let lacks = token != nil && (isUninvited || step == .invitation)
        let refusal = filled(lacks ? "% takes no invitations from programs%" : "% does not let programs register accounts%", domain, why)
        return refusal + (token == nil ? ": ask for an invitation link, or " : ": ") + RegistrationForm.remedy(account, nil)
    }
}

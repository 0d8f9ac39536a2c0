import Text

/// Namespaces of RFC 6120.
enum Namespace {
    static let streams: StaticString = "http://etherx.jabber.org/streams"
    static let client: StaticString = "jabber:client"
    static let tls: StaticString = "urn:ietf:params:xml:ns:xmpp-tls"
    static let sasl: StaticString = "urn:ietf:params:xml:ns:xmpp-sasl"
    /// XEP-0440.
    static let channelBinding: StaticString = "urn:xmpp:sasl-cb:0"
    static let bind: StaticString = "urn:ietf:params:xml:ns:xmpp-bind"
    static let streamErrors: StaticString = "urn:ietf:params:xml:ns:xmpp-streams"
    static let stanzaErrors: StaticString = "urn:ietf:params:xml:ns:xmpp-stanzas"
    static let roster: StaticString = "jabber:iq:roster"
    /// XEP-0198.
    static let management: StaticString = "urn:xmpp:sm:3"
    static let xml: StaticString = "http://www.w3.org/XML/1998/namespace"
}

/// A condition of RFC 6120 §4.9.3 that we send.
struct StreamCondition: Equatable, ExpressibleByStringLiteral {
    let name: StaticString

    init(_ name: StaticString) { self.name = name }
    init(stringLiteral name: StaticString) { self.name = name }

    static func == (a: StreamCondition, b: StreamCondition) -> Bool { a.name.description == b.name.description }
}

/// The server's stream header (RFC 6120 §4.7).
struct StreamHeader: Equatable {
    /// Why the stream cannot be used, as a stream error condition.
    enum Fault: Equatable { case wrongNamespace, unsupportedVersion }

    var fault: Fault?

    init(_ root: Element) {
        if !root.is("stream", Namespace.streams) {
            fault = .wrongNamespace
        } else if !Self.isSupported(root.attribute("version")) {
            fault = .unsupportedVersion
        }
    }

    /// §4.7.5: without a version it is 0.9, which has neither features nor STARTTLS.
    private static func isSupported(_ version: String?) -> Bool {
        guard let version, let major = version.utf8.split(separator: UInt8(ascii: ".")).first else { return false }
        return major.contains { $0 >= UInt8(ascii: "1") && $0 <= UInt8(ascii: "9") }
    }

    /// Ours. `from` is told only once the stream is encrypted (§4.7.1): it names the account.
    static func write(to writer: inout XMLWriter, domain: String, from: JID?) {
        writer.raw("<?xml version='1.0'?><stream:stream")
        if let from {
            writer.raw(" from='")
            writer.rawAttributeValue(from.description)
            writer.raw("'")
        }
        writer.raw(" to='")
        writer.rawAttributeValue(domain)
        writer.raw("' version='1.0' xml:lang='en' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>")
    }
}

/// `<stream:features/>`, as far as Perch takes part (RFC 6120 §4.3.2). Compression (XEP-0138) is not even read:
/// together with TLS it leaks secrets (CRIME), and it multiplies what a hostile server can make us hold.
final class StreamFeatures {
    let startTLS: Bool
    /// RFC 6120's profile.
    private(set) var sasl: SASLOffer
    /// nil: the server does not have it.
    private(set) var sasl2: SASLOffer?
    private(set) var inline: LoginMemory.Inline = []
    let bind: Bool
    let streamManagement: Bool

    init(_ element: Element) {
        startTLS = element.child("starttls", Namespace.tls) != nil
        sasl = SASLOffer(Self.names("mechanism", in: element.child("mechanisms", Namespace.sasl), Namespace.sasl))
        bind = element.child("bind", Namespace.bind) != nil
        streamManagement = element.child("sm", Namespace.management) != nil
        if let found = Self.sasl2(element) { (sasl2, inline) = found }
        if let list = element.child("sasl-channel-binding", Namespace.channelBinding) {
            sasl.bindings = Self.names("channel-binding", in: list, Namespace.channelBinding)
            sasl2?.bindings = sasl.bindings
        }
    }

    /// The contents of `<mechanism/>` or the types of `<channel-binding/>`, in the list's own namespace.
    static func names(_ element: StaticString, in list: Element?, _ namespace: StaticString) -> [String] {
        var names: [String] = []
        guard let list else { return names }
        for child in list.children where child.is(element, namespace) {
            if names.count == Limits.mechanisms { break }
            let type = child.attribute("type"), name = type ?? child.text
            if SASLOffer.isName(name, ofBinding: type != nil) { names.append(name) }
        }
        return names
    }
}

/// `<stream:error/>` (RFC 6120 §4.9), or `<failure/>` of SASL (§6.5), as the server sent it.
struct PeerError: Equatable {
    var condition: String
    var text: String?

    /// - Parameter namespace: of the condition element and of its text; SASL2 has its text in its own (XEP-0388).
    init(_ element: Element, conditionsIn namespace: StaticString) {
        condition = "undefined-condition"
        var host: String?
        for child in element.children where child.isIn(namespace) || child.is("text", SASL2.namespace) {
            if child.isNamed("text") {
                if text == nil { text = Self.short(child.text) }
            } else {
                condition = Self.short(child.name)
                // §4.9.3.19: the new host is the content of the condition, whatever else is told.
                if child.isNamed("see-other-host") { host = Self.short(child.text) }
            }
        }
        if let host { text = host }
        if text?.isEmpty ?? false { text = nil }
    }

    /// Fit for one line of a log: bounded, and without control characters, which could forge further lines.
    static func short(_ text: String) -> String {
        var scalars = text.cut(to: Limits.errorText).scalars
        for at in scalars.indices where UnicodeText.isControl(scalars[at]) { scalars[at] = " " }
        return String(scalars: scalars)
    }
}

/// One child of the stream, told apart by name and namespace.
indirect enum StreamElement {
    case features(StreamFeatures)
    case error(PeerError)
    case proceed
    case tlsFailure
    /// Base64 as it stands there.
    case challenge(String)
    /// With the whole of SASL2's, which says more.
    case success(String, Element?)
    case failure(PeerError)
    case enabled(Element)
    case resumed(Element)
    /// The answer to `<enable/>` or `<resume/>`.
    case managementFailed(Element)
    case acknowledgementRequest
    /// nil: `h` is missing or no number.
    case acknowledgement(UInt32?)
    case message(Element)
    case presence(Element)
    case iq(Element)
    /// In `jabber:client`, but none of the three.
    case unknownStanza(String)
    /// Of a namespace that Perch does not speak, or misplaced.
    case unknown(String)

    init(_ element: Element) {
        if element.isIn(Namespace.client) {
            if element.isNamed("message") { self = .message(element) }
            else if element.isNamed("presence") { self = .presence(element) }
            else if element.isNamed("iq") { self = .iq(element) }
            else { self = .unknownStanza(element.name) }
        } else if element.isIn(Namespace.management) {
            if element.isNamed("r") { self = .acknowledgementRequest }
            else if element.isNamed("a") { self = .acknowledgement(StreamManagement.count(in: element)) }
            else if element.isNamed("enabled") { self = .enabled(element) }
            else if element.isNamed("resumed") { self = .resumed(element) }
            else if element.isNamed("failed") { self = .managementFailed(element) }
            else { self = .unknown(element.name) }
        } else if element.is("features", Namespace.streams) { self = .features(StreamFeatures(element)) }
        else if element.is("error", Namespace.streams) { self = .error(PeerError(element, conditionsIn: Namespace.streamErrors)) }
        else if element.is("proceed", Namespace.tls) { self = .proceed }
        else if element.is("failure", Namespace.tls) { self = .tlsFailure }
        else if element.isIn(Namespace.sasl) || element.isIn(SASL2.namespace) { self = Self.login(element) }
        else { self = .unknown(element.name) }
    }

    /// The profiles differ in little but the namespace.
    private static func login(_ element: Element) -> StreamElement {
        let isSASL2 = element.isIn(SASL2.namespace)
        if element.isNamed("challenge") { return .challenge(element.text) }
        if element.isNamed("success") {
            return isSASL2 ? .success(element.child("additional-data", SASL2.namespace)?.text ?? "", element) : .success(element.text, nil)
        }
        if element.isNamed("failure") { return .failure(PeerError(element, conditionsIn: Namespace.sasl)) }
        if isSASL2, element.isNamed("continue") {
            var error = PeerError(element, conditionsIn: Namespace.sasl)
            error.condition = "continue"
            error.text = "it wants a further step, such as a code or a new password, which Perch cannot do"
            return .failure(error)
        }
        return .unknown(element.name)
    }
}

import Foundation
import Testing
import Time

@testable import XMPP

/// Plays a conversation against a session: once with each `S:` line as one read, once byte by byte. The session must do the same.
///
/// A script has a line for each step; a line that begins otherwise goes on with the one before, white space between them dropped:
/// ```
/// S: what the server sends            C: exactly what the client has sent since
/// E: an event, in words               T: time that passes, e.g. 30s
/// D: what the driver does: connected, connected secured, secured, disconnected, close
/// O: what the driver is told: startTLS, closeTransport
/// ```
/// `⟦…⟧` stands for the base64 of its content, `{name}` for one of `Transcript.words`. Everything that the session puts out must be in the script.
final class Transcript {
    enum Feeding: String { case whole, bytewise }

    let session: Session
    let feeding: Feeding
    private(set) var now = Moment(instant: Instant(.seconds(1000)), timestamp: Timestamp("2026-05-01T12:00:00Z")!, utcOffset: 7200)
    private var pending: [String] = []
    /// What the session has last told of itself for the next one; not part of the script.
    private(set) var learned: LoginMemory?

    init(_ options: SessionOptions, _ feeding: Feeding) {
        session = Session(options)
        self.feeding = feeding
    }

    /// The next connection, with what this one has left.
    func next(_ change: (inout SessionOptions) -> Void = { _ in }) -> Transcript {
        // Somebody may feed the same options to another session.
        var options = session.options.copy()
        options.continuation = session.continuation
        options.liveness = session.liveness
        options.idSeed += "n"
        change(&options)
        let next = Transcript(options, feeding)
        next.now = now
        return next
    }

    static let words: [String: String] = [
        "stream": "<?xml version='1.0'?><stream:stream from='example.org' id='s1' version='1.0' xml:lang='en' "
            + "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
        "open in clear": "<?xml version='1.0'?><stream:stream to='example.org' version='1.0' xml:lang='en' "
            + "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
        "open": "<?xml version='1.0'?><stream:stream from='user@example.org' to='example.org' version='1.0' xml:lang='en' "
            + "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
        "starttls": "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
        "offer starttls": "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>",
        "proceed": "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
        "offer bind": "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>",
        "offer bind and sm":
            "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><sm xmlns='urn:xmpp:sm:3'/></stream:features>",
        "enable": "<enable xmlns='urn:xmpp:sm:3' resume='true' max='60'/>",
        "enabled": "<enabled xmlns='urn:xmpp:sm:3' resume='true' id='sm1' max='60'/>",
        "r": "<r xmlns='urn:xmpp:sm:3'/>",
        "sasl": "urn:ietf:params:xml:ns:xmpp-sasl",
        "bound": "<iq type='result' id='x0'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
            + "<jid>user@example.org/board</jid></bind></iq>",
        "bind": "<iq type='set' id='x0'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>board</resource></bind></iq>",
        "unavailable": "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
        "bad request": "<error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
        "not found": "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
        "end": "</stream:stream>",
        "streams": "urn:ietf:params:xml:ns:xmpp-streams",
        "stanzas": "urn:ietf:params:xml:ns:xmpp-stanzas",
    ]

    /// The beginning of a script, up to the stream inside TLS.
    static let startTLS = "D: connected\nC: {open in clear}\nS: {stream}{offer starttls}\nC: {starttls}\nS: {proceed}\nO: startTLS\nD: secured"

    static func offer(_ mechanisms: String...) -> String { offer(mechanisms) }

    static func offer(_ mechanisms: [String]) -> String {
        "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
            + mechanisms.map { "<mechanism>\($0)</mechanism>" }.joined() + "</mechanisms></stream:features>"
    }

    // MARK: Playing

    func play(_ script: String, sourceLocation: SourceLocation = #_sourceLocation) {
        var expected: [String] = []
        for (kind, text) in Self.steps(script) {
            switch kind {
            case "C", "E", "O":
                if kind == "C", let last = expected.last, last.hasPrefix("C: ") { expected[expected.count - 1] = last + text } else { expected.append("\(kind): \(text)") }
            default:
                compare(expected, sourceLocation)
                expected = []
                act(kind, text, sourceLocation)
            }
        }
        // What the last step brought about may also be looked at by the test itself.
        if !expected.isEmpty { compare(expected, sourceLocation) }
    }

    /// Nothing is left that the test did not look at.
    func finish(sourceLocation: SourceLocation = #_sourceLocation) { compare([], sourceLocation) }

    private static func steps(_ script: String) -> [(Character, String)] {
        var steps: [(Character, String)] = []
        for line in script.split(separator: "\n") {
            let line = line.trimmingCharacters(in: .whitespaces)
            if line.isEmpty { continue }
            if let kind = line.first, "CSETDO".contains(kind), line.dropFirst().first == ":" {
                steps.append((kind, String(line.dropFirst(2).drop { $0 == " " })))
            } else if !steps.isEmpty {
                steps[steps.count - 1].1 += line
            }
        }
        return steps.map { ($0.0, expand($0.1)) }
    }

    static func expand(_ text: String) -> String {
        var text = text
        for (word, value) in words { text = text.replacingOccurrences(of: "{\(word)}", with: value) }
        while let open = text.firstIndex(of: "⟦"), let close = text[open...].firstIndex(of: "⟧") {
            let content = Data(text[text.index(after: open)..<close].utf8).base64EncodedString()
            text.replaceSubrange(open...close, with: content)
        }
        return text
    }

    private func act(_ kind: Character, _ text: String, _ location: SourceLocation) {
        switch (kind, text) {
        case ("S", _): receive(Array(text.utf8))
        case ("T", _): pass(.seconds(Int(text.dropLast())!))
        case ("D", "connected"): session.connected(secured: false, at: now)
        case ("D", "connected secured bound"):
            session.connected(secured: true, bindings: ChannelBindings(tlsExporter: Array("exported".utf8), tlsServerEndPoint: Array("end".utf8)), at: now)
        case ("D", "connected secured"): session.connected(secured: true, at: now)
        case ("D", "secured"): session.secured(at: now)
        case ("D", "disconnected"): session.disconnected(at: now)
        case ("D", "close"): session.close(at: now)
        default: Issue.record("unknown step \(kind): \(text)", sourceLocation: location)
        }
        drain()
    }

    func receive(_ bytes: [UInt8]) {
        switch feeding {
        case .whole:
            session.receive(bytes, at: now)
        case .bytewise:
            for byte in bytes {
                session.receive([byte], at: now)
                drain()
            }
        }
        drain()
    }

    /// Lets time pass; `tick` comes exactly when it was asked for.
    func pass(_ duration: Duration) {
        let end = now.instant + duration
        var rounds = 0
        while let deadline = session.nextDeadline, deadline <= end, rounds < 1000 {
            rounds += 1
            advance(to: max(deadline, now.instant))
            session.tick(at: now)
            drain()
        }
        #expect(rounds < 1000, "a deadline that never goes away")
        advance(to: end)
    }

    func skip(_ duration: Duration) { advance(to: now.instant + duration) }

    private func advance(to instant: Instant) {
        now.timestamp = now.timestamp + (instant - now.instant)
        now.instant = instant
    }

    /// Collects what the session puts out, in the script's own words.
    func drain() {
        while let output = session.nextOutput() {
            switch output {
            case .send(let bytes):
                let text = String(decoding: bytes, as: UTF8.self)
                if let last = pending.last, last.hasPrefix("C: ") { pending[pending.count - 1] = last + text } else { pending.append("C: " + text) }
            case .startTLS: pending.append("O: startTLS")
            case .closeTransport: pending.append("O: closeTransport")
            case .event(.learned(let memory)): learned = memory
            case .event(let event): pending.append("E: " + describe(event))
            }
        }
    }

    private func compare(_ expected: [String], _ location: SourceLocation) {
        drain()
        if pending != expected {
            Issue.record(
                "fed \(feeding.rawValue)\n  expected: \(expected.joined(separator: "\n            "))\n       got: \(pending.joined(separator: "\n            "))",
                sourceLocation: location)
        }
        pending = []
    }

    /// What came out and was not compared yet.
    func takeOutput() -> [String] {
        drain()
        defer { pending = [] }
        return pending
    }
}

/// Plays a conversation in each way of feeding.
func transcript(
    _ options: SessionOptions = .testing, sourceLocation: SourceLocation = #_sourceLocation, _ body: (Transcript) throws -> Void
) rethrows {
    for feeding in [Transcript.Feeding.whole, .bytewise] {
        let transcript = Transcript(options, feeding)
        try body(transcript)
        transcript.finish(sourceLocation: sourceLocation)
    }
}

/// Plays a conversation that begins with a bound session, without stream management.
func online(
    _ options: SessionOptions = .testing, sourceLocation: SourceLocation = #_sourceLocation, _ body: (Transcript) throws -> Void
) rethrows {
    try transcript(options, sourceLocation: sourceLocation) {
        $0.logIn()
        try body($0)
    }
}

extension Transcript {
    /// To where the stream's features follow the login.
    func authenticate() {
        play("""
            D: connected secured
            C: {open}
            S: {stream}\(Self.offer("EXTERNAL"))
            C: <auth xmlns='{sasl}' mechanism='EXTERNAL'>=</auth>
            S: <success xmlns='{sasl}'/>
            C: {open}
            """)
    }

    /// Direct TLS and SASL EXTERNAL: the shortest way to a bound session. Roster is request x1 where it is asked for.
    func logIn(streamManagement: Bool = false) {
        authenticate()
        play("""
            S: {stream}\(streamManagement ? "{offer bind and sm}" : "{offer bind}")
            C: {bind}
            S: {bound}
            """ + (streamManagement ? "\nC: " + (session.options.resumption == nil ? "<enable xmlns='urn:xmpp:sm:3'/>" : "{enable}") : "") + "\nE: online user@example.org/board"
            + (session.options.requestsRoster ? "\nC: <iq type='get' id='x1'><query xmlns='jabber:iq:roster'/></iq>" : ""))
    }
}

extension SessionOptions {
    /// Logs in with a certificate, does not ask for the roster, trusts alice.
    static var testing: SessionOptions {
        SessionOptions(
            jid: try! JID("user@example.org"), credentials: .external, resource: "board", idSeed: "x",
            clientNonce: "fyko+d2lbbFgONRv9qkxdawL", software: SoftwareInfo(name: "Perch", version: "0.1", os: "Linux 6.1"),
            identity: Identity(name: "greenhouse"), isTrusted: { $0.bare.description == "alice@example.org" }, requestsRoster: false)
    }

    static func testing(_ change: (inout SessionOptions) -> Void) -> SessionOptions {
        var options = testing
        change(&options)
        return options
    }

    /// The account of RFC 5802's and RFC 7677's examples.
    static func password(_ password: String = "pencil", nonce: String = "fyko+d2lbbFgONRv9qkxdawL", allowPlain: Bool = false) -> SessionOptions {
        testing {
            $0.credentials = .password(password)
            $0.clientNonce = nonce
            $0.allowPlain = allowPlain
        }
    }
}

// MARK: Events in words

func describe(_ event: SessionEvent) -> String {
    switch event {
    case .online(let jid, let resumed): "online \(jid)\(resumed ? " resumed" : "")"
    case .roster(let items): "roster" + items.map { " " + describe($0) }.joined(separator: ",")
    case .rosterChanged(let item): "roster changed \(describe(item))"
    case .message(let message): "message " + describe(message)
    case .presence(let presence): "presence " + describe(presence)
    case .subscription(let verb, let from): "\(verb) \(from)"
    case .acknowledged(let ids): "acknowledged " + ids.joined(separator: " ")
    case .learned(let memory): "learned \(String(decoding: memory.file, as: UTF8.self))"
    case .resumable(let isResumable): isResumable ? "resumable" : "not resumable"
    case .notice(let text): "notice: \(text)"
    case .ended(let end): "ended, \(end.retry): \(end)"
    }
}

private func describe(_ item: RosterItem) -> String {
    "\(item.jid)\(item.name.map { " \"\($0)\"" } ?? "") \(item.subscription)\(item.isPendingOut ? " asked" : "")"
}

private func describe(_ message: Message) -> String {
    var words = ["\(message.kind)", "from \(message.from)"]
    if let to = message.to { words.append("to \(to)") }
    if let id = message.id { words.append("id \(id)") }
    if let thread = message.thread { words.append("thread \(thread)") }
    if let delay = message.delay { words.append("delayed \(delay)") }
    if message.requestsReceipt { words.append("receipt wanted") }
    if let receipt = message.receiptFor { words.append("receipt for \(receipt)") }
    if message.isEncrypted { words.append("encrypted") }
    if message.isFromRoom { words.append("from a room") }
    if let origin = message.originID { words.append("origin \(origin)") }
    if let replaces = message.replaces { words.append("replaces \(replaces)") }
    if let error = message.error { words.append("error \(error)") }
    if let body = message.body { words.append("\"\(body)\"") }
    return words.joined(separator: " ")
}

private func describe(_ presence: Presence) -> String {
    var words = ["\(presence.availability)", "from \(presence.from)"]
    if let show = presence.show { words.append("\(show)") }
    if let status = presence.status { words.append("\"\(status)\"") }
    if presence.priority != 0 { words.append("priority \(presence.priority)") }
    return words.joined(separator: " ")
}

extension SessionOptions {
    func copy() -> SessionOptions {
        let copy = SessionOptions(
            jid: jid, credentials: credentials, allowPlain: allowPlain, resource: resource, idSeed: idSeed, clientNonce: clientNonce, software: software,
            identity: identity, liveness: liveness, requestTimeout: requestTimeout, loginTimeout: loginTimeout, isTrusted: isTrusted,
            requestsRoster: requestsRoster, memory: memory, resumption: resumption, awaitsResumption: awaitsResumption, continuation: continuation)
        copy.registration = registration
        return copy
    }
}

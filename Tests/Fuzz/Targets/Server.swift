import Crypto

@testable import XMPP

/// The server's side of a session, as it should be: reads what the client sends with a parser of its own (so everything that a session sends has to be
/// well-formed) and has an answer to each element.
struct FuzzServer {
    /// It gave the right signature.
    private(set) var hasProved = false

    private let steps: Steps
    private var parser: XMLStreamParser?
    private var answers: [[UInt8]] = []
    private var isAuthenticated = false
    private var isEncrypted: Bool
    private var authMessage: [UInt8] = []
    private var hash = Hash.sha1
    private var stanzas = 0
    /// Which of `answers` proves that we know the password.
    private var proof: Int?
    /// Answers that were taken.
    private var taken = 0

    init(_ steps: Steps) {
        self.steps = steps
        isEncrypted = steps.has("d")
    }

    mutating func next() -> [UInt8]? {
        if answers.isEmpty { return nil }
        if taken == proof { hasProved = true }
        taken += 1
        return answers.removeFirst()
    }

    private mutating func say(_ text: String) {
        // Nobody answers for ever.
        if answers.count < 64 { answers.append(Array(text.utf8)) }
    }

    /// The old connection is gone; what is known of the session stays.
    mutating func connectAnew() {
        (parser, answers, isAuthenticated, isEncrypted, hasProved) = (nil, [], false, steps.has("d"), false)
        (taken, proof) = (0, nil)
    }

    mutating func hear(_ bytes: [UInt8]) throws(Broken) {
        // A restarted stream begins with a declaration, which cannot stand anywhere else.
        let mark = Array("<?xml".utf8)
        var from = 0
        for at in bytes.indices where bytes[at] == mark[0] && bytes[at...].starts(with: mark) {
            try read(bytes[from..<at])
            parser = XMLStreamParser(limits: XMLLimits(stanzaBytes: 1 << 20, tagBytes: 1 << 20))
            from = at
        }
        try read(bytes[from...])
    }

    private mutating func read(_ bytes: ArraySlice<UInt8>) throws(Broken) {
        if bytes.isEmpty { return }
        guard let parser else { throw Broken(description: "sent before the stream was opened: \(String(decoding: bytes, as: UTF8.self))") }
        parser.feed(bytes)
        while true {
            let event: XMLEvent?
            do throws(XMLError) { event = try parser.nextEvent() } catch {
                throw Broken(description: "the client sends \(error.description): \(String(decoding: bytes, as: UTF8.self))")
            }
            guard let event else { return }
            switch event {
            case .streamOpen: openStream()
            case .element(let element): answer(element)
            case .passedOver: break
            case .streamClose: say("</stream:stream>")
            }
        }
    }

    private mutating func openStream() {
        var text = "<?xml version='1.0'?><stream:stream from='example.org' id='s1' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'><stream:features>"
        if isAuthenticated {
            text += "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"
            if steps.has("m") { text += "<sm xmlns='urn:xmpp:sm:3'/>" }
        } else if isEncrypted {
            text += "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
            if steps.has("e") { text += "<mechanism>EXTERNAL</mechanism>" }
            if steps.has("p") { text += "<mechanism>PLAIN</mechanism>" }
            if steps.has("1") { text += "<mechanism>SCRAM-SHA-1</mechanism>" }
            if steps.has("2") { text += "<mechanism>SCRAM-SHA-256</mechanism>" }
            if steps.has("5") { text += "<mechanism>SCRAM-SHA-512</mechanism>" }
            text += "</mechanisms>"
        } else {
            text += "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>"
        }
        say(text + "</stream:features>")
    }

    private mutating func answer(_ element: Element) {
        if element.is("starttls", Namespace.tls) {
            isEncrypted = true
            say("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
        } else if element.is("auth", Namespace.sasl) {
            begin(element)
        } else if element.is("response", Namespace.sasl) {
            finish(Base64.decode(element.text) ?? [])
        } else if element.is("enable", Namespace.management) {
            say("<enabled xmlns='urn:xmpp:sm:3' id='sm1' resume='true' max='300'/>")
        } else if element.is("resume", Namespace.management) {
            // What it is told of as handled: all, half, nothing.
            let handled = steps.has("h") ? stanzas / 2 : steps.has("z") ? 0 : stanzas
            say(steps.has("f") ? "<failed xmlns='urn:xmpp:sm:3' h='\(handled)'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>" : "<resumed xmlns='urn:xmpp:sm:3' h='\(handled)' previd='sm1'/>")
            stanzas = handled
        } else if element.is("r", Namespace.management) {
            say("<a xmlns='urn:xmpp:sm:3' h='\(stanzas)'/>")
        } else if element.isIn(Namespace.client) {
            stanzas += 1
            if element.isNamed("iq"), element.attribute("type") == "get" || element.attribute("type") == "set" { result(element) }
        }
    }

    private mutating func result(_ iq: Element) {
        var writer = XMLWriter()
        writer.open("iq")
        writer.attribute("type", "result")
        writer.attribute("id", iq.attribute("id"))
        writer.attribute("from", iq.attribute("to"))
        if iq.child("bind", Namespace.bind) != nil {
            stanzas = 0
            writer.open("bind", Namespace.bind)
            writer.element("jid", text: "user@example.org/board")
            writer.close()
        } else if iq.child("query", Namespace.roster) != nil {
            writer.open("query", Namespace.roster)
            writer.open("item")
            writer.attribute("jid", "alice@example.org")
            writer.attribute("subscription", "both")
            writer.close()
            writer.close()
        }
        writer.close()
        say(String(decoding: writer.take(), as: UTF8.self))
    }

    // MARK: SCRAM

    private static let salt = Array("saltsalt".utf8)
    private static let iterations = 4096

    private static let saltedPasswords = [Hash.sha1, .sha256, .sha512].map { derived($0) }

    private static func salted(_ hash: Hash) -> [UInt8] { saltedPasswords[hash == .sha1 ? 0 : hash == .sha256 ? 1 : 2] }

    private static func derived(_ hash: Hash) -> [UInt8] {
        do throws(CryptoError) {
            return try PBKDF2.derive(hash, password: Array("pencil".utf8), salt: salt, iterations: iterations, count: hash.byteCount)
        } catch { return [] }
    }

    private mutating func begin(_ auth: Element) {
        let mechanism = auth.attribute("mechanism") ?? ""
        guard mechanism.hasPrefix("SCRAM-") else {
            isAuthenticated = true
            return say("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>")
        }
        hash = mechanism.hasPrefix("SCRAM-SHA-256") ? .sha256 : mechanism.hasPrefix("SCRAM-SHA-512") ? .sha512 : .sha1
        // Behind the gs2 header, "n,,".
        let bare = (Base64.decode(auth.text) ?? []).split(separator: UInt8(ascii: ","), maxSplits: 2, omittingEmptySubsequences: false).last ?? []
        guard let nonce = bare.split(separator: UInt8(ascii: ",")).last?.dropFirst(2) else { return }
        let challenge = Array("r=".utf8) + nonce + Array("server,s=\(Base64.encode(FuzzServer.salt)),i=\(FuzzServer.iterations)".utf8)
        authMessage = bare + [UInt8(ascii: ",")] + challenge
        say("<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\(Base64.encode(challenge))</challenge>")
    }

    private mutating func finish(_ response: [UInt8]) {
        var end = response.count
        for at in response.indices where response[at] == UInt8(ascii: ",") { end = at }
        do throws(CryptoError) {
            let key = try HMAC.authenticate(hash, key: FuzzServer.salted(hash), Array("Server Key".utf8))
            let signature = try HMAC.authenticate(hash, key: key, authMessage + [UInt8(ascii: ",")] + response[..<end])
            isAuthenticated = true
            if proof == nil { proof = taken + answers.count }
            say("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\(Base64.encode(Array("v=".utf8) + Base64.encodeBytes(signature)))</success>")
        } catch {}
    }
}

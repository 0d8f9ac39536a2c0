import Crypto
import Text
import Time

/// What a login taught, for the next one: what to expect of the server, so that it need not be waited for; what not to
/// go below; a token. A value; the program keeps `file` where nobody else can read it, since the token is as good as the password.
///
/// ```
/// perch-login 1
/// scope 5f0c3a…
/// agent d4565fa7-4d72-4749-b3d3-740edbf87770
/// secret 5c
/// mechanism SCRAM-SHA-256-PLUS tls-exporter
/// inline 7
/// token HT-SHA-256-EXPR 1796040000000 secret-token:fast-…
/// strikes 1
/// no-resumption
/// ```
public struct LoginMemory: Equatable, Sendable {
    /// Bytes of a file that can be ours, token included.
    public static let longestFile = 4096
    /// Bytes of a token; Prosody's and ejabberd's have below 50.
    static let longestToken = 1024
    /// Logins in a row that broke off while something was sent ahead, after which nothing is any more.
    static let mostStrikes: UInt8 = 3

    /// Names the settings it was learnt under.
    public private(set) var scope = ""
    /// Our name as an installation (XEP-0388): a random UUID, told to the server only. Empty: none, and no tokens then.
    public var agent = ""
    /// A few bits of the password, to see that it was changed; too few to be of use to anybody else.
    var secret: UInt8?
    /// What the last login used, and what the next one will not go below. Never a token's.
    var mechanism: SASL.Mechanism?
    /// Of that mechanism: the type of channel binding, or SCRAM's `y`.
    var binding = ""
    /// What the server does inside SASL2's `<authenticate/>`, as of the last login.
    var inline: Inline = []
    var token: Token?
    /// Logins that broke off after something was sent ahead, since the last one that did not.
    var strikes: UInt8 = 0
    /// Whether resumption (XEP-0198) was found to keep a dead board in the roster for no longer than it may (product §4); nil: not known.
    public var acceptsResumption: Bool?

    // Not in the file.
    /// The last login broke off: this one goes step by step.
    var isCareful = false
    var keys: SCRAMKeys?

    struct Token: Equatable, Sendable {
        var mechanism: SASL.Mechanism
        var expires: Timestamp
        var text: String
    }

    struct Inline: OptionSet, Sendable {
        var rawValue: UInt8
        /// SASL2 itself (XEP-0388).
        static let sasl2 = Inline(rawValue: 1)
        /// Binding, with stream management in it (XEP-0386).
        static let bind = Inline(rawValue: 2)
        /// Resumption (XEP-0198 §9.2).
        static let resume = Inline(rawValue: 4)
    }

    public init() {}

    /// Forgets everything that was learnt under other settings; the agent stays.
    /// - Parameter scope: a word.
    public mutating func enter(scope: String) {
        if self.scope == scope { return }
        let agent = agent
        self = LoginMemory()
        self.agent = agent
        self.scope = scope
    }

    /// What the pipelined part of a login may be guessed from.
    var mayRunAhead: Bool { mechanism != nil && !isCareful && strikes < LoginMemory.mostStrikes }

    // MARK: As a file

    /// - Parameter file: nil: there is none. What cannot be read is an empty memory: one slower login.
    public init(_ file: [UInt8]?) {
        guard let file, file.count <= LoginMemory.longestFile else { return }
        var read = LoginMemory()
        var isFirst = true
        for byte in file where byte < 0x20 && byte != 0x0A || byte > 0x7E { return }
        for line in String(decoding: file, as: UTF8.self).split(separator: "\n") {
            let texts = line.split(separator: " ").map { String($0) }
            if isFirst {
                guard texts == ["perch-login", "1"] else { return }
                isFirst = false
            } else if !read.take(texts) {
                return
            }
        }
        self = read
    }

    private mutating func take(_ words: [String]) -> Bool {
        let count = words.count
        if count == 1, words[0] == "no-resumption" || words[0] == "resumption" {
            acceptsResumption = words[0] == "resumption"
            return true
        }
        guard count >= 2 else { return false }
        let value = words[1]
        switch words[0] {
        case "scope": scope = value
        case "agent": agent = value
        case "secret": for mark in 0...255 where Hex.encode([UInt8(mark)]) == value { secret = UInt8(mark) }
        case "inline": inline = Inline(rawValue: UInt8(value) ?? 0)
        case "strikes": strikes = UInt8(value) ?? LoginMemory.mostStrikes
        case "mechanism":
            guard let known = SASL.Mechanism(value), !known.isToken else { return false }
            mechanism = known
            binding = count > 2 ? words[2] : ""
        case "token":
            guard count == 4, let known = SASL.Mechanism(value), known.isToken, let expires = Int64(words[2]),
                words[3].utf8.count <= LoginMemory.longestToken
            else { return false }
            token = Token(mechanism: known, expires: Timestamp(milliseconds: expires), text: words[3])
        // Of a later version: worth nothing to us.
        default: return false
        }
        return true
    }

    public var file: [UInt8] {
        var text = "perch-login 1\n"
        if !scope.isEmpty { text += filled("scope %\n", scope) }
        if !agent.isEmpty { text += filled("agent %\n", agent) }
        if let secret { text += filled("secret %\n", Hex.encode([secret])) }
        if let mechanism { text += filled("mechanism %%%\n", mechanism.text(), binding.isEmpty ? "" : " ", binding) }
        if inline.rawValue != 0 { text += filled("inline %\n", String(inline.rawValue)) }
        if let token { text += filled("token % % %\n", token.mechanism.text(), String(token.expires.milliseconds), token.text) }
        if strikes > 0 { text += filled("strikes %\n", String(strikes)) }
        if let acceptsResumption { text += acceptsResumption ? "resumption\n" : "no-resumption\n" }
        return Array(text.utf8)
    }
}

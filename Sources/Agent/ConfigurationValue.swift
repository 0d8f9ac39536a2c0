import Text
import XMPP

/// Readers of single values. Each says in its complaint what may stand there.
public enum ConfigurationValue {
    @inline(never)
    static func yesNo(_ text: String) throws(Complaint) -> Bool {
        switch text.lowercased() {
        case "yes", "true", "on", "1": return true
        case "no", "false", "off", "0": return false
        default: throw Complaint("\"%\" is neither yes nor no", text)
        }
    }

    /// The index of `text` among the words between the blanks of `choices`.
    @inline(never)
    static func choice(_ text: String, _ choices: StaticString) throws(Complaint) -> Int { try choice(text, wordList(choices)) }

    /// The index of `text` in `words`.
    @inline(never)
    static func choice(_ text: String, _ words: [String]) throws(Complaint) -> Int {
        if let index = words.firstIndex(of: text.lowercased()) { return index }
        throw Complaint("\"%\" is not %%", text, alternatives(words), didYouMean(text, words))
    }

    /// Words between blanks or commas.
    @inline(never)
    static func list(_ text: String) -> [String] { split(text, UInt8(ascii: ",")) }

    /// Words between blanks, in lower case.
    @inline(never)
    static func words(_ text: String) -> [String] { split(text.lowercased(), UInt8(ascii: " ")) }

    @inline(never)
    private static func split(_ text: String, _ separator: UInt8) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        for byte in Array(text.utf8) + [separator] {
            if byte != separator, byte != UInt8(ascii: " "), byte != UInt8(ascii: "\t") {
                word.append(byte)
            } else if !word.isEmpty {
                words.append(String(decoding: word, as: UTF8.self))
                word = []
            }
        }
        return words
    }

    /// A bare address with a local part.
    @inline(never)
    public static func address(_ text: String) throws(Complaint) -> JID {
        let jid: JID
        do throws(JIDError) { jid = try JID(text) } catch {
            throw Complaint("\"%\" is not an address: %", text, error.description)
        }
        if !jid.isBare { throw Complaint("\"%\" has a resource; write %", text, jid.bare.description) }
        if jid.local == nil { throw Complaint("\"%\" is a domain without a name; write name@%", text, jid.domain) }
        return jid
    }

    @inline(never)
    static func path(_ text: String, longest: Int = Configuration.maximumPath) throws(Complaint) -> String {
        if text.utf8.first != UInt8(ascii: "/") { throw Complaint("\"%\" must be an absolute path, beginning with \"/\"", text) }
        if text.utf8.count > longest { throw Complaint("the path is longer than % bytes", String(longest)) }
        return text
    }

    /// Letters, digits, "-" and "_", beginning with a letter, and no word of the chat.
    static func name(_ text: String) throws(Complaint) -> String {
        guard let first = text.utf8.first else { throw Complaint("the name is missing") }
        if !isPlain(text) {
            throw Complaint("the name \"%\" may have only letters (a to z), digits, \"-\" and \"_\"", text)
        }
        if !isLetter(first) { throw Complaint("the name \"%\" must begin with a letter", text) }
        if text.utf8.count > Configuration.maximumNameLength {
            throw Complaint("the name \"%\" is longer than % characters", text, String(Configuration.maximumNameLength))
        }
        if ConfigurationKeys.reservedNames.contains(text.lowercased()) || Command.isReserved(text) {
            throw Complaint("the name \"%\" is a word of the chat; choose another", text)
        }
        return text
    }

    /// A word or two for people.
    @inline(never)
    static func label(_ text: String) throws(Complaint) -> String {
        if text.unicodeScalars.count > Configuration.maximumWordLength {
            throw Complaint("\"%\" is longer than % characters", text, String(Configuration.maximumWordLength))
        }
        return text
    }

    /// Base64 of 32 bytes, without the prefix.
    public static func pin(_ text: String) throws(Complaint) -> String {
        let prefix = "sha256:"
        guard text.hasPrefix(prefix) else { throw Complaint("the pin begins with \"sha256:\", as `perch check --connect` prints it") }
        let digits = Array(text.utf8.dropFirst(prefix.utf8.count))
        // The last digit carries four bits of the 256 and two that are zero.
        let valid =
            digits.count == 44 && digits[43] == UInt8(ascii: "=")
            && digits[..<43].allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") }
            && Array("AEIMQUYcgkosw048".utf8).contains(digits[42])
        guard valid else { throw Complaint("the pin is \"sha256:\" and 44 characters of base64, as `perch check --connect` prints it") }
        return String(decoding: digits, as: UTF8.self)
    }

    /// `HOST[:PORT]`, `tls:HOST[:PORT]`, the host of IPv6 in brackets.
    public static func server(_ text: String) throws(Complaint) -> ServerAddress {
        let usage = "write HOST:PORT, or tls:HOST:PORT for direct TLS, such as xmpp.example.org:5222 or [2001:db8::1]:5222"
        var rest = Array(text.utf8)
        let directTLS = rest.starts(with: Array("tls:".utf8))
        if directTLS { rest.removeFirst(4) }
        var host: ArraySlice<UInt8>
        var port: ArraySlice<UInt8>?
        if rest.first == UInt8(ascii: "[") {
            guard let close = rest.firstIndex(of: UInt8(ascii: "]")) else { throw Complaint("the \"[\" has no \"]\"; %", usage) }
            host = rest[1..<close]
            let after = rest[(close + 1)...]
            if after.first == UInt8(ascii: ":") {
                port = after.dropFirst()
            } else if !after.isEmpty {
                throw Complaint("\"%\" has more after \"]\"; %", text, usage)
            }
            if !host.allSatisfy({ isHex($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }) || !host.contains(UInt8(ascii: ":")) {
                throw Complaint("\"%\" is not an IPv6 address", String(decoding: host, as: UTF8.self))
            }
        } else {
            let parts = rest.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            if parts.count > 2 { throw Complaint("\"%\" has too many colons; %", text, usage) }
            host = parts[0]
            if parts.count == 2 { port = parts[1] }
            if !host.allSatisfy({ isLetter($0) || isDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }) {
                throw Complaint("\"%\" is not a host name; %", String(decoding: host, as: UTF8.self), usage)
            }
        }
        // RFC 1035 §2.3.4
        if host.isEmpty || host.count > 253 { throw Complaint("\"%\" names no host; %", text, usage) }
        var number: UInt16 = directTLS ? 5223 : 5222
        if let port {
            guard let given = UInt16(String(decoding: port, as: UTF8.self)), given > 0, port.allSatisfy(isDigit) else {
                throw Complaint("the port \"%\" is not a number from 1 to 65535", String(decoding: port, as: UTF8.self))
            }
            number = given
        }
        return ServerAddress(host: String(decoding: host, as: UTF8.self), port: number, directTLS: directTLS)
    }

    /// Whether it has only letters, digits, "-" and "_".
    @inline(never)
    static func isPlain(_ text: String) -> Bool {
        for byte in Array(text.utf8) where !isLetter(byte) && !isDigit(byte) && byte != UInt8(ascii: "-") && byte != UInt8(ascii: "_") { return false }
        return true
    }

    static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
    }
    static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
    private static func isHex(_ byte: UInt8) -> Bool {
        isDigit(byte) || ((byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "f"))
    }
}

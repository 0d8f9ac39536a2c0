import Text
import XMPP

/// Readers of single values. Each says in its complaint what may stand there.
public enum ConfigurationValue {
    static func yesNo(_ text: String) throws(Complaint) -> Bool {
        switch text.lowercased() {
        case "yes", "true", "on", "1": return true
        case "no", "false", "off", "0": return false
        default: throw Complaint("\"\(text)\" is neither yes nor no")
        }
    }

    /// The index of `text` in `words`.
    static func choice(_ text: String, _ words: [String]) throws(Complaint) -> Int {
        if let index = words.firstIndex(of: text.lowercased()) { return index }
        throw Complaint("\"\(text)\" is not \(alternatives(words))\(didYouMean(text, words))")
    }

    /// Words between blanks or commas.
    static func list(_ text: String) -> [String] {
        text.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: ",") }.map { String($0) ?? "" }
    }

    /// Words between blanks, in lower case.
    static func words(_ text: String) -> [String] {
        text.lowercased().utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.map { String($0) ?? "" }
    }

    /// A bare address with a local part.
    public static func address(_ text: String) throws(Complaint) -> JID {
        let jid: JID
        do throws(JIDError) { jid = try JID(text) } catch {
            throw Complaint("\"\(text)\" is not an address: \(error.description)")
        }
        if !jid.isBare { throw Complaint("\"\(text)\" has a resource; write \(jid.bare.description)") }
        if jid.local == nil { throw Complaint("\"\(text)\" is a domain without a name; write name@\(jid.domain)") }
        return jid
    }

    static func path(_ text: String, longest: Int = Configuration.maximumPath) throws(Complaint) -> String {
        if text.utf8.first != UInt8(ascii: "/") { throw Complaint("\"\(text)\" must be an absolute path, beginning with \"/\"") }
        if text.utf8.count > longest { throw Complaint("the path is longer than \(longest) bytes") }
        return text
    }

    /// Letters, digits, "-" and "_", beginning with a letter, and no word of the chat.
    static func name(_ text: String) throws(Complaint) -> String {
        guard let first = text.utf8.first else { throw Complaint("the name is missing") }
        if !text.utf8.allSatisfy({ isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }) {
            throw Complaint("the name \"\(text)\" may have only letters (a to z), digits, \"-\" and \"_\"")
        }
        if !isLetter(first) { throw Complaint("the name \"\(text)\" must begin with a letter") }
        if text.utf8.count > Configuration.maximumNameLength {
            throw Complaint("the name \"\(text)\" is longer than \(Configuration.maximumNameLength) characters")
        }
        if ConfigurationKeys.reservedNames.contains(text.lowercased()) || Command.isReserved(text) {
            throw Complaint("the name \"\(text)\" is a word of the chat; choose another")
        }
        return text
    }

    /// A word or two for people.
    static func label(_ text: String) throws(Complaint) -> String {
        if text.unicodeScalars.count > Configuration.maximumWordLength {
            throw Complaint("\"\(text)\" is longer than \(Configuration.maximumWordLength) characters")
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
            guard let close = rest.firstIndex(of: UInt8(ascii: "]")) else { throw Complaint("the \"[\" has no \"]\"; \(usage)") }
            host = rest[1..<close]
            let after = rest[(close + 1)...]
            if after.first == UInt8(ascii: ":") {
                port = after.dropFirst()
            } else if !after.isEmpty {
                throw Complaint("\"\(text)\" has more after \"]\"; \(usage)")
            }
            if !host.allSatisfy({ isHex($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }) || !host.contains(UInt8(ascii: ":")) {
                throw Complaint("\"\(String(decoding: host, as: UTF8.self))\" is not an IPv6 address")
            }
        } else {
            let parts = rest.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            if parts.count > 2 { throw Complaint("\"\(text)\" has too many colons; \(usage)") }
            host = parts[0]
            if parts.count == 2 { port = parts[1] }
            if !host.allSatisfy({ isLetter($0) || isDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }) {
                throw Complaint("\"\(String(decoding: host, as: UTF8.self))\" is not a host name; \(usage)")
            }
        }
        // RFC 1035 §2.3.4
        if host.isEmpty || host.count > 253 { throw Complaint("\"\(text)\" names no host; \(usage)") }
        var number: UInt16 = directTLS ? 5223 : 5222
        if let port {
            guard let given = UInt16(String(decoding: port, as: UTF8.self)), given > 0, port.allSatisfy(isDigit) else {
                throw Complaint("the port \"\(String(decoding: port, as: UTF8.self))\" is not a number from 1 to 65535")
            }
            number = given
        }
        return ServerAddress(host: String(decoding: host, as: UTF8.self), port: number, directTLS: directTLS)
    }

    static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
    }
    static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
    private static func isHex(_ byte: UInt8) -> Bool {
        isDigit(byte) || ((byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "f"))
    }
}

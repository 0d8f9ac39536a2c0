import Crypto
import Text

/// XEP-0115: Entity Capabilities.
enum Caps {
    static let namespace: StaticString = "http://jabber.org/protocol/caps"

    static var `extension`: Extension { Extension(features: ["http://jabber.org/protocol/caps"]) }

    /// What is hashed; public parts of XEP-0030 and XEP-0128.
    struct Identity {
        var category: String
        var type: String
        var language = ""
        var name = ""
    }

    struct Form {
        var type: String
        var fields: [(name: String, values: [String])]
    }

    /// §5.1: the `ver` string, SHA-1 in base64.
    static func verification(identities: [Identity], features: [String], forms: [Form] = []) throws(CryptoError) -> String {
        var text = ""
        let lines = identities.map { $0.category + "/" + $0.type + "/" + $0.language + "/" + $0.name }
        for line in sorted(lines) { text += line + "<" }
        for feature in sorted(features) { text += feature + "<" }
        for form in forms.sorted(by: { octetsPrecede($0.type, $1.type) }) {
            text += form.type + "<"
            for field in form.fields.sorted(by: { octetsPrecede($0.name, $1.name) }) {
                text += field.name + "<"
                for value in sorted(field.values) { text += value + "<" }
            }
        }
        return Base64.encode(try Digest.sha1(Array(text.utf8)))
    }

    /// The i;octet collation of RFC 4790.
    static func sorted(_ texts: [String]) -> [String] { texts.sorted(by: octetsPrecede) }

    private static func octetsPrecede(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

    /// The `<c/>` of our presence.
    static func write(to writer: inout XMLWriter, node: String, verification: String) {
        writer.open("c", namespace)
        writer.attribute("hash", "sha-1")
        writer.attribute("node", node)
        writer.attribute("ver", verification)
        writer.close()
    }
}

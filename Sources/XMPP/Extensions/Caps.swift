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
        func add(_ words: [String]) {
            for word in UnicodeText.sorted(words) { text += word + "<" }
        }
        add(identities.map { $0.category + "/" + $0.type + "/" + $0.language + "/" + $0.name })
        add(features)
        for type in UnicodeText.sorted(forms.map { $0.type }) {
            for form in forms where form.type == type {
                add([type])
                for name in UnicodeText.sorted(form.fields.map { $0.name }) {
                    for field in form.fields where field.name == name {
                        add([name])
                        add(field.values)
                    }
                }
            }
        }
        return Base64.encode(try Digest.sha1(Array(text.utf8)))
    }

    /// The `<c/>` of our presence.
    static func write(to writer: inout XMLWriter, node: String, verification: String) {
        writer.open("c", namespace)
        writer.attribute("hash", "sha-1")
        writer.attribute("node", node)
        writer.attribute("ver", verification)
        writer.close()
    }
}

import Text

/// What a server wants to know of a new account, filled in: a data form (XEP-0004) where there is one, else the fields of XEP-0077
/// (its §5 gives the order). Perch knows a name and a password; what a form has filled in already is sent back as it is.
final class RegistrationForm {
    static let namespace: StaticString = "jabber:iq:register"
    private static let data: StaticString = "jabber:x:data"

    private let name: String
    private let password: String
    /// The first thing that nobody here knows; nil: it asks for no account at all, but sends people elsewhere.
    private var unknown: String?
    private var instructions = ""
    /// Where a person can register.
    private var page: String?

    init(name: String, password: String) {
        self.name = name
        self.password = password
    }

    /// Writes the filled `<query/>`.
    /// - Returns: false when that is impossible; see `complaint`.
    func fill(_ query: Element, to writer: inout XMLWriter) -> Bool {
        let url = query.child("x", "jabber:x:oob")?.child("url", "jabber:x:oob")?.text ?? ""
        if url.hasPrefix("http") { page = PeerError.short(url) }
        instructions = PeerError.short(query.child("instructions", Self.namespace)?.text ?? "")
        writer.open("query", Self.namespace)
        let isFilled: Bool
        if let form = query.child("x", Self.data) { isFilled = fill(form: form, to: &writer) } else { isFilled = fill(fields: query, to: &writer) }
        writer.close()
        return isFilled && unknown == nil
    }

    @inline(never)
    private func value(of field: String) -> String? {
        switch field {
        case "username", "nick", "name": name
        case "password": password
        default: nil
        }
    }

    /// XEP-0077 §3.1: all of them are required.
    private static let known: [StaticString] = ["username", "password", "nick", "name"]

    private func fill(fields query: Element, to writer: inout XMLWriter) -> Bool {
        for field in query.children where field.isIn(Self.namespace) {
            if field.isNamed("instructions") || field.isNamed("registered") { continue }
            // Obsolete (§6), and costs nothing.
            if field.isNamed("key") {
                writer.element("key", text: field.text)
            } else if value(of: field.name) == nil {
                refuse(field.name)
            }
        }
        for name in Self.known where query.child(name, Self.namespace) != nil { writer.element(name, text: value(of: "\(name)")) }
        return query.child("username", Self.namespace) != nil && query.child("password", Self.namespace) != nil
    }

    private func fill(form: Element, to writer: inout XMLWriter) -> Bool {
        var hasName = false, hasPassword = false
        writer.open("x", Self.data)
        writer.attribute("type", "submit")
        for field in form.children where field.is("field", Self.data) {
            guard let name = field.attribute("var"), !field.attribute("type", equals: "fixed") else { continue }
            var values: [String] = []
            for value in field.children where value.is("value", Self.data) { values.append(value.text) }
            if name == "username" { hasName = true }
            if name == "password" { hasPassword = true }
            if let value = value(of: name) { values = [value] }
            if values.isEmpty {
                // A picture or a sound is to be understood (XEP-0158), required or not.
                if field.child("required", Self.data) != nil || field.child("media", "urn:xmpp:media-element") != nil {
                    refuse(field.attribute("label") ?? name)
                }
                continue
            }
            writer.open("field")
            writer.attribute("var", name)
            for value in values { writer.element("value", text: value) }
            writer.close()
        }
        writer.close()
        return hasName && hasPassword
    }

    @inline(never)
    private func refuse(_ field: String) {
        if unknown == nil { unknown = PeerError.short(field) }
    }

    // MARK: In words

    func complaint(_ account: JID) -> String {
        var text = account.domain
        if let unknown {
            text += filled(" asks who registers for \"%\", which Perch cannot answer", unknown)
        } else {
            text += " does not let programs register accounts"
            if !instructions.isEmpty { text += filled(" (%)", instructions) }
        }
        return text + ": " + Self.remedy(account, page)
    }

    static func remedy(_ account: JID, _ page: String?) -> String {
        let place = page.map { "on " + $0 } ?? "by the server's web page or its administrator"
        return filled("create % %, and run this again with its password", account.description, place)
    }
}

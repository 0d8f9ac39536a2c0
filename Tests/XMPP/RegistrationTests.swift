import Testing

@testable import XMPP

/// An account is made in-band: XEP-0077 and XEP-0445.
@Suite struct RegistrationTests {
    static func options(_ token: String? = nil) -> SessionOptions {
        var options = SessionOptions.password("se<ret")
        options.registration = Registration(token: token)
        return options
    }

    private static let greeting = "C: {open in clear}\nS: {stream}" + Transcript.offer("SCRAM-SHA-1")
    static let ask = "<iq type='get' to='example.org' id='x1'><query xmlns='jabber:iq:register'/></iq>"
    static let fields = "<iq type='result' from='example.org' id='x1'><query xmlns='jabber:iq:register'><instructions>Choose.</instructions><username/><password/></query></iq>"
    static let submit = "<iq type='set' to='example.org' id='x2'><query xmlns='jabber:iq:register'>"
        + "<username>user</username><password>se&lt;ret</password></query></iq>"

    /// To where the server has read what we ask first.
    private static func play(_ token: String? = nil, _ script: String, sourceLocation: SourceLocation = #_sourceLocation) {
        transcript(options(token), sourceLocation: sourceLocation) {
            $0.play("D: connected secured\n\(greeting)\nC: " + (token == nil ? ask : "<iq type='set' to='example.org' id='x0'><preauth xmlns='urn:xmpp:pars:0' token='\(token ?? "")'/></iq>") + "\n" + script,
                sourceLocation: sourceLocation)
        }
    }

    private static func refused(_ condition: String, _ text: String? = nil, type: String = "cancel", id: String = "x2") -> String {
        "<iq type='error' from='example.org' id='\(id)'><error type='\(type)'><\(condition) xmlns='{stanzas}'/>"
            + (text.map { "<text xmlns='{stanzas}'>\($0)</text>" } ?? "") + "</error></iq>"
    }

    private static func end(_ reason: String) -> String { "C: {end}\nE: ended, slowly: \(reason)\nO: closeTransport" }

    @Test func `an account is registered after STARTTLS, and the stream ends`() {
        transcript(Self.options()) {
            $0.play("""
                \(Transcript.startTLS)
                \(Self.greeting)
                C: \(Self.ask)
                S: \(Self.fields)
                C: \(Self.submit)
                S: <iq type='result' id='x2'/>
                C: {end}
                E: ended, slowly: the account is registered
                O: closeTransport
                """)
        }
    }

    @Test func `nothing is registered in the clear, whatever is offered there`() {
        transcript(Self.options()) {
            $0.play("""
                D: connected
                C: {open in clear}
                S: {stream}<stream:features><register xmlns='http://jabber.org/features/iq-register'/></stream:features>
                C: {end}
                E: ended, backoff: not safe: the server does not offer encryption (STARTTLS), or somebody on the way removed the offer
                O: closeTransport
                """)
        }
    }

    @Test func `an invitation is shown first`() {
        Self.play("T-o_k3n", """
            S: <iq type='result' from='example.org' id='x0'/>
            C: \(Self.ask)
            S: \(Self.fields)
            C: \(Self.submit)
            S: <iq type='result' id='x2'/>
            C: {end}
            E: ended, slowly: the account is registered
            O: closeTransport
            """)
    }

    @Test func `a data form is filled in instead of the fields beside it, with what it had filled in itself`() {
        Self.play(nil, """
            S: <iq type='result' from='example.org' id='x1'><query xmlns='jabber:iq:register'><instructions>Choose.</instructions><username/><password/><email/>
               <x xmlns='jabber:x:data' type='form'><title>New</title><instructions>Choose.</instructions>
               <field type='hidden' var='FORM_TYPE'><value>jabber:iq:register</value></field>
               <field type='fixed'><value>Welcome</value></field><field type='fixed' var='note'><value>Welcome</value></field>
               <field type='text-single' label='User' var='username'><required/></field>
               <field type='text-private' label='Password' var='password'><required/></field>
               <field type='text-single' var='email'/><field type='text-single' var='nick'/>
               <field type='list-multi' var='groups'><required/><option><value>c</value></option><value>a</value><value>b&amp;</value></field>
               <field type='boolean' var='news'><value>0</value></field></x></query></iq>
            C: <iq type='set' to='example.org' id='x2'><query xmlns='jabber:iq:register'><x xmlns='jabber:x:data' type='submit'>
               <field var='FORM_TYPE'><value>jabber:iq:register</value></field>
               <field var='username'><value>user</value></field><field var='password'><value>se&lt;ret</value></field>
               <field var='nick'><value>user</value></field>
               <field var='groups'><value>a</value><value>b&amp;</value></field><field var='news'><value>0</value></field></x></query></iq>
            S: <iq type='result' from='example.org' id='x2'/>
            C: {end}
            E: ended, slowly: the account is registered
            O: closeTransport
            """)
    }

    @Test func `fields of names are filled in with the name, and an old key is sent back`() {
        Self.play(nil, """
            S: <iq type='result' id='x1'><query xmlns='jabber:iq:register'><key>k1</key><name/><nick/><password/><username/></query></iq>
            C: <iq type='set' to='example.org' id='x2'><query xmlns='jabber:iq:register'><key>k1</key><username>user</username>
               <password>se&lt;ret</password><nick>user</nick><name>user</name></query></iq>
            D: close
            """ + "\n" + "C: {end}\nE: ended, slowly: user@example.org was sent to be registered, and no answer came: the session was closed\nO: closeTransport")
    }

    static let elsewhere = "create user@example.org by the server's web page or its administrator, and run this again with its password"

    @Test(arguments: [
        ("<username/><password/><email/>", "example.org asks who registers for \"email\", which Perch cannot answer: \(elsewhere)"),
        ("<email/><phone/><x xmlns='jabber:x:oob'><url>https://example.org/new</url></x>",
            "example.org asks who registers for \"email\", which Perch cannot answer: create user@example.org on https://example.org/new, and run this again with its password"),
        ("<instructions>Go to&#10;the desk.</instructions>", "example.org does not let programs register accounts (Go to the desk.): \(elsewhere)"),
        ("<instructions>See the page.</instructions><x xmlns='jabber:x:oob'><url>http://example.org/new</url></x>",
            "example.org does not let programs register accounts (See the page.): create user@example.org on http://example.org/new, and run this again with its password"),
        ("<username/>", "example.org does not let programs register accounts: \(elsewhere)"),
        ("", "example.org does not let programs register accounts: \(elsewhere)"),
        ("<x xmlns='jabber:x:data' type='form'/><username/><password/>", "example.org does not let programs register accounts: \(elsewhere)"),
        ("<x xmlns='jabber:x:data' type='form'><field var='username'/><field var='password'/><field var='email' label='E-mail&#10;address'><required/></field></x>",
            "example.org asks who registers for \"E-mail address\", which Perch cannot answer: \(elsewhere)"),
        ("<x xmlns='jabber:x:data' type='form'><field var='username'/><field var='password'/><field var='page'><value>https://example.org/captcha/7</value></field>"
            + "<field var='ocr' label='Enter the text you see'><media xmlns='urn:xmpp:media-element'/></field></x>",
            "example.org asks who registers for \"Enter the text you see\", which Perch cannot answer: \(elsewhere)"),
    ])
    func `what nobody here can fill in is refused with its name, and the page where a person can`(query: String, reason: String) {
        Self.play(nil, "S: <iq type='result' id='x1'><query xmlns='jabber:iq:register'>\(query)</query></iq>\n" + Self.end(reason))
    }

    @Test func `a form with a picture of many kilobytes is read`() {
        Self.play(nil, "S: <iq type='result' id='x1'><query xmlns='jabber:iq:register'><username/><password/>"
            + "<data xmlns='urn:xmpp:bob'>\(String(repeating: "QUFB", count: 10_000))</data></query></iq>\nC: \(Self.submit)\nD: disconnected\n"
            + "E: ended, slowly: user@example.org was sent to be registered, and no answer came: the connection was lost\nO: closeTransport")
    }

    @Test(arguments: ["service-unavailable", "feature-not-implemented", "not-allowed", "forbidden", "not-authorized"])
    func `a server without in-band registration is named, with what else can be done`(condition: String) {
        Self.play(nil, "S: \(Self.refused(condition, id: "x1"))\n"
            + Self.end("example.org does not let programs register accounts (\(condition)): ask for an invitation link, or \(Self.elsewhere)"))
    }

    @Test(arguments: [
        ("conflict", "cancel", "Already there", "user@example.org is taken (Already there): choose another name, or log in with its password if it is yours"),
        ("not-acceptable", "modify", "By invitation only",
            "example.org does not accept user@example.org (By invitation only): choose another name or password, or ask for an invitation link"),
        ("not-acceptable", "modify", nil, "example.org does not accept user@example.org (not-acceptable): choose another name or password, or ask for an invitation link"),
        ("jid-malformed", "modify", "No", "example.org does not accept user@example.org (No): choose another name or password, or ask for an invitation link"),
        ("resource-constraint", "cancel", "So quickly",
            "example.org registers no more accounts just now (So quickly): try again later; servers limit how many come from one network"),
        ("policy-violation", "wait", nil,
            "example.org registers no more accounts just now (policy-violation): try again later; servers limit how many come from one network"),
        ("internal-server-error", "wait", "Disk",
            "example.org registers no more accounts just now (Disk): try again later; servers limit how many come from one network"),
        ("forbidden", "auth", "Blocked", "example.org does not let programs register accounts (Blocked): ask for an invitation link, or \(elsewhere)"),
        ("gone", "cancel", nil, "example.org did not register user@example.org (gone)"),
    ])
    func `a refusal says why, in the server's words, and what to do`(condition: String, type: String, text: String?, reason: String) {
        Self.play(nil, "S: \(Self.fields)\nC: \(Self.submit)\nS: \(Self.refused(condition, text, type: type))\n" + Self.end(reason))
    }

    @Test(arguments: ["item-not-found", "not-acceptable", "forbidden", "gone", "bad-request"])
    func `an invitation that is wrong, used or expired is told, and nothing is registered without`(condition: String) {
        Self.play("T", "S: \(Self.refused(condition, "invalid", id: "x0"))\n"
            + Self.end("example.org does not accept the invitation (invalid): it is mistyped, was used before, or has expired; ask for a new one"))
    }

    @Test func `where invitations are not known, anybody may be registered`() {
        Self.play("T", """
            S: \(Self.refused("service-unavailable", id: "x0"))
            C: \(Self.ask)
            S: \(Self.fields)
            C: \(Self.submit)
            S: <iq type='result' id='x2'/>
            C: {end}
            E: ended, slowly: the account is registered
            O: closeTransport
            """)
    }

    @Test func `or nobody`() {
        Self.play("T", "S: \(Self.refused("feature-not-implemented", id: "x0"))\nC: \(Self.ask)\nS: \(Self.refused("not-allowed", "No", id: "x1"))\n"
            + Self.end("example.org takes no invitations from programs (No): \(Self.elsewhere)"))
    }

    @Test func `a server that hangs up at the invitation takes none`() {
        Self.play("T", "S: <stream:error><not-authorized xmlns='{streams}'/></stream:error>\n"
            + Self.end("example.org takes no invitations from programs: \(Self.elsewhere)"))
    }

    @Test func `answers of others and to other requests are passed over`() {
        Self.play(nil, """
            S: <iq type='result' from='mallory@example.net' id='x1'><query xmlns='jabber:iq:register'><username/><password/></query></iq>
               <iq type='result' from='' id='x1'/><iq type='result' id='x0'/><iq type='set' id='x1'/><message><body>hi</body></message>
            S: \(Self.fields)
            C: \(Self.submit)
            S: <iq type='result' from='example.net' id='x2'/><iq type='result' id='x1'/>
            S: \(Self.refused("conflict"))
            C: {end}
            E: ended, slowly: user@example.org is taken (conflict): choose another name, or log in with its password if it is yours
            O: closeTransport
            """)
    }

    @Test func `success without being asked is a broken server`() {
        Self.play(nil, """
            S: <success xmlns='{sasl}'/>
            C: <stream:error><invalid-xml xmlns='{streams}'/></stream:error>{end}
            E: ended, backoff: protocol error: the server sent something else than the answer to the registration
            O: closeTransport
            """)
    }

    @Test func `a server that falls silent before the account was sent is a timeout`() {
        Self.play(nil, "T: 60s\nC: {end}\nE: ended, backoff: timeout: the server did not answer the registration\nO: closeTransport")
    }

    @Test(arguments: [
        ("T: 60s\nC: {end}", "timeout: the server did not answer the registration"),
        ("D: disconnected", "the connection was lost"),
        ("S: {end}\nC: {end}", "the server closed the session"),
        ("S: <stream:error><system-shutdown xmlns='{streams}'/></stream:error>\nC: {end}", "the server closed the session: system-shutdown"),
        ("S: <?php?>\nC: <stream:error><restricted-xml xmlns='{streams}'/></stream:error>{end}", "protocol error: an XML processing instruction, which XMPP forbids"),
    ])
    func `an end while the account is under way leaves open whether it was made`(script: String, reason: String) {
        Self.play(nil, "S: \(Self.fields)\nC: \(Self.submit)\n\(script)\n"
            + "E: ended, slowly: user@example.org was sent to be registered, and no answer came: \(reason)\n"
            + "O: closeTransport")
    }

    @Test func `control characters and endless words of a server do not get into what is said`() {
        transcript(Self.options()) {
            $0.play("D: connected secured\n\(Self.greeting)\nC: \(Self.ask)\nS: \(Self.fields)\nC: \(Self.submit)")
            $0.play("S: \(Self.refused("gone", String(repeating: "long\u{85}&#10;", count: 200)))")
            let words = $0.takeOutput().joined()
            #expect(words.unicodeScalars.count < 600 && !words.contains("\u{85}") && !words.contains("long\n"))
        }
    }

    @Test func `what an earlier login taught is not used`() {
        var options = Self.options()
        options.memory = LoginMemory(Array("perch-login 1\nmechanism SCRAM-SHA-1 n\n".utf8))
        transcript(options) {
            $0.play("D: connected secured")
            #expect($0.takeOutput() == ["C: " + Transcript.expand("{open in clear}")])
        }
    }
}

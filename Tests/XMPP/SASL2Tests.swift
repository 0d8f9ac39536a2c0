import Crypto
import Foundation
import Testing
import Time

@testable import XMPP

/// Login, address, stream management and token in one step: XEP-0388, XEP-0386, XEP-0198 §9, XEP-0484.
@Suite struct SASL2Tests {
    static let agent = "d4565fa7-4d72-4749-b3d3-740edbf87770"
    static let userAgent = "<user-agent id='\(agent)'><software>Perch</software><device>board</device></user-agent>"
    static let inlineAll = "<sm xmlns='urn:xmpp:sm:3'/><bind xmlns='urn:xmpp:bind:0'><inline><feature var='urn:xmpp:carbons:2'/><feature var='urn:xmpp:sm:3'/>"
        + "</inline></bind><fast xmlns='urn:xmpp:fast:0'><mechanism>HT-SHA-256-NONE</mechanism><mechanism>HT-SHA-256-EXPR</mechanism></fast>"

    static func offer(_ mechanisms: String..., inline: String = inlineAll) -> String {
        "<stream:features><authentication xmlns='urn:xmpp:sasl:2'>" + mechanisms.map { "<mechanism>\($0)</mechanism>" }.joined()
            + "<inline>\(inline)</inline></authentication><mechanisms xmlns='{sasl}'>" + mechanisms.map { "<mechanism>\($0)</mechanism>" }.joined()
            + "</mechanisms></stream:features>"
    }

    static let bind = "<bind xmlns='urn:xmpp:bind:0'><tag>board</tag><enable xmlns='urn:xmpp:sm:3'/></bind>"
    static let requestToken = "<request-token xmlns='urn:xmpp:fast:0' mechanism='HT-SHA-256-NONE'/>"
    static let first = "<initial-response>⟦n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL⟧</initial-response>"

    static func authenticate(_ content: String, _ mechanism: String = "SCRAM-SHA-1") -> String {
        "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='\(mechanism)'>\(content)</authenticate>"
    }

    static let challenge = "<challenge xmlns='urn:xmpp:sasl:2'>⟦r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096⟧</challenge>"
    static let response =
        "<response xmlns='urn:xmpp:sasl:2'>⟦c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=⟧</response>"
    static let proof = "<additional-data>⟦v=rmF9pqV8S7suAoZWja4dJRkFsKQ=⟧</additional-data>"
    static let address = "<authorization-identifier>user@example.org/board.x1</authorization-identifier>"
    static let bound = "<bound xmlns='urn:xmpp:bind:0'><enabled xmlns='urn:xmpp:sm:3' id='s1' resume='true' max='120'/></bound>"

    static func success(_ content: String) -> String { "<success xmlns='urn:xmpp:sasl:2'>\(content)</success>" }
    static func token(_ text: String, expiry: String = "2026-05-22T12:00:00Z") -> String {
        "<token xmlns='urn:xmpp:fast:0' expiry='\(expiry)' token='\(text)'/>"
    }

    static func options(_ memory: LoginMemory? = nil, _ change: (inout SessionOptions) -> Void = { _ in }) -> SessionOptions {
        var options = SessionOptions.password()
        if let memory { options.memory = memory } else { options.memory.agent = agent }
        change(&options)
        return options
    }

    /// The first login on a server with everything.
    static let firstLogin = """
        D: connected secured
        C: {open}
        S: {stream}\(offer("SCRAM-SHA-1", "PLAIN"))
        C: \(authenticate(first + userAgent + bind + requestToken))
        S: \(challenge)
        C: \(response)
        S: \(success(proof + address + bound + token("secret-1")))
        E: online user@example.org/board.x1
        S: <stream:features/>
        """

    static func memory() -> LoginMemory {
        var memory = LoginMemory()
        transcript(options()) {
            $0.play(firstLogin)
            memory = $0.learned ?? memory
        }
        return memory
    }

    static func hash(_ token: String, _ who: String, _ binding: String = "") -> [UInt8] {
        (try? HMAC.authenticate(.sha256, key: Array(token.utf8), Array((who + binding).utf8))) ?? []
    }

    static func fast(_ token: String, _ mechanism: String = "HT-SHA-256-NONE", binding: String = "", more: String = bind) -> String {
        let initial = Base64.encode(Array("user\0".utf8) + hash(token, "Initiator", binding))
        return authenticate("<initial-response>\(initial)</initial-response>" + userAgent + more + "<fast xmlns='urn:xmpp:fast:0'/>", mechanism)
    }

    static func proof(_ token: String, binding: String = "") -> String {
        "<additional-data>\(Base64.encode(hash(token, "Responder", binding)))</additional-data>"
    }

    // MARK: In good order

    @Test func `the first login does all in one step and gets a token`() throws {
        transcript(Self.options()) {
            $0.play(Self.firstLogin)
            let report = $0.session.loginReport
            #expect(report.hasSASL2 && report.hasTokens && report.hasStreamManagement)
        }
        let memory = Self.memory()
        #expect(memory.mechanism == .scramSHA1)
        #expect(memory.inline == [.sasl2, .bind, .resume])
        #expect(memory.token == LoginMemory.Token(mechanism: .token, expires: Timestamp("2026-05-22T12:00:00Z")!, text: "secret-1"))
        #expect(LoginMemory(memory.file).token == memory.token)
    }

    /// Two flights: that of TLS, and this one.
    @Test func `the second login is one flight with the token`() {
        transcript(Self.options(Self.memory())) {
            $0.play("""
                D: connected secured
                C: {open}\(Self.fast("secret-1"))
                S: {stream}\(Self.offer("SCRAM-SHA-1"))\(Self.success(Self.proof("secret-1") + Self.address + Self.bound))
                E: online user@example.org/board.x1
                S: <stream:features/>
                """)
            #expect($0.session.loginReport.mechanism == "HT-SHA-256-NONE")
            // Nothing new to be kept.
            #expect($0.learned == nil)
        }
    }

    @Test func `a token is bound to the channel where both can`() {
        var memory = LoginMemory()
        transcript(Self.options()) {
            $0.play("D: connected secured bound\nC: {open}")
            let announced = "<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'><channel-binding type='tls-exporter'/></sasl-channel-binding></stream:features>"
            $0.play("S: {stream}" + Self.offer("SCRAM-SHA-1", "SCRAM-SHA-1-PLUS").replacingOccurrences(of: "</stream:features>", with: announced))
            #expect($0.takeOutput().first?.contains("<request-token xmlns='urn:xmpp:fast:0' mechanism='HT-SHA-256-EXPR'/>") == true)
        }
        memory = Self.memory()
        memory.token?.mechanism = .tokenExporter
        transcript(Self.options(memory)) {
            $0.play("""
                D: connected secured bound
                C: {open}\(Self.fast("secret-1", "HT-SHA-256-EXPR", binding: "exported"))
                S: {stream}\(Self.offer("SCRAM-SHA-1"))\(Self.success(Self.proof("secret-1", binding: "exported") + Self.address + Self.bound))
                E: online user@example.org/board.x1
                """)
        }
        // Without that binding the token is of no use, and a new one is asked for when the server's offer is there.
        transcript(Self.options(memory)) {
            $0.play("D: connected secured\nC: {open}\(Self.authenticate(Self.first + Self.userAgent + Self.bind))")
        }
    }

    @Test func `a server may change the token at any login`() {
        transcript(Self.options(Self.memory())) {
            $0.play("""
                D: connected secured
                C: {open}\(Self.fast("secret-1"))
                S: {stream}\(Self.offer("SCRAM-SHA-1"))\(Self.success(Self.proof("secret-1") + Self.address + Self.bound + Self.token("secret-2")))
                E: online user@example.org/board.x1
                """)
            #expect($0.learned?.token?.text == "secret-2")
            #expect($0.learned?.token?.mechanism == .token)
        }
    }

    @Test func `without Bind 2 the address is bound in the same stream`() {
        transcript(Self.options { $0.memory = LoginMemory() }) {
            $0.play("""
                D: connected secured
                C: {open}
                S: {stream}\(Self.offer("SCRAM-SHA-1", inline: ""))
                C: \(Self.authenticate(Self.first))
                S: \(Self.challenge)
                C: \(Self.response)
                S: \(Self.success(Self.proof + "<authorization-identifier>user@example.org</authorization-identifier>")){offer bind and sm}
                C: {bind}
                S: {bound}
                C: <enable xmlns='urn:xmpp:sm:3'/>
                E: online user@example.org/board
                """)
        }
    }

    @Test func `a certificate logs in in one step as well`() {
        transcript {
            $0.play("""
                D: connected secured
                C: {open}
                S: {stream}\(Self.offer("EXTERNAL", "SCRAM-SHA-1"))
                C: \(Self.authenticate("<initial-response/>" + Self.bind, "EXTERNAL"))
                S: \(Self.success(Self.address + Self.bound))
                E: online user@example.org/board.x1
                """)
        }
    }

    @Test func `a certificate that logs in to another account in one step is refused by us`() {
        transcript {
            $0.play("""
                D: connected secured
                C: {open}
                S: {stream}\(Self.offer("EXTERNAL", "SCRAM-SHA-1"))
                C: \(Self.authenticate("<initial-response/>" + Self.bind, "EXTERNAL"))
                S: \(Self.success("<authorization-identifier>other@example.org/board</authorization-identifier>" + Self.bound))
                C: {end}
                E: ended, slowly: cannot log in: the client certificate is that of other@example.org, not of user@example.org; give the right file as certificate under [account]
                O: closeTransport
                """)
        }
    }

    @Test func `a refusal says why in the server's words`() {
        transcript {
            $0.play("""
                D: connected secured
                C: {open}
                S: {stream}\(Self.offer("EXTERNAL"))
                C: \(Self.authenticate("<initial-response/>" + Self.bind, "EXTERNAL"))
                S: <failure xmlns='urn:xmpp:sasl:2'><not-authorized xmlns='{sasl}'/><text>certificate has expired</text></failure>
                C: {end}
                E: ended, slowly: the server refused the login: not-authorized (certificate has expired)
                O: closeTransport
                """)
        }
    }

    @Test func `a certificate that only the old profile takes is shown there`() {
        transcript {
            $0.play("""
                D: connected secured
                C: {open}
                S: {stream}<stream:features><authentication xmlns='urn:xmpp:sasl:2'><mechanism>PLAIN</mechanism></authentication>
                   <mechanisms xmlns='{sasl}'><mechanism>EXTERNAL</mechanism></mechanisms></stream:features>
                C: <auth xmlns='{sasl}' mechanism='EXTERNAL'>=</auth>
                """)
        }
    }

    // MARK: A server that is not to be trusted

    @Test(arguments: [
        "", "<additional-data/>", "<additional-data>⟦v=rmF9pqV8S7suAoZWja4dJRkFsKA=⟧</additional-data>", "<additional-data>!</additional-data>",
    ])
    func `success without the server's signature is no login`(data: String) {
        transcript(Self.options()) {
            $0.play("""
                D: connected secured
                C: {open}
                S: {stream}\(Self.offer("SCRAM-SHA-1"))
                C: \(Self.authenticate(Self.first + Self.userAgent + Self.bind + Self.requestToken))
                S: \(Self.challenge)
                C: \(Self.response)
                """)
            $0.play("S: \(Self.success(data + Self.address + Self.bound + Self.token("evil")))")
            let output = $0.takeOutput()
            #expect(output.count == 3 && output[1].hasPrefix("E: ended, backoff: "), "\(output)")
            #expect($0.learned?.token == nil && $0.learned?.mechanism == nil)
        }
    }

    @Test(arguments: ["", proof("another"), "<additional-data>\(Base64.encode(hash("secret-1", "Initiator")))</additional-data>"])
    func `success without the proof of the token is no login`(data: String) {
        transcript(Self.options(Self.memory())) {
            $0.play("D: connected secured\nC: {open}\(Self.fast("secret-1"))")
            $0.play("S: {stream}\(Self.offer("SCRAM-SHA-1"))\(Self.success(data + Self.address + Self.bound + Self.token("evil")))")
            let output = $0.takeOutput()
            #expect(output.count == 3 && output[1].hasPrefix("E: ended, backoff: not safe: "), "\(output)")
            #expect($0.learned?.token?.text != "evil")
        }
    }

    @Test(arguments: ["", "<authorization-identifier/>", "<authorization-identifier>user@example.org</authorization-identifier>",
        "<authorization-identifier>example.org/x</authorization-identifier>"])
    func `success without a usable address ends the session`(identifier: String) {
        transcript {
            $0.play("""
                D: connected secured
                C: {open}
                S: {stream}\(Self.offer("EXTERNAL"))
                C: \(Self.authenticate("<initial-response/>" + Self.bind, "EXTERNAL"))
                S: \(Self.success(identifier + Self.bound))
                C: <stream:error><undefined-condition xmlns='{streams}'/></stream:error>{end}
                E: ended, backoff: protocol error: the server bound no usable address
                O: closeTransport
                """)
        }
    }

    @Test func `the answer must come in the profile that was asked`() {
        for (offer, success) in [(Self.offer("EXTERNAL"), "<success xmlns='{sasl}'/>"), (Transcript.offer("EXTERNAL"), Self.success(""))] {
            transcript {
                $0.play("D: connected secured\nC: {open}")
                $0.play("S: {stream}\(offer)")
                _ = $0.takeOutput()
                $0.play("S: \(success)")
                #expect($0.takeOutput().contains { $0.contains("something else than the answer to the login") })
            }
        }
    }

    @Test func `a further step is refused in words`() {
        transcript {
            $0.play("""
                D: connected secured
                C: {open}
                S: {stream}\(Self.offer("EXTERNAL"))
                C: \(Self.authenticate("<initial-response/>" + Self.bind, "EXTERNAL"))
                S: <continue xmlns='urn:xmpp:sasl:2'><tasks><task>TOTP</task></tasks></continue>
                C: {end}
                E: ended, slowly: the server refused the login: continue (it wants a further step, such as a code or a new password, which Perch cannot do)
                O: closeTransport
                """)
        }
    }

    @Test func `stream management that was refused with the address is not used`() {
        transcript {
            $0.play("""
                D: connected secured
                C: {open}
                S: {stream}\(Self.offer("EXTERNAL"))
                C: \(Self.authenticate("<initial-response/>" + Self.bind, "EXTERNAL"))
                S: \(Self.success(Self.address + "<bound xmlns='urn:xmpp:bind:0'><failed xmlns='urn:xmpp:sm:3'/></bound>"))
                E: online user@example.org/board.x1
                S: <r xmlns='urn:xmpp:sm:3'/>
                """)
            #expect(!$0.session.loginReport.hasStreamManagement)
        }
    }

    @Test func `the limits of a stream before its login are lifted in the same stream`() {
        transcript {
            $0.play("""
                D: connected secured
                C: {open}
                S: {stream}\(Self.offer("EXTERNAL"))
                C: \(Self.authenticate("<initial-response/>" + Self.bind, "EXTERNAL"))
                S: \(Self.success(Self.address + Self.bound))
                E: online user@example.org/board.x1
                """)
            $0.play("S: <message from='alice@example.org/x'><body>\(String(repeating: "x", count: 20_000))</body></message>")
            #expect($0.takeOutput().first?.hasPrefix("E: message normal from alice@example.org/x") == true)
            // And what is beyond those of a logged-in stream is passed over.
            $0.play("S: <message from='eve@example.net/x'>\(String(repeating: "<a>", count: 40) + String(repeating: "</a>", count: 40))</message>")
            #expect(!$0.takeOutput().contains { $0.hasPrefix("E: ended") } && $0.session.isOnline)
        }
    }
}

import Testing

@testable import XMPP

/// Logins that do not wait for what the last one taught, and what happens when the server has changed.
@Suite struct LoginAheadTests {
    static let challenge = "<challenge xmlns='{sasl}'>⟦r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096⟧</challenge>"
    static let auth = "<auth xmlns='{sasl}' mechanism='SCRAM-SHA-1'>⟦n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL⟧</auth>"
    static let response = "<response xmlns='{sasl}'>⟦c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=⟧</response>"
    static let success = "<success xmlns='{sasl}'>⟦v=rmF9pqV8S7suAoZWja4dJRkFsKQ=⟧</success>"

    /// A login without SASL2 on a server that offers these.
    static func first(_ mechanisms: String...) -> String {
        """
        D: connected secured
        C: {open}
        S: {stream}\(Transcript.offer(mechanisms))
        C: \(auth)
        S: \(challenge)
        C: \(response)
        S: \(success)
        C: {open}
        S: {stream}{offer bind}
        C: {bind}
        S: {bound}
        E: online user@example.org/board
        """
    }

    /// What such a login leaves.
    func memory() -> LoginMemory {
        var memory = LoginMemory()
        transcript(.password()) {
            $0.play(Self.first("SCRAM-SHA-1"))
            memory = $0.learned ?? LoginMemory()
        }
        return memory
    }

    func options(_ memory: LoginMemory, _ change: (inout SessionOptions) -> Void = { _ in }) -> SessionOptions {
        var options = SessionOptions.password()
        options.memory = memory
        change(&options)
        return options
    }

    @Test func `the first login teaches the second`() {
        let memory = memory()
        #expect(memory.mechanism == .scramSHA1)
        #expect(memory.keys?.iterations == 4096)
        #expect(memory.mayRunAhead)
    }

    /// Four flights after the TLS handshake instead of six, counting the handshake's as one.
    @Test func `the second login sends header and login at once, and header and bind`() {
        transcript(options(memory())) {
            $0.play("""
                D: connected secured
                C: {open}\(Self.auth)
                S: {stream}\(Transcript.offer("SCRAM-SHA-1"))\(Self.challenge)
                C: \(Self.response)
                S: \(Self.success)
                C: {open}{bind}
                S: {stream}{offer bind and sm}{bound}
                C: <enable xmlns='urn:xmpp:sm:3'/>
                E: online user@example.org/board
                """)
        }
    }

    @Test(arguments: [false, true])
    func `a session that was cut is resumed at once`(isKnown: Bool) {
        transcript(options(memory()) { $0.resumption = .seconds(60) }) {
            $0.play("""
                D: connected secured
                C: {open}\(Self.auth)
                S: {stream}\(Transcript.offer("SCRAM-SHA-1"))\(Self.challenge)
                C: \(Self.response)
                S: \(Self.success)
                C: {open}{bind}
                S: {stream}{offer bind and sm}{bound}
                C: {enable}
                E: online user@example.org/board
                S: {enabled}
                E: resumable
                D: disconnected
                E: ended, backoff: the connection was lost
                O: closeTransport
                """)
            let next = $0.next { $0.idSeed = "x" }
            next.play("""
                D: connected secured
                C: {open}\(Self.auth)
                S: {stream}\(Transcript.offer("SCRAM-SHA-1"))\(Self.challenge)
                C: \(Self.response)
                S: \(Self.success)
                C: {open}<resume xmlns='urn:xmpp:sm:3' h='0' previd='sm1'/>
                """)
            if isKnown {
                next.play("""
                    S: {stream}{offer bind and sm}<resumed xmlns='urn:xmpp:sm:3' previd='sm1' h='0'/>
                    E: online user@example.org/board resumed
                    C: <iq type='get' id='x1' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>
                    """)
            } else {
                next.play("S: {stream}{offer bind and sm}<failed xmlns='urn:xmpp:sm:3'/>\nC: {bind}\nS: {bound}\nC: {enable}\nE: online user@example.org/board")
            }
            next.finish()
        }
    }

    @Test func `nothing is sent ahead in the clear`() {
        transcript(options(memory())) {
            $0.play("""
                \(Transcript.startTLS)
                C: {open}\(Self.auth)
                """)
        }
    }

    @Test func `a certificate is shown at once as well`() {
        var memory = LoginMemory()
        transcript {
            $0.logIn()
            memory = $0.learned ?? LoginMemory()
        }
        transcript(.testing { $0.memory = memory }) {
            $0.play("""
                D: connected secured
                C: {open}<auth xmlns='{sasl}' mechanism='EXTERNAL'>=</auth>
                S: {stream}\(Transcript.offer("EXTERNAL"))<success xmlns='{sasl}'/>
                C: {open}{bind}
                S: {stream}{offer bind}{bound}
                E: online user@example.org/board
                """)
        }
    }

    @Test func `a bound login is sent at once with this connection's binding`() {
        var memory = memory()
        memory.mechanism = .scramSHA1Plus
        memory.binding = "tls-exporter"
        transcript(options(memory)) {
            $0.play("""
                D: connected secured bound
                C: {open}<auth xmlns='{sasl}' mechanism='SCRAM-SHA-1-PLUS'>⟦p=tls-exporter,,n=user,r=fyko+d2lbbFgONRv9qkxdawL⟧</auth>
                """)
            #expect($0.session.loginReport.mechanism == "SCRAM-SHA-1-PLUS")
        }
        // TLS 1.2 has no such binding: step by step.
        transcript(options(memory)) { $0.play("D: connected secured\nC: {open}") }
    }

    // MARK: Wrong guesses

    @Test func `a mechanism that is gone is replaced in the same stream`() {
        var memory = memory()
        memory.mechanism = .scramSHA512
        transcript(options(memory)) {
            $0.play("""
                D: connected secured
                C: {open}<auth xmlns='{sasl}' mechanism='SCRAM-SHA-512'>⟦n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL⟧</auth>
                S: {stream}<stream:features><mechanisms xmlns='{sasl}'><mechanism>SCRAM-SHA-1</mechanism></mechanisms></stream:features>
                S: <failure xmlns='{sasl}'><invalid-mechanism/></failure>
                C: \(Self.auth)
                S: <challenge xmlns='{sasl}'>⟦r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096,h=\(Self.sha1Offer)⟧</challenge>
                """)
            // The server proves that the weaker offer is its own.
            #expect($0.takeOutput().first?.hasPrefix("C: <response") == true)
        }
    }

    /// Base 64 of SHA-1 of "SCRAM-SHA-1".
    static let sha1Offer = "LrtFoCs8XsoI+diY4u3rG69UGN8="

    @Test func `a mechanism that is gone is not replaced by a weaker one that nothing proves`() {
        var memory = memory()
        memory.mechanism = .scramSHA512
        transcript(options(memory)) {
            $0.play("""
                D: connected secured
                C: {open}<auth xmlns='{sasl}' mechanism='SCRAM-SHA-512'>⟦n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL⟧</auth>
                S: {stream}\(Transcript.offer("SCRAM-SHA-1"))<failure xmlns='{sasl}'><invalid-mechanism/></failure>
                C: \(Self.auth)
                S: \(Self.challenge)
                C: {end}
                E: ended, backoff: not safe: the server does not offer SCRAM-SHA-512 any more, which the last login used. Somebody on the way may have weakened the offer. If the server was changed on purpose, remove the file "login" from Perch's state directory
                O: closeTransport
                """)
        }
    }

    @Test func `PLAIN is never the way out`() {
        transcript(options(memory()) { $0.allowPlain = true }) {
            $0.play("""
                D: connected secured
                C: {open}\(Self.auth)
                S: {stream}\(Transcript.offer("PLAIN"))<failure xmlns='{sasl}'><invalid-mechanism/></failure>
                C: {end}
                E: ended, slowly: cannot log in: the server offers only PLAIN to log in, and the last login used SCRAM-SHA-1. Somebody on the way may have weakened the offer. If the server was changed on purpose, remove the file "login" from Perch's state directory
                O: closeTransport
                """)
            #expect($0.learned == nil)
        }
    }

    @Test func `a password that is wrong is wrong at once when the guess was right`() {
        transcript(options(memory())) {
            $0.play("""
                D: connected secured
                C: {open}\(Self.auth)
                S: {stream}\(Transcript.offer("SCRAM-SHA-1"))\(Self.challenge)
                C: \(Self.response)
                S: <failure xmlns='{sasl}'><not-authorized/></failure>
                C: {end}
                E: ended, slowly: the server refused the login: not-authorized
                O: closeTransport
                """)
            #expect($0.learned == nil)
        }
    }

    @Test func `something better on offer is used the next time`() {
        let learned = memory()
        transcript(options(learned)) {
            $0.play("""
                D: connected secured
                C: {open}\(Self.auth)
                S: {stream}\(Transcript.offer("SCRAM-SHA-1", "SCRAM-SHA-256"))\(Self.challenge)
                C: \(Self.response)
                S: \(Self.success)
                C: {open}{bind}
                """)
            #expect($0.learned?.mayRunAhead == false)
            #expect($0.learned?.mechanism == .scramSHA1)
        }
    }

    @Test(arguments: [
        "S: {end}\nC: {end}\nE: ended, backoff: the server closed the session", "D: disconnected\nE: ended, backoff: the connection was lost",
        "S: <stream:error><not-authorized xmlns='{streams}'/></stream:error>\nC: {end}\nE: ended, backoff: the server closed the session: not-authorized",
    ])
    func `a server that breaks off is met step by step the next time, and after three times always`(end: String) throws {
        var learned = memory()
        for round in 1...3 {
            #expect(learned.mayRunAhead)
            transcript(options(learned)) {
                $0.play("D: connected secured\nC: {open}\(Self.auth)\nS: {stream}")
                $0.play(end + "\nO: closeTransport")
                if let told = $0.learned, $0.feeding == .bytewise { learned = told }
            }
            #expect(!learned.mayRunAhead)
            #expect(learned.strikes == UInt8(round))
            // In the meantime it works as the first time.
            transcript(options(learned)) {
                $0.play(Self.first("SCRAM-SHA-1"))
                if let told = $0.learned, $0.feeding == .bytewise { learned = told }
            }
        }
        #expect(!learned.mayRunAhead)
    }

    @Test func `a header and bind that break the second stream are not tried again either`() {
        transcript(options(memory())) {
            $0.play("""
                D: connected secured
                C: {open}\(Self.auth)
                S: {stream}\(Transcript.offer("SCRAM-SHA-1"))\(Self.challenge)
                C: \(Self.response)
                S: \(Self.success)
                C: {open}{bind}
                S: {stream}<stream:features/>
                C: <stream:error><unsupported-feature xmlns='{streams}'/></stream:error>{end}
                E: ended, backoff: protocol error: the server offers no resource binding
                O: closeTransport
                """)
            #expect($0.learned?.mayRunAhead == false)
        }
    }

    @Test func `a changed password is seen and forgets the token`() {
        var memory = memory()
        memory.agent = "d4565fa7-4d72-4749-b3d3-740edbf87770"
        transcript(options(memory)) {
            $0.play("D: connected secured\nC: {open}\(Self.auth)")
            memory = $0.learned ?? memory
        }
        #expect(memory.secret != nil)
        memory.token = LoginMemory.Token(mechanism: .token, expires: .init(milliseconds: .max), text: "x")
        transcript(options(memory)) {
            $0.play("D: connected secured")
            _ = $0.takeOutput()
            #expect($0.learned?.token == nil && $0.learned != nil || $0.learned == nil)
        }
        transcript(options(memory) { $0.credentials = .password("other") }) {
            $0.play("D: connected secured")
            _ = $0.takeOutput()
            #expect($0.learned?.token == nil)
            #expect($0.learned?.secret != memory.secret)
        }
    }
}

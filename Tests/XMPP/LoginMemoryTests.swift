import Testing
import Time

@testable import XMPP

@Suite struct LoginMemoryTests {
    var full: LoginMemory {
        var memory = LoginMemory()
        memory.enter(scope: "5f0c3a")
        memory.agent = "d4565fa7-4d72-4749-b3d3-740edbf87770"
        memory.secret = 0x5C
        memory.mechanism = .scramSHA256Plus
        memory.binding = "tls-exporter"
        memory.inline = [.sasl2, .bind, .resume]
        memory.token = LoginMemory.Token(
            mechanism: .tokenExporter, expires: Timestamp(milliseconds: 1_796_040_000_000), text: "secret-token:fast-abc")
        memory.strikes = 1
        memory.acceptsResumption = false
        return memory
    }

    @Test func `what is written is read again`() {
        #expect(LoginMemory(full.file) == full)
        #expect(LoginMemory(LoginMemory().file) == LoginMemory())
        var other = LoginMemory()
        other.acceptsResumption = true
        #expect(LoginMemory(other.file) == other)
        #expect(String(decoding: full.file, as: UTF8.self) == """
            perch-login 1
            scope 5f0c3a
            agent d4565fa7-4d72-4749-b3d3-740edbf87770
            secret 5c
            mechanism SCRAM-SHA-256-PLUS tls-exporter
            inline 7
            token HT-SHA-256-EXPR 1796040000000 secret-token:fast-abc
            strikes 1
            no-resumption

            """)
    }

    @Test func `keys derived from the password never come into the file`() {
        var memory = full
        memory.keys = SCRAMKeys(hash: .sha1, salt: [1], iterations: 4096, clientKey: [2], serverKey: [3])
        memory.isCareful = true
        #expect(memory.file == full.file)
    }

    @Test(arguments: [
        "", "perch-login 2\nagent x\n", "perch-login\n", "agent x\nperch-login 1\n", "perch-login 1\nagent\n", "perch-login 1\nfuture x\n",
        "perch-login 1\nmechanism SCRAM-MD5\n", "perch-login 1\nmechanism HT-SHA-256-NONE\n", "perch-login 1\ntoken PLAIN 1 x\n",
        "perch-login 1\ntoken HT-SHA-256-NONE x y\n", "perch-login 1\ntoken HT-SHA-256-NONE 1\n", "perch-login 1\nagent \u{1}\n",
        "perch-login 1\nagent ä\n",
    ])
    func `what cannot be read is an empty memory`(text: String) {
        #expect(LoginMemory(Array(text.utf8)) == LoginMemory())
    }

    @Test func `a file that is too long is an empty memory`() {
        #expect(LoginMemory(full.file + [UInt8](repeating: 0x0A, count: LoginMemory.longestFile)) == LoginMemory())
        #expect(LoginMemory(nil) == LoginMemory())
    }

    @Test func `other settings begin anew but stay the same installation`() {
        var memory = full
        memory.enter(scope: "5f0c3a")
        #expect(memory == full)
        memory.enter(scope: "other")
        var fresh = LoginMemory()
        fresh.enter(scope: "other")
        fresh.agent = full.agent
        #expect(memory == fresh)
    }

    @Test func `mutated files never trap`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix(state: seed)
        for round in 0..<3000 {
            var file = full.file
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let at = Int.random(in: 0..<file.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: file[at] = UInt8.random(in: 0...255, using: &random)
                case 1: file.remove(at: at)
                default: file.insert([0x20, 0x0A, 0x30].randomElement(using: &random)!, at: at)
                }
            }
            let memory = LoginMemory(file)
            #expect(LoginMemory(memory.file) == memory, "seed \(seed) round \(round)")
        }
    }
}

import Testing

@testable import Agent

/// Bytes that people's editors, disks and cats produce must end in a configuration or in problems, never in a trap.
@Suite struct `Damaged configurations`: ConfigurationFixture {
    private let valid = """
        [account]
        jid = greenhouse@example.org
        password-file = /etc/perch/password ; why
        server = tls:[2001:db8::1]:5223
        tls-pin = sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=
        offline-after = 2min
        [people]
        alice@example.org = admin
        *@family.example.org = viewer
        [board]
        profile = simulated
        control = /run/perch/control
        [line lamp]
        pin = pin 11
        part = relay
        on-disconnect = off after 10min
        max-on = 1.5h
        tags = lights
        [line door]
        pin = GPIO27
        part = contact
        report = change
        [sensor air]
        part = ds18b20
        source = w1:28-0316a2795bff
        scale = -0.125
        report = change 0.5 every 1min..15min
        alarm = above 30 clear 28 for 1min
        [reports]
        to = alice@example.org, garden@rooms.example.org
        pubsub = yes

        """

    @Test func `random changes of bytes never trap`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Scramble(state: seed)
        var refused = 0
        #expect(load(valid).problemLines == [])
        for _ in 0..<1500 {
            var bytes = Array(valid.utf8)
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: at)
                case 2: bytes.insert(Array("0123456789.-:[]=;#@*/ \n".utf8).randomElement(using: &random) ?? 0, at: at)
                case 3: bytes.removeSubrange(at..<min(bytes.count, at + 20))
                default: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 40)], at: Int.random(in: 0..<bytes.count, using: &random))
                }
            }
            switch load(bytes: bytes) {
            case .configuration(let configuration):
                #expect(configuration.lines.allSatisfy { !$0.pin.isEmpty && !$0.name.isEmpty }, "seed \(seed)")
                #expect(configuration.sensors.allSatisfy { !$0.source.isEmpty }, "seed \(seed)")
            case .problems(let problems):
                refused += 1
                #expect(!problems.isEmpty && problems.count <= Configuration.maximumProblems + 1, "seed \(seed)")
                #expect(problems.allSatisfy { $0.location.hasPrefix("perch.conf:") }, "seed \(seed)")
            }
        }
        // Most damage is seen; what is not changes a value into another valid one, or a comment.
        #expect(refused > 750, "seed \(seed)")
    }

    @Test func `random changes of a part never trap`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Scramble(state: seed)
        for _ in 0..<500 {
            var bytes = Array((someParts["contact"] ?? "").utf8)
            for _ in 0..<3 { bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
            let result = Configuration.load(
                file: "perch.conf", bytes: Array((anAccount + "[line door]\npin = GPIO27\npart = contact\n").utf8), parts: { _ in bytes },
                partNames: ["contact"])
            #expect(result.problemLines.allSatisfy { $0.hasPrefix("parts/contact.conf:") }, "seed \(seed): \(result)")
        }
    }

    @Test func `the largest file that is all wrong is refused soon`() {
        for line in ["k=1\n", "x\n", "[a]\n", "[line a]\n", "\u{1}\n", "[sensor b]\nsource=w1:\n"] {
            let text = anAccount + "[board]\n" + String(repeating: line, count: 255_000 / line.utf8.count)
            #expect(problems(text).count <= Configuration.maximumProblems + 1)
        }
        let unknown = (0..<1000).map { s in "[sensor s\(s)]\n" + (0..<18).map { "unknown\($0) = 1\n" }.joined() }.joined()
        #expect(problems(String(unknown.prefix(255_000))).count == Configuration.maximumProblems + 1)
    }

    @Test func `a file cut anywhere never traps`() {
        let bytes = Array(valid.utf8)
        for end in bytes.indices { #expect(load(bytes: Array(bytes[..<end])) != .problems([])) }
    }
}

private struct Scramble: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

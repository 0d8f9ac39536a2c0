import Testing

@testable import Agent
@testable import XMPP

@Suite struct StateFileTests {
    static func verdict(_ name: String, _ text: String) -> StateFile.Verdict { StateFile.verdict(name, Array(text.utf8)) }

    @Test(arguments: StateFile.names) func `each file tells its version`(name: String) {
        #expect(Self.verdict(name, "perch-\(name) 1\n") == .current)
        #expect(Self.verdict(name, "") == .current)
        #expect(Self.verdict(name, "perch-\(name) 2\nmore") == .other(2))
        #expect(Self.verdict(name, "perch-\(name) 0\n") == .other(0))
        #expect(Self.verdict(name, "perch-\(name) 1234567\n") == .other(1_234_567))
    }

    @Test(arguments: StateFile.names) func `what has no version is damaged, but for the journal, which looks itself`(name: String) {
        for text in ["\n", "perch", "perch-\(name)", "perch-\(name) ", "perch-\(name) 1", "perch-\(name) x\n", "perch-\(name) -1\n", "perch-\(name) 12345678\n",
            "perch-other 1\n", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"] {
            #expect(Self.verdict(name, text) == (name == "journal" ? .current : .damaged), "\(text)")
        }
    }

    @Test func `what this version writes is current`() {
        #expect(StateFile.verdict("lines", SavedLines().bytes) == .current)
        #expect(StateFile.verdict("counters", Counters().bytes) == .current)
        #expect(Self.verdict("journal", Journal.header.description) == .current)
        #expect(Self.verdict("acted", RecentMessages.header.description) == .current)
        #expect(StateFile.verdict("login", LoginMemory().file) == .current)
        #expect(StateFile.verdict("people", GuestList().bytes) == .current)
        let full = [
            "lines": "saved 1732290000000\non 1732293600000 lamp\non@400 - fan\noff 1732290600000 router\n", "counters": "flow 123456 0\nrain 7 2\n",
            "people": "person operator bob@example.org alice@example.org\nperson nobody carol@family.example.org alice@example.org\n"
                + "code viewer 1795451820000 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= alice@example.org\n",
            "login": "scope 5f0c3a\nagent d4565fa7\nmechanism SCRAM-SHA-256-PLUS tls-exporter\ninline 7\nstrikes 1\nno-resumption\n",
        ]
        for (name, rows) in full { #expect(Self.verdict(name, "perch-\(name) 1\n" + rows) == .current, "\(name)") }
    }

    @Test(arguments: [
        ("lines", "saved 1732290000000\non 1732293600000 lamp\n", "saved yesterday\n"), ("lines", "saved 5\non - lamp\n", "\u{0}\u{0}\u{0}\nup - fan\n"),
        ("lines", "saved 5\non - lamp\n", "on 99999999999999999 fan\n"), ("lines", "saved 5\noff 1732290600000 router\n", "on@1001 - fan\n"),
        ("counters", "flow 123456 0\n", "rain 7\n"), ("counters", "flow 1 0\nrain 2 3\n", "\u{0}\u{0}\u{0}\u{0}"), ("counters", "", "flow 99999999999999999999 0\n"),
        ("people", "person operator bob@example.org alice@example.org\n", "person king nina@example.net alice@example.org\n"),
        ("people", "person nobody bob@example.org alice@example.org\n", "code admin 1795451820000 short alice@example.org\n"),
        ("login", "", "scope 5f0c3a\nmechanism ROT13\n"),
    ])
    func `of a file damaged in part the whole lines are kept`(name: String, whole: String, damaged: String) {
        let head = "perch-\(name) 1\n"
        let kept = Array((head + whole).utf8)
        #expect(StateFile.verdict(name, kept) == .current)
        for file in [head + whole + damaged, head + damaged + (damaged.hasSuffix("\n") ? "" : "\n") + whole] {
            #expect(Self.verdict(name, file) == .partly(kept), "\(file)")
        }
    }

    @Test func `more than fits is not read and not lost`() {
        let lines = "perch-lines 1\n" + String(repeating: "on - x\n", count: 10_000), counters = String(repeating: "x 1 0\n", count: Counters.limit)
        #expect(Self.verdict("lines", lines) == .partly(SavedLines().bytes))
        #expect(Self.verdict("counters", "perch-counters 1\n" + counters) == .current)
        #expect(Self.verdict("counters", "perch-counters 1\n" + counters + "y 1 0\n") == .partly(Array(("perch-counters 1\n" + counters).utf8)))
    }

    @Test(arguments: [
        "lamp on", "lamp on for 10min", "toggle lamp", "lights on", "lights on for 10min", "all on", "dim 40%", "dim 40% in 10s", "allow nina@example.net viewer",
        "deny carol@family.example.org", "invite viewer",
    ])
    func `what a person is told is on the disk before`(said: String) {
        var configuration = Configuration.greenhouse
        var dim = LineConfiguration(name: "dim", pin: "PWM0")
        dim.pwm = 1000
        configuration.lines.append(dim)
        for index in configuration.lines.indices { configuration.lines[index].initial = .restore }
        let board = Conversation(configuration)
        let from = board.effects.count
        board.tell(said)
        board.wait(.seconds(1200))
        var told = 0, stored = 0, since = 0
        for effect in board.effects[from...] {
            switch effect {
            case .store("lines", _), .store("people", _):
                #expect(since == 0, "an answer came before its \(effect)")
                stored += 1
            case .send(let message): if message.body != nil { told += 1; since = 1 }
            // Another event.
            case .setLine, .setDuty: since = 0
            default: break
            }
        }
        #expect(told > 0 && stored > 0)
    }

    @Test func `the remark names the file, the version, what it means and the remedy`() {
        #expect(StateFile.remark("lines", at: "/x/lines", .other(2), isDone: true) == "/x/lines is of version 2, and this perch reads version 1; it was put aside as lines.v2, "
            + "and outputs with `initial = restore` come up off. The perch that wrote it takes it back: install that, stop the service and rename the file")
        #expect(StateFile.remark("counters", at: "/x/counters", .damaged, isDone: false)
            == "/x/counters is damaged: its first line is not perch-counters 1; the next start puts it aside as counters.unreadable, and counting begins at 0")
        #expect(StateFile.remark("people", at: "/x/people", .partly([]), isDone: true)
            == "/x/people is damaged in part; it was put aside as people.unreadable, and the lines of it that are whole are kept")
        #expect(StateFile.remark("login", at: "/x/login", .partly([]), isDone: false)
            == "/x/login is damaged in part; the next start puts it aside as login.unreadable, and the next login begins from nothing")
    }
}

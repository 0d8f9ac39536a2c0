import Testing

@testable import Agent
@testable import XMPP

@Suite struct StateFileTests {
    static func verdict(_ name: String, _ text: String) -> StateFile.Verdict { StateFile.verdict(name, Array(text.utf8)) }

    @Test(arguments: StateFile.names) func `each file tells its version`(name: String) {
        #expect(Self.verdict(name, "perch-\(name) 1\nmore") == .current)
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
    }

    @Test func `the remark names the file, the version, what it means and the remedy`() {
        #expect(StateFile.remark("lines", at: "/x/lines", .other(2), isDone: true) == "/x/lines is of version 2, and this perch reads version 1; it was put aside as lines.v2, "
            + "and outputs with `initial = restore` come up off. The perch that wrote it takes it back: install that, stop the service and rename the file")
        #expect(StateFile.remark("counters", at: "/x/counters", .damaged, isDone: false)
            == "/x/counters is damaged: its first line is not perch-counters 1; the next start puts it aside as counters.unreadable, and counting begins at 0")
    }
}

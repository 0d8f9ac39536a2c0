import Testing

@testable import perch

@Suite struct ArgumentsTests {
    private let grammar = Arguments.Grammar(options: ["--config"], flags: ["--connect"], positionals: 0...1)

    private func parse(_ words: String...) throws(UsageError) -> Arguments { try Arguments(words[...], grammar: grammar) }

    @Test func `an option takes the next word or what follows an equals sign`() throws {
        #expect(try parse("--config", "a.conf")["--config"] == "a.conf")
        #expect(try parse("--config=a=b.conf")["--config"] == "a=b.conf")
    }

    @Test func `flags and positional words may stand in any order`() throws {
        let arguments = try parse("one", "--connect")
        #expect(arguments.has("--connect"))
        #expect(arguments.positionals == ["one"])
    }

    @Test func `after two dashes everything is a positional word`() throws {
        #expect(try parse("--", "--connect").positionals == ["--connect"])
    }

    @Test(arguments: [
        (["--conf"], "unknown option --conf"), (["--config"], "--config needs a value"),
        (["--config=a", "--config=b"], "--config is given twice"), (["--connect=yes"], "--connect takes no value"),
        (["one", "two"], "unexpected argument \"two\""),
    ])
    func `a command line that makes no sense is refused with the reason`(words: [String], reason: String) {
        #expect { try Arguments(words[...], grammar: grammar) } throws: { ($0 as? UsageError)?.reason == reason }
    }

    @Test func `a missing argument is asked for`() {
        let one = Arguments.Grammar(positionals: 1...1)
        #expect { try Arguments([], grammar: one) } throws: { ($0 as? UsageError)?.reason == "an argument is missing" }
    }
}

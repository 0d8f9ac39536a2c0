import INI
import Testing

private func parse(_ text: String) -> INI.Document { INI.parse(Array(text.utf8)) }

@Suite struct `INI files` {
    @Test func `sections, keys and values come with their lines`() {
        let document = parse("; first\n[account]\njid = a@b\n\n[line lamp]\npin=GPIO17\n  part =  relay \t\n")
        #expect(document.problems.isEmpty)
        #expect(
            document.sections == [
                INI.Section(name: "account", line: 2, entries: [INI.Entry(key: "jid", value: "a@b", line: 3)]),
                INI.Section(
                    name: "line lamp", line: 5,
                    entries: [INI.Entry(key: "pin", value: "GPIO17", line: 6), INI.Entry(key: "part", value: "relay", line: 7)]),
            ])
    }

    @Test func `an empty file has neither sections nor problems`() {
        #expect(parse("") == INI.Document())
        #expect(parse("\n\n") == INI.Document())
    }

    @Test func `a section without keys is kept`() {
        #expect(parse("[people]\n[board]").sections.map(\.name) == ["people", "board"])
    }

    @Test func `a comment ends a value after a blank and semicolon only`() {
        let document = parse("[a]\nx = /p;q ; why\n# y = 1\n; z = 1\n")
        #expect(document.sections[0].entries == [INI.Entry(key: "x", value: "/p;q", line: 2)])
        #expect(document.problems.isEmpty)
    }

    @Test func `a hash after a value is refused instead of becoming part of it`() {
        let document = parse("[a]\nx = GPIO17 # the lamp\ny = a#b\n")
        #expect(document.problems == [INI.Problem(line: 2, text: "a comment after a value begins with \";\", not with \"#\"")])
        #expect(document.sections[0].entries.map(\.value) == ["a#b"])
    }

    @Test func `a colon is part of a key`() {
        let document = parse("[people]\nalice@[2001:db8::1] = admin\n[a]\nserver = tls:h:5223\nb: 1\n")
        #expect(document.sections[0].entries == [INI.Entry(key: "alice@[2001:db8::1]", value: "admin", line: 2)])
        #expect(document.sections[1].entries == [INI.Entry(key: "server", value: "tls:h:5223", line: 4)])
        #expect(document.problems.map(\.line) == [5])
    }

    @Test func `an indented line is a key of its own`() {
        let document = parse("[a]\nx = 1\n   y = 2\n")
        #expect(document.sections[0].entries.map(\.key) == ["x", "y"])
    }

    @Test func `CRLF and a byte order mark change nothing`() {
        let document = INI.parse([0xEF, 0xBB, 0xBF] + Array("[a]\r\nx = 1\r\n".utf8))
        #expect(document == INI.Document(sections: [INI.Section(name: "a", line: 1, entries: [INI.Entry(key: "x", value: "1", line: 2)])]))
    }

    @Test func `every mistake is reported with its line and the rest is parsed`() {
        let document = parse("x = 1\n[a\n[b] more\n[]\n[c]\nfoo\n= 1\ny =\nz = 1\nz = 2\n[c]\nignored = 1\n[d]\nw = 1")
        #expect(
            document.problems == [
                INI.Problem(line: 1, text: "\"x\" stands before the first [section]"),
                INI.Problem(line: 2, text: "the section has no closing \"]\""),
                INI.Problem(line: 3, text: "there is more after \"]\"; put it on a line of its own"),
                INI.Problem(line: 4, text: "the section has no name"),
                INI.Problem(line: 6, text: "this is neither \"[section]\" nor \"key = value\""),
                INI.Problem(line: 7, text: "there is no key before \"=\""),
                INI.Problem(line: 8, text: "\"y\" has no value"),
                INI.Problem(line: 10, text: "\"z\" stands twice in [c], first in line 9"),
                INI.Problem(line: 11, text: "[c] stands twice, first in line 5; join the two"),
            ])
        #expect(
            document.sections == [
                INI.Section(name: "c", line: 5, entries: [INI.Entry(key: "z", value: "1", line: 9)]),
                INI.Section(name: "d", line: 13, entries: [INI.Entry(key: "w", value: "1", line: 14)]),
            ])
    }

    @Test func `NUL, control characters and bytes that are not UTF-8 are refused`() {
        let document = INI.parse(Array("[a]\nx = ".utf8) + [0] + Array("1\ny = ".utf8) + [0xFF, 0x0A] + Array("z = \u{1B}[1m\nok = ü\n".utf8))
        #expect(document.problems.map(\.line) == [2, 3, 4])
        #expect(document.sections == [INI.Section(name: "a", line: 1, entries: [INI.Entry(key: "ok", value: "ü", line: 5)])])
    }

    @Test func `the longest line is parsed whole and a longer one is refused`() {
        let longest = String(repeating: "x", count: INI.maximumLineBytes - 4)
        #expect(parse("[a]\nk = \(longest)\n").sections[0].entries.map(\.value) == [longest])
        let document = parse("[a]\nk = \(longest)x\nl = 1\n")
        #expect(document.problems == [INI.Problem(line: 2, text: "the line is longer than 1020 bytes")])
        #expect(document.sections[0].entries.map(\.key) == ["l"])
    }

    @Test func `the longest section name is kept whole and a longer one is refused`() {
        let longest = String(repeating: "s", count: INI.maximumSectionBytes - 1)
        #expect(parse("[\(longest)]\n").sections.map(\.name) == [longest])
        let document = parse("[\(longest)ss]\nk = 1\n")
        #expect(document.sections.isEmpty)
        #expect(document.problems.map(\.line) == [1])
    }

    @Test func `a file that is too large is refused as a whole`() {
        let document = INI.parse([UInt8](repeating: UInt8(ascii: "\n"), count: INI.maximumBytes + 1))
        #expect(document.problems == [INI.Problem(line: 1, text: "the file is larger than 256 KiB")])
    }

    @Test func `the numbers of sections and keys are bounded`() {
        let keys = parse("[a]\n" + (0..<1030).map { "k\($0)=1\n" }.joined() + "[b]\nx=1\n")
        #expect(keys.problems == [INI.Problem(line: 1026, text: "[a] has more than 1024 keys")])
        #expect(keys.sections.map(\.entries.count) == [1024, 1])
        let sections = parse((0..<1026).map { "[s\($0)]\n" }.joined())
        #expect(sections.problems.map(\.line) == [1025, 1026])
        #expect(sections.sections.count == 1024)
    }

    @Test func `the list of problems is bounded`() {
        let document = parse("[a]\n" + String(repeating: "x\n", count: 1000))
        #expect(document.problems.count == INI.maximumProblems + 1)
        #expect(document.problems.last?.text == "there are more mistakes; correct these first")
    }

    @Test func `random bytes never trap and lines stay in order`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix(state: seed)
        let alphabet = Array("[]=:;# \t\r\n\0ab\u{FEFF}é".utf8) + [0xFF, 0xC3]
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 0...120, using: &random)).map { _ in alphabet.randomElement(using: &random)! }
            let document = INI.parse(bytes)
            let lines = document.problems.map(\.line)
            #expect(lines == lines.sorted(), "seed \(seed)")
            #expect(document.sections.allSatisfy { !$0.name.isEmpty && $0.entries.allSatisfy { !$0.value.isEmpty } }, "seed \(seed)")
        }
    }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

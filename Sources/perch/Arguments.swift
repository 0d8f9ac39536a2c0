import Text

/// The command line after the subcommand, taken apart: `--name VALUE`, `--name=VALUE`, flags, and the rest.
final class Arguments {
    /// What one subcommand understands.
    struct Grammar {
        var options: [String] = []
        /// Options that may be given several times.
        var lists: [String] = []
        var flags: [String] = []
        var positionals: ClosedRange<Int> = 0...0
    }

    private var given: [(option: String, value: String)] = []
    private(set) var flags: [String] = []
    private(set) var positionals: [String] = []

    init(_ words: ArraySlice<String>, grammar: Grammar) throws(UsageError) {
        var rest = words
        var onlyPositionals = false
        while let word = rest.popFirst() {
            guard !onlyPositionals, word.utf8.starts(with: "--".utf8) else {
                positionals.append(word)
                continue
            }
            if word == "--" {
                onlyPositionals = true
                continue
            }
            let name: String
            var value: String?
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            name = String(parts[0])
            if parts.count > 1 { value = String(parts[1]) }
            if grammar.flags.contains(name) {
                guard value == nil else { throw UsageError(name + " takes no value") }
                flags.append(name)
            } else {
                let isList = grammar.lists.contains(name)
                guard isList || grammar.options.contains(name) else { throw UsageError("unknown option " + name) }
                guard let given = value ?? rest.popFirst() else { throw UsageError(name + " needs a value") }
                guard isList || self[name] == nil else { throw UsageError(name + " is given twice") }
                self.given.append((name, given))
            }
        }
        if positionals.count < grammar.positionals.lowerBound { throw UsageError("an argument is missing") }
        if positionals.count > grammar.positionals.upperBound {
            throw UsageError(filled("unexpected argument \"%\"", positionals[grammar.positionals.upperBound]))
        }
    }

    @inline(never)
    subscript(option: String) -> String? { all(option).first }

    /// Of an option that may be given several times, in their order.
    @inline(never)
    func all(_ option: String) -> [String] {
        var values: [String] = []
        for each in given where each.option == option { values.append(each.value) }
        return values
    }

    @inline(never)
    func has(_ flag: String) -> Bool { flags.contains(flag) }
}

/// A command line that makes no sense: exit code 2.
struct UsageError: Error {
    var reason: String
    init(_ reason: String) { self.reason = reason }
}

import Text

/// Answers to what was not understood: what is missing, and what can be said instead, with names of this board.
struct Misunderstood {
    let vocabulary: Vocabulary
    let role: Role

    func reply(to misunderstanding: Misunderstanding) -> String {
        switch misunderstanding {
        case .empty: return "I got an empty message. Say \"help\" to see what I can do."
        case .unknownName(let name, let nearest):
            let quoted = "I have no \"\(cut(name))\"."
            if let nearest { return "\(quoted) Did you mean \(nearest)?" }
            let names = vocabulary.names.map { $0.text }
            return names.isEmpty ? "\(quoted) No line or sensor is configured here." : "\(quoted) I have \(Replies.list(names))."
        case .unknownWord(let word, let nearest):
            guard let nearest else { return "I do not understand \"\(cut(word))\". Say \"help\" to see what I can do." }
            let isName = !vocabulary.targets(nearest.lowercased()).isEmpty
            return isName ? "I have no \"\(cut(word))\". Did you mean \(nearest)?" : "I do not understand \"\(cut(word))\". Did you mean \"\(nearest)\"?"
        case .strayWord(let word, let about):
            return "I do not understand \"\(cut(word))\", so I did nothing. \(about.map(examples) ?? "Say \"help\" to see what I can do.")"
        case .ambiguous(let word):
            return "\"\(cut(word))\" names more than one thing here, so I did nothing. The names in perch.conf must differ."
        case .missingName(let word): return missingName(word)
        case .missingState(let target): return "On or off? \(examples(target))"
        case .missingDuration(let target):
            let name = exampleOutput(target)
            return "For how long? Say for example \"\(name) on for 10min\" or \"pulse \(name) 500ms\"."
        case .badDuration(let text):
            return "I do not understand the time \"\(cut(text))\". Say it with a unit: 500ms, 30s, 10min, 2h."
        case .durationOutOfRange(let text): return "\"\(cut(text))\" is no time that I can keep: it must be longer than nothing and at most a year."
        case .badFrequency(let text):
            return "I cannot blink at \"\(cut(text))\". Say a frequency from 0.1Hz to 10Hz: \"blink \(exampleOutput(nil)) 2Hz for 10s\"."
        case .badPercent(let text): return "I cannot set \"\(cut(text))\". Say a percentage from 0% to 100%: \"\(exampleOutput(nil)) 40%\"."
        case .missingPercent(let target):
            let name = exampleOutput(target)
            return "To what? Say for example \"\(name) 40%\" or \"fade \(name) to 40% in 5s\"."
        case .severalCommands: return "One command a message, please: I did nothing. Say them one after the other."
        case .negated: return "I did nothing. Say what I should do, for example \"\(exampleOutput(nil)) off\"."
        case .notYet(let feature, let about): return notYet(feature, about)
        }
    }

    private func missingName(_ word: String) -> String {
        let outputs = vocabulary.lines.filter { $0.isOutput }.map { $0.name }
        let question = word == "on" || word == "off" ? "Switch what \(word)?" : word.isEmpty ? "Which one?" : "\(Misunderstood.capitalised(word)) what?"
        if word == "read" || CommandWords.contains(CommandWords.queries, word) {
            let names = vocabulary.sensors.map { $0.name } + vocabulary.lines.map { $0.name }
            return names.isEmpty ? "\(question) No line or sensor is configured here." : "\(question) I have \(Replies.list(names))."
        }
        return outputs.isEmpty ? "\(question) This board has no output." : "\(question) I can switch \(Replies.list(outputs))."
    }

    /// `You can say "lamp on", "lamp off" or "lamp?".`
    private func examples(_ target: Target) -> String {
        let name = vocabulary.text(of: target)
        let canSwitch: Bool
        switch target {
        case .sensor: canSwitch = false
        case .line(let index): canSwitch = vocabulary.lines[index].isOutput
        case .tag, .all: canSwitch = vocabulary.lines(of: target).contains { vocabulary.lines[$0].isOutput }
        }
        if !canSwitch || role < .operator { return "You can say \"\(name)?\"." }
        return "You can say \"\(name) on\", \"\(name) off\" or \"\(name)?\"."
    }

    private func notYet(_ feature: Feature, _ about: Target?) -> String {
        let name = about.map { vocabulary.text(of: $0) } ?? vocabulary.sensors.first?.name ?? vocabulary.lines.first?.name ?? "air"
        let output = exampleOutput(about)
        switch feature {
        case .watch: return "I cannot watch things for you yet. Say \"\(name)?\" whenever you want to know."
        case .alerts:
            return "I cannot keep personal alerts yet. An alarm that everybody sees can be set in perch.conf: alarm = above 30 clear 28."
        case .history: return "I cannot show history yet. \"\(name)?\" tells how it is now, and \"log\" who did what."
        case .plot: return "I cannot draw yet. \"\(name)?\" tells how it is now."
        case .schedules: return "I cannot keep times of day or schedules yet. I can switch for a while: \"\(output) on for 10min\"."
        }
    }

    /// The output that was talked about, or the first one.
    private func exampleOutput(_ target: Target?) -> String {
        if let target {
            for line in vocabulary.lines(of: target) where vocabulary.lines[line].isOutput { return vocabulary.text(of: target) }
        }
        return vocabulary.lines.first { $0.isOutput }?.name ?? "lamp"
    }

    /// What somebody wrote, short enough to quote.
    private func cut(_ text: String) -> String { text.unicodeScalars.count > 40 ? text.cut(to: 40) + "…" : text }

    /// A word of the commands, which are all of ASCII letters.
    static func capitalised(_ word: String) -> String {
        var letters = Array(word.utf8)
        if let first = letters.first, first >= UInt8(ascii: "a"), first <= UInt8(ascii: "z") { letters[0] = first - 0x20 }
        return String(decoding: letters, as: UTF8.self)
    }
}

import Text

/// Answers to what was not understood: what is missing, and what can be said instead, with names of this board.
struct Misunderstood {
    let vocabulary: Vocabulary
    let role: Role

    func reply(to misunderstanding: Misunderstanding) -> String {
        switch misunderstanding {
        case .empty: return "I got an empty message. Say \"help\" to see what I can do."
        case .unknownName(let name, let nearest):
            let quoted = say("I have no \"$1\".", cut(name))
            if let nearest { return say("$1 Did you mean $2?", quoted, nearest) }
            var names: [String] = []
            for name in vocabulary.names { names.append(name.text) }
            return names.isEmpty ? say("$1 No line or sensor is configured here.", quoted) : say("$1 I have $2.", quoted, Replies.list(names))
        case .unknownWord(let word, let nearest):
            guard let nearest else { return say("I do not understand \"$1\". Say \"help\" to see what I can do.", cut(word)) }
            let isName = !vocabulary.targets(nearest.lowercased()).isEmpty
            return say(isName ? "I have no \"$1\". Did you mean $2?" : "I do not understand \"$1\". Did you mean \"$2\"?", cut(word), nearest)
        case .strayWord(let word, let about):
            return say("I do not understand \"$1\", so I did nothing. $2", cut(word), about.map(examples) ?? "Say \"help\" to see what I can do.")
        case .ambiguous(let word):
            return say("\"$1\" names more than one thing here, so I did nothing. The names in perch.conf must differ.", cut(word))
        case .missingName(let word): return missingName(word)
        case .missingState(let target): return say("On or off? $1", examples(target))
        case .missingDuration(let target):
            let name = exampleOutput(target)
            return say("For how long? Say for example \"$1 on for 10min\" or \"pulse $1 500ms\".", name)
        case .badDuration(let text):
            return say("I do not understand the time \"$1\". Say it with a unit: 500ms, 30s, 10min, 2h.", cut(text))
        case .durationOutOfRange(let text): return say("\"$1\" is no time that I can keep: it must be longer than nothing and at most a year.", cut(text))
        case .badFrequency(let text):
            return say("I cannot blink at \"$1\". Say a frequency from 0.1Hz to 10Hz: \"blink $2 2Hz for 10s\".", cut(text), exampleOutput(nil))
        case .badPercent(let text): return say("I cannot set \"$1\". Say a percentage from 0% to 100%: \"$2 40%\".", cut(text), exampleOutput(nil))
        case .missingPercent(let target):
            let name = exampleOutput(target)
            return say("To what? Say for example \"$1 40%\" or \"fade $1 to 40% in 5s\".", name)
        case .severalCommands: return "One command a message, please: I did nothing. Say them one after the other."
        case .negated: return say("I did nothing. Say what I should do, for example \"$1 off\".", exampleOutput(nil))
        case .notYet(let feature, let about): return notYet(feature, about)
        }
    }

    private func missingName(_ word: String) -> String {
        let outputs = vocabulary.lineNames(areOutputs: true)
        let question = word == "on" || word == "off" ? say("Switch what $1?", word) : word.isEmpty ? "Which one?" : say("$1 what?", Misunderstood.capitalised(word))
        if CommandWords.contains(CommandWords.queries, word) {
            let names = vocabulary.sensorNames + vocabulary.names(of: Array(vocabulary.lines.indices))
            return names.isEmpty ? say("$1 No line or sensor is configured here.", question) : say("$1 I have $2.", question, Replies.list(names))
        }
        return outputs.isEmpty ? say("$1 This board has no output.", question) : say("$1 I can switch $2.", question, Replies.list(outputs))
    }

    /// `You can say "lamp on", "lamp off" or "lamp?".`
    private func examples(_ target: Target) -> String {
        let name = vocabulary.text(of: target)
        let canSwitch: Bool
        switch target {
        case .sensor: canSwitch = false
        case .line(let index): canSwitch = vocabulary.lines[index].isOutput
        case .tag, .all: canSwitch = vocabulary.hasOutput(target)
        }
        if !canSwitch || role < .operator { return say("You can say \"$1?\".", name) }
        return say("You can say \"$1 on\", \"$1 off\" or \"$1?\".", name)
    }

    private func notYet(_ feature: Feature, _ about: Target?) -> String {
        let name = about.map { vocabulary.text(of: $0) } ?? vocabulary.sensors.first?.name ?? vocabulary.lines.first?.name ?? "air"
        let output = exampleOutput(about)
        switch feature {
        case .watch: return say("I cannot watch things for you yet. Say \"$1?\" whenever you want to know.", name)
        case .alerts:
            return "I cannot keep personal alerts yet. An alarm that everybody sees can be set in perch.conf: alarm = above 30 clear 28."
        case .history: return say("I cannot show history yet. \"$1?\" tells how it is now, and \"log\" who did what.", name)
        case .plot: return say("I cannot draw yet. \"$1?\" tells how it is now.", name)
        case .schedules: return say("I cannot keep times of day or schedules yet. I can switch for a while: \"$1 on for 10min\".", output)
        }
    }

    /// The output that was talked about, or the first one.
    @inline(never)
    private func exampleOutput(_ target: Target?) -> String {
        if let target {
            if vocabulary.hasOutput(target) { return vocabulary.text(of: target) }
        }
        return vocabulary.lineNames(areOutputs: true).first ?? "lamp"
    }

    /// What somebody wrote, short enough to quote.
    private func cut(_ text: String) -> String { text.scalars.count > 40 ? text.cut(to: 40) + "…" : text }

    /// A word of the commands, which are all of ASCII letters.
    static func capitalised(_ word: String) -> String {
        var letters = Array(word.utf8)
        if let first = letters.first, first >= UInt8(ascii: "a"), first <= UInt8(ascii: "z") { letters[0] = first - 0x20 }
        return String(decoding: letters, as: UTF8.self)
    }
}

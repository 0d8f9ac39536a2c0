import Text

extension Command {
    /// Understands one message. Never traps and never guesses: every word must have a meaning, or nothing is done.
    static func parse(_ text: String, _ vocabulary: Vocabulary) throws(Misunderstanding) -> Command {
        let said = try Said(text)
        if said.words.isEmpty {
            if said.isQuestion { return .help }
            throw .empty
        }
        if let command = try said.commandOfItsOwn(vocabulary) { return command }
        var sentence = Sentence(vocabulary)
        try sentence.take(said)
        return try sentence.command(isQuestion: said.isQuestion)
    }
}

/// A message cut into words.
struct Said {
    final class Word {
        /// As written, without the punctuation around it.
        let text: String
        let folded: String

        init(_ text: String) {
            self.text = text
            folded = text.lowercased()
        }
    }

    var words: [Word] = []
    var isQuestion = false

    init(_ text: String) throws(Misunderstanding) {
        // Lines that quote an earlier message (XEP-0393 §5.1.3) are not said by this one.
        var line: [Unicode.Scalar] = [], candidate: [Unicode.Scalar] = []
        for scalar in (text + "\n").scalars {
            if scalar.isNewline {
                if let first = candidate.first, first != ">" {
                    if !line.isEmpty { throw .severalCommands }
                    line = candidate
                }
                candidate = []
            } else if !candidate.isEmpty || !scalar.isWhitespace {
                candidate.append(scalar)
            }
        }
        var current: [Unicode.Scalar] = []
        for at in line.indices {
            let scalar = line[at], isBlank = scalar.isWhitespace
            let isDecimal = at > 0 && at + 1 < line.count && Said.isDigit(line[at - 1]) && Said.isDigit(line[at + 1])
            if isBlank || scalar == ";" || (scalar == "," && !isDecimal) {
                finish(&current)
            } else {
                current.append(scalar == "’" ? "'" : scalar)
            }
            if scalar == "?" { isQuestion = true } else if !isBlank, !Said.isDecoration(scalar) { isQuestion = false }
            if words.count > CommandWords.maximumWords { break }
        }
        finish(&current)
    }

    private mutating func finish(_ current: inout [Unicode.Scalar]) {
        var word = current[...]
        current = []
        while let first = word.first, Said.isDecoration(first) { word = word.dropFirst() }
        while let last = word.last, Said.isDecoration(last) { word = word.dropLast() }
        // A dash on its own is no word; inside one it may belong to a name.
        if word.allSatisfy({ Said.isDash($0) }) { return }
        words.append(Word(String(scalars: Array(word))))
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar >= "0" && scalar <= "9" }

    private static func isDash(_ scalar: Unicode.Scalar) -> Bool { scalar == "-" || scalar == "–" || scalar == "—" || scalar == "_" }

    private static func isDecoration(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "?", "!", ".", ",", ":", ";", "\"", "'", "“", "”", "„", "‘", "`", "´", "(", ")", "[", "]", "{", "}", "«", "»", "…", "¿", "¡",
            "/", "*", "~", "=":
            true
        default: false
        }
    }

    /// Commands that are known by their first word; nil where the message is a sentence about lines and sensors.
    func commandOfItsOwn(_ vocabulary: Vocabulary) throws(Misunderstanding) -> Command? {
        var at = 0
        while at < words.count, Said.isSmallTalk(words[at].folded) { at += 1 }
        if at == words.count { at = 0 }
        guard at < words.count else { return nil }
        let first = words[at]
        // What is left when the words that change nothing are taken away, and the letters of the code in "yes 48 21".
        var rest: [Word] = [], texts: [String] = [], code = ""
        for word in words[(at + 1)...] where !Said.isSmallTalk(word.folded) {
            code += word.folded
            if CommandWords.contains("is are", word.folded) { continue }
            rest.append(word)
            texts.append(word.text)
        }
        if rest.isEmpty, !vocabulary.targets(first.folded).isEmpty { return nil }
        if let opening = CommandWords.opening(first.folded) { return try Said.command(opening, rest, texts, code, vocabulary) }
        if at + 1 == words.count, first.folded.hasPrefix("yes") {
            // "yes4821"
            let code = first.folded.dropping(3)
            if code.scalars.allSatisfy({ Said.isDigit($0) }) { return .confirm(code) }
        }
        return nil
    }

    @inline(never)
    private static func command(
        _ opening: CommandWords.Opening, _ rest: [Word], _ texts: [String], _ code: String, _ vocabulary: Vocabulary
    ) throws(Misunderstanding) -> Command? {
        switch opening {
        case .help: return try Said.help(rest, vocabulary)
        case .status: return rest.isEmpty ? .status : nil
        case .log: return try Said.log(rest, vocabulary)
        case .who: return try Said.alone(.who, rest, besides: "online here")
        case .people: return try Said.alone(.people, rest)
        case .allow: return .allow(texts)
        case .deny: return .deny(texts)
        case .invite: return .invite(texts)
        case .cancel: return rest.count == 1 && CommandWords.contains(CommandWords.invitations, rest[0].folded) ? .cancelInvites : nil
        case .about:
            if rest.count == 1, let target = vocabulary.targets(rest[0].folded).first { return .helpAbout(target) }
            return try Said.alone(.about, rest)
        case .uptime: return try Said.alone(.uptime, rest)
        case .ping: return try Said.alone(.ping, rest)
        case .no: return rest.isEmpty ? .decline : nil
        case .hello: return rest.isEmpty ? .greeting : nil
        case .thanks: return rest.isEmpty ? .thanks : nil
        case .yes: return .confirm(code)
        }
    }

    static func isSmallTalk(_ word: String) -> Bool {
        CommandWords.contains(CommandWords.polite, word) || CommandWords.contains(CommandWords.greetings, word)
    }

    private static func alone(_ command: Command, _ rest: [Word], besides: StaticString = "yourself your") throws(Misunderstanding) -> Command {
        for word in rest where !CommandWords.contains(besides, word.folded) { throw .strayWord(word.text, about: nil) }
        return command
    }

    private static func help(_ rest: [Word], _ vocabulary: Vocabulary) throws(Misunderstanding) -> Command {
        var about: Command?
        for word in rest where word.folded != "with" && word.folded != "about" && word.folded != "for" || rest.count == 1 {
            if about != nil { throw .severalCommands }
            let targets = vocabulary.targets(word.folded)
            if let target = targets.first {
                about = .helpAbout(target)
            } else if CommandWords.contains(CommandWords.everything, word.folded) {
                about = .helpAbout(.all)
            } else if let topic = CommandWords.topic(word.folded) {
                about = .helpOn(topic)
            } else if let feature = CommandWords.feature(word.folded) {
                throw .notYet(feature, about: nil)
            } else {
                throw .unknownName(word.text, nearest: nearest(word.folded, vocabulary, withCommands: true))
            }
        }
        return about ?? .help
    }

    private static func log(_ rest: [Word], _ vocabulary: Vocabulary) throws(Misunderstanding) -> Command {
        guard let word = rest.first else { return .log(nil) }
        if rest.count > 1 { throw .strayWord(rest[1].text, about: nil) }
        if CommandWords.contains(CommandWords.everything, word.folded) { return .log(nil) }
        let targets = vocabulary.targets(word.folded)
        guard let target = targets.first else { throw .unknownName(word.text, nearest: nearest(word.folded, vocabulary)) }
        if targets.count > 1 { throw .ambiguous(word.text) }
        if case .sensor = target { throw .notYet(.history, about: target) }
        return .log(target)
    }

    /// The name (and where asked, the command) that somebody probably meant.
    static func nearest(_ word: String, _ vocabulary: Vocabulary, withCommands: Bool = false) -> String? {
        var candidates: [String] = []
        for name in vocabulary.names { candidates.append(name.text) }
        if withCommands {
            for topic in CommandWords.topics.description.split(separator: ",") where topic != "for" {
                for word in topic.split(separator: " ") { candidates.append(String(word)) }
            }
        }
        return Spelling.nearest(to: word, among: candidates)
    }
}

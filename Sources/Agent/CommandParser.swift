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
    struct Word: Equatable {
        /// As written, without the punctuation around it.
        var text: String
        var folded: String
    }

    var words: [Word] = []
    var isQuestion = false

    init(_ text: String) throws(Misunderstanding) {
        // Lines that quote an earlier message (XEP-0393 §5.1.3) are not said by this one.
        var line: [Unicode.Scalar] = [], candidate: [Unicode.Scalar] = []
        for scalar in (text + "\n").unicodeScalars {
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
        var text = ""
        for scalar in word { text.unicodeScalars.append(scalar) }
        words.append(Word(text: text, folded: text.lowercased()))
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
        var words = words[...]
        if let meant = words.firstIndex(where: { !Said.isSmallTalk($0.folded) }) { words = words[meant...] }
        guard let first = words.first else { return nil }
        // What is left when the words that change nothing are taken away.
        let rest = words.dropFirst().filter { !Said.isSmallTalk($0.folded) && $0.folded != "is" && $0.folded != "are" }
        if rest.isEmpty, !vocabulary.targets(first.folded).isEmpty { return nil }
        switch first.folded {
        case "help", "commands", "menu": return try Said.help(rest, vocabulary)
        case "status", "state", "overview": return rest.isEmpty ? .status : nil
        case "log": return try Said.log(rest, vocabulary)
        case "who":
            guard let stray = rest.first(where: { $0.folded != "online" && $0.folded != "here" }) else { return .who }
            throw .strayWord(stray.text, about: nil)
        case "people": return try Said.alone(.people, rest)
        case "allow": return .allow(rest.map { $0.text })
        case "deny": return .deny(rest.map { $0.text })
        case "invite": return .invite(rest.map { $0.text })
        case "cancel":
            guard rest.count == 1, CommandWords.contains(CommandWords.invitations, rest[0].folded) else { return nil }
            return .cancelInvites
        case "about", "version":
            if rest.count == 1, let target = vocabulary.targets(rest[0].folded).first { return .helpAbout(target) }
            return try Said.alone(.about, rest)
        case "uptime": return try Said.alone(.uptime, rest)
        case "ping": return try Said.alone(.ping, rest)
        case "no", "nope":
            return rest.isEmpty ? .decline : nil
        case "hello", "hi", "hallo", "moin", "hey", "good", "morning", "evening": return rest.isEmpty ? .greeting : nil
        case "thanks", "thank", "thx", "cheers": return rest.isEmpty ? .thanks : nil
        default: break
        }
        if first.folded == "yes" { return .confirm(Said.joined(words.dropFirst())) }
        if first.folded.utf8.starts(with: "yes".utf8) {
            // "yes4821"
            let code = first.folded.dropping(3)
            if words.count == 1, code.unicodeScalars.allSatisfy({ Said.isDigit($0) }) { return .confirm(code) }
        }
        return nil
    }

    static func isSmallTalk(_ word: String) -> Bool {
        CommandWords.contains(CommandWords.polite, word) || CommandWords.contains(CommandWords.greetings, word)
    }

    private static func joined(_ words: ArraySlice<Word>) -> String {
        var text = ""
        for word in words where !isSmallTalk(word.folded) { text += word.folded }
        return text
    }

    private static func alone(_ command: Command, _ rest: [Word]) throws(Misunderstanding) -> Command {
        if let stray = rest.first(where: { $0.folded != "yourself" && $0.folded != "your" }) { throw .strayWord(stray.text, about: nil) }
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
        var candidates = vocabulary.names.map { $0.text }
        if withCommands { for entry in CommandWords.topics where entry.word != "for" { candidates.append(entry.word) } }
        return Spelling.nearest(to: word, among: candidates)
    }
}

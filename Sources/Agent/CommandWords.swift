import Text

/// The fixed words of the chat, all folded to lower case.
enum CommandWords {
    /// Longest message that is looked at word by word; a command has fewer than a dozen.
    static let maximumWords = 40

    /// Words that change nothing, wherever they stand.
    static let polite: [StaticString] = [
        "please", "pls", "plz", "kindly", "the", "my", "our", "me", "us", "now", "just", "to", "of", "hey", "ok", "okay",
        "can", "could", "would", "will", "you", "perch", "again", "its", "it's", "line", "sensor", "state", "value", "there",
    ]
    static let switchVerbs: [StaticString] = ["turn", "switch", "set", "put"]
    static let toggles: [StaticString] = ["toggle", "flip"]
    static let pulses: [StaticString] = ["pulse"]
    static let blinks: [StaticString] = ["blink", "flash"]
    static let dims: [StaticString] = ["dim", "fade"]
    static let queries: [StaticString] = [
        "read", "show", "get", "check", "tell", "list", "display", "measure", "what", "whats", "what's", "is", "are", "was", "how",
        "hows", "how's",
    ]
    static let negations: [StaticString] = ["not", "don't", "dont", "never", "no", "without", "except", "but"]
    static let joins: [StaticString] = ["and", "&", "+", "plus", "both"]
    static let everything: [StaticString] = ["all", "everything"]
    static let schedules: [StaticString] = [
        "in", "at", "every", "daily", "until", "till", "after", "before", "tomorrow", "tonight", "weekday", "weekdays", "schedule",
        "schedules", "cancel",
    ]
    static let alerts: [StaticString] = ["when", "if", "alert", "alerts", "forget", "notify", "warn"]

    static let invitations: [StaticString] = ["invites", "invite", "invitations", "invitation", "codes", "code"]

    /// Between an address and a role.
    static let roleFillers: [StaticString] = ["as", "a", "an", "for", "new", "role", "with"]

    /// What the product describes and this version lacks.
    static let features: [(word: String, feature: Feature)] = [
        ("watch", .watch), ("unwatch", .watch), ("follow", .watch), ("history", .history), ("plot", .plot), ("graph", .plot),
        ("chart", .plot),
    ]
    static let greetings: [StaticString] = ["hello", "hi", "hallo", "moin", "good", "morning", "evening", "thanks", "thank", "thx", "cheers"]

    static func feature(_ word: String) -> Feature? {
        for entry in features where entry.word == word { return entry.feature }
        if contains(schedules, word) { return .schedules }
        if contains(alerts, word) { return .alerts }
        return nil
    }

    static func topic(_ word: String) -> CommandTopic? {
        for entry in topics where entry.word == word { return entry.topic }
        return nil
    }

    static func contains(_ words: [StaticString], _ word: String) -> Bool {
        for candidate in words where equal(candidate, word) { return true }
        return false
    }

    /// Compares without making a String of the literal.
    static func equal(_ literal: StaticString, _ word: String) -> Bool {
        guard literal.utf8CodeUnitCount == word.utf8.count else { return false }
        var at = literal.utf8Start
        for byte in word.utf8 {
            if at.pointee != byte { return false }
            at += 1
        }
        return true
    }

    /// Commands that begin with a word of their own; also what a mistyped first word is compared with.
    static let topics: [(word: String, topic: CommandTopic)] = [
        ("help", .help), ("status", .status), ("on", .switching), ("off", .switching), ("turn", .switching), ("switch", .switching),
        ("toggle", .toggle), ("for", .timed), ("pulse", .pulse), ("blink", .blink), ("flash", .blink), ("dim", .dim), ("fade", .dim),
        ("read", .read), ("log", .log), ("who", .who), ("people", .people),
        ("allow", .allow), ("deny", .allow), ("invite", .invite),
        ("about", .about), ("uptime", .uptime), ("ping", .ping), ("yes", .confirm),
    ]
}

extension Command {
    /// Words that the configuration must not use as the name of a line, sensor or tag, since a sentence with
    /// such a name could not be understood.
    static func isReserved(_ name: String) -> Bool {
        let word = name.lowercased()
        for list in [
            CommandWords.polite, CommandWords.switchVerbs, CommandWords.toggles, CommandWords.pulses, CommandWords.queries,
            CommandWords.negations, CommandWords.joins, CommandWords.everything, CommandWords.schedules, CommandWords.alerts,
        ] where CommandWords.contains(list, word) { return true }
        return word == "percent" || CommandWords.topic(word) != nil || CommandWords.feature(word) != nil
    }
}

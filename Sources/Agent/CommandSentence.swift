import Text

/// A sentence about lines and sensors, its words sorted by what they mean, in whatever order they came.
struct Sentence {
    private let vocabulary: Vocabulary
    private var targets: [Target] = []
    private var states: [Switching] = []
    /// "open", "closed": means on or off only together with the line.
    private var stateWords: [String] = []
    private var verbs: [String] = []
    private var queries: [String] = []
    private var pulses = false
    private var blinks = false
    /// Millihertz.
    private var frequency: Int?
    private var frequencyText = ""
    private var dims = false
    private var permille: Int?
    /// nil: at once.
    private var fade: Duration?
    private var expectsFade = false
    private var all = false
    private var wantsLog = false
    private var negated = false
    private var feature: Feature?
    private var duration: Duration?
    /// As it was said.
    private var durationText = ""
    private var expectsDuration = false
    private var unknown: [Said.Word] = []
    private var ambiguous: String?

    init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

    mutating func take(_ said: Said) throws(Misunderstanding) {
        var at = 0
        while at < said.words.count {
            let word = said.words[at]
            at += 1
            if takeName(word) { continue }
            let next = at < said.words.count ? said.words[at].folded : ""
            if let count = try takeNumber(word, next) {
                at += count
            } else {
                takeKeyword(word)
            }
        }
    }

    private mutating func takeName(_ word: Said.Word) -> Bool {
        let found = vocabulary.targets(word.folded)
        guard let target = found.first else { return false }
        if found.count > 1 { ambiguous = word.text }
        if !targets.contains(target) { targets.append(target) }
        return true
    }

    /// How many words after this one belong to the time; nil when it is none.
    private mutating func takeNumber(_ word: Said.Word, _ next: String) throws(Misunderstanding) -> Int? {
        if CommandWords.contains("a an one", word.folded) {
            guard expectsDuration || expectsFade || pulses, case .success(let unit) = Spoken.parse("1" + next) else { return word.folded == "one" ? nil : 0 }
            add(unit, say("$1 $2", word.text, next))
            return 1
        }
        guard let first = word.folded.utf8.first, first >= 48, first <= 57 else { return nil }
        switch Spoken.parse(word.folded) {
        case .success(let duration):
            add(duration, word.text)
            return 0
        case .failure(.tooLong): throw .durationOutOfRange(word.text)
        case .failure: break
        }
        if word.folded.utf8.last == UInt8(ascii: "%") || next == "%" || next == "percent" {
            let isOneWord = word.folded.utf8.last == UInt8(ascii: "%")
            if permille != nil { throw .severalCommands }
            permille = Dimming.parse(isOneWord ? word.folded.droppingLast(1) : word.folded)
            if permille == nil { throw .badPercent(isOneWord ? word.text : word.text + " %") }
            return isOneWord ? 0 : 1
        }
        if word.folded.utf8.contains(UInt8(ascii: ":")) {
            feature = .schedules
            return 0
        }
        if next == "hz" || word.folded.hasSuffix("hz") {
            frequencyText = next == "hz" ? word.text + " Hz" : word.text
            frequency = Blink.parse(next == "hz" ? word.folded : word.folded.droppingLast(2))
            if frequency == nil { throw .badFrequency(frequencyText) }
            return next == "hz" ? 1 : 0
        }
        // "10 min"
        switch Spoken.parse(word.folded + " " + next) {
        case .success(let duration) where next.utf8.first.map({ $0 > 57 }) ?? false:
            add(duration, say("$1 $2", word.text, next))
            return 1
        case .failure(.tooLong): throw .durationOutOfRange(say("$1 $2", word.text, next))
        case .success, .failure: break
        }
        // "forget 2", "history air 24" and the like: the feature is what matters.
        if feature != nil { return 0 }
        throw .badDuration(word.text)
    }

    private mutating func add(_ more: Duration, _ text: String) {
        if expectsFade {
            fade = (fade ?? .zero) + more
            return
        }
        duration = (duration ?? .zero) + more
        durationText += durationText.isEmpty ? text : " " + text
    }

    private mutating func takeKeyword(_ word: Said.Word) {
        let folded = word.folded
        switch CommandWords.keyword(folded) {
        case .on: states.append(.on)
        case .off: states.append(.off)
        case .for:
            expectsDuration = true
            expectsFade = false
        // "in 10min lamp 40%" is another thing than "lamp to 40% in 10min".
        case .in where dims || permille != nil: expectsFade = true
        case .log: wantsLog = true
        case .status: queries.append(folded)
        case .comparison: feature = .alerts
        case .negation: negated = true
        case .toggle: states.append(.toggle)
        case .pulse: pulses = true
        case .blink: blinks = true
        case .dim:
            dims = true
            if folded == "fade", fade == nil { fade = .zero }
        case .switching: verbs.append(folded)
        case .in, nil: takeOther(word)
        }
    }

    private mutating func takeOther(_ word: Said.Word) {
        let folded = word.folded
        if CommandWords.contains(CommandWords.queries, folded) {
            queries.append(folded)
        } else if CommandWords.contains(CommandWords.everything, folded) {
            all = true
        } else if let feature = CommandWords.feature(folded) {
            if self.feature == nil { self.feature = feature }
        } else if vocabulary.isStateWord(folded) {
            stateWords.append(folded)
        } else if !CommandWords.contains(CommandWords.joins, folded), !Said.isSmallTalk(folded) {
            unknown.append(word)
        }
    }

    // MARK: What it all means

    func command(isQuestion: Bool) throws(Misunderstanding) -> Command {
        if negated { throw .negated }
        if let feature { throw .notYet(feature, about: targets.first) }
        if let stray = unknown.first { throw misunderstood(stray) }
        if let ambiguous { throw .ambiguous(ambiguous) }
        return try command(about: all && targets.isEmpty ? [.all] : targets, isQuestion)
    }

    @inline(never)
    private func command(about: [Target], _ isQuestion: Bool) throws(Misunderstanding) -> Command {
        if wantsLog {
            guard about.count <= 1, states.isEmpty, duration == nil else { throw .severalCommands }
            if case .sensor? = about.first { throw .notYet(.history, about: about.first) }
            return .log(about.first == .all ? nil : about.first)
        }
        if states.count + stateWords.count + (pulses ? 1 : 0) + (blinks ? 1 : 0) > 1 { throw .severalCommands }
        if dims || permille != nil {
            if isQuestion, verbs.isEmpty, !dims { return try question(about) }
            return try dim(about)
        }
        if frequency != nil, !blinks { throw .strayWord(frequencyText, about: about.first) }
        // "is lamp on", "lamp on?": a question switches nothing. "Can you turn the lamp on?" is a request.
        let asks = !queries.isEmpty || (isQuestion && verbs.isEmpty && states.first != .toggle && !pulses && !blinks)
        if asks || (states.isEmpty && stateWords.isEmpty && !pulses && !blinks && verbs.isEmpty && duration == nil && !expectsDuration) {
            return try question(about)
        }
        if pulses { return try pulse(about) }
        if blinks { return try blink(about) }
        guard let first = about.first else { throw .missingName(states.isEmpty ? (verbs.first ?? "") : Sentence.word(states[0])) }
        let duration = try checkedDuration()
        if expectsDuration, duration == nil { throw .missingDuration(first) }
        if let state = states.first { return .switchLines(about, state, duration: duration) }
        guard let word = stateWords.first else { throw .missingState(first) }
        return .switchLines(about, try state(word, of: about), duration: duration)
    }

    private func question(_ about: [Target]) throws(Misunderstanding) -> Command {
        if about.isEmpty {
            let query = queries.first ?? ""
            if query == "status" || query.utf8.starts(with: "how".utf8) { return .status }
            throw .missingName(query)
        }
        if about.count == 1, case .all = about[0] { return .status }
        return .read(about)
    }

    private func pulse(_ about: [Target]) throws(Misunderstanding) -> Command {
        guard !about.isEmpty else { throw .missingName("pulse") }
        guard let duration = try checkedDuration() else { throw .missingDuration(about.first) }
        return .pulse(about, duration)
    }

    private func blink(_ about: [Target]) throws(Misunderstanding) -> Command {
        guard !about.isEmpty else { throw .missingName("blink") }
        let duration = try checkedDuration()
        if expectsDuration, duration == nil { throw .missingDuration(about.first) }
        return .blink(about, frequency, duration: duration)
    }

    /// "lamp 40%", "fade lamp to 40% in 5s", "fade lamp off"
    private func dim(_ about: [Target]) throws(Misunderstanding) -> Command {
        guard let first = about.first else { throw .missingName("dim") }
        var wanted = permille
        if let state = states.first {
            // "turn lamp on to 40%"
            if states.count > 1 || state == .toggle || (wanted != nil && state == .off) { throw .severalCommands }
            wanted = wanted ?? (state == .on ? 1000 : 0)
        }
        if pulses || blinks || !stateWords.isEmpty || frequency != nil { throw .severalCommands }
        guard let wanted else { throw .missingPercent(first) }
        let duration = try checkedDuration()
        if expectsDuration ? duration == nil : duration != nil { throw .missingDuration(first) }
        if let fade, fade > Spoken.longest { throw .durationOutOfRange(Spoken.duration(fade)) }
        let over = fade.map { $0 > .zero ? $0 : Dimming.usualFade } ?? .zero
        return .dim(about, Dimming(permille: wanted, over: over), duration: duration)
    }

    private func checkedDuration() throws(Misunderstanding) -> Duration? {
        guard let duration else { return nil }
        guard duration > .zero, duration <= Spoken.longest else { throw .durationOutOfRange(durationText) }
        return duration
    }

    /// "open" must mean the same for every line that is addressed.
    private func state(_ word: String, of about: [Target]) throws(Misunderstanding) -> Switching {
        var meaning: Bool?
        for target in about {
            let lines = vocabulary.lines(of: target)
            // "open the lights" with one door among them is no request to switch the rest.
            for line in lines {
                guard let state = vocabulary.stateOf(word, line: line), meaning == nil || meaning == state else {
                    throw .strayWord(word, about: target)
                }
                meaning = state
            }
            if lines.isEmpty { throw .strayWord(word, about: target) }
        }
        guard let meaning else { throw .strayWord(word, about: about.first) }
        return meaning ? .on : .off
    }

    private func misunderstood(_ first: Said.Word) -> Misunderstanding {
        if let target = targets.first { return .strayWord(first.text, about: target) }
        let hasStructure = !states.isEmpty || !verbs.isEmpty || !queries.isEmpty || pulses || blinks || dims || permille != nil || !stateWords.isEmpty || all
        for word in unknown {
            if let nearest = Said.nearest(word.folded, vocabulary, withCommands: !hasStructure) {
                return hasStructure ? .unknownName(word.text, nearest: nearest) : .unknownWord(word.text, nearest: nearest)
            }
        }
        return hasStructure ? .unknownName(first.text, nearest: nil) : .unknownWord(first.text, nearest: nil)
    }

    private static func word(_ state: Switching) -> String {
        switch state {
        case .on: "on"
        case .off: "off"
        case .toggle: "toggle"
        }
    }
}

import Text

extension LineConfiguration {
    /// A contact that bounces longer than this is broken; the kernel counts microseconds in 32 bits.
    static let debounceRange: ClosedRange<Milliseconds> = 0...10_000
    /// A motor that runs down takes longer than that only when it is in a power station.
    static let gapRange: ClosedRange<Milliseconds> = 1...60_000
    /// Relays let go within 20 ms, contactors within 100 ms.
    public static let defaultGap = Duration.milliseconds(200)
    /// Shorter, a press is bouncing; longer, a finger is tired.
    static let pressRange: ClosedRange<Milliseconds> = 100...60_000
    /// Longer than any job of a relay; also keeps deadlines far from overflow.
    static let timerRange: ClosedRange<Milliseconds> = 1...366 * 86_400_000

    var isOutput: Bool { direction == .output }

    /// Its level is not worth telling: a button, or what a counter reads.
    var isMomentary: Bool { isCounted || (reportsPress && !reportsChange) }

    /// Takes one setting of `[line NAME]` or of a part; the name, the part and whether the key is for this
    /// direction are the loader's business.
    @inline(never)
    mutating func apply(_ key: String, _ value: String) throws(Complaint) {
        switch key {
        case "pin": pin = try LineConfiguration.pin(value)
        case "direction": direction = try ConfigurationValue.choice(value, "output input") == 0 ? .output : .input
        case "bias":
            bias = Bias(rawValue: try ConfigurationValue.choice(value, "as-is disabled pull-up pull-down")) ?? .asIs
        case "active-low": activeLow = try ConfigurationValue.yesNo(value)
        case "when-on": onWord = try ConfigurationValue.label(value)
        case "when-off": offWord = try ConfigurationValue.label(value)
        case "tags": tags = try ConfigurationValue.tags(value)
        case "initial":
            initial = Initial(rawValue: try ConfigurationValue.choice(value, "off on restore keep")) ?? .off
        case "on-exit":
            onExit = OnExit(rawValue: try ConfigurationValue.choice(value, "off on keep")) ?? .off
        case "on-disconnect": onDisconnect = try LineConfiguration.onDisconnect(value)
        case "max-on": maxOn = try ConfigurationValue.optional(value, Self.timerRange)
        case "min-off": minOff = try ConfigurationValue.optional(value, Self.timerRange)
        case "interlock": interlock = try LineConfiguration.interlock(value)
        case "pwm": pwm = value.lowercased() == "no" ? nil : try ConfigurationValue.frequency(value)
        case "pwm-range": (pwmLowest, pwmHighest) = try ConfigurationValue.percentRange(value)
        case "confirm": confirm = try ConfigurationValue.yesNo(value)
        case "debounce": debounce = try ConfigurationValue.duration(value, Self.debounceRange)
        case "report": try report(value)
        case "long-press": longPress = try ConfigurationValue.optional(value, Self.pressRange)
        case "double-press": doublePress = try ConfigurationValue.optional(value, Self.pressRange)
        default: break
        }
    }

    /// "change", "press", "change press", "no"
    private mutating func report(_ text: String) throws(Complaint) {
        let words = ConfigurationValue.list(text)
        (reportsChange, reportsPress) = (false, false)
        for word in words {
            switch try ConfigurationValue.choice(word, "change press no") {
            case 0: reportsChange = true
            case 1: reportsPress = true
            default: if words.count > 1 { throw Complaint("\"%\" says no and something else", text) }
            }
        }
    }

    /// "off after 10min", "on after 1h", "keep"
    private static func onDisconnect(_ text: String) throws(Complaint) -> OnDisconnect? {
        let words = ConfigurationValue.words(text)
        if words == ["keep"] { return nil }
        guard words.count >= 3, words[0] == "off" || words[0] == "on", words[1] == "after" else {
            throw Complaint("\"%\" is not understood; write \"off after 10min\", \"on after 10min\" or \"keep\"", text)
        }
        return OnDisconnect(on: words[0] == "on", after: try ConfigurationValue.duration(words[2...].joined(separator: " "), 0...timerRange.upperBound))
    }

    /// "blind", "blind 500ms"
    private static func interlock(_ text: String) throws(Complaint) -> Interlock {
        let words = ConfigurationValue.list(text)
        guard let group = words.first else { throw Complaint("the name of the group is missing, such as \"blind\" or \"blind 500ms\"") }
        let name = try ConfigurationValue.name(group).lowercased()
        if words.count == 1 { return Interlock(group: name) }
        return Interlock(group: name, gap: try ConfigurationValue.duration(words[1...].joined(separator: " "), gapRange))
    }

    /// A kernel line name, "pin N" of the header, or "LABEL:OFFSET". Whether it exists only the board knows.
    private static func pin(_ text: String) throws(Complaint) -> String {
        let words = ConfigurationValue.list(text)
        if words.count == 2, words[0].lowercased() == "pin" { return "pin " + String(try ConfigurationValue.integer(words[1], 1...999)) }
        // Names of the kernel's lines and chips are at most 31 bytes (GPIO_MAX_NAME_SIZE), an offset ten digits.
        if text.utf8.count > 44 { throw Complaint("\"%\" is longer than any name of a line", text) }
        if ConfigurationValue.isNumber(text) {
            throw Complaint("\"%\" may be a pin of the header or a GPIO number; write \"pin %\" or \"GPIO%\"", text, text, text)
        }
        return text
    }
}

extension ConfigurationValue {
    /// A duration, or nil for "no".
    @inline(never)
    static func optional(_ text: String, _ range: ClosedRange<Milliseconds>) throws(Complaint) -> Duration? {
        text.lowercased() == "no" ? nil : try duration(text, range)
    }

    static func isNumber(_ text: String) -> Bool { text.utf8.allSatisfy(isDigit) }

    @inline(never)
    static func tags(_ text: String) throws(Complaint) -> [String] {
        var tags: [String] = []
        for word in list(text) {
            let tag = try name(word)
            if tags.contains(tag) { throw Complaint("% stands twice", tag) }
            tags.append(tag)
        }
        if tags.count > Configuration.maximumTags { throw Complaint("there are more than % tags", String(Configuration.maximumTags)) }
        return tags
    }
}

extension LineConfiguration.Direction {
    var word: String { self == .input ? "input" : "output" }
}

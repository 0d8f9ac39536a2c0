import Text

extension SensorConfiguration {
    static let maximumDecimals = 6
    /// Faster than this the wire and the reader are busy; slower than a week is a board that seems dead.
    static let reportRange: ClosedRange<Milliseconds> = 100...7 * 86_400_000
    static let holdRange: ClosedRange<Milliseconds> = 0...86_400_000

    /// Takes one setting of `[sensor NAME]` or of a part.
    @inline(never)
    mutating func apply(_ key: String, _ value: String) throws(Complaint) {
        switch key {
        case "source": source = try SensorConfiguration.source(value)
        case "unit": unit = try ConfigurationValue.label(value)
        case "scale":
            let factor = try ConfigurationValue.number(value)
            if factor == 0 { throw Complaint("a scale of 0 makes every reading 0") }
            scale = factor
        case "unit-per-pulse":
            let amount = try ConfigurationValue.number(value)
            if amount <= 0 { throw Complaint("one pulse must be more than 0") }
            unitPerPulse = amount
        case "offset": offset = try ConfigurationValue.number(value)
        case "digits":
            digits = try ConfigurationValue.integer(value, 0...Self.maximumDecimals)
            hasOwnDigits = true
        case "report": report = try SensorConfiguration.report(value)
        case "alarm": alarm = try SensorConfiguration.alarm(value)
        case "tags": tags = try ConfigurationValue.tags(value)
        default: break
        }
    }

    /// "KIND:WHERE"; whether it exists only the board knows.
    private static func source(_ text: String) throws(Complaint) -> String {
        let usage = "write one of w1:ID, iio:DEVICE/CHANNEL, hwmon:NAME/CHANNEL, thermal:TYPE, file:PATH, system:WHAT, counter:LINE, simulated:NAME"
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { throw Complaint("\"%\" has no kind; %", text, usage) }
        let kind = String(text[..<colon])
        let place = String(text[text.utf8.index(after: colon)...])
        if !ConfigurationKeys.sources.contains(kind) {
            guard let nearest = Spelling.nearest(to: kind, among: ConfigurationKeys.sources) else {
                throw Complaint("the kind \"%\" is unknown; %", kind, usage)
            }
            throw Complaint("the kind \"%\" is unknown; did you mean %:%?", kind, nearest, place)
        }
        if place.isEmpty { throw Complaint("there is nothing after \"%:\"; %", kind, usage) }
        if kind == "counter" { _ = try CounterSource.parts(place) }
        if kind == "file" { _ = try ConfigurationValue.path(place) }
        if (kind == "iio" || kind == "hwmon") && !place.utf8.dropFirst().dropLast().contains(UInt8(ascii: "/")) {
            throw Complaint("\"%\" names no channel; write %:%/CHANNEL, see `perch sensors`", text, kind, kind == "iio" ? "DEVICE" : "NAME")
        }
        return text
    }

    /// "change 0.5 every 1min..15min", "change", "every 5min", "no"
    private static func report(_ text: String) throws(Complaint) -> Report? {
        let usage = "write such as \"change 0.5 every 1min..15min\", \"every 5min\" or \"no\""
        var words = ConfigurationValue.words(text)[...]
        if words.elementsEqual(["no"]) { return nil }
        var report = Report()
        let onChange = words.first == "change"
        if onChange {
            words.removeFirst()
            if let delta = words.first, delta != "every" {
                report.delta = try ConfigurationValue.number(delta)
                if report.delta < 0 { throw Complaint("a change of % is less than nothing; write it without \"-\"", delta) }
                words.removeFirst()
            }
        }
        guard let every = words.first else {
            if onChange { return report }
            throw Complaint("\"%\" is not understood; %", text, usage)
        }
        // "1min .. 15min" too.
        let span = words.dropFirst().joined()
        if every != "every" || span.isEmpty { throw Complaint("\"%\" is not understood; %", text, usage) }
        if let (shortest, longest) = halves(span) {
            report.shortest = try ConfigurationValue.duration(shortest, reportRange)
            report.longest = try ConfigurationValue.duration(longest, reportRange)
            if report.shortest > report.longest { throw Complaint("% is longer than %; the shortest interval comes first", shortest, longest) }
        } else {
            if onChange { throw Complaint("\"%\" needs the shortest and the longest interval; %", text, usage) }
            report.shortest = try ConfigurationValue.duration(span, reportRange)
            report.longest = report.shortest
        }
        return report
    }

    /// What stands before and after "..".
    private static func halves(_ text: String) -> (String, String)? {
        let bytes = Array(text.utf8)
        for index in bytes.indices.dropLast() where bytes[index] == UInt8(ascii: ".") && bytes[index + 1] == UInt8(ascii: ".") {
            return (String(decoding: bytes[..<index], as: UTF8.self), String(decoding: bytes[(index + 2)...], as: UTF8.self))
        }
        return nil
    }

    /// "above 30 clear 28 for 1min", "below 5", "no"
    private static func alarm(_ text: String) throws(Complaint) -> Alarm? {
        let usage = "write such as \"above 30 clear 28 for 1min\", \"below 5\" or \"no\""
        let words = ConfigurationValue.words(text)
        if words == ["no"] { return nil }
        guard words.count >= 2, words.count % 2 == 0, words[0] == "above" || words[0] == "below" else {
            throw Complaint("\"%\" is not understood; %", text, usage)
        }
        let limit = try ConfigurationValue.number(words[1])
        var alarm = Alarm(above: words[0] == "above", limit: limit, clear: limit)
        var seen: [String] = []
        for index in stride(from: 2, to: words.count, by: 2) {
            if seen.contains(words[index]) { throw Complaint("\"%\" stands twice; %", words[index], usage) }
            seen.append(words[index])
            switch words[index] {
            case "clear": alarm.clear = try ConfigurationValue.number(words[index + 1])
            case "for": alarm.hold = try ConfigurationValue.duration(words[index + 1], holdRange)
            default: throw Complaint("\"%\" is not understood; %", words[index], usage)
            }
        }
        if alarm.above ? alarm.clear > alarm.limit : alarm.clear < alarm.limit {
            let side = alarm.above ? "above" : "below", other = alarm.above ? "lower" : "higher"
            throw Complaint(say("an alarm $1 $2 cannot clear $3 that; choose \"clear\" $4", words[0], words[1], side, other))
        }
        return alarm
    }
}

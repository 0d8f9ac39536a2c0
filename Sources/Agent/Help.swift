import Text

/// What a person may say to this board: the list of commands, each with who may say it and how.
struct Help {
    struct Entry {
        var topic: CommandTopic
        var role: Role
        /// LINE, INPUT, SENSOR, GROUP and ANY become names of this board; an entry whose name does not exist is left out.
        var forms: StaticString
        var what: StaticString
    }

    /// In the order of `help`.
    static let entries: [Entry] = [
        Entry(topic: .status, role: .viewer, forms: "status", what: "everything at a glance"),
        Entry(topic: .read, role: .viewer, forms: "ANY? · read ANY", what: "one thing"),
        Entry(topic: .switching, role: .operator, forms: "LINE on · switch LINE off · GROUP off · all off", what: "switch, one or several"),
        Entry(topic: .toggle, role: .operator, forms: "toggle LINE", what: "on when it is off, off when it is on"),
        Entry(topic: .timed, role: .operator, forms: "LINE on for 10min", what: "on, and off again by itself"),
        Entry(topic: .pulse, role: .operator, forms: "pulse LINE 500ms", what: "on for a moment"),
        Entry(topic: .blink, role: .operator, forms: "blink LINE 2Hz for 10s", what: "on and off in turn"),
        Entry(topic: .dim, role: .operator, forms: "DIM 40% · fade DIM to 40% in 5s", what: "how bright, fast or far, at once or slowly"),
        Entry(topic: .confirm, role: .operator, forms: "yes 1234 · no", what: "the answer when I ask back"),
        Entry(topic: .log, role: .viewer, forms: "log · log LINE", what: "what was done, when, and what came of it"),
        Entry(topic: .who, role: .operator, forms: "who", what: "who is online"),
        Entry(topic: .people, role: .admin, forms: "people", what: "who may do what"),
        Entry(topic: .allow, role: .admin, forms: "allow bob@example.org operator · deny bob@example.org", what: "let somebody in, or out"),
        Entry(topic: .invite, role: .admin, forms: "invite operator · invite · cancel invites", what: "one-time codes for new people"),
        Entry(topic: .about, role: .viewer, forms: "about · uptime · ping", what: "about me"),
        Entry(topic: .help, role: .viewer, forms: "help · help ANY", what: "this list, or more about one thing"),
    ]

    /// Names of one kind listed by `help`.
    static let maximumNames = 30

    let vocabulary: Vocabulary
    let role: Role

    private var outputs: [String] { vocabulary.lineNames(areOutputs: true) }

    func overview() -> String {
        var text = "You may say:"
        for entry in Help.entries where entry.role <= role {
            if entry.topic == .confirm, !vocabulary.lines.contains(where: { $0.confirm }) { continue }
            if let forms = fill(entry.forms) { text += say("\n$1: $2", forms, entry.what.description) }
        }
        text += names("Outputs", outputs) + names("Inputs", vocabulary.lineNames(areOutputs: false)) + names("Sensors", vocabulary.sensorNames)
        text += names("Groups", vocabulary.tags)
        if role < .operator { text += "\nYou may look, not switch." }
        return text
    }

    private func names(_ kind: String, _ names: [String]) -> String {
        if names.isEmpty { return "" }
        let shown = names.prefix(Help.maximumNames).joined(separator: ", ")
        return say("\n$1: $2", kind, shown) + (names.count > Help.maximumNames ? say(" and $1 more", digits(names.count - Help.maximumNames)) : "")
    }

    /// The forms with names of this board; nil where it has nothing to name.
    private func fill(_ forms: StaticString) -> String? {
        var filled: [String] = []
        for form in forms.description.split(separator: "·") {
            var words: [String] = []
            var isPossible = true
            for word in form.split(separator: " ") {
                let isQuestion = word.utf8.last == UInt8(ascii: "?")
                let bare = isQuestion ? String(word).droppingLast(1) : String(word)
                let replacement: String?
                switch bare {
                case "LINE": replacement = outputs.first
                case "DIM": replacement = vocabulary.lines.first { $0.pwm != nil }?.name
                case "GROUP": replacement = vocabulary.tags.first { tag in vocabulary.lines.contains { $0.isOutput && $0.tags.contains(tag) } }
                case "ANY": replacement = vocabulary.sensors.first?.name ?? vocabulary.lines.first?.name
                case "all": replacement = outputs.isEmpty ? nil : "all"
                default: replacement = bare
                }
                guard let replacement else {
                    isPossible = false
                    break
                }
                words.append(isQuestion ? replacement + "?" : replacement)
            }
            // "log LINE" is for inputs as well, but an example with an output is good enough.
            if isPossible { filled.append(words.joined(separator: " ")) }
        }
        return filled.isEmpty ? nil : filled.joined(separator: " · ")
    }

    /// `help pulse`
    func about(_ topic: CommandTopic) -> String {
        guard let entry = Help.entries.first(where: { $0.topic == (topic == .uptime || topic == .ping ? .about : topic) }) else { return overview() }
        if entry.role > role { return Replies.needs(entry.role, "use that") }
        return fill(entry.forms).map { say("$1: $2", $0, entry.what.description) } ?? "This board has nothing to use that with."
    }

    /// `help lamp`, `help lights`
    func about(_ target: Target, _ configuration: Configuration, state: String) -> String {
        let name = vocabulary.text(of: target)
        switch target {
        case .line(let index):
            let line = configuration.lines[index]
            var text = say("$1 is an $2 ($3). Now $4.", name, line.direction == .output ? "output" : "input", line.pin, state)
            guard line.direction == .output, role >= .operator else {
                if line.direction == .output { text += " You may look, not switch." }
                return text + say("\nYou may say: $1? · log $1", name)
            }
            if let maxOn = line.maxOn { text += say(" I switch it off after $1 at the latest.", Spoken.duration(maxOn)) }
            if let minOff = line.minOff { text += say(" It stays off for at least $1.", Spoken.duration(minOff)) }
            let rivals = vocabulary.names(of: configuration.lines.rivals(of: index))
            if !rivals.isEmpty { text += say(" Before it goes on, I switch $1 off.", Replies.list(rivals)) }
            if line.confirm { text += " I ask back before I switch it." }
            return text + say("\nYou may say: $1 on · $1 off · toggle $1 · $1 on for 10min · pulse $1 500ms · ", name)
                + (line.pwm == nil ? "" : say("$1 40% · fade $1 to 40% in 5s · ", name)) + (line.comesUpOff ? "" : say("blink $1 · ", name))
                + say("$1? · log $1", name)
        case .sensor(let index):
            let sensor = configuration.sensors[index]
            var text = say("$1 is a sensor ($2). Now $3.", name, sensor.source, state)
            if let report = sensor.report {
                text += say(" I report it every $1 to $2", Spoken.duration(report.shortest), Spoken.duration(report.longest))
                text += report.delta > 0 ? say(", when it changes by $1.", quantity(report.delta, sensor)) : ", when it changes."
            }
            if let alarm = sensor.alarm { text += say(" Alarm $1 $2.", alarm.above ? "above" : "below", quantity(alarm.limit, sensor)) }
            return text + say("\nYou may say: $1? · read $1", name)
        case .tag, .all:
            var members = vocabulary.names(of: vocabulary.lines(of: target))
            for sensor in vocabulary.sensors(of: target) { members.append(vocabulary.sensors[sensor].name) }
            let isSwitchable = role >= .operator && vocabulary.hasOutput(target)
            return say("$1: $2.\nYou may say: $1?", name, Replies.list(members)) + (isSwitchable ? say(" · $1 on · $1 off", name) : "")
        }
    }

    private func quantity(_ value: Double, _ sensor: SensorConfiguration) -> String {
        sensor.unit.isEmpty ? NumberText.short(value) : NumberText.short(value) + " " + sensor.unit
    }
}

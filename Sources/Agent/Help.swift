import Text

/// What a person may say to this board: the list of commands, each with who may say it and how.
struct Help {
    struct Entry {
        var topic: CommandTopic
        var role: Role
        /// LINE, INPUT, SENSOR, GROUP and ANY become names of this board; an entry whose name does not exist is left out.
        var forms: String
        var what: String
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

    private var outputs: [String] { vocabulary.lines.filter { $0.isOutput }.map { $0.name } }
    private var inputs: [String] { vocabulary.lines.filter { !$0.isOutput }.map { $0.name } }

    func overview() -> String {
        var text = "You may say:"
        for entry in Help.entries where entry.role <= role {
            if entry.topic == .confirm, !vocabulary.lines.contains(where: { $0.asksBack }) { continue }
            if let forms = fill(entry.forms) { text += "\n\(forms): \(entry.what)" }
        }
        text += names("Outputs", outputs) + names("Inputs", inputs) + names("Sensors", vocabulary.sensors.map { $0.name })
        text += names("Groups", vocabulary.tags)
        if role < .operator { text += "\nYou may look, not switch." }
        return text
    }

    private func names(_ kind: String, _ names: [String]) -> String {
        if names.isEmpty { return "" }
        let shown = names.prefix(Help.maximumNames).joined(separator: ", ")
        return "\n\(kind): \(shown)" + (names.count > Help.maximumNames ? " and \(names.count - Help.maximumNames) more" : "")
    }

    /// The forms with names of this board; nil where it has nothing to name.
    private func fill(_ forms: String, name: String? = nil) -> String? {
        var filled: [String] = []
        for form in forms.split(separator: "·") {
            var words: [String] = []
            var isPossible = true
            for word in form.split(separator: " ") {
                let isQuestion = word.utf8.last == UInt8(ascii: "?")
                let bare = isQuestion ? String(word).droppingLast(1) : String(word)
                let replacement: String?
                switch bare {
                case "LINE": replacement = name ?? outputs.first
                case "DIM": replacement = name ?? vocabulary.lines.first { $0.isDimmable }?.name
                case "GROUP": replacement = name ?? vocabulary.tags.first { tag in vocabulary.lines.contains { $0.isOutput && $0.tags.contains(tag) } }
                case "ANY": replacement = name ?? vocabulary.sensors.first?.name ?? vocabulary.lines.first?.name
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
        return fill(entry.forms).map { "\($0): \(entry.what)" } ?? "This board has nothing to use that with."
    }

    /// `help lamp`, `help lights`
    func about(_ target: Target, _ configuration: Configuration, state: String) -> String {
        let name = vocabulary.text(of: target)
        switch target {
        case .line(let index):
            let line = configuration.lines[index]
            var text = "\(name) is an \(line.direction == .output ? "output" : "input") (\(line.pin)). Now \(state)."
            guard line.direction == .output, role >= .operator else {
                if line.direction == .output { text += " You may look, not switch." }
                return text + "\nYou may say: \(name)? · log \(name)"
            }
            if let maxOn = line.maxOn { text += " I switch it off after \(Spoken.duration(maxOn)) at the latest." }
            if let minOff = line.minOff { text += " It stays off for at least \(Spoken.duration(minOff))." }
            let rivals = configuration.rivals(of: index).map { configuration.lines[$0].name }
            if !rivals.isEmpty { text += " Before it goes on, I switch \(Replies.list(rivals)) off." }
            if line.confirm { text += " I ask back before I switch it." }
            return text + "\nYou may say: \(name) on · \(name) off · toggle \(name) · \(name) on for 10min · pulse \(name) 500ms · "
                + (line.pwm == nil ? "" : "\(name) 40% · fade \(name) to 40% in 5s · ") + (line.comesUpOff ? "" : "blink \(name) · ") + "\(name)? · log \(name)"
        case .sensor(let index):
            let sensor = configuration.sensors[index]
            var text = "\(name) is a sensor (\(sensor.source)). Now \(state)."
            if let report = sensor.report {
                text += " I report it every \(Spoken.duration(report.shortest)) to \(Spoken.duration(report.longest))"
                text += report.delta > 0 ? ", when it changes by \(quantity(report.delta, sensor))." : ", when it changes."
            }
            if let alarm = sensor.alarm { text += " Alarm \(alarm.above ? "above" : "below") \(quantity(alarm.limit, sensor))." }
            return text + "\nYou may say: \(name)? · read \(name)"
        case .tag, .all:
            var members = vocabulary.lines(of: target).map { vocabulary.lines[$0].name }
            members += vocabulary.sensors(of: target).map { vocabulary.sensors[$0].name }
            let isSwitchable = role >= .operator && vocabulary.lines(of: target).contains { vocabulary.lines[$0].isOutput }
            return "\(name): \(Replies.list(members)).\nYou may say: \(name)?" + (isSwitchable ? " · \(name) on · \(name) off" : "")
        }
    }

    private func quantity(_ value: Double, _ sensor: SensorConfiguration) -> String {
        sensor.unit.isEmpty ? NumberText.short(value) : NumberText.short(value) + " " + sensor.unit
    }
}

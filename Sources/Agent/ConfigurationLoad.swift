import INI
import Text
import XMPP

extension Configuration {
    /// What only the board can find wrong with lines and sensors, and the name of the one that it is about; empty for the whole board.
    public typealias Hardware = (BoardConfiguration, [LineConfiguration], [SensorConfiguration]) -> [(name: String, text: String)]

    /// Reads perch.conf.
    ///
    /// - Parameters:
    ///   - file: The file's name as it is to stand in problems: "perch.conf".
    ///   - parts: The text of `devices/parts/NAME.conf`, nil when it cannot be read. Only asked for names of
    ///     letters, digits, "-" and "_".
    ///   - partNames: The names of the parts there are, for the nearest spelling.
    ///   - hardware: Asked for the lines and sensors that could be read when there are other mistakes, so that all are told in one
    ///     go; a file without any is checked when the board is opened.
    public static func load(
        file: String, bytes: [UInt8], parts: @escaping (String) -> [UInt8]?, partNames: [String],
        hardware: Hardware = { _, _, _ in [] }
    ) -> ConfigurationResult {
        let loader = ConfigurationLoader(file: file, parts: parts, partNames: partNames)
        return loader.load(bytes, hardware)
    }

    /// What the file contains in one line, for `perch check`: "3 lines (2 outputs, 1 input), 1 sensor, 2 people".
    public var summary: String {
        let outputs = lines.count { $0.direction == .output }
        return count(lines.count, "line", "lines")
            + filled(" (%, %), ", count(outputs, "output", "outputs"), count(lines.count - outputs, "input", "inputs"))
            + filled("%, %, ", count(sensors.count, "sensor", "sensors"), count(people.entries.count, "person", "people"))
            + filled("reports to %", reports.to.isEmpty ? "nobody" : count(reports.to.count, "address", "addresses"))
    }

    /// What is allowed but probably not meant, for `perch check`.
    public var remarks: [String] {
        var remarks: [String] = []
        if people.entries.isEmpty { remarks.append("[people] is empty: nobody may ask this board anything") }
        if lines.isEmpty && sensors.isEmpty { remarks.append("there is neither a [line NAME] nor a [sensor NAME]: this board has nothing to show") }
        if reports.to.isEmpty && !reports.pubsub && (sensors.contains { $0.report != nil } || lines.contains { $0.reportsChange || $0.reportsPress }) {
            remarks.append("\"report\" is set, but [reports] names nobody to send to")
        }
        for line in lines where line.doublePress != nil && !line.reportsPress {
            remarks.append(filled("% has \"double-press\", but its presses are not reported; add \"report = press\"", line.name))
        }
        return remarks
    }

    private func count(_ number: Int, _ one: String, _ many: String) -> String { filled("% %", String(number), number == 1 ? one : many) }
}

/// Walks through the sections and collects all mistakes.
final class ConfigurationLoader {
    let file: String
    let parts: (String) -> [UInt8]?
    let partNames: [String]
    /// Parts that were asked for.
    var loadedParts: [PartFile] = []

    private var problems: [Noted] = []
    private var account: AccountConfiguration?
    private var people = People()
    private var board = BoardConfiguration()
    var lines: [LineConfiguration] = []
    var sensors: [SensorConfiguration] = []
    private var reports = ReportsConfiguration()
    /// Of each sensor: counters name lines, which may stand further down.
    private(set) var sensorSettings: [[Setting]] = []
    /// Names of lines and sensors in lower case, as the chat compares them, and the names of their sections.
    private var names: [String] = []
    private var sectionNames: [String] = []
    private var pins: [Noted] = []
    private let places = Places()
    private var tags: [Noted] = []
    /// Where `interlock` stands, by the number of the line.
    var interlocks: [Noted] = []
    /// One could not be read: who is alone in a group is not known.
    var isInterlockUnclear = false

    init(file: String, parts: @escaping (String) -> [UInt8]?, partNames: [String]) {
        self.file = file
        self.parts = parts
        self.partNames = partNames
    }

    /// So many mistakes that no more are looked for; several times those listed, since they are sorted first.
    private var isHopeless: Bool { problems.count >= Configuration.maximumProblems * 4 }

    @inline(never)
    func problem(_ place: Place, _ text: String) {
        if isHopeless { return }
        // A part that is used twice is wrong once.
        if place.rank > 0 { for known in problems where known.place.rank == place.rank && known.place.line == place.line && known.text == text { return } }
        problems.append(Noted(text, place))
    }

    @inline(never)
    func problem(_ setting: Setting, _ complaint: Complaint) { problem(setting.place, filled("%: %", setting.key, complaint.text)) }

    func load(_ bytes: [UInt8], _ hardware: Configuration.Hardware) -> ConfigurationResult {
        let document = INI.parse(bytes)
        for problem in document.problems { self.problem(place(problem.line), problem.text) }
        for section in document.sections where !isHopeless { read(section) }
        for index in sensors.indices {
            resolveCounter(index)
        }
        checkTags()
        checkInterlocks()
        if document.section("account") == nil {
            problem(place(1), "the section [account] is missing; it needs at least \"jid = name@domain\"")
        }
        if problems.isEmpty, let account {
            var configuration = Configuration(account: account, people: people, board: board, lines: lines, sensors: sensors, reports: reports)
            configuration.places = places
            return .configuration(configuration)
        }
        // What concerns the whole board (a missing permission) is told when the file itself is right.
        for found in hardware(board, lines, sensors) {
            if let place = places[found.name] { problem(place, filled("%: %", found.name, found.text)) }
        }
        return .problems(sortedProblems())
    }

    private func sortedProblems() -> [ConfigurationProblem] {
        // Stable: of one line the mistakes stay in the order in which they were found.
        let sorted = problems.sorted { a, b in
            a.place.rank != b.place.rank ? a.place.rank < b.place.rank : a.place.line < b.place.line
        }
        var list = sorted.prefix(Configuration.maximumProblems).map { ConfigurationProblem(location: $0.place.description, text: $0.text) }
        if sorted.count > list.count {
            list.append(
                ConfigurationProblem(
                    location: sorted[list.count].place.description, text: "there are more mistakes; correct these first"))
        }
        return list
    }

    func place(_ line: Int) -> Place { Place(file: file, line: line) }

    private func read(_ section: INI.Section) {
        let words = ConfigurationValue.list(section.name)
        let kind = words.first ?? ""
        let named = ConfigurationKeys.namedSections.contains(kind)
        if ConfigurationKeys.laterSections.contains(kind) {
            return problem(place(section.line), filled("[%]: %s are not supported by this version of Perch", section.name, kind))
        }
        guard ConfigurationKeys.sections.contains(kind) else { return unknown(section, kind) }
        if named && words.count != 2 {
            return problem(place(section.line), filled("[%] needs one name, such as [% %]", section.name, kind, kind == "line" ? "lamp" : "air"))
        }
        if !named && words.count != 1 { return problem(place(section.line), filled("[%] takes no name; write [%]", section.name, kind)) }
        switch kind {
        case "account": readAccount(section)
        case "people": readPeople(section)
        case "board": readBoard(section)
        case "reports": readReports(section)
        case "line": if register(words[1], section, full: lines.count >= Configuration.maximumLines) { readLine(section, words[1]) }
        case "sensor": if register(words[1], section, full: sensors.count >= Configuration.maximumSensors) { readSensor(section, words[1]) }
        default: break
        }
    }

    private func unknown(_ section: INI.Section, _ kind: String) {
        var hint = ""
        if let nearest = Spelling.nearest(to: kind, among: ConfigurationKeys.sections) {
            let name = ConfigurationValue.list(section.name).dropFirst().first ?? "NAME"
            hint = filled("; did you mean [%%]?", nearest, ConfigurationKeys.namedSections.contains(nearest) ? " " + name : "")
        } else if section.entry("pin") != nil {
            hint = filled("; did you mean [line %]?", kind)
        } else if section.entry("source") != nil {
            hint = filled("; did you mean [sensor %]?", kind)
        } else {
            hint = "; there are [account], [people], [board], [line NAME], [sensor NAME] and [reports]"
        }
        problem(place(section.line), filled("unknown section [%]%", section.name, hint))
    }

    /// False: the section is one too many. A bad name does not hide the mistakes in its section.
    private func register(_ name: String, _ section: INI.Section, full: Bool) -> Bool {
        if full {
            problem(place(section.line), filled("[%] is one too many; there may be %", section.name, String(Configuration.maximumLines)))
            return false
        }
        do throws(Complaint) {
            let lower = try ConfigurationValue.name(name).lowercased()
            if let known = names.firstIndex(of: lower) {
                throw Complaint("% is also the name of [%]; the chat could not tell them apart", name, sectionNames[known])
            }
            names.append(lower)
            sectionNames.append(section.name)
        } catch {
            problem(place(section.line), filled("[%]: %", section.name, error.text))
        }
        return true
    }

    /// The settings of a section; unknown keys are reported and left out.
    func settings(_ section: INI.Section, _ known: [String]) -> [Setting] {
        settings(section, known, inFile: file, rank: 0)
    }

    func settings(_ section: INI.Section, _ known: [String], inFile file: String, rank: Int) -> [Setting] {
        var settings: [Setting] = []
        for entry in section.entries {
            let place = Place(file: file, rank: rank, line: entry.line)
            if known.contains(entry.key) {
                settings.append(Setting(key: entry.key, value: entry.value, place: place))
            } else {
                var hint = ""
                let synonyms = ConfigurationKeys.synonyms
                for wrong in stride(from: 0, to: synonyms.count, by: 2) where synonyms[wrong] == entry.key && known.contains(synonyms[wrong + 1]) {
                    hint = filled("; did you mean %?", synonyms[wrong + 1])
                }
                if hint.isEmpty { hint = didYouMean(entry.key, known) }
                if hint.isEmpty { hint = filled("; there are %", alternatives(known, "and")) }
                problem(place, filled("unknown key \"%\" in [%]%", entry.key, section.name, hint))
            }
        }
        return settings
    }

    private func readAccount(_ section: INI.Section) {
        var account: AccountConfiguration?
        let settings = settings(section, ConfigurationKeys.account)
        for setting in settings where setting.key == "jid" {
            do throws(Complaint) { account = AccountConfiguration(jid: try ConfigurationValue.address(setting.value)) } catch {
                problem(setting, error)
            }
        }
        if section.entry("jid") == nil { problem(place(section.line), "[account] has no jid; write \"jid = name@domain\"") }
        // Without an address the rest is still checked.
        guard var values = account ?? (try? JID("unknown.invalid")).map(AccountConfiguration.init(jid:)) else { return }
        for setting in settings {
            do throws(Complaint) { try values.apply(setting.key, setting.value) } catch { problem(setting, error) }
        }
        if account != nil { self.account = values }
    }

    private func readPeople(_ section: INI.Section) {
        for entry in section.entries {
            do throws(Complaint) {
                let person = try People.Entry.read(entry.key, entry.value)
                for known in people.entries where known.local == person.local && known.domain == person.domain {
                    throw Complaint("\"%\" stands twice in [people]", entry.key)
                }
                if people.entries.count == Configuration.maximumPeople {
                    throw Complaint("there are more than % people; use *@domain", String(Configuration.maximumPeople))
                }
                people.entries.append(person)
            } catch {
                problem(place(entry.line), error.text)
            }
        }
    }

    private func readBoard(_ section: INI.Section) {
        for setting in settings(section, ConfigurationKeys.board) {
            do throws(Complaint) { try board.apply(setting.key, setting.value) } catch { problem(setting, error) }
        }
        if let control = section.entry("control"), section.entry("profile")?.value != "simulated" {
            problem(place(control.line), "control: only the simulated board has a control socket; add \"profile = simulated\" or remove it")
        }
    }

    private func readReports(_ section: INI.Section) {
        for setting in settings(section, ConfigurationKeys.reports) {
            do throws(Complaint) { try reports.apply(setting.key, setting.value) } catch { problem(setting, error) }
        }
    }

    private func readLine(_ section: INI.Section, _ name: String) {
        let own = settings(section, ConfigurationKeys.line)
        var part = part(in: own, kind: .line)
        var line = LineConfiguration(name: name, pin: "")
        line.part = part?.name
        if let setting = own.setting("direction"), let usual = part?.direction, setting.value.lowercased() != usual.word {
            problem(setting.place, filled("direction: the part % is an %; remove one of the two", part?.name ?? "", usual.word))
            part = nil
        }
        let settings = merged(own, part)
        line.direction = direction(settings)
        for setting in settings {
            do throws(Complaint) {
                let direction = line.direction
                if (direction == .input ? ConfigurationKeys.output : ConfigurationKeys.input).contains(setting.key) {
                    let other = direction == .input ? "output" : "input"
                    throw Complaint("only an % has it, and % is an %; remove it", other, name, direction.word)
                }
                try line.apply(setting.key, setting.value)
                if setting.key == "pin" { try claim(setting, for: line) }
                if setting.key == "interlock" { interlocks.append(Noted("", setting.place, line: lines.count)) }
                if setting.key == "tags" { for tag in line.tags { tags.append(Noted(tag.lowercased(), setting.place)) } }
            } catch {
                problem(setting, error)
                if setting.key == "interlock" { isInterlockUnclear = true }
            }
        }
        if section.entry("pin") == nil {
            problem(place(section.line), filled("[%] has no pin; write \"pin = GPIO17\", \"pin = pin 11\" or \"pin = LABEL:OFFSET\"", section.name))
        }
        if line.pwm == nil, let setting = settings.setting("pwm-range") {
            problem(setting.place, filled("pwm-range: % has no pwm; write \"pwm = 50Hz\" as well", name))
        }
        if line.onWord == line.offWord, let setting = settings.last(where: { $0.key == "when-on" || $0.key == "when-off" }) {
            problem(setting.place, filled("%: % is called \"%\" when it is on and when it is off", setting.key, name, line.onWord))
        }
        lines.append(line)
    }

    private func claim(_ setting: Setting, for line: LineConfiguration) throws(Complaint) {
        places.add(line.name, setting.place)
        for known in pins where known.text == line.pin { throw Complaint("% is already used in line %", line.pin, String(known.place.line)) }
        pins.append(Noted(line.pin, setting.place))
    }

    /// What the line or its part says, else what the other keys are for, else output.
    private func direction(_ settings: [Setting]) -> LineConfiguration.Direction {
        if let setting = settings.setting("direction") {
            return setting.value.lowercased() == LineConfiguration.Direction.input.word ? .input : .output
        }
        if settings.has(ConfigurationKeys.output) { return .output }
        return settings.has(ConfigurationKeys.input) || settings.setting("bias") != nil ? .input : .output
    }

    private func readSensor(_ section: INI.Section, _ name: String) {
        let own = settings(section, ConfigurationKeys.sensor)
        let part = part(in: own, kind: .sensor)
        let settings = merged(own, part)
        var sensor = SensorConfiguration(name: name, source: "")
        sensor.part = part?.name
        for setting in settings {
            do throws(Complaint) {
                try sensor.apply(setting.key, setting.value)
                if setting.key == "source" {
                    try part?.check(source: sensor.source)
                    places.add(name, setting.place)
                }
                if setting.key == "tags" { for tag in sensor.tags { tags.append(Noted(tag.lowercased(), setting.place)) } }
            } catch {
                problem(setting, error)
            }
        }
        // A part that could not be read may have had it.
        if settings.setting("source") == nil, section.entry("part") == nil || part != nil {
            problem(place(section.line), filled("[%] has no source; write \"source = w1:28-…\", or see `perch sensors`", section.name))
        }
        sensors.append(sensor)
        sensorSettings.append(settings)
    }

    private func checkTags() {
        var distinct: [String] = []
        for noted in tags {
            let tag = noted.text, place = noted.place
            if let known = names.firstIndex(of: tag) {
                problem(place, filled("tags: % is also the name of [%]; the chat could not tell them apart", tag, sectionNames[known]))
            }
            if distinct.contains(tag) { continue }
            distinct.append(tag)
            if distinct.count == Configuration.maximumDistinctTags + 1 {
                problem(place, filled("tags: there are more than % different tags", String(Configuration.maximumDistinctTags)))
            }
        }
    }
}

extension INI.Document {
    func section(_ name: String) -> INI.Section? { sections.first { $0.name == name } }
}

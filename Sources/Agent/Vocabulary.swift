import Text

/// What a word in chat can stand for.
indirect enum Target: Equatable {
    case line(LineIndex)
    case sensor(SensorIndex)
    /// All lines and sensors that carry the tag, as written in the configuration.
    case tag(String)
    case all
}

/// The names of this board, as the parser of commands needs them. Upper and lower case are the same.
final class Vocabulary {
    final class Name {
        /// As written in the configuration.
        let text: String
        let folded: String
        let target: Target

        init(_ text: String, _ target: Target) {
            self.text = text
            folded = text.lowercased()
            self.target = target
        }
    }

    let names: [Name]
    let lines: [LineConfiguration]
    let sensors: [SensorConfiguration]

    convenience init(_ configuration: Configuration) { self.init(lines: configuration.lines, sensors: configuration.sensors) }

    init(lines: [LineConfiguration], sensors: [SensorConfiguration]) {
        self.lines = lines
        self.sensors = sensors
        var names: [Name] = []
        for index in lines.indices {
            names.append(Name(lines[index].name, .line(index)))
        }
        for index in sensors.indices {
            names.append(Name(sensors[index].name, .sensor(index)))
        }
        var tags: [String] = []
        for line in lines { for tag in line.tags where !tags.contains(tag) { tags.append(tag) } }
        for sensor in sensors { for tag in sensor.tags where !tags.contains(tag) { tags.append(tag) } }
        for tag in tags { names.append(Name(tag, .tag(tag))) }
        self.names = names
    }

    /// Everything that `word` (folded) names: more than one when the configuration uses a word twice.
    func targets(_ word: String) -> [Target] {
        var found: [Target] = []
        for name in names where name.folded == word { found.append(name.target) }
        return found
    }

    func names(of lines: [LineIndex]) -> [String] {
        var names: [String] = []
        for line in lines { names.append(self.lines[line].name) }
        return names
    }

    /// Those that can be switched, or the others.
    func lineNames(areOutputs: Bool) -> [String] {
        var names: [String] = []
        for line in lines where line.isOutput == areOutputs { names.append(line.name) }
        return names
    }

    var sensorNames: [String] {
        var names: [String] = []
        for sensor in sensors { names.append(sensor.name) }
        return names
    }

    func hasOutput(_ target: Target) -> Bool {
        for line in lines(of: target) where lines[line].isOutput { return true }
        return false
    }

    /// The line whose own words for its states include `word`: "open", or "close" for a line that is "closed".
    func stateOf(_ word: String, line index: LineIndex) -> Bool? {
        guard lines.indices.contains(index) else { return nil }
        if Vocabulary.means(word, lines[index].onWord.lowercased()) { return true }
        if Vocabulary.means(word, lines[index].offWord.lowercased()) { return false }
        return nil
    }

    func isStateWord(_ word: String) -> Bool {
        for index in lines.indices where stateOf(word, line: index) != nil { return true }
        return false
    }

    /// "closed" and "close", "locked" and "lock" are the same state.
    private static func means(_ word: String, _ state: String) -> Bool {
        if word == state { return true }
        return word.utf8.count >= 3 && (state == word + "d" || state == word + "ed")
    }

    /// The outputs and inputs behind a target, each once, in the order of the configuration.
    func lines(of target: Target) -> [LineIndex] {
        switch target {
        case .line(let index): return [index]
        case .sensor: return []
        case .tag(let tag):
            var found: [LineIndex] = []
            for index in lines.indices where lines[index].tags.contains(tag) { found.append(index) }
            return found
        case .all: return Array(lines.indices)
        }
    }

    func sensors(of target: Target) -> [SensorIndex] {
        switch target {
        case .line: return []
        case .sensor(let index): return [index]
        case .tag(let tag):
            var found: [SensorIndex] = []
            for index in sensors.indices where sensors[index].tags.contains(tag) { found.append(index) }
            return found
        case .all: return Array(sensors.indices)
        }
    }

    func text(of target: Target) -> String {
        switch target {
        case .line(let index): return lines.indices.contains(index) ? lines[index].name : ""
        case .sensor(let index): return sensors.indices.contains(index) ? sensors[index].name : ""
        case .tag(let tag): return tag
        case .all: return "all"
        }
    }

    var tags: [String] {
        var tags: [String] = []
        for name in names { if case .tag(let tag) = name.target { tags.append(tag) } }
        return tags
    }
}

import INI
import Text

/// What a file of `devices/parts/` has for a line or for a sensor: defaults for the keys of that section.
final class Part {
    enum Kind: Equatable { case line, sensor }

    let name: String
    let kind: Kind
    var settings: [Setting] = []
    /// Of a `[line]` part that says it.
    var direction: LineConfiguration.Direction?
    /// Of a `[sensor]` part that says it: "w1".
    var sourceKind: String?

    init(_ name: String, _ kind: Kind) {
        self.name = name
        self.kind = kind
    }

    /// Whether a sensor of this part can have this source. The simulated board and recorded files stand in for any.
    func check(source: String) throws(Complaint) {
        guard let sourceKind else { return }
        for kind in [sourceKind, "simulated", "file"] where source.hasPrefix(kind + ":") { return }
        throw Complaint("the part % is read through %; write %:…, as `perch sensors` lists it", name, sourceKind, sourceKind)
    }
}

/// A file of `devices/parts/`: what it is, and its section for lines, for sensors, or one for each (a flow meter is a line that is counted
/// and a sensor that says litres). A chip has neither: its lines are pins.
final class PartFile {
    let card: PartCard
    var line: Part?
    var sensor: Part?
    /// The file has mistakes, which are reported once.
    var isWrong = false

    init(_ card: PartCard) { self.card = card }

    func part(_ kind: Part.Kind) throws(Complaint) -> Part {
        if let part = kind == .line ? line : sensor { return part }
        let name = card.name
        if !card.chip.isEmpty {
            let text = say(
                "$1 is a chip with $2 lines; remove this and use them as pin = $3:0 to pin = $3:$4", name, String(card.chipLines), card.chip,
                String(card.chipLines - 1))
            throw Complaint(text)
        }
        throw Complaint("% is %", name, line != nil ? "for a [line NAME]" : "a sensor; write [sensor NAME]")
    }
}

extension ConfigurationLoader {
    /// What `part = NAME` among `own` names; nil without it, or when it is wrong, which is then reported.
    func part(in own: [Setting], kind: Part.Kind) -> Part? {
        guard let setting = own.setting("part") else { return nil }
        do throws(Complaint) {
            let name = setting.value
            let found = try load(part: name)
            guard let found else { return nil }
            return try found.part(kind)
        } catch {
            problem(setting, error)
            return nil
        }
    }

    /// The section's own settings and those of the part that it does not replace.
    func merged(_ own: [Setting], _ part: Part?) -> [Setting] {
        guard let part else { return own }
        var all = own
        for inherited in part.settings where own.setting(inherited.key) == nil { all.append(inherited) }
        return all
    }

    /// nil: the part's file has mistakes, which are reported once, in that file.
    private func load(part name: String) throws(Complaint) -> PartFile? {
        for loaded in loadedParts where loaded.card.name == name { return loaded.isWrong ? nil : loaded }
        let list = partNames.isEmpty ? "; no parts are installed" : filled("; there are %", alternatives(partNames, "and"))
        let hint = didYouMean(name, partNames)
        // The name becomes a file's name.
        guard !name.isEmpty, ConfigurationValue.isPlain(name), partNames.isEmpty || partNames.contains(name), let bytes = parts(name) else {
            throw Complaint("there is no part \"%\"%", name, hint.isEmpty ? list : hint)
        }
        let part = PartFile(PartCard(name: name))
        part.isWrong = !read(part, bytes)
        loadedParts.append(part)
        return part.isWrong ? nil : part
    }

    /// False: it has mistakes, or nothing that can be used.
    private func read(_ found: PartFile, _ bytes: [UInt8]) -> Bool {
        let name = found.card.name
        let file = filled("parts/%.conf", name)
        let rank = loadedParts.count + 1
        let document = INI.parse(bytes)
        for problem in document.problems { self.problem(Place(file: file, rank: rank, line: problem.line), problem.text) }
        guard document.problems.isEmpty else { return false }
        for (index, section) in document.sections.enumerated() {
            switch section.name {
            case "part" where index == 0:
                for setting in settings(section, ConfigurationKeys.partCard, inFile: file, rank: rank) {
                    do throws(Complaint) { try found.card.apply(setting.key, setting.value) } catch { problem(setting, error) }
                }
            case "line": found.line = read(section, .line, of: name, inFile: file, rank: rank)
            case "sensor": found.sensor = read(section, .sensor, of: name, inFile: file, rank: rank)
            default:
                problem(Place(file: file, rank: rank, line: section.line), "a part has the sections [part], [line] and [sensor], [part] before the others")
                return false
            }
        }
        if found.line == nil && found.sensor == nil && found.card.chip.isEmpty {
            problem(
                Place(file: file, rank: rank, line: document.sections.first?.line ?? 1),
                "a part has a section [line] or [sensor], or \"chip = LABEL LINES\" in [part]")
            return false
        }
        return true
    }

    private func read(_ section: INI.Section, _ kind: Part.Kind, of name: String, inFile file: String, rank: Int) -> Part {
        let keys = kind == .line ? ConfigurationKeys.line : ConfigurationKeys.sensor + ConfigurationKeys.part
        for entry in section.entries where entry.key == "part" || entry.key == "pin" || entry.key == "interlock" {
            problem(Place(file: file, rank: rank, line: entry.line), filled("\"%\" does not belong in a part; set it in perch.conf", entry.key))
        }
        let part = Part(name, kind)
        for setting in settings(section, keys, inFile: file, rank: rank) {
            switch setting.key {
            case "part", "pin", "interlock": continue
            case "source-kind":
                do throws(Complaint) {
                    part.sourceKind = ConfigurationKeys.sources[try ConfigurationValue.choice(setting.value, ConfigurationKeys.sources)]
                } catch {
                    problem(setting, error)
                }
            default:
                if setting.key == "direction" { part.direction = setting.value.lowercased() == "input" ? .input : .output }
                part.settings.append(setting)
            }
        }
        return part
    }
}

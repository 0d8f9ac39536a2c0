import INI
import Text

/// A file of `devices/parts/`: one section `[line]` or `[sensor]` with defaults for the keys of that section.
struct Part {
    enum Kind: Equatable { case line, sensor }

    var name: String
    var kind: Kind
    var settings: [Setting]
    /// Of a `[line]` part that says it.
    var direction: LineConfiguration.Direction?
    /// Of a `[sensor]` part that says it: "w1".
    var sourceKind: String?

    /// Whether a sensor of this part can have this source. The simulated board and recorded files stand in for any.
    func check(source: String) throws(Complaint) {
        guard let sourceKind else { return }
        for kind in [sourceKind, "simulated", "file"] where source.hasPrefix(kind + ":") { return }
        throw Complaint("the part \(name) is read through \(sourceKind); write \(sourceKind):…, as `perch sensors` lists it")
    }
}

extension ConfigurationLoader {
    /// What `part = NAME` among `own` names; nil without it, or when it is wrong, which is then reported.
    mutating func part(in own: [Setting], kind: Part.Kind) -> Part? {
        guard let setting = own.first(where: { $0.key == "part" }) else { return nil }
        do throws(Complaint) {
            let name = setting.value
            let found = try load(part: name)
            guard let found else { return nil }
            if found.kind != kind {
                throw Complaint("\(name) is \(found.kind == .line ? "for a [line NAME]" : "a sensor; write [sensor NAME]")")
            }
            return found
        } catch {
            problem(setting.place, "part: \(error.text)")
            return nil
        }
    }

    /// The section's own settings and those of the part that it does not replace.
    func merged(_ own: [Setting], _ part: Part?) -> [Setting] {
        guard let part else { return own }
        return own + part.settings.filter { inherited in !own.contains { $0.key == inherited.key } }
    }

    /// nil: the part's file has mistakes, which are reported once, in that file.
    private mutating func load(part name: String) throws(Complaint) -> Part? {
        for loaded in loadedParts where loaded.name == name { return loaded.part }
        let list = partNames.isEmpty ? "; no parts are installed" : "; there are \(alternatives(partNames, "and"))"
        let hint = didYouMean(name, partNames)
        // The name becomes a file's name.
        let valid = !name.isEmpty && name.utf8.allSatisfy {
            ConfigurationValue.isLetter($0) || ConfigurationValue.isDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
        guard valid, partNames.isEmpty || partNames.contains(name), let bytes = parts(name) else {
            throw Complaint("there is no part \"\(name)\"\(hint.isEmpty ? list : hint)")
        }
        let part = read(part: name, bytes)
        loadedParts.append((name, part))
        return part
    }

    private mutating func read(part name: String, _ bytes: [UInt8]) -> Part? {
        let file = "parts/\(name).conf"
        let rank = loadedParts.count + 1
        let document = INI.parse(bytes)
        for problem in document.problems { self.problem(Place(file: file, rank: rank, line: problem.line), problem.text) }
        guard document.problems.isEmpty else { return nil }
        guard document.sections.count == 1, let section = document.sections.first, section.name == "line" || section.name == "sensor" else {
            problem(
                Place(file: file, rank: rank, line: document.sections.first?.line ?? 1),
                "a part has one section, [line] or [sensor]")
            return nil
        }
        let keys = section.name == "line" ? ConfigurationKeys.line : ConfigurationKeys.sensor + ConfigurationKeys.part
        let all = settings(section, keys, inFile: file, rank: rank)
        for entry in section.entries where entry.key == "part" || entry.key == "pin" || entry.key == "interlock" {
            problem(Place(file: file, rank: rank, line: entry.line), "\"\(entry.key)\" does not belong in a part; set it in perch.conf")
        }
        var part = Part(name: name, kind: section.name == "line" ? .line : .sensor, settings: [])
        for setting in all {
            switch setting.key {
            case "part", "pin", "interlock": continue
            case "source-kind":
                do throws(Complaint) {
                    part.sourceKind = ConfigurationKeys.sources[try ConfigurationValue.choice(setting.value, ConfigurationKeys.sources)]
                } catch {
                    problem(setting.place, "source-kind: \(error.text)")
                }
            default:
                if setting.key == "direction" { part.direction = setting.value.lowercased() == "input" ? .input : .output }
                part.settings.append(setting)
            }
        }
        return part
    }
}

import INI
import Text

extension Profile {
    /// Entries of one section. A header has at most 200 pins, a chip at most a few hundred lines.
    static let entryLimit = 1024

    /// `file` is the name for errors, "raspberry-pi-4.conf"; the profile is called as the file without `.conf`.
    /// All mistakes are reported in one go.
    public static func parse(file: String, _ bytes: [UInt8]) throws(ProfileProblems) -> Profile {
        let document = INI.parse(bytes)
        var parser = ProfileParser(file: file)
        for problem in document.problems { parser.complain(problem.line, problem.text) }
        for section in document.sections { parser.take(section) }
        return try parser.finish()
    }
}

private struct ProfileParser {
    let file: String
    var profile: Profile
    var problems: [ProfileProblem] = []
    /// Lines where each function stands, to be compared when all pins are known.
    var functionLines: [Int] = []
    /// The same of each PWM channel.
    var pwmLines: [Int] = []

    init(file: String) {
        self.file = file
        let stem = Text.hasSuffix(file, ".conf") ? String(decoding: file.utf8.dropLast(5), as: UTF8.self) : file
        profile = Profile(name: Text.splitLast(stem, at: UInt8(ascii: "/"))?.1 ?? stem, title: "", chips: [])
    }

    mutating func complain(_ line: Int, _ text: String) {
        problems.append(ProfileProblem(location: "\(file):\(line)", text: text))
    }

    mutating func take(_ section: INI.Section) {
        if section.entries.count > Profile.entryLimit {
            return complain(section.line, "[\(section.name)] has more than \(Profile.entryLimit) entries")
        }
        switch section.name {
        case "board": for entry in section.entries { takeBoard(entry) }
        case "header": for entry in section.entries { takeHeader(entry) }
        case "pins": for entry in section.entries { takePin(entry) }
        case "functions":
            for entry in section.entries {
                profile.functions.append(Profile.Function(line: entry.key, text: entry.value))
                functionLines.append(entry.line)
            }
        case "pwm": for entry in section.entries { takePWM(entry) }
        default:
            complain(section.line, "[\(section.name)] is no section of a profile" + meant(section.name, ["board", "header", "pins", "functions", "pwm"]))
        }
    }

    private mutating func takeBoard(_ entry: INI.Entry) {
        switch entry.key {
        case "name": profile.title = entry.value
        case "compatible": profile.compatible = Text.words(entry.value)
        case "chip": profile.chips = Text.words(entry.value)
        default: complain(entry.line, "\"\(entry.key)\" is no key of [board]" + meant(entry.key, ["name", "compatible", "chip"]))
        }
    }

    private mutating func takeHeader(_ entry: INI.Entry) {
        let words = Text.words(entry.key)
        guard words.count == 2, words[0] == "pin", let number = Text.number(words[1], limit: PinReference.headerLimit), number > 0 else {
            return complain(entry.line, "\"\(entry.key)\": a line of [header] is written as pin 11 = GPIO17")
        }
        if profile.line(onPin: number) != nil { return complain(entry.line, "pin \(number) stands twice") }
        profile.header.append(Profile.HeaderPin(number: number, line: entry.value))
    }

    private mutating func takePin(_ entry: INI.Entry) {
        guard let offset = Text.number(entry.value, limit: PinReference.offsetLimit) else {
            return complain(entry.line, "\"\(entry.value)\": a line of [pins] is written as GPIO17 = 17, its offset on the chip")
        }
        for pin in profile.pins where pin.offset == offset {
            return complain(entry.line, "\(entry.key) and \(pin.line) have the same offset \(offset)")
        }
        profile.pins.append(Profile.LineOffset(line: entry.key, offset: offset))
    }

    private mutating func takePWM(_ entry: INI.Entry) {
        guard let channel = PWMChannel(line: entry.key, entry.value) else {
            return complain(
                entry.line,
                "\"\(entry.value)\": a line of [pwm] is written as GPIO18 = fe20c000.pwm:0 dtoverlay=pwm,pin=18,func=2, the PWM chip's device, the channel on it and how it is enabled")
        }
        profile.pwm.append(channel)
        pwmLines.append(entry.line)
    }

    mutating func finish() throws(ProfileProblems) -> Profile {
        if profile.title.isEmpty { complain(1, "[board] has no name, as in name = Raspberry Pi 4") }
        if profile.chips.isEmpty { complain(1, "[board] has no chip, as in chip = pinctrl-bcm2711") }
        for (index, function) in profile.functions.enumerated() where profile.offset(of: function.line) == nil {
            complain(functionLines[index], "[pins] has no \(function.line)" + meant(function.line, profile.pins.map { $0.line }))
        }
        for (index, channel) in profile.pwm.enumerated() where profile.offset(of: channel.line) == nil {
            complain(pwmLines[index], "[pins] has no \(channel.line)" + meant(channel.line, profile.pins.map { $0.line }))
        }
        if problems.isEmpty { return profile }
        throw ProfileProblems(list: problems)
    }

    private func meant(_ word: String, _ known: [String]) -> String {
        guard let nearest = Spelling.nearest(to: word, in: known) else { return "" }
        return "; did you mean \(nearest)?"
    }
}

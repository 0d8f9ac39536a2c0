import INI
import Text

extension Profile {
    /// Entries of one section. A header has at most 200 pins, a chip at most a few hundred lines.
    static let entryLimit = 1024

    /// Profiles that are `like` one another in a row.
    static let likeLimit = 4

    /// `file` is the name for errors, "raspberry-pi-4.conf"; the profile is called as the file without `.conf`.
    /// All mistakes are reported in one go.
    ///
    /// - Parameters:
    ///   - folders: where the profile that it is `like` is looked for.
    ///   - depth: how many are `like` this one.
    public static func parse(file: String, _ bytes: [UInt8], folders: [String] = [], depth: Int = 0) throws(ProfileProblems) -> Profile {
        let document = INI.parse(bytes)
        var parser = ProfileParser(file: file)
        for problem in document.problems { parser.complain(problem.line, problem.text) }
        for section in document.sections { parser.take(section) }
        if let like = parser.like { parser.inherit(like, folders, depth) }
        return try parser.finish()
    }
}

private struct ProfileParser {
    let file: String
    var profile: Profile
    var problems: [ProfileProblem] = []
    /// Lines where each function stands, to be compared when all pins are known.
    var functionLines: [Int] = []
    /// The same of each PWM channel and of each line that is taken.
    var pwmLines: [Int] = []
    var takenLines: [Int] = []
    var like: INI.Entry?

    init(file: String) {
        self.file = file
        let stem = Text.hasSuffix(file, ".conf") ? file.droppingLast(5) : file
        profile = Profile(name: Text.splitLast(stem, at: UInt8(ascii: "/"))?.1 ?? stem, title: "", chips: [])
    }

    mutating func complain(_ line: Int, _ text: String) {
        problems.append(ProfileProblem(location: filled("%:%", file, String(line)), text: text))
    }

    mutating func take(_ section: INI.Section) {
        if section.entries.count > Profile.entryLimit {
            return complain(section.line, filled("[%] has more than % entries", section.name, String(Profile.entryLimit)))
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
        case "taken": for entry in section.entries { takeTaken(entry) }
        default:
            complain(
                section.line,
                filled("[%] is no section of a profile", section.name) + Text.meant(section.name, wordList("board header pins functions pwm taken"), ""))
        }
    }

    private mutating func takeBoard(_ entry: INI.Entry) {
        switch entry.key {
        case "name": profile.title = entry.value
        case "compatible": profile.compatible = Text.words(entry.value)
        case "chip": profile.chips = Text.words(entry.value)
        case "like": like = entry
        default: complain(entry.line, filled("\"%\" is no key of [board]", entry.key) + Text.meant(entry.key, wordList("name compatible chip like"), ""))
        }
    }

    private mutating func takeHeader(_ entry: INI.Entry) {
        let words = Text.words(entry.key)
        guard words.count == 2, words[0] == "pin", let number = Text.number(words[1], limit: PinReference.headerLimit), number > 0 else {
            return complain(entry.line, filled("\"%\": a line of [header] is written as pin 11 = GPIO17", entry.key))
        }
        if profile.line(onPin: number) != nil { return complain(entry.line, filled("pin % stands twice", String(number))) }
        profile.header.append(Profile.HeaderPin(number: number, line: entry.value))
    }

    private mutating func takePin(_ entry: INI.Entry) {
        var chip = "", kernelName = ""
        var offset = Text.number(entry.value, limit: PinReference.offsetLimit)
        if offset == nil, let (label, number) = Text.splitLast(entry.value, at: UInt8(ascii: ":")), !label.isEmpty {
            chip = label
            offset = Text.number(number, limit: PinReference.offsetLimit)
        }
        if offset == nil, let (start, rest) = Text.split(entry.value, at: UInt8(ascii: "\"")), start.isEmpty,
            let (name, end) = Text.split(rest, at: UInt8(ascii: "\"")), end.isEmpty
        {
            kernelName = name
        }
        if offset == nil, kernelName.isEmpty {
            return complain(
                entry.line,
                filled(
                    "\"%\": a line of [pins] is written as GPIO17 = 17, its offset on the chip, GPIO17 = LABEL:17 or GPIO17 = \"the kernel's name\"",
                    entry.value))
        }
        let pin = Profile.LineOffset(line: entry.key, chip: chip, offset: offset, kernelName: kernelName)
        for other in profile.pins where pin.isSamePlace(as: other) {
            return complain(entry.line, filled("% and % are both %", entry.key, other.line, entry.value))
        }
        profile.pins.append(pin)
    }

    private mutating func takeTaken(_ entry: INI.Entry) {
        guard let taken = TakenLine(line: entry.key, entry.value) else {
            return complain(
                entry.line,
                filled(
                    "\"%\": a line of [taken] is written as GPIO2 = fe804000.i2c dtparam=i2c_arm=on, the device that has it and how that is enabled",
                    entry.value))
        }
        profile.taken.append(taken)
        takenLines.append(entry.line)
    }

    private mutating func takePWM(_ entry: INI.Entry) {
        guard let channel = PWMChannel(line: entry.key, entry.value) else {
            return complain(
                entry.line,
                """
                "\(entry.value)": a line of [pwm] is written as GPIO18 = fe20c000.pwm:0 dtoverlay=pwm,pin=18,func=2, \
                the PWM chip's device, the channel on it and how it is enabled
                """)
        }
        profile.pwm.append(channel)
        pwmLines.append(entry.line)
    }

    /// Adds what the other profile says and this one does not; its name and the boards that it is found by stay its own.
    mutating func inherit(_ entry: INI.Entry, _ folders: [String], _ depth: Int) {
        if depth == Profile.likeLimit { return complain(entry.line, filled("more than % profiles are like one another", String(Profile.likeLimit))) }
        let base: Profile
        do throws(ProfileProblems) {
            base = try Profile.load(entry.value, folders: folders, depth: depth + 1)
        } catch {
            return complain(entry.line, filled("like = %: %", entry.value, error.description))
        }
        if profile.chips.isEmpty { profile.chips = base.chips }
        for pin in base.header where profile.line(onPin: pin.number) == nil { profile.header.append(pin) }
        for pin in base.pins where profile.place(of: pin.line) == nil { profile.pins.append(pin) }
        for function in base.functions where profile.function(of: function.line) == nil {
            profile.functions.append(function)
            functionLines.append(entry.line)
        }
        for channel in base.pwm where profile.pwm(of: channel.line) == nil {
            profile.pwm.append(channel)
            pwmLines.append(entry.line)
        }
        let own = profile.taken
        for taken in base.taken where !own.contains(where: { $0.line == taken.line }) {
            profile.taken.append(taken)
            takenLines.append(entry.line)
        }
    }

    mutating func finish() throws(ProfileProblems) -> Profile {
        if profile.title.isEmpty { complain(1, "[board] has no name, as in name = Raspberry Pi 4") }
        if profile.chips.isEmpty { complain(1, "[board] has no chip, as in chip = pinctrl-bcm2711") }
        for (index, function) in profile.functions.enumerated() { checkLine(function.line, functionLines[index]) }
        for (index, channel) in profile.pwm.enumerated() { checkLine(channel.line, pwmLines[index]) }
        for (index, taken) in profile.taken.enumerated() { checkLine(taken.line, takenLines[index]) }
        if problems.isEmpty { return profile }
        throw ProfileProblems(list: problems)
    }

    private mutating func checkLine(_ name: String, _ line: Int) {
        if profile.place(of: name) == nil { complain(line, filled("[pins] has no %", name) + Text.meant(name, profile.pins.map { $0.line }, "")) }
    }
}

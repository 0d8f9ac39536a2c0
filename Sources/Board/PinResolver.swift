import Text

/// Finds the pin that a reference means among the chips that the kernel shows. Pure.
///
/// A name that resembles one that is there is a mistake; any other may be that of an expander which is not plugged in: `.away`.
struct PinResolver {
    let chips: [ChipDescription]
    let profile: Profile?

    func pin(_ reference: PinReference) throws(BoardError) -> Pin {
        switch reference {
        case .line(let name): return try pin(named: name)
        case .header(let number): return try pin(header: number)
        case .offset(let label, let offset): return try pin(label: label, offset: offset)
        case .chipNumber(let chip, let offset): throw refusal(chip: chip, offset: offset)
        }
    }

    /// How the pin is best called: by the kernel's name where it is the only one of that name, else "LABEL:OFFSET".
    func name(of pin: Pin) -> String {
        let chip = chips[pin.chip]
        let name = chip.lines[pin.offset].name
        let own = profileName(of: pin)
        if !name.isEmpty, pins(named: name).count == 1 {
            // "P9_22" is enough for "P9_22 [spi0_sclk]".
            if let own, Profile.isName(name, own) { return own }
            return name
        }
        return own ?? "\(chip.label):\(pin.offset)"
    }

    /// The profile's name for the pin.
    func profileName(of pin: Pin) -> String? {
        let chip = chips[pin.chip]
        return profile?.line(onChip: chip.label, offset: pin.offset, kernelName: chip.lines[pin.offset].name)
    }

    private func pins(named name: String) -> [Pin] {
        var found: [Pin] = []
        for (chip, description) in chips.enumerated() {
            for (offset, line) in description.lines.enumerated() where Profile.isName(line.name, name) {
                found.append(Pin(chip: chip, offset: offset))
            }
        }
        return found
    }

    private func pin(named name: String) throws(BoardError) -> Pin {
        let found = pins(named: name)
        if found.count == 1 { return found[0] }
        if found.count > 1 {
            if let profile {
                let own = found.filter { profile.has(chip: chips[$0.chip].label) }
                if own.count == 1 { return own[0] }
            }
            let choices = found.map { "\(chips[$0.chip].label):\($0.offset)" }
            throw .invalid("\(found.count) lines are called \(name); write \(alternatives(choices))")
        }
        if let place = profile?.place(of: name) { return try pin(place) }
        var known: [String] = []
        for chip in chips { known += chip.lines.map { $0.name } }
        if let profile { known += profile.pins.map { $0.line } }
        if let nearest = Spelling.nearest(to: name, among: known, prefersSameLetters: true) {
            throw .notFound("no line is called \"\(name)\"; did you mean \(nearest)?")
        }
        var text = "no line is called \"\(name)\""
        // Most such names are another board's.
        if let profile, let first = profile.pins.first, let last = profile.pins.last {
            text += " on \(profile.title), whose lines have names such as \(first.line) and \(last.line)"
        }
        throw .away("\(text); `perch lines` shows what this board has")
    }

    private func pin(_ place: Profile.LineOffset) throws(BoardError) -> Pin {
        guard let profile else { throw .notFound("no line is called \"\(place.line)\"") }
        let labels = place.chip.isEmpty ? profile.chips : [place.chip]
        var found: [Pin] = []
        if let offset = place.offset {
            for (index, chip) in chips.enumerated() where labels.contains(chip.label) && offset < chip.lines.count {
                found.append(Pin(chip: index, offset: offset))
            }
        } else {
            found = pins(named: place.kernelName)
        }
        if found.count == 1 { return found[0] }
        let choices = found.map { "\(chips[$0.chip].name), line \($0.offset)" }
        if found.count > 1 { throw .invalid("\(place.line) of profile \(profile.name) could be \(alternatives(choices)); only a line's name can tell them apart") }
        if place.offset == nil {
            throw .notFound(
                """
                profile \(profile.name) knows \(place.line) by the kernel's name for it, and this kernel has no line of that name; \
                `perch lines` shows which it has
                """)
        }
        throw .notFound(
            "profile \(profile.name) has \(place.line) on chip \(alternatives(labels)), which the kernel does not show; it shows \(self.labels)")
    }

    private func pin(header number: Int) throws(BoardError) -> Pin {
        guard let profile else {
            throw .invalid("pin \(number) of the header needs a board profile and none is known for this board; write a line name or LABEL:OFFSET")
        }
        guard let name = profile.line(onPin: number) else {
            if profile.header.isEmpty {
                var choices: [String] = []
                for pin in profile.pins where pin.line.hasSuffix("_\(number)") { choices.append(pin.line) }
                if choices.isEmpty { choices = profile.pins.prefix(1).map { $0.line } }
                throw .invalid("\(profile.title) has more than one header, so pin \(number) could be any of them; write \(alternatives(choices))")
            }
            throw .invalid("the header of \(profile.title) has no GPIO line on pin \(number); `perch lines` shows the pins that have one")
        }
        if let place = profile.place(of: name) {
            // The profile knows better than the kernel's names, which differ between kernels (GPIO4 is GPIO_GCLK in some).
            if let pin = try? pin(place) { return pin }
        } else if pins(named: name).isEmpty {
            throw .invalid("pin \(number) of the header is \(name): no line to use; `perch lines` shows the pins that have one")
        }
        return try pin(named: name)
    }

    private func pin(label: String, offset: Int) throws(BoardError) -> Pin {
        let found = chips.indices.filter { chips[$0].label == label }
        guard let chip = found.first else {
            if let nearest = Spelling.nearest(to: label, among: chips.map { $0.label }, prefersSameLetters: true) {
                throw .notFound("no chip has the label \"\(label)\"; did you mean \(nearest):\(offset)?")
            }
            throw .away("no chip has the label \"\(label)\"; the kernel shows \(labels)")
        }
        if found.count > 1 {
            throw .invalid("\(found.count) chips have the label \(label); only the lines' names can tell them apart")
        }
        if offset >= chips[chip].lines.count {
            throw .invalid("\(label) has the lines 0 to \(chips[chip].lines.count - 1), not \(offset)")
        }
        return Pin(chip: chip, offset: offset)
    }

    private func refusal(chip: String, offset: Int) -> BoardError {
        var name = chip
        if Text.hasPrefix(name, "/dev/") { name = String(decoding: name.utf8.dropFirst(5), as: UTF8.self) }
        let reason = "chip numbers such as \(name) change between kernels and reboots"
        if let found = chips.firstIndex(where: { $0.name == name }) {
            if offset < chips[found].lines.count {
                let better = self.name(of: Pin(chip: found, offset: offset))
                let label = "\(chips[found].label):\(offset)"
                return .invalid("\(reason); write \(better == label ? label : "\(better) or \(label)")")
            }
            return .invalid("\(reason); write \(chips[found].label):OFFSET")
        }
        return .invalid("\(reason); write the line's name or LABEL:OFFSET as `perch lines` shows them")
    }

    private var labels: String { chips.isEmpty ? "none" : list(chips.map { $0.label }) }

    private func alternatives(_ names: [String]) -> String { joined(names, last: " or ") }
    private func list(_ names: [String]) -> String { joined(names, last: " and ") }

    private func joined(_ names: [String], last: String) -> String {
        // 8 names say enough; a board with 40 expanders must not fill the journal.
        let shown = names.prefix(8)
        var text = ""
        for (index, name) in shown.enumerated() {
            if index > 0 { text += index == shown.count - 1 && shown.count == names.count ? last : ", " }
            text += name
        }
        return shown.count == names.count ? text : text + " …"
    }
}

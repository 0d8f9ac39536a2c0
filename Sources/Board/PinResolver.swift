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
        return own ?? filled("%:%", chip.label, String(pin.offset))
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
            let choices = found.map { filled("%:%", chips[$0.chip].label, String($0.offset)) }
            throw .invalid("% lines are called %; write %", String(found.count), name, alternatives(choices))
        }
        if let place = profile?.place(of: name) { return try pin(place) }
        var known: [String] = []
        for chip in chips { known += chip.lines.map { $0.name } }
        if let profile { known += profile.pins.map { $0.line } }
        if let nearest = Text.nearest(name, known) {
            throw .notFound("no line is called \"%\"; did you mean %?", name, nearest)
        }
        var text = filled("no line is called \"%\"", name)
        // Most such names are another board's.
        if let profile, let first = profile.pins.first, let last = profile.pins.last {
            text += filled(" on %, whose lines have names such as % and %", profile.title, first.line, last.line)
        }
        throw .away("%; `perch lines` shows what this board has", text)
    }

    private func pin(_ place: Profile.LineOffset) throws(BoardError) -> Pin {
        guard let profile else { throw .notFound("no line is called \"%\"", place.line) }
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
        let choices = found.map { filled("%, line %", chips[$0.chip].name, String($0.offset)) }
        if found.count > 1 {
            throw .invalid("% of profile % could be %; only a line's name can tell them apart", place.line, profile.name, alternatives(choices))
        }
        if place.offset == nil {
            throw .notFound(
                "profile % knows % by the kernel's name for it, and this kernel has no line of that name; `perch lines` shows which it has",
                profile.name, place.line)
        }
        let wanted = filled("profile % has % on chip %", profile.name, place.line, alternatives(labels))
        throw .notFound("%, which the kernel does not show; it shows %", wanted, self.labels)
    }

    private func pin(header number: Int) throws(BoardError) -> Pin {
        guard let profile else {
            throw .invalid("pin % of the header needs a board profile and none is known for this board; write a line name or LABEL:OFFSET", String(number))
        }
        guard let name = profile.line(onPin: number) else {
            if profile.header.isEmpty {
                var choices: [String] = []
                for pin in profile.pins where pin.line.hasSuffix(filled("_%", String(number))) { choices.append(pin.line) }
                if choices.isEmpty { choices = profile.pins.prefix(1).map { $0.line } }
                throw .invalid("% has more than one header, so pin % could be any of them; write %", profile.title, String(number), alternatives(choices))
            }
            throw .invalid("the header of % has no GPIO line on pin %; `perch lines` shows the pins that have one", profile.title, String(number))
        }
        if let place = profile.place(of: name) {
            // The profile knows better than the kernel's names, which differ between kernels (GPIO4 is GPIO_GCLK in some).
            if let pin = try? pin(place) { return pin }
        } else if pins(named: name).isEmpty {
            throw .invalid("pin % of the header is %: no line to use; `perch lines` shows the pins that have one", String(number), name)
        }
        return try pin(named: name)
    }

    private func pin(label: String, offset: Int) throws(BoardError) -> Pin {
        let found = chips.indices.filter { chips[$0].label == label }
        guard let chip = found.first else {
            if let nearest = Text.nearest(label, chips.map { $0.label }) {
                throw .notFound("no chip has the label \"%\"; did you mean %:%?", label, nearest, String(offset))
            }
            throw .away("no chip has the label \"%\"; the kernel shows %", label, labels)
        }
        if found.count > 1 {
            throw .invalid("% chips have the label %; only the lines' names can tell them apart", String(found.count), label)
        }
        if offset >= chips[chip].lines.count {
            throw .invalid("% has the lines 0 to %, not %", label, String(chips[chip].lines.count - 1), String(offset))
        }
        return Pin(chip: chip, offset: offset)
    }

    private func refusal(chip: String, offset: Int) -> BoardError {
        var name = chip
        if Text.hasPrefix(name, "/dev/") { name = name.dropping(5) }
        let reason = filled("chip numbers such as % change between kernels and reboots", name)
        if let found = chips.firstIndex(where: { $0.name == name }) {
            if offset < chips[found].lines.count {
                let better = self.name(of: Pin(chip: found, offset: offset))
                let label = filled("%:%", chips[found].label, String(offset))
                return .invalid("%; write %", reason, better == label ? label : filled("% or %", better, label))
            }
            return .invalid("%; write %:OFFSET", reason, chips[found].label)
        }
        return .invalid("%; write the line's name or LABEL:OFFSET as `perch lines` shows them", reason)
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

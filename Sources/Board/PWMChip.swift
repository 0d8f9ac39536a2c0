import Text

/// A PWM chip that the kernel shows.
final class PWMChip {
    static let folder = "/sys/class/pwm"
    /// Chips looked at; an expander is one more each.
    static let limit = 64

    /// "pwmchip0": not stable over reboots.
    let entry: String
    /// "fe20c000.pwm", "1-0040".
    let device: String
    let channels: Int

    init(entry: String, device: String, channels: Int) {
        self.entry = entry
        self.device = device
        self.channels = channels
    }

    static func all(root: String) -> [PWMChip] {
        var chips: [PWMChip] = []
        for entry in Files.names(in: root + folder) where Text.hasPrefix(entry, "pwmchip") {
            if chips.count == limit { break }
            let path = root + folder + "/" + entry
            chips.append(
                PWMChip(
                    entry: entry, device: Files.linkTarget(path + "/device").last ?? entry,
                    channels: Text.number(Files.line(path + "/npwm") ?? "", limit: 4096) ?? 0))
        }
        return chips
    }
}

/// Finds the PWM channel that a `pin` means.
struct PWMResolver {
    let chips: [PWMChip]
    let profile: Profile?

    /// Chip and channel, and how the pin is called.
    func pin(_ reference: PinReference) throws(BoardError) -> (place: HeldLine.Place, name: String) {
        let line: String
        switch reference {
        case .line(let name): line = name
        case .header(let number):
            guard let profile else {
                throw .invalid("pin % of the header needs a board profile and none is known for this board; %", String(number), advice)
            }
            guard let name = profile.line(onPin: number) else { throw .invalid("the header of % has no GPIO line on pin %", profile.title, String(number)) }
            line = name
        case .chipNumber(let chip, _):
            throw .invalid("chip numbers such as % change between kernels and reboots; %", chip, advice)
        case .offset(let label, let offset):
            guard let name = profile?.line(onChip: label, offset: offset) else { return try channel(offset, of: label) }
            line = name
        }
        let known = try PWMResolver.channel(of: line, profile, advice)
        var found: PWMChip?
        for chip in chips where known.chips.contains(chip.device) {
            if found != nil { throw .invalid("%: there are two PWM chips of the device %; they cannot be told apart", line, chip.device) }
            found = chip
        }
        guard let found else { throw .away("PWM is not enabled on %: %", line, remedy(known)) }
        return (try place(known.channel, found), line)
    }

    /// The profile's entry; refuses a pin without PWM with those that have it.
    static func channel(of line: String, _ profile: Profile?, _ advice: String) throws(BoardError) -> PWMChannel {
        if let known = profile?.pwm(of: line) { return known }
        guard let profile, !profile.pwm.isEmpty else { throw .invalid("which PWM channel % has is not known for this board; %", line, advice) }
        var lines: [String] = []
        for channel in profile.pwm { lines.append(channel.line) }
        throw .invalid(
            "% has no PWM; on the % there is PWM on %. On any other pin remove \"pwm\": the line is then on or off", line, profile.title, joined(lines))
    }

    private func channel(_ channel: Int, of device: String) throws(BoardError) -> (place: HeldLine.Place, name: String) {
        for chip in chips where chip.entry == device {
            throw .invalid("numbers such as % change between kernels and reboots; write %:%", device, chip.device, String(channel))
        }
        var found: PWMChip?
        for chip in chips where chip.device == device {
            if found != nil { throw .invalid("two PWM chips have the device %; they cannot be told apart", device) }
            found = chip
        }
        guard let found else { throw .away("no PWM chip has the device \"%\"; %", device, shown) }
        return (try place(channel, found), filled("%:%", device, String(channel)))
    }

    private func place(_ channel: Int, _ chip: PWMChip) throws(BoardError) -> HeldLine.Place {
        if channel < chip.channels { return HeldLine.Place(chip: chip.entry, offset: channel) }
        throw .invalid("the PWM chip % has the channels 0 to %, not %", chip.device, String(chip.channels - 1), String(channel))
    }

    private func remedy(_ known: PWMChannel) -> String {
        if known.enable.isEmpty { return filled("its PWM chip % is not there; %", known.chips[0], shown) }
        if !Text.hasPrefix(known.enable, "dt") { return known.enable }
        return filled("add the line \"%\" to /boot/firmware/config.txt and restart the board", known.enable)
    }

    var advice: String { filled("write a PWM chip's device and its channel, as in pin = 1-0040:3; %", shown) }

    private var shown: String {
        var names: [String] = []
        for chip in chips { names.append(chip.device) }
        return names.isEmpty ? "this computer shows no PWM chip" : filled("this computer shows %", PWMResolver.joined(names))
    }

    private static func joined(_ names: [String]) -> String {
        var text = ""
        for (index, name) in names.enumerated() {
            if index > 0 { text += index == names.count - 1 ? " and " : ", " }
            text += name
        }
        return text
    }
}

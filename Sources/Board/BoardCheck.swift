import Text

extension Board {
    /// What `open` would complain about, found without claiming or changing anything.
    ///
    /// A line that Perch itself holds (the service is running) is no complaint.
    public static func check(
        lines: [LineSettings], sensors: [SensorSettings], profile: Profile?, root: String = ""
    ) -> [BoardProblem] {
        let board = Board(profile: profile, root: root)
        var problems: [BoardProblem] = []
        _ = board.parse(sensors, &problems)
        let pins = board.resolve(lines, &problems)
        board.findUsed(lines, pins, &problems)
        return problems
    }

    /// Adds a problem for each pin that somebody else has.
    func findUsed(_ settings: [LineSettings], _ pins: [FoundPin?], _ problems: inout [BoardProblem]) {
        for (line, pin) in zip(settings, pins) {
            guard let pin, pin.chip != nil || line.pwm != nil && !isSimulated, lines.index(at: pin.place) == nil else { continue }
            do throws(BoardError) {
                guard let chip = pin.chip else {
                    if let pwm = line.pwm { try PWMLine(root: root, pin.place, name: pin.name, pwm, activeLow: line.activeLow).check() }
                    continue
                }
                let info = try chip.lineInfo(pin.place.offset)
                if info.isUsed, !Text.hasPrefix(info.consumer, "perch:") { throw .busy(pin: pin.name, consumer: user(info.consumer, pin.profileName)) }
            } catch {
                problems.append(BoardProblem(name: line.name, error: error))
            }
        }
    }

    /// Who uses a pin. The kernel does not say it of one that does something else now; the profile knows what that may be.
    func user(_ consumer: String, _ pin: String) -> String {
        if !consumer.isEmpty { return consumer }
        var text = "the kernel or another program"
        guard let profile else { return text }
        if let function = profile.function(of: pin) { text += filled(", perhaps as %", function) }
        if let pwm = profile.pwm(of: pin), !pwm.enable.isEmpty { text += filled(" (% in /boot/firmware/config.txt)", pwm.enable) }
        return text
    }
}

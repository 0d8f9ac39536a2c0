import Text

extension Board {
    /// Drives a PWM line and reads it back; both per mille of what its `range` allows, 0…1000.
    ///
    /// 0 is off for a line whose range begins with no pulse; else it is the range's low end, and only `set` switches the line off.
    public func setDuty(_ line: Int, _ permille: Int) throws(BoardError) -> Int {
        guard lines.indices.contains(line) else { throw .notFound("there is no line number %", String(line)) }
        guard let settings = lines[line].settings.pwm else {
            throw .invalid("% can only be on or off; write `pwm = 1kHz` in its [line] for a pin that has PWM", lines[line].settings.name)
        }
        try setPulse(line, settings.pulse(permille: permille))
        return settings.permille(pulse: try pulse(lines[line]))
    }

    /// Per mille of a PWM line that is on; nil for one that is off, and for every other line.
    public func duty(_ line: Int) throws(BoardError) -> Int? {
        guard lines.indices.contains(line), let settings = lines[line].settings.pwm else { return nil }
        let pulse = try pulse(lines[line])
        return pulse > 0 ? settings.permille(pulse: pulse) : nil
    }

    func setPulse(_ line: Int, _ pulse: Int64) throws(BoardError) {
        switch lines[line].driver {
        case .pwm(let channel): try channel.set(pulse)
        case .simulated:
            if let why = lines[line].failure { throw .invalid(why) }
            lines[line].simulatedPulse = pulse
            simulated?.use(lines[line].place.offset, .output((pulse > 0) != lines[line].settings.activeLow))
        case .lost(let why): throw .away(why)
        case .kernel: break
        }
        lines[line].isUntouched = false
    }

    func pulse(_ line: HeldLine) throws(BoardError) -> Int64 {
        if case .pwm(let channel) = line.driver { return try channel.pulse() }
        if let why = line.lostReason { throw .away(why) }
        if let why = line.failure { throw .invalid(why) }
        return line.simulatedPulse
    }

    /// In per cent, how much of the time a simulated line is on.
    func simulatedShare(_ line: HeldLine, isOn: Bool) -> String {
        guard let settings = line.settings.pwm, settings.period > 0 else { return isOn ? "100" : "0" }
        let tenths = Int((line.simulatedPulse * 1000 + settings.period / 2) / settings.period)
        return tenths % 10 == 0 ? String(tenths / 10) : filled("%.%", String(tenths / 10), String(tenths % 10))
    }

    /// The pulse that leaves a simulated line at its per cent under other settings.
    func kept(_ old: HeldLine, at pwm: LineSettings.PWM, isOn: Bool) -> Int64 {
        if !isOn { return 0 }
        return old.settings.pwm.map { pwm.pulse(permille: $0.permille(pulse: old.simulatedPulse)) } ?? pwm.highest
    }

    // MARK: Claiming

    func claimPWM(_ pin: FoundPin, _ settings: LineSettings, _ pwm: LineSettings.PWM) throws(BoardError) -> HeldLine {
        let channel = PWMLine(root: root, pin.place, name: pin.name, pwm, activeLow: settings.activeLow)
        try channel.claim(settings.initial)
        return try held(channel, pin, settings)
    }

    /// Other settings for a channel that is held; with `keep` it stays at its per cent. When they are refused it stays as it was.
    func reshapePWM(_ old: HeldLine, _ channel: PWMLine, _ pin: FoundPin, _ settings: LineSettings, _ pwm: LineSettings.PWM) throws(BoardError) -> HeldLine {
        let next = PWMLine(root: root, pin.place, name: pin.name, pwm, activeLow: settings.activeLow)
        let before = try channel.pulse()
        if settings.initial == .keep, !channel.isConfigured {
            try next.claim(.keep)
            return try held(next, pin, settings)
        }
        do throws(BoardError) {
            let kept = before > 0 ? pwm.pulse(permille: channel.settings.permille(pulse: before)) : 0
            try next.set(settings.initial == .keep ? kept : pwm.pulse(settings.initial))
        } catch {
            let again = PWMLine(root: root, old.place, name: old.pinName, channel.settings, activeLow: old.settings.activeLow)
            do throws(BoardError) { try again.set(before) } catch {}
            if let index = lines.index(at: old.place) {
                lines[index] = HeldLine(
                    settings: old.settings, place: old.place, pinName: old.pinName, driver: .pwm(again), isUntouched: false, level: before > 0,
                    debouncesInKernel: false)
            }
            throw error
        }
        return try held(next, pin, settings)
    }

    private func held(_ channel: PWMLine, _ pin: FoundPin, _ settings: LineSettings) throws(BoardError) -> HeldLine {
        HeldLine(
            settings: settings, place: pin.place, pinName: pin.name, driver: .pwm(channel), isUntouched: !channel.isConfigured,
            level: try channel.pulse() > 0, debouncesInKernel: false)
    }
}

import CGPIOD
import CLinux
import Text

extension Board {
    /// Brings the board to other settings: on the first call claims everything, later changes what differs.
    ///
    /// A line that stays on its pin with the same direction, bias, active-low and debounce is not touched, whatever its name or place
    /// in the list is now. One whose hardware settings change takes its new `initial`; `keep` keeps the physical level. With any
    /// mistake all stays as it was and all mistakes are thrown in one go.
    public func apply(lines settings: [LineSettings], sensors sensorSettings: [SensorSettings]) throws(BoardProblems) {
        var problems: [BoardProblem] = []
        let pins = resolve(settings, keepsMissing: true, &problems)
        let newSensors = parse(sensorSettings, &problems)
        if !problems.isEmpty {
            // Else who corrects these would be told of the others only then.
            findUsed(settings, pins, &problems)
            throw BoardProblems(problems)
        }

        // New pins first: when one cannot be had, those before it are let go and nothing else has changed.
        var next = [HeldLine?](repeating: nil, count: settings.count)
        var changed: [(index: Int, old: HeldLine)] = []
        var new: [Int] = []
        for (index, line) in settings.enumerated() {
            guard let pin = pins[index] else { continue }
            if let why = pin.missing {
                next[index] = .lost(line, place: pin.place, why: lines.first { $0.settings.pin == line.pin }?.lostReason ?? why)
                continue
            }
            if let old = lines.first(where: { $0.place == pin.place && $0.isAlive }) {
                if old.settings.isSameHardware(as: line) {
                    next[index] = old
                } else {
                    changed.append((index: index, old: old))
                }
                continue
            }
            new.append(index)
        }
        // What seems to be in use comes first: when it cannot be had, which is the kernel's word, no relay has clicked for nothing.
        for isUsed in [true, false] where problems.isEmpty {
            for index in new {
                guard let pin = pins[index], next[index] == nil, !isUsed || seemsUsed(pin) else { continue }
                do throws(BoardError) {
                    next[index] = try claim(pin, settings[index])
                } catch {
                    problems.append(BoardProblem(name: settings[index].name, error: error))
                }
            }
        }
        if !problems.isEmpty {
            for line in next.compactMap({ $0 }) where lines.index(at: line.place) == nil { release(line) }
            throw BoardProblems(problems)
        }

        for (done, change) in changed.enumerated() {
            guard let pin = pins[change.index] else { continue }
            do throws(BoardError) {
                next[change.index] = try reshape(change.old, pin, settings[change.index])
            } catch {
                restore(changed[..<done].compactMap { next[$0.index] })
                throw BoardProblems([BoardProblem(name: settings[change.index].name, error: error)])
            }
        }
        // Only now: until here all may have to stay as it was.
        for (index, line) in settings.enumerated() { next[index]?.settings = line }
        let kept = next.compactMap { $0 }
        for old in lines where kept.index(at: old.place) == nil { release(old) }
        lines = kept
        sensors = newSensors
    }

    /// A pin that was found, not yet claimed.
    final class FoundPin {
        let place: HeldLine.Place
        let name: String
        /// nil on the simulated board, and for a PWM channel.
        var chip: Chip?
        /// Why there is no such pin now.
        let missing: String?
        /// The profile's name where it has one.
        var profileName = ""

        init(place: HeldLine.Place, name: String, chip: Chip? = nil, missing: String? = nil) {
            self.place = place
            self.name = name
            self.chip = chip
            self.missing = missing
        }
    }

    /// - Parameter keepsMissing: a pin whose chip may come later is no problem but a `FoundPin` that says so.
    func resolve(_ settings: [LineSettings], keepsMissing: Bool = false, _ problems: inout [BoardProblem]) -> [FoundPin?] {
        var found = [FoundPin?](repeating: nil, count: settings.count)
        // A board that only measures needs no GPIO.
        if settings.isEmpty { return found }
        if settings.count > Board.lineLimit {
            problems.append(BoardProblem(error: .invalid("% lines are more than %", String(settings.count), String(Board.lineLimit))))
            return found
        }
        var chips: [Chip] = []
        if !isSimulated, settings.contains(where: { $0.pwm == nil }) {
            do throws(BoardError) {
                chips = try Chip.found(root: root)
            } catch {
                problems.append(BoardProblem(error: error))
                return found
            }
        }
        let descriptions = isSimulated ? [SimulatedPins.description] : chips.map { $0.description() }
        let resolver = PinResolver(chips: descriptions, profile: profile)
        let channels = PWMResolver(chips: isSimulated || !settings.contains { $0.pwm != nil } ? [] : PWMChip.all(root: root), profile: profile)
        for (index, line) in settings.enumerated() {
            do throws(BoardError) {
                let reference = try PinReference(line.pin)
                let new: FoundPin
                if line.pwm != nil, !isSimulated {
                    let channel = try channels.pin(reference)
                    new = FoundPin(place: channel.place, name: channel.name)
                } else {
                    let pin = try resolver.pin(reference)
                    new = FoundPin(place: HeldLine.Place(chip: descriptions[pin.chip].name, offset: pin.offset), name: resolver.name(of: pin))
                    new.profileName = resolver.profileName(of: pin) ?? new.name
                    if line.pwm != nil { _ = try PWMResolver.channel(of: new.name, profile, channels.advice) }
                    if !isSimulated { new.chip = chips[pin.chip] }
                }
                for (other, earlier) in found[..<index].enumerated() where earlier?.place == new.place || earlier?.name == new.name {
                    if let first = earlier?.name, first != new.name {
                        throw .invalid("% and %, the pin of %, are driven by one PWM channel", new.name, first, settings[other].name)
                    }
                    let written = line.pin == new.name ? new.name : filled("% is %, which", line.pin, new.name)
                    throw .invalid("% is already the pin of %; each line needs a pin of its own", written, settings[other].name)
                }
                if lines.index(at: new.place) == nil, let refusal = profile?.refusal(of: new.profileName, root: root) { throw refusal }
                found[index] = new
            } catch {
                // Nothing is plugged into the simulated board.
                if keepsMissing, !isSimulated, case .away(let why) = error {
                    found[index] = FoundPin(place: .nowhere(index), name: line.pin, missing: why)
                    continue
                }
                problems.append(BoardProblem(name: line.name, error: error))
            }
        }
        return found
    }

    func parse(_ settings: [SensorSettings], _ problems: inout [BoardProblem]) -> [Sensor] {
        var parsed: [Sensor] = []
        if settings.count > Board.sensorLimit {
            problems.append(BoardProblem(error: .invalid("% sensors are more than %", String(settings.count), String(Board.sensorLimit))))
            return parsed
        }
        for sensor in settings {
            do throws(BoardError) {
                let new = try Sensor(sensor)
                if case .simulated = new.source, !isSimulated {
                    throw .invalid("% exists only on the simulated board (`profile = simulated` in [board])", sensor.source)
                }
                parsed.append(new)
            } catch {
                problems.append(BoardProblem(name: sensor.name, error: error))
            }
        }
        return parsed
    }

    private func seemsUsed(_ pin: FoundPin) -> Bool {
        guard let chip = pin.chip else { return false }
        return (try? chip.lineInfo(pin.place.offset))?.isUsed ?? true
    }

    func claim(_ pin: FoundPin, _ settings: LineSettings) throws(BoardError) -> HeldLine {
        if let pwm = settings.pwm, !isSimulated { return try claimPWM(pin, settings, pwm) }
        if let chip = pin.chip { return try HeldLine.claim(chip, pin.place.offset, settings, pinName: pin.name) }
        if !SimulatedPins.isPin(pin.place.offset) { throw .busy(pin: pin.name, consumer: "the add-on board's ID") }
        let level = simulated?.level(pin.place.offset) ?? false
        // A free simulated pin is no output, so `keep` leaves it alone as it would a real input.
        let isUntouched = settings.direction == .output && settings.initial == .keep
        if !isUntouched { use(pin.place.offset, settings, keeping: level) }
        let new = HeldLine(
            settings: settings, place: pin.place, pinName: pin.name, driver: .simulated, isUntouched: isUntouched,
            level: (simulated?.level(pin.place.offset) ?? false) != settings.activeLow, debouncesInKernel: false)
        if let pwm = settings.pwm { new.simulatedPulse = pwm.pulse(settings.initial) }
        return new
    }

    /// `level` is the physical one to stay at with `initial = keep`.
    private func use(_ offset: Int, _ settings: LineSettings, keeping level: Bool) {
        switch (settings.direction, settings.initial) {
        case (.input, _): simulated?.use(offset, .input(settings.bias))
        case (.output, .keep): simulated?.use(offset, .output(level))
        case (.output, .on): simulated?.use(offset, .output(!settings.activeLow))
        case (.output, .off): simulated?.use(offset, .output(settings.activeLow))
        case (.output, .duty): simulated?.use(offset, .output(((settings.pwm?.pulse(settings.initial) ?? 0) > 0) != settings.activeLow))
        }
    }

    /// Changes the hardware settings of a held line, without letting go of it where the kernel can.
    private func reshape(_ old: HeldLine, _ pin: FoundPin, _ settings: LineSettings) throws(BoardError) -> HeldLine {
        let staysUntouched = old.isUntouched && settings.direction == .output && settings.initial == .keep
        if case .pwm(let channel) = old.driver, let pwm = settings.pwm { return try reshapePWM(old, channel, pin, settings, pwm) }
        guard let request = old.request, let chip = pin.chip else {
            let level = simulated?.level(old.place.offset) ?? false
            if !staysUntouched { use(old.place.offset, settings, keeping: level) }
            let new = HeldLine(
                settings: settings, place: old.place, pinName: pin.name, driver: old.driver, isUntouched: staysUntouched,
                level: (simulated?.level(old.place.offset) ?? false) != settings.activeLow, debouncesInKernel: false)
            if let pwm = settings.pwm {
                new.simulatedPulse = settings.initial == .keep ? kept(old, at: pwm, isOn: level != settings.activeLow) : pwm.pulse(settings.initial)
            }
            return new
        }
        let physical = try request.value() != old.settings.activeLow
        let value = settings.initial == .keep ? physical != settings.activeLow : settings.initial == .on
        do throws(BoardError) {
            try request.reconfigure(staysUntouched ? .asIs(settings) : cgpiod_line_config(settings, value: value))
            let new = HeldLine(
                settings: settings, place: old.place, pinName: pin.name, driver: old.driver, isUntouched: staysUntouched,
                level: try request.value(), debouncesInKernel: cgpiod_debounces())
            // The kernel counts on.
            new.lastSequence = old.lastSequence
            return new
        } catch {
            guard case .system(_, ENOTSUP, _) = error else { throw error }
        }
        // Edge detection begins or ends: only a new claim can do that.
        request.release()
        var wanted = settings
        if wanted.initial == .keep { wanted.initial = value ? .on : .off }
        do throws(BoardError) {
            let new = try HeldLine.claim(chip, old.place.offset, wanted, pinName: pin.name)
            new.settings = settings
            return new
        } catch {
            reclaim(old, chip, level: physical)
            throw error
        }
    }

    /// Takes back a line that was let go for a change that failed. When even that fails, the line stays without a claim and each use of
    /// it says so.
    private func reclaim(_ old: HeldLine, _ chip: Chip, level physical: Bool) {
        guard let index = lines.index(at: old.place) else { return }
        var wanted = old.settings
        wanted.initial = physical != old.settings.activeLow ? .on : .off
        do throws(BoardError) {
            lines[index] = try HeldLine.claim(chip, old.place.offset, wanted, pinName: old.pinName)
            lines[index].settings = old.settings
        } catch {}
    }

    /// Undoes changes: each of `changed` gets the settings back that `lines` still has for its pin.
    private func restore(_ changed: [HeldLine]) {
        for new in changed {
            guard let index = lines.index(at: new.place) else { continue }
            var settings = lines[index].settings
            let initial = settings.initial
            settings.initial = .keep
            let pin = FoundPin(place: new.place, name: new.pinName, chip: new.request?.chip)
            do throws(BoardError) {
                let restored = try reshape(new, pin, settings)
                restored.settings.initial = initial
                lines[index] = restored
            } catch {}
        }
    }

    private func release(_ line: HeldLine) {
        switch line.driver {
        case .kernel(let request): request.release()
        case .pwm(let channel): channel.release()
        case .simulated: simulated?.use(line.place.offset, .free)
        case .lost: break
        }
    }
}

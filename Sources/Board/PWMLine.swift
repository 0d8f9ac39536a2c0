import CLinux
import Text

/// One channel of a PWM chip by its files in sysfs (Documentation/ABI/testing/sysfs-class-pwm), from when it is claimed until it leaves
/// the configuration.
///
/// Off is a pulse of no length on an enabled channel: what a disabled one does to its pin is up to the chip
/// (Documentation/driver-api/pwm.rst). The channel stays exported when the program ends, whatever ended it, so that the next start finds
/// it as it was.
final class PWMLine {
    /// Nanoseconds are 64 bits also where `Int` has 32: one second is near the end of those.
    typealias Nanoseconds = Int64

    /// /sys/class/pwm/pwmchip0, and pwm1 in it.
    private let chip: String
    private let folder: String
    private let channel: Int
    /// How the pin is called in errors: "GPIO18", "1-0040:3".
    let name: String
    let settings: LineSettings.PWM
    private let activeLow: Bool
    /// The files say the opposite of what the line is: active-low on a chip that cannot change its polarity.
    private var isMirrored = false
    /// Period, polarity and enable are ours; false with `initial = keep` until the line is first set.
    private(set) var isConfigured = false
    private var wasExported = true

    /// The unit makes /sys read-only.
    static let remedy = """
        as root run `systemctl edit perch`, write [Service] and in the next line ReadWritePaths=/sys/devices/platform, \
        and then `systemctl restart perch`
        """
    static let isAway = "its PWM chip has disappeared"

    /// Waiting for udev, which gives a channel that was just exported to its group: milliseconds, and how often.
    private static let pause: UInt32 = 20
    private static let patience = 100

    init(root: String, _ place: HeldLine.Place, name: String, _ settings: LineSettings.PWM, activeLow: Bool) {
        chip = root + PWMChip.folder + "/" + place.chip
        channel = place.offset
        folder = filled("%/pwm%", chip, String(channel))
        self.name = name
        self.settings = settings
        self.activeLow = activeLow
    }

    // MARK: Holding

    /// Claims the channel. What runs already goes on without a gap where it is what `initial` says, and untouched with `keep`.
    func claim(_ initial: LineSettings.Initial) throws(BoardError) {
        wasExported = Files.exists(folder)
        if !wasExported { try export() }
        do throws(BoardError) {
            if initial == .keep { isMirrored = isInversed != activeLow } else { try set(settings.pulse(initial)) }
        } catch {
            if !wasExported { unexport() }
            throw error
        }
    }

    /// What `claim` would be refused for, found without touching anything.
    func check() throws(BoardError) {
        let isExported = Files.exists(folder)
        let path = isExported ? folder + "/duty_cycle" : chip + "/export"
        let result = cl_access(path, W_OK)
        if result < 0 { throw refusal(0 &- result, path, "write") }
    }

    /// False when the chip went away, or somebody else unexported the channel.
    var isThere: Bool { Files.exists(folder) }

    private func export() throws(BoardError) {
        let path = chip + "/export"
        let reason = Files.write(path, String(channel))
        // Somebody was quicker: what is exported can be used; what is not, and busy, is a driver's.
        if reason != 0, !(isBusy(reason) && Files.exists(folder)) {
            if isBusy(reason) { throw .busy(pin: name, consumer: "a driver of the kernel, such as a fan's or a backlight's") }
            throw refusal(reason, path, "export")
        }
        for _ in 0..<PWMLine.patience {
            if cl_access(folder + "/duty_cycle", W_OK) == 0 { return }
            cl_pause(PWMLine.pause)
        }
        // It stays exported: the next attempt finds it so, and does not wait again.
        throw refusal(0 &- cl_access(folder + "/duty_cycle", W_OK), folder + "/duty_cycle", "write")
    }

    private func unexport() { _ = Files.write(chip + "/unexport", String(channel)) }

    /// Off, stopped and given back; a channel that was only looked at stays as it is.
    func release() {
        if isConfigured {
            _ = Files.write(folder + "/duty_cycle", String(isMirrored ? settings.period : 0))
            _ = Files.write(folder + "/enable", "0")
        }
        if isConfigured || !wasExported { unexport() }
    }

    // MARK: Driving

    /// Nanoseconds in which the line is on in each period of the settings; 0 for one that is off or not enabled.
    func pulse() throws(BoardError) -> Nanoseconds {
        let duty = try number("duty_cycle")
        if try number("enable") != 1 {
            // Somebody else stopped it: the next `set` starts it again.
            isConfigured = false
            return 0
        }
        let period = isConfigured ? settings.period : try number("period")
        let on = isMirrored ? period - duty : duty
        if period == settings.period || period <= 0 { return on }
        return Nanoseconds(Double(on) / Double(period) * Double(settings.period))
    }

    /// `pulse` is at most the settings' period.
    func set(_ pulse: Nanoseconds) throws(BoardError) {
        if isConfigured, Files.write(folder + "/duty_cycle", String(isMirrored ? settings.period - pulse : pulse)) == 0 { return }
        // The first time, or somebody else has changed the period.
        isConfigured = false
        try configure(pulse)
    }

    /// The kernel takes no pulse that is longer than the period, and nothing at all without a period; between two writes the pulses are
    /// never longer, compared with the period, than before and after.
    private func configure(_ pulse: Nanoseconds) throws(BoardError) {
        let before = try number("period")
        if before == 0 { try writePeriod() }
        if isInversed != activeLow {
            let reason = Files.write(folder + "/polarity", activeLow ? "inversed" : "normal")
            if isDenied(reason) || isReadOnly(reason) { throw refusal(reason, folder + "/polarity", "write") }
            // Many chips have one polarity only: then the rest of the period is the pulse.
            isMirrored = isInversed != activeLow
        } else {
            isMirrored = false
        }
        let duty = isMirrored ? settings.period - pulse : pulse
        if before > settings.period {
            try write("duty_cycle", duty)
            try writePeriod()
        } else {
            if before != settings.period, before != 0 { try writePeriod() }
            try write("duty_cycle", duty)
        }
        if try number("enable") != 1 { try write("enable", 1) }
        isConfigured = true
    }

    private var isInversed: Bool { Files.line(folder + "/polarity") == "inversed" }

    private func writePeriod() throws(BoardError) {
        let reason = Files.write(folder + "/period", String(settings.period))
        if reason != 0 { throw refusal(ofPeriod: reason) }
    }

    func refusal(ofPeriod reason: Int32) -> BoardError {
        if isDenied(reason) || isReadOnly(reason) || isAbsent(reason) { return refusal(reason, folder + "/period", "set the period of") }
        let why = isBusy(reason) ? "all its channels have the same one, and another is in use" : words(errno: reason)
        return .invalid("the PWM chip of % refuses a frequency of %: %", name, settings.frequency, why)
    }

    /// What is there already is not written again.
    private func write(_ file: String, _ value: Nanoseconds) throws(BoardError) {
        if try number(file) == value { return }
        let path = folder + "/" + file
        let reason = Files.write(path, String(value))
        if reason != 0 { throw refusal(reason, path, "set") }
    }

    private func number(_ file: String) throws(BoardError) -> Nanoseconds {
        switch Files.read(folder + "/" + file) {
        case .failed(let errno): throw refusal(errno, folder, "read")
        case .bytes(let bytes):
            guard let value = Int64(String(decoding: Text.trimmed(bytes[...]), as: UTF8.self)), value >= 0 else {
                throw .invalid("%/% is no number", folder, file)
            }
            return value
        }
    }

    private func refusal(_ reason: Int32, _ path: String, _ operation: String) -> BoardError {
        if isDenied(reason) { return .permission(path: path, user: currentUser()) }
        if isAbsent(reason) { return .away(PWMLine.isAway) }
        if isReadOnly(reason) {
            return .invalid("% is read-only for this service: %", path, PWMLine.remedy)
        }
        return .system(operation: operation, errno: reason, object: name)
    }
}

extension LineSettings.PWM {
    /// The pulse of a brightness, position or speed; per mille.
    func pulse(permille: Int) -> Int64 { lowest + ((highest - lowest) * Int64(max(0, min(permille, 1000))) + 500) / 1000 }

    /// Per mille, as the person counts them; of a line that is on.
    func permille(pulse: Int64) -> Int {
        if highest <= lowest { return 1000 }
        let share = (max(0, min(pulse, highest) - lowest) * 1000 + (highest - lowest) / 2) / (highest - lowest)
        return Int(max(0, min(share, 1000)))
    }

    func pulse(_ initial: LineSettings.Initial) -> Int64 {
        switch initial {
        case .off, .keep: 0
        case .on: highest
        case .duty(let permille): pulse(permille: permille)
        }
    }

    /// "25 kHz", "50 Hz"
    var frequency: String {
        let hertz = period > 0 ? (1_000_000_000 + period / 2) / period : 0
        return hertz > 0 && hertz % 1000 == 0 ? filled("% kHz", String(hertz / 1000)) : filled("% Hz", String(hertz))
    }
}

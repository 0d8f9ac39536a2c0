import Text

/// A line that a device of the kernel has for itself: an entry of a profile's `[taken]` section.
///
/// The kernel calls a line free whose pin does something else (pinctrl-bcm2835 and pinctrl-rp1 are not strict), and whoever claims it
/// cuts off the I2C bus or the serial port. So the profile names the device that has it; that a driver is bound to it is seen in
/// /sys/bus/platform/devices, without a right that perch has not.
///
/// ```ini
/// [taken]
/// GPIO2 = fe804000.i2c dtparam=i2c_arm=on
/// ```
public final class TakenLine: Equatable, Sendable {
    /// The profile's name of the line: "GPIO2".
    public let line: String
    /// Names in /sys/bus/platform/devices, separated by commas where boards or kernels differ.
    public let devices: [String]
    /// What enables the device: one word as in /boot/firmware/config.txt. Several words say what frees the line, as in
    /// "enable_uart=0 in /boot/firmware/config.txt frees it". Empty where nothing does.
    public let enable: String

    /// The word that enables it; empty where there is none.
    var setting: String { enable.utf8.contains(UInt8(ascii: " ")) ? "" : enable }

    public init(line: String, devices: [String], enable: String = "") {
        self.line = line
        self.devices = devices
        self.enable = enable
    }

    /// "fe804000.i2c,3f804000.i2c dtparam=i2c_arm=on"; nil for anything else.
    convenience init?(line: String, _ value: String) {
        let words = Text.words(value)
        guard let first = words.first, let devices = Text.names(first) else { return nil }
        for name in devices {
            // A part of a path, and no way out of the folder.
            if name.utf8.contains(UInt8(ascii: "/")) || !name.utf8.contains(UInt8(ascii: ".")) || Text.hasPrefix(name, ".") { return nil }
        }
        self.init(line: line, devices: devices, enable: Text.joined(words[1...]))
    }

    public static func == (a: TakenLine, b: TakenLine) -> Bool { a.line == b.line && a.devices == b.devices && a.enable == b.enable }
}

extension Profile {
    /// Who has a line now; nil for one that is free for all that the profile knows.
    ///
    /// - Parameter root: put before /sys, for tests.
    func taker(of line: String, root: String) -> TakenLine? {
        for entry in taken where entry.line == line {
            for device in entry.devices where Files.exists(filled("%/sys/bus/platform/devices/%/driver", root, device)) { return entry }
        }
        return nil
    }

    /// Why a line cannot be had now, and what to do; nil for one that is free for all that the profile knows.
    func refusal(of line: String, root: String) -> BoardError? {
        guard let taker = taker(of: line, root: root) else { return nil }
        let what = function(of: line) ?? taker.devices[0]
        var remedy = taker.enable.isEmpty ? "" : taker.enable + ", or "
        if !taker.setting.isEmpty { remedy = filled("take % out of /boot/firmware/config.txt and restart, or ", taker.setting) }
        return .invalid("% is enabled as %, so it is not free as a line; %use another pin (`perch lines` shows those that are free)", line, what, remedy)
    }
}

import Text

/// Where a line of the header can be driven by the kernel's PWM: an entry of a profile's `[pwm]` section.
///
/// ```ini
/// [pwm]
/// GPIO18 = fe20c000.pwm:0 dtoverlay=pwm,pin=18,func=2
/// ```
public final class PWMChannel: Equatable, Sendable {
    /// The profile's name of the line: "GPIO18".
    public let line: String
    /// Name of the PWM chip's device, the last part of where /sys/class/pwm/pwmchipN/device points; several where kernels differ.
    /// The number N differs from boot to boot.
    public let chips: [String]
    /// On that chip, from 0.
    public let channel: Int
    /// The line for /boot/firmware/config.txt (or what else) that brings the channel to the pin; empty where it is there already.
    public let enable: String

    /// Channels of one chip. A PCA9685 has 17, and the kernel's PWM core no limit.
    static let channelLimit = 255

    public init(line: String, chips: [String], channel: Int, enable: String = "") {
        self.line = line
        self.chips = chips
        self.channel = channel
        self.enable = enable
    }

    /// "fe20c000.pwm:0 dtoverlay=pwm,pin=18,func=2", with "fe20c000.pwm,20c000.pwm:0" where kernels differ; nil for anything else.
    convenience init?(line: String, _ value: String) {
        let words = Text.words(value)
        guard let first = words.first, let (names, number) = Text.splitLast(first, at: UInt8(ascii: ":")),
            let channel = Text.number(number, limit: PWMChannel.channelLimit), let chips = Text.names(names)
        else { return nil }
        self.init(line: line, chips: chips, channel: channel, enable: Text.joined(words[1...]))
    }

    public static func == (a: PWMChannel, b: PWMChannel) -> Bool {
        a.line == b.line && a.chips == b.chips && a.channel == b.channel && a.enable == b.enable
    }
}

extension Profile {
    /// The PWM channel that can drive a line; nil where there is none.
    @inline(never)
    public func pwm(of line: String) -> PWMChannel? {
        for channel in pwm where channel.line == line { return channel }
        return nil
    }
}

import CLinux
import Text

/// Lines on stderr: with the journal's `<N>` level prefix (sd-daemon(3)) when stderr is the journal,
/// else `perch: warning: text`.
public enum Log {
    public enum Level: Int32, Comparable, Sendable {
        case error, warning, notice, info, debug

        public static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }

        /// Of syslog(3).
        var priority: UInt8 {
            switch self {
            case .error: 3
            case .warning: 4
            case .notice: 5
            case .info: 6
            case .debug: 7
            }
        }

        var word: String {
            switch self {
            case .error: "error: "
            case .warning: "warning: "
            case .notice, .info: ""
            case .debug: "debug: "
            }
        }
    }

    /// Longest line in bytes; the journal cuts at 48 KiB, a person much earlier.
    static let lineLimit = 4096

    /// The least important level that is still printed; `info` to begin with.
    public static var threshold: Level {
        get { Level(rawValue: cl_log_threshold()) ?? .info }
        set { cl_log_set_threshold(newValue.rawValue) }
    }

    public static func error(_ text: String) { write(.error, text) }
    public static func warning(_ text: String) { write(.warning, text) }
    public static func notice(_ text: String) { write(.notice, text) }
    public static func info(_ text: String) { write(.info, text) }
    /// The text is not even built when nobody wants it.
    public static func debug(_ text: @autoclosure () -> String) {
        if cl_log_threshold() >= Level.debug.rawValue { write(.debug, text()) }
    }

    public static func write(_ level: Level, _ text: String) {
        guard level <= threshold else { return }
        let line = line(level, text, journal: cl_stderr_is_journal())
        // One write for a line, so that lines of several processes do not mix. A log that cannot be written cannot be reported.
        line.withUnsafeBytes { _ = cl_write(2, $0.baseAddress, $0.count) }
    }

    /// One line with its newline. What is not printable is written as `\x1b` or `\u{202e}`, so that nobody who can
    /// choose a nickname can forge a line, colour a terminal or turn text around.
    static func line(_ level: Level, _ text: String, journal: Bool) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(text.utf8.count + 24)
        if journal {
            line += [UInt8(ascii: "<"), UInt8(ascii: "0") + level.priority, UInt8(ascii: ">")]
        } else {
            line += "perch: ".utf8
            line += level.word.utf8
        }
        for scalar in text.unicodeScalars {
            if line.count >= lineLimit {
                line += "…".utf8
                break
            }
            append(scalar, to: &line)
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    private static func append(_ scalar: Unicode.Scalar, to line: inout [UInt8]) {
        switch scalar.value {
        case 0..<0x20, 0x7F:
            line += "\\x".utf8
            line.append(hexDigit(scalar.value >> 4))
            line.append(hexDigit(scalar.value))
        case 0x80..<0xA0, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
            line += "\\u{".utf8
            for shift: UInt32 in [12, 8, 4, 0] { line.append(hexDigit(scalar.value >> shift)) }
            line.append(UInt8(ascii: "}"))
        default:
            line += UTF8.encode(scalar).unsafelyUnwrapped
        }
    }

    private static func hexDigit(_ value: UInt32) -> UInt8 {
        let digit = UInt8(value & 15)
        return digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
    }
}

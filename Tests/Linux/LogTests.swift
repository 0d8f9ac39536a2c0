import Foundation
import Testing

@testable import Linux

@Suite struct LogTests {
    func line(_ level: Log.Level, _ text: String, journal: Bool = false) -> String {
        String(decoding: Log.line(level, text, journal: journal), as: UTF8.self)
    }

    @Test func `the journal gets syslog's levels, people get words`() {
        #expect(line(.error, "a", journal: true) == "<3>a\n")
        #expect(line(.warning, "a", journal: true) == "<4>a\n")
        #expect(line(.notice, "a", journal: true) == "<5>a\n")
        #expect(line(.info, "a", journal: true) == "<6>a\n")
        #expect(line(.debug, "a", journal: true) == "<7>a\n")
        #expect(line(.error, "it failed") == "perch: error: it failed\n")
        #expect(line(.warning, "a") == "perch: warning: a\n")
        #expect(line(.info, "a") == "perch: a\n")
    }

    @Test func `nobody forges a line, colours a terminal or turns text around`() {
        #expect(line(.info, "nick\n<3>forged") == "perch: nick\\x0a<3>forged\n")
        #expect(line(.info, "\u{1b}[31mred\u{7f}\r\0") == "perch: \\x1b[31mred\\x7f\\x0d\\x00\n")
        #expect(line(.info, "a\u{85}b\u{9b}c\u{2028}d\u{202e}e\u{2066}f") == "perch: a\\u{0085}b\\u{009b}c\\u{2028}d\\u{202e}e\\u{2066}f\n")
        #expect(line(.info, "grün 21.4 °C 🌱 日本") == "perch: grün 21.4 °C 🌱 日本\n")
    }

    @Test func `a line has an end`() {
        let long = Log.line(.info, String(repeating: "🌱", count: 100_000), journal: false)
        #expect(long.count < Log.lineLimit + 16)
        #expect(long.last == UInt8(ascii: "\n"))
    }

    @Test func `times of the clock agree with the system's`() {
        let before = Date()
        let moment = Clock.now()
        #expect(abs(Double(moment.timestamp.milliseconds) / 1000 - before.timeIntervalSince1970) < 5)
        #expect(Clock.instant() >= moment.instant)
        #expect(moment.utcOffset == Int32(TimeZone.current.secondsFromGMT(for: before)))
    }
}

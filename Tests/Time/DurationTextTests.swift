import Testing
import Time

@Suite struct DurationTextTests {
    @Test(arguments: [
        ("20ms", Duration.milliseconds(20)), ("1.5h", .seconds(5400)), ("2min", .seconds(120)), ("10s", .seconds(10)), ("1d", .seconds(86_400)),
        ("0s", .zero), ("10 minutes", .seconds(600)), ("1 second", .seconds(1)), (" 3 Hours ", .seconds(10_800)), ("1h30min", .seconds(5400)),
        ("1 h 30 min", .seconds(5400)), ("0.5ms", .microseconds(500)), ("500us", .microseconds(500)), ("0.1s", .milliseconds(100)),
        ("1.000000001d", .microseconds(86_400_000_086)), ("3650d", .seconds(3650 * 86_400)), ("0.999999999999999999s", .microseconds(999_999)),
    ])
    func `durations are read`(text: String, duration: Duration) throws {
        #expect(try DurationText.parse(text) == duration)
    }

    @Test(arguments: [
        ("", DurationTextError.empty), ("   ", .empty), ("10", .noUnit), ("10 ", .noUnit), ("1h30", .noUnit), ("min", .noNumber), ("-5s", .noNumber),
        ("+5s", .noNumber), (".5s", .noNumber), ("5.s", .noNumber), ("1,5h", .comma), ("5parsecs", .unknownUnit("parsecs")), ("5s.", .unknownUnit("s.")),
        ("99999999999999999999s", .tooLong), ("999999999d", .tooLong), ("3651d", .tooLong), ("3650d 1s", .tooLong), ("1\u{0}s", .unknownUnit("\u{0}s")),
        ("５s", .noNumber), ("1e9s", .unknownUnit("e")),
    ])
    func `what is no duration is refused in words`(text: String, error: DurationTextError) {
        #expect(throws: error) { try DurationText.parse(text) }
        #expect(!error.description.isEmpty)
    }

    @Test(arguments: [
        (Duration.zero, "0 ms"), (.milliseconds(500), "500 ms"), (.milliseconds(1500), "1.5 s"), (.milliseconds(12_040), "12 s"), (.seconds(12), "12 s"),
        (.seconds(59), "59 s"), (.seconds(60), "1 min"), (.seconds(120), "2 min"), (.seconds(150), "2 min 30 s"), (.seconds(3600), "1 h"),
        (.seconds(11_100), "3 h 5 min"), (.seconds(187_200), "2 d 4 h"), (.seconds(86_400), "1 d"), (.seconds(-5), "0 ms"),
        (.seconds(Int64.max), "11574074 d 1 h"),
    ])
    func `people read the two largest units`(duration: Duration, text: String) {
        #expect(DurationText.format(duration) == text)
    }

    @Test(arguments: ["0s", "20ms", "90s", "2min", "36h", "1d", "1500ms"])
    func `what is written compactly is read back`(text: String) throws {
        #expect(DurationText.compact(try DurationText.parse(text)) == text)
    }

    @Test func `random text never traps`() {
        let alphabet = Array("0123456789.,smhdin u-+\u{0}µ")
        let seed = UInt64.random(in: 0 ... .max)
        var state = seed
        var read = 0
        for _ in 0..<5000 {
            var text = ""
            for _ in 0..<12 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text.append(alphabet[Int(state >> 33) % alphabet.count])
            }
            if let duration = try? DurationText.parse(text) {
                read += 1
                #expect(duration >= .zero && duration <= DurationText.longest, "seed \(seed): \(text)")
            }
        }
        #expect(read < 5000, "seed \(seed)")
    }
}

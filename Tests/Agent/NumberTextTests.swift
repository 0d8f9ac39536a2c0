import Testing
import Time

@testable import Agent

@Suite struct NumberTextTests {
    @Test(arguments: [
        (21.44, 1, "21.4"), (21.45, 1, "21.5"), (0, 1, "0.0"), (-0.0, 1, "0.0"), (-0.04, 1, "0.0"), (-0.06, 1, "-0.1"), (-12.5, 0, "-13"), (99.96, 1, "100.0"), (7, 0, "7"),
        (1.005, 3, "1.005"), (0.001, 2, "0.00"), (5, 99, "5.000000"), (5, -1, "5"), (.nan, 1, "?"), (.infinity, 1, "?"), (-.infinity, 1, "?"),
        (1e300, 1, "1e+300"), (-1e18, 1, "-1e+18"), (999_999_999_999, 6, "999999999999.000"),
    ]) func `numbers are rounded and never trap`(_ value: Double, _ digits: Int, _ text: String) {
        #expect(NumberText.fixed(value, digits: digits) == text)
    }

    @Test(arguments: [(30, "30"), (0.5, "0.5"), (1.25, "1.25"), (-3, "-3"), (1e20, "1e+20"), (0, "0")])
    func `numbers of the configuration are as short as they were written`(_ value: Double, _ text: String) {
        #expect(NumberText.short(value) == text)
    }

    @Test(arguments: [(21.4, "21.4"), (5, "5"), (-5, "-5"), (1e15, "1000000000000000.0"), (1e16, "1e+16"), (1e300, "1e+300"), (0.1, "0.1"), (-0.0, "0")])
    func `numbers for machines read back the same`(_ value: Double, _ text: String) {
        #expect(NumberText.exact(value) == text)
        #expect(Double(NumberText.exact(value)) == value)
    }

    @Test(arguments: [
        (.milliseconds(500), "500 ms"), (.milliseconds(1500), "1.5 s"), (.seconds(12), "12 s"), (.seconds(60), "1 min"), (.seconds(150), "2 min 30 s"),
        (.seconds(3600 * 3 + 300), "3 h 5 min"), (.seconds(86400 * 2 + 3600 * 3), "2 d 3 h"), (.zero, "0 ms"), (.seconds(-5), "0 ms"),
    ] as [(Duration, String)]) func `durations are said in two units`(_ duration: Duration, _ text: String) {
        #expect(Spoken.duration(duration) == text)
    }

    @Test(arguments: [(14, "14 s"), (59, "59 s"), (61, "1 min"), (3599, "59 min"), (3700, "1 h 1 min"), (-5, "1 s"), (0, "1 s")])
    func `how long ago is said without seconds from a minute on`(_ seconds: Int, _ text: String) {
        #expect(Spoken.age(.seconds(seconds)) == text)
    }

    @Test func `the time of day is that of the board's time zone`() {
        let now = Moment(instant: Instant(.seconds(100)), timestamp: Conversation.start, utcOffset: 3600)
        #expect(Spoken.until(Instant(.seconds(700)), from: now) == "until 17:47")
        #expect(Spoken.until(Instant(.seconds(130)), from: now) == "until 17:37:30")
        #expect(Spoken.until(Instant(.seconds(86500)), from: now) == "until 17:37 tomorrow")
        #expect(Spoken.until(Instant(.seconds(3 * 86400 + 100)), from: now) == "until 25 Nov 17:37")
        #expect(Spoken.until(Instant(.seconds(700)), from: Moment(instant: Instant(.seconds(100)), timestamp: Timestamp(milliseconds: 9000))) == "for 10 min")
    }
}

import Foundation
import Testing
import Time

@Suite struct TimestampTextTests {
    /// The examples of XEP-0082.
    @Test(arguments: [
        ("1969-07-21T02:56:15Z", -14_159_025_000), ("1969-07-20T21:56:15-05:00", -14_159_025_000),
        ("1970-01-01T00:00:00Z", 0), ("2002-09-10T23:08:25.250Z", 1_031_699_305_250), ("2002-09-10T23:08:25.2509Z", 1_031_699_305_250),
        ("2000-02-29T12:00:00.1Z", 951_825_600_100), ("2016-12-31T23:59:60Z", 1_483_228_800_000),
    ] as [(String, Int64)])
    func `a DateTime is read`(text: String, milliseconds: Int64) {
        #expect(Timestamp(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "Z", "2002-09-10", "2002-09-10T23:08:25", "2002-9-10T23:08:25Z", "2002-13-10T23:08:25Z", "2001-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z", "2002-09-10T24:08:25Z", "2002-09-10T23:60:25Z", "2002-09-10T23:08:61Z", "2002-09-10T23:08:25.Z",
        "2002-09-10T23:08:25+2:00", "2002-09-10T23:08:25Zx", "2002-09-10 23:08:25Z", "-002-09-10T23:08:25Z",
        "2002-09-10T23:08:25." + String(repeating: "0", count: 60) + "Z", "２002-09-10T23:08:25Z",
    ])
    func `anything else is refused`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func `a timestamp is written in UTC`() {
        #expect(Timestamp(milliseconds: 0).description == "1970-01-01T00:00:00Z")
        #expect(Timestamp(milliseconds: -1).description == "1969-12-31T23:59:59.999Z")
        #expect(Timestamp(milliseconds: 1_031_699_305_250).description == "2002-09-10T23:08:25.250Z")
        #expect(Timestamp(milliseconds: .max).description == "9999-12-31T23:59:59.999Z")
        #expect(Timestamp(milliseconds: .min).description == "0000-01-01T00:00:00Z")
    }

    @Test func `the time of day is that of the board's zone`() {
        let evening = Timestamp(milliseconds: 1_031_699_305_250)
        #expect(evening.civil(utcOffset: 0).clockText == "23:08")
        #expect(evening.civil(utcOffset: 7200).clockText == "01:08")
        #expect(evening.civil(utcOffset: -12_600).clockText == "19:38")
        #expect(Timestamp(milliseconds: -1).civil(utcOffset: 0).clockText == "23:59")
        #expect(Timestamp(milliseconds: .max).civil(utcOffset: .max).clockText.utf8.count == 5)
    }

    @Test func `the calendar agrees with Foundation's and every timestamp survives its text`() {
        let formatter = ISO8601DateFormatter()
        let seed = UInt64.random(in: 0 ... .max)
        var state = seed
        for _ in 0..<2000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            // 1900 to 2300, the years in which Foundation's Gregorian calendar has no surprises.
            let seconds = Int64(state >> 1) % 12_622_780_800 - 2_208_988_800
            let text = Timestamp(milliseconds: seconds * 1000).description
            #expect(text == formatter.string(from: Date(timeIntervalSince1970: TimeInterval(seconds))), "seed \(seed)")
            #expect(Timestamp(text)?.milliseconds == seconds * 1000, "seed \(seed)")
        }
    }
}

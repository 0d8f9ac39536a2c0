import Testing
import Time

@Suite struct CivilTimeTests {
    @Test func `the epoch was a Thursday`() {
        let civil = Timestamp(milliseconds: 0).civil()
        #expect(civil.dateText == "1970-01-01")
        #expect(civil.clockText == "00:00")
        #expect(civil.weekday == 3)
        #expect(civil.dayNumber == 0)
    }

    @Test func `the offset moves clock and date`() throws {
        let evening = try #require(Timestamp("2024-02-28T23:30:15.250Z"))
        let berlin = evening.civil(utcOffset: 3600)
        #expect(berlin.dateText == "2024-02-29")
        #expect(berlin.clockText == "00:30")
        #expect(berlin.second == 15)
        #expect(berlin.millisecond == 250)
        #expect(berlin.weekday == 3)
        #expect(evening.civil(utcOffset: -10 * 3600).clockText == "13:30")
        #expect(evening.civil(utcOffset: 3600).clockText == "00:30")
    }

    @Test func `years before 1970 count backwards`() throws {
        let civil = try #require(Timestamp("1969-12-31T23:59:59Z")).civil()
        #expect(civil.dateText == "1969-12-31")
        #expect(civil.clockText == "23:59")
        #expect(civil.weekday == 2)
        #expect(civil.dayNumber == -1)
    }

    @Test(arguments: [Int64.min, Int64.max])
    func `the ends of time do not trap`(milliseconds: Int64) {
        let timestamp = Timestamp(milliseconds: milliseconds)
        for offset in [Int32.min, 0, Int32.max] {
            let civil = timestamp.civil(utcOffset: offset)
            #expect((0...23).contains(civil.hour) && (1...12).contains(civil.month) && (1...31).contains(civil.day) && (0...6).contains(civil.weekday))
        }
        #expect(timestamp.description.hasSuffix("Z"))
        #expect(timestamp + .seconds(1) - .seconds(1) >= Timestamp(milliseconds: .min))
        #expect(timestamp + .seconds(Int64.max) > timestamp - .seconds(Int64.max))
        #expect((timestamp - Timestamp(milliseconds: ~milliseconds)) != .zero)
    }

    @Test func `a moment and a duration make another moment`() {
        #expect(Timestamp(milliseconds: 1500) + .milliseconds(250) == Timestamp(milliseconds: 1750))
        #expect(Timestamp(milliseconds: 0) - .milliseconds(1) == Timestamp(milliseconds: -1))
        #expect(Timestamp(milliseconds: 0) - Timestamp(milliseconds: 250) == .milliseconds(-250))
    }
}

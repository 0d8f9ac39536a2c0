import Testing

@testable import Agent

@Suite struct `Configuration of counters and presses`: ConfigurationFixture {
    private static let lines = "[line flow]\npin = GPIO6\nbias = pull-up\n[line lamp]\npin = GPIO17\n"
    /// The keys of the sensor begin in line 9.
    private func complaint(_ keys: String) -> [String] { problems(Self.lines + "[sensor water]\n" + keys) }

    @Test func `a counter reads an input, the total or the rate`() throws {
        let configuration = try loaded(
            "[sensor water]\nsource = counter:flow\nunit-per-pulse = 0.45\nunit = l\noffset = 12\n[sensor tap]\nsource = counter:Flow/rate\nunit = l/min\n"
                + Self.lines)
        #expect(configuration.sensors[0].counter == CounterSource(line: 0, isRate: false))
        #expect(configuration.sensors[0].unitPerPulse == 0.45)
        #expect(configuration.sensors[0].digits == 2)
        #expect(configuration.sensors[1].counter == CounterSource(line: 0, isRate: true))
        #expect(configuration.sensors[1].digits == 1)
        #expect(configuration.lines.map(\.isCounted) == [true, false])
        #expect(configuration.remarks.isEmpty == false)
    }

    @Test(arguments: [("1", 0), ("0.5", 1), ("10", 0), ("0.2794", 3), ("0.001", 3), ("0.0000001", 3)])
    func `the digits of a total show each pulse`(perPulse: String, digits: Int) throws {
        #expect(try loaded(Self.lines + "[sensor water]\nsource = counter:flow\nunit-per-pulse = \(perPulse)\n").sensors[0].digits == digits)
    }

    @Test func `every mistake of a counter is explained`() {
        #expect(complaint("source = counter:flwo") == ["perch.conf:9: source: there is no [line flwo]; did you mean counter:flow?"])
        #expect(complaint("source = counter:gas") == ["perch.conf:9: source: there is no [line gas]; name an input: flow"])
        #expect(problems("[sensor s]\nsource = counter:gas") == ["perch.conf:4: source: there is no [line gas]; write one, as an input"])
        #expect(complaint("source = counter:lamp") == ["perch.conf:9: source: lamp is an output; a counter counts how often an input goes on"])
        #expect(complaint("source = counter:water") == ["perch.conf:9: source: water is this sensor itself; name the [line] that is counted: flow"])
        for wrong in ["counter:flow/", "counter:flow/rte", "counter:/rate", "counter:flow/rate/x"] {
            #expect(
                complaint("source = \(wrong)") == [
                    "perch.conf:9: source: \"\(wrong)\" is not understood; write counter:LINE for the total or counter:LINE/rate"
                ])
        }
        #expect(complaint("source = counter:flow\nunit-per-pulse = 0") == ["perch.conf:10: unit-per-pulse: one pulse must be more than 0"])
        #expect(complaint("source = counter:flow\nscale = 2") == ["perch.conf:10: scale: a counter has \"unit-per-pulse\" instead; write it there"])
        #expect(
            complaint("source = counter:flow\nunit = l/min") == [
                "perch.conf:10: unit: l/min is a rate; write source = counter:flow/rate, or the unit of the total"
            ])
        #expect(
            complaint("source = counter:flow/rate\noffset = 2") == ["perch.conf:10: offset: a rate has none; set it for the total, counter:flow"])
        #expect(
            complaint("source = simulated:x\nunit-per-pulse = 2") == [
                "perch.conf:10: unit-per-pulse: only a counter has it (source = counter:LINE); write \"scale\" for other sensors"
            ])
        #expect(
            problems("[line flow]\npin = GPIO6\nreport = change\n[sensor water]\nsource = counter:flow\n") == [
                "perch.conf:7: source: flow has a \"report\", which cannot be for each pulse; remove it there"
            ])
    }

    @Test func `what a button does is read`() throws {
        func line(_ keys: String) throws -> LineConfiguration { try loaded("[line button]\npin = GPIO4\n" + keys).lines[0] }
        let button = try line("report = press\nlong-press = 2s\ndouble-press = 400ms\n")
        #expect(button.direction == .input)
        #expect(button.reportsPress && !button.reportsChange)
        #expect(button.longPress == .seconds(2))
        #expect(button.doublePress == .milliseconds(400))
        let usual = try line("report = press change\nlong-press = no\n")
        #expect(usual.reportsPress && usual.reportsChange && usual.longPress == nil && usual.doublePress == nil)
        #expect(try line("debounce = 1ms").longPress == .seconds(1))
    }

    @Test func `every mistake of a button is explained`() {
        func button(_ keys: String) -> [String] { problems("[line button]\npin = GPIO4\n" + keys) }
        #expect(button("report = pres") == ["perch.conf:5: report: \"pres\" is not change, press or no; did you mean press?"])
        #expect(button("report = no press") == ["perch.conf:5: report: \"no press\" says no and something else"])
        #expect(button("long-press = 1ms") == ["perch.conf:5: long-press: \"1ms\" is not between 100ms and 1min"])
        #expect(button("direction = output\ndouble-press = 400ms") == ["perch.conf:6: double-press: only an input has it, and button is an output; remove it"])
    }

    @Test func `double presses that nobody is told of are remarked`() throws {
        let remarks = try loaded("[people]\na@example.org = admin\n[line button]\npin = GPIO4\ndouble-press = 400ms\n").remarks
        #expect(remarks == ["button has \"double-press\", but its presses are not reported; add \"report = press\""])
    }
}

import Text

/// `source = counter:LINE` or `counter:LINE/rate`
public struct CounterSource: Equatable, Sendable {
    /// The input whose changes to on are counted.
    public var line: LineIndex
    /// How many a second, not how many so far.
    public var isRate: Bool

    public init(line: LineIndex, isRate: Bool) {
        self.line = line
        self.isRate = isRate
    }

    /// The line's name and whether `/rate` follows, of what stands after "counter:".
    static func parts(_ text: String) throws(Complaint) -> (line: String, isRate: Bool) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let line = String(decoding: parts[0], as: UTF8.self)
        if parts.count == 1, !line.isEmpty { return (line, false) }
        if parts.count == 2, !line.isEmpty, String(decoding: parts[1], as: UTF8.self) == "rate" { return (line, true) }
        throw Complaint("\"counter:%\" is not understood; write counter:LINE for the total or counter:LINE/rate", text)
    }

    /// The time that a rate in `unit` is over; per second where the unit does not say it.
    static func seconds(per unit: String) -> Int {
        if unit == "W" || unit == "kW" || unit.hasSuffix("/h") { return 3600 }
        return unit.hasSuffix("/min") || unit == "rpm" ? 60 : 1
    }

    fileprivate static func isRate(_ unit: String) -> Bool { seconds(per: unit) > 1 || unit.hasSuffix("/s") || unit == "Hz" }

    /// Digits that show each pulse, at most three.
    fileprivate static func digits(_ perPulse: Double) -> Int {
        var digits = 0, scaled = perPulse
        while digits < 3, (scaled - scaled.nearestWhole).magnitude > 1e-9 {
            digits += 1
            scaled *= 10
        }
        return digits
    }

    fileprivate static func prefixed(_ names: [String]) -> [String] {
        var list: [String] = []
        for name in names { list.append("counter:" + name) }
        return list
    }
}

extension ConfigurationLoader {
    /// Finds the line of a counter; a sensor that is none stays as it is.
    func resolveCounter(_ number: Int) {
        // Those of its section and part.
        let settings = sensorSettings[number]
        var sensor = sensors[number]
        guard sensor.source.hasPrefix("counter:"), let source = settings.setting("source") else {
            if let wrong = settings.setting("unit-per-pulse"), !sensor.source.isEmpty {
                problem(wrong.place, "unit-per-pulse: only a counter has it (source = counter:LINE); write \"scale\" for other sensors")
            }
            return
        }
        if let scale = settings.setting("scale") { problem(scale.place, "scale: a counter has \"unit-per-pulse\" instead; write it there") }
        do throws(Complaint) {
            let (name, isRate) = try CounterSource.parts(String(decoding: sensor.source.utf8.dropFirst("counter:".utf8.count), as: UTF8.self))
            if isRate, let offset = settings.setting("offset") {
                problem(offset.place, filled("offset: a rate has none; set it for the total, counter:%", name))
            }
            if !isRate, let unit = settings.setting("unit"), CounterSource.isRate(sensor.unit) {
                problem(unit.place, filled("unit: % is a rate; write source = counter:%/rate, or the unit of the total", sensor.unit, name))
            }
            if !isRate, settings.setting("digits") == nil {
                sensor.digits = CounterSource.digits(sensor.unitPerPulse ?? 1)
                sensor.hasOwnDigits = true
                sensors[number] = sensor
            }
            var inputs: [String] = []
            for index in lines.indices {
                if lines[index].name.lowercased() != name.lowercased() {
                    if lines[index].direction == .input { inputs.append(lines[index].name) }
                    continue
                }
                if lines[index].direction == .output { throw Complaint("% is an output; a counter counts how often an input goes on", name) }
                if lines[index].reportsChange || lines[index].reportsPress {
                    throw Complaint("% has a \"report\", which cannot be for each pulse; remove it there", name)
                }
                lines[index].isCounted = true
                sensor.counter = CounterSource(line: index, isRate: isRate)
                sensors[number] = sensor
                return
            }
            if name.lowercased() == sensor.name.lowercased() {
                throw Complaint("% is this sensor itself; name the [line] that is counted%", name, inputs.isEmpty ? "" : filled(": %", alternatives(inputs)))
            }
            let hint = didYouMean(filled("counter:%", name), CounterSource.prefixed(inputs))
            let remedy = inputs.isEmpty ? "; write one, as an input" : filled("; name an input: %", alternatives(inputs))
            throw Complaint("there is no [line %]%", name, hint.isEmpty ? remedy : hint)
        } catch {
            problem(source.place, filled("source: %", error.text))
        }
    }
}

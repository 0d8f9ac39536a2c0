import CGPIOD
import Text
import Time

/// What came of one request to the simulated board's control socket.
public struct ControlOutcome: Equatable, Sendable {
    /// One line, without its end.
    public var reply: String
    /// Changes of lines; those with a debounce come later, from `Board.tick`.
    public var edges: [EdgeEvent]
    /// Sensors that now measure something else.
    public var sensors: [Int]

    init(_ reply: String, edges: [EdgeEvent] = [], sensors: [Int] = []) {
        self.reply = reply
        self.edges = edges
        self.sensors = sensors
    }
}

extension Board {
    /// Bytes of one request.
    public static let controlRequestLimit = 256
    /// Pulses of one request.
    static let pulseLimit = 10_000

    /// Does one request of a line of text: plays the world around the simulated board.
    ///
    /// - `get LINE`: `0` or `1`; `set LINE 0|1` drives an input, as a switch would: `ok`. Both are levels at the pin, before active-low,
    ///   as gpio-sim's `value` and `pull` are. LINE is the owner's name or a pin's: `door`, `GPIO27`. A PWM line has the level of its pulses.
    /// - `duty LINE`: how much of the time the line is on, in per cent: `40`, `7.5`; 0 or 100 for one without PWM.
    /// - `pulse LINE COUNT`: an input goes on and off again so many times, all at this moment.
    /// - `sensor NAME VALUE`: what `simulated:NAME` measures from now on.
    /// - `fail NAME WHY`: a sensor fails with these words until `sensor` is said; a line until `set` is.
    /// - `list`: every line and sensor, separated by `; `.
    ///
    /// Wrong requests are answered `error: …`, in words. Pure but for the board itself.
    public func control(_ request: String, at now: Instant) -> ControlOutcome {
        if !isSimulated { return error("this board is not simulated") }
        if request.utf8.count > Board.controlRequestLimit { return error(filled("the request is longer than % bytes", String(Board.controlRequestLimit))) }
        let words = Text.words(request)
        guard let verb = words.first else { return error("say get, duty, set, pulse, sensor, fail or list") }
        switch verb {
        case "get": return words.count == 2 ? get(words[1]) : error("say get LINE")
        case "duty": return words.count == 2 ? duty(words[1]) : error("say duty LINE")
        case "set": return words.count == 3 ? drive(words[1], words[2], at: now) : error("say set LINE 0 or set LINE 1")
        case "pulse": return words.count == 3 ? pulse(words[1], words[2], at: now) : error("say pulse LINE COUNT")
        case "sensor": return words.count == 3 ? measure(words[1], words[2]) : error("say sensor NAME VALUE")
        case "fail": return words.count >= 3 ? fail(words[1], words[2...]) : error("say fail NAME WHY")
        case "list": return words.count == 1 ? ControlOutcome(list()) : error("say list alone")
        default:
            let verbs = wordList("get duty set pulse sensor fail list")
            return error(filled("there is no \"%\"%", verb, Text.meant(verb, verbs, "; say get, duty, set, pulse, sensor, fail or list")))
        }
    }

    @inline(never)
    private func error(_ text: String) -> ControlOutcome { ControlOutcome("error: " + text) }

    /// The pin of a line by the owner's name, the pin's name, or its number on the header (`pin 11` has a blank, so it is no choice here).
    private func offset(_ name: String) -> (offset: Int, line: Int?)? {
        for (index, line) in lines.enumerated() where line.settings.name == name { return (offset: line.place.offset, line: index) }
        for (offset, info) in SimulatedPins.header.lines.enumerated() where info.name == name && SimulatedPins.isPin(offset) {
            return (offset: offset, line: lines.firstIndex { $0.place.offset == offset })
        }
        return nil
    }

    private func unknownLine(_ name: String) -> ControlOutcome {
        var known: [String] = []
        for line in lines { known.append(line.settings.name) }
        for line in SimulatedPins.header.lines { known.append(line.name) }
        return error(filled("there is no line \"%\"%", name, Text.meant(name, known, "; `list` shows all")))
    }

    private func get(_ name: String) -> ControlOutcome {
        guard let (offset, _) = offset(name), let simulated else { return unknownLine(name) }
        return ControlOutcome(simulated.level(offset) ? "1" : "0")
    }

    private func duty(_ name: String) -> ControlOutcome {
        guard let (offset, line) = offset(name), let simulated else { return unknownLine(name) }
        guard let line else { return ControlOutcome("0") }
        return ControlOutcome(simulatedShare(lines[line], isOn: simulated.level(offset) != lines[line].settings.activeLow))
    }

    private func drive(_ name: String, _ level: String, at now: Instant) -> ControlOutcome {
        guard let (offset, line) = offset(name), let simulated else { return unknownLine(name) }
        guard level == "0" || level == "1" else { return error(filled("\"%\" is no level; say 0 or 1", level)) }
        if let line, lines[line].failure != nil {
            lines[line].failure = nil
            if simulated.isOutput(offset) { return ControlOutcome("ok") }
        }
        if simulated.isOutput(offset) { return error(filled("% is an output of the board; only inputs can be driven", name)) }
        self.simulated?.drive(offset, level == "1")
        guard let line, lines[line].settings.hasEdges else { return ControlOutcome("ok") }
        let logical = (level == "1") != lines[line].settings.activeLow
        guard simulated.level(offset) != (level == "1") else { return ControlOutcome("ok") }
        lines[line].lastSequence &+= 1
        var edges = [cgpiod_edge_event(timestamp_ns: SimulatedPins.kernelTime(now), sequence: lines[line].lastSequence, rising: logical)]
        lines[line].lastSequence &-= 1
        do throws(BoardError) {
            let read: () throws(BoardError) -> [cgpiod_edge_event] = {
                defer { edges = [] }
                return edges
            }
            let events = try lines[line].takeEdges(line: line, at: now, read: read, level: { () throws(BoardError) in logical })
            return ControlOutcome("ok", edges: events)
        } catch {
            return self.error(error.description)
        }
    }

    /// Changes to on and back, each long enough for the debounce.
    private func pulse(_ name: String, _ count: String, at now: Instant) -> ControlOutcome {
        guard let (offset, line) = offset(name), let simulated else { return unknownLine(name) }
        guard let line, lines[line].settings.hasEdges else { return error(filled("% is no input of the board; only inputs can be driven", name)) }
        guard let number = Int(count), (1...Board.pulseLimit).contains(number) else {
            return error(filled("say a number of pulses from 1 to %", String(Board.pulseLimit)))
        }
        let isActiveLow = lines[line].settings.activeLow, time = SimulatedPins.kernelTime(now)
        if simulated.level(offset) != isActiveLow { return error(filled("% is on already; say set % % before", name, name, isActiveLow ? "1" : "0")) }
        self.simulated?.drive(offset, isActiveLow)
        var events: [EdgeEvent] = []
        for _ in 0..<number {
            if lines[line].settings.isCounted {
                lines[line].count(time)
            } else {
                lines[line].settle(true, line: line, timestamp: time, &events)
                lines[line].settle(false, line: line, timestamp: time, &events)
            }
        }
        if lines[line].settings.isCounted { events.append(lines[line].event(line: line, false, timestamp: time, sequence: 0)) }
        return ControlOutcome("ok", edges: events)
    }

    /// Sensors by the NAME of their source, else by the owner's.
    private func sensors(_ name: String) -> (source: String, indexes: [Int])? {
        let bySource = sensors.indices.filter { sensors[$0].source == .simulated(name: name) }
        if !bySource.isEmpty { return (source: name, indexes: Array(bySource)) }
        for sensor in sensors where sensor.settings.name == name {
            if case .simulated(let source) = sensor.source {
                return (source: source, indexes: Array(sensors.indices.filter { sensors[$0].source == sensor.source }))
            }
        }
        return nil
    }

    private func unknownSensor(_ name: String) -> ControlOutcome {
        var known: [String] = []
        for sensor in sensors { if case .simulated(let source) = sensor.source { known.append(source) } }
        if let nearest = Text.nearest(name, known) { return error(filled("there is no sensor \"%\"; did you mean %?", name, nearest)) }
        return error(filled("no sensor has the source simulated:%; `list` shows all", name))
    }

    private func measure(_ name: String, _ value: String) -> ControlOutcome {
        guard let (source, indexes) = sensors(name) else { return unknownSensor(name) }
        guard let number = DecimalText.parse(value) else { return error(filled("\"%\" is no number", value)) }
        simulate(source, .value(number))
        return ControlOutcome("ok", sensors: indexes)
    }

    private func fail(_ name: String, _ why: ArraySlice<String>) -> ControlOutcome {
        let text = Text.joined(why)
        if let (source, indexes) = sensors(name) {
            simulate(source, .failed(text))
            return ControlOutcome("ok", sensors: indexes)
        }
        if let line = lines.firstIndex(where: { $0.settings.name == name }) {
            lines[line].failure = text
            return ControlOutcome("ok")
        }
        return unknownSensor(name)
    }

    private func list() -> String {
        var parts: [String] = []
        for line in lines {
            let level = simulated?.level(line.place.offset) == true ? "1" : "0"
            let direction = line.settings.direction == .output ? "output" : "input"
            parts.append(filled("% % %", line.settings.name, line.pinName, direction) + " " + level + (line.failure.map { " failed: " + $0 } ?? ""))
        }
        for sensor in sensors {
            guard case .simulated(let source) = sensor.source else { continue }
            switch simulatedResult(source) {
            case .value(let value): parts.append(filled("% sensor %", source, value.description))
            case .absent(let why), .failed(let why): parts.append(filled("% sensor failed: %", source, why))
            }
        }
        var text = ""
        for part in parts { text += text.isEmpty ? part : "; " + part }
        return text.isEmpty ? "there are no lines and no simulated sensors" : text
    }
}

import Testing
import Time
import XMPP

@testable import Agent

/// A board in memory, a virtual clock and people who talk: tests read as transcripts.
///
///     alice: lamp on
///     perch: lamp is on
final class Conversation {
    let agent: Agent
    /// 2026-11-22 16:37:00 UTC.
    static let start = Timestamp(milliseconds: 1_795_365_420_000)
    var elapsed: Duration = .zero
    /// The levels of the pretended lines.
    var levels: [Bool?]
    /// The per mille of the pretended PWM lines.
    var duties: [LineIndex: Int] = [:]
    /// What reading a sensor gives; nil: no answer.
    var values: [SensorOutcome?]
    /// Lines that fail, or read differently from what they are told.
    var failures: [LineIndex: LineOutcome] = [:]
    var silentLines: Set<LineIndex> = []
    /// Everything that came out, in order.
    var effects: [Effect] = []
    var stored: [String: [UInt8]] = [:]
    /// Whether the server takes over every message at once.
    var acknowledges = true
    private var lastID = 0

    init(_ configuration: Configuration = .greenhouse, saved: [String: [UInt8]] = [:], values: [SensorOutcome?]? = nil, seed: UInt64 = 1, secret: [UInt8] = Array(1...32), online: Bool = true) {
        agent = Agent(
            configuration: configuration, saved: saved,
            facts: HostFacts(model: "Simulated board", kernel: "Linux 6.12", version: "0.1.0", hostname: "greenhouse", booted: Instant(.zero)), seed: seed, secret: secret)
        self.values = values ?? configuration.sensors.map { _ in .value(21.4) }
        levels = []
        stored = saved
        for index in configuration.lines.indices {
            switch agent.initialLevel(of: index, at: moment) {
            case .on: levels.append(true)
            case .duty(let permille):
                levels.append(true)
                duties[index] = permille
            case .off, .keep: levels.append(false)
            }
        }
        handle(.started(levels: levels))
        if online { goOnline() }
    }

    /// The board has run for a day before Perch starts.
    var moment: Moment { Moment(instant: Instant(.seconds(86400) + elapsed), timestamp: Conversation.start + elapsed, utcOffset: 3600) }

    func goOnline(resumed: Bool = false) { handle(.online(jid: jid("greenhouse@example.org/board"), resumed: resumed)) }

    @discardableResult
    func handle(_ event: Event) -> [Effect] {
        var queue = [event]
        var out: [Effect] = []
        while !queue.isEmpty {
            for effect in agent.handle(queue.removeFirst(), at: moment) {
                out.append(effect)
                switch effect {
                case .setLine(let line, let on, let ticket):
                    if silentLines.contains(line) { break }
                    let outcome = failures[line] ?? (on ? .on : .off)
                    if case .failed = outcome {} else { levels[line] = outcome == .on }
                    queue.append(.lineOutcome(ticket, outcome))
                case .setDuty(let line, let permille, let ticket):
                    if silentLines.contains(line) { break }
                    let outcome = failures[line] ?? .duty(permille)
                    if case .duty(let read) = outcome {
                        levels[line] = agent.isOn(line, read)
                        duties[line] = read
                    }
                    queue.append(.lineOutcome(ticket, outcome))
                case .readLine(let line, let ticket):
                    if silentLines.contains(line) { break }
                    queue.append(.lineOutcome(ticket, failures[line] ?? (levels[line] == true ? .on : .off)))
                case .readSensor(let sensor):
                    if let value = values[sensor] { queue.append(.reading(sensor, value)) }
                case .store(let name, let bytes): stored[name] = bytes
                case .append(let name, let bytes, _): stored[name, default: []] += bytes
                case .send(let message):
                    if acknowledges, let id = message.id { queue.append(.acknowledged([id])) }
                default: break
                }
            }
        }
        effects += out
        return out
    }

    /// Lets time pass, with a tick at each deadline on the way.
    @discardableResult
    func wait(_ duration: Duration) -> [Effect] {
        let end = elapsed + duration
        var out: [Effect] = []
        var steps = 0
        while let deadline = agent.nextDeadline, deadline <= Instant(.seconds(86400) + end), steps < 100_000 {
            elapsed = max(elapsed, deadline.sinceOrigin - .seconds(86400))
            out += handle(.tick)
            steps += 1
        }
        #expect(steps < 100_000, "the agent asks to be woken again and again")
        elapsed = end
        return out
    }

    /// Sends one chat message and returns everything that came out.
    @discardableResult
    func tell(_ text: String?, from: String = "alice@example.org/phone", _ change: (inout Message) -> Void = { _ in }) -> [Effect] {
        lastID += 1
        var message = Message(from: jid(from), to: jid("greenhouse@example.org/board"), id: "m\(lastID)", body: text)
        change(&message)
        return handle(.message(message))
    }

    /// The answers to one message, as text.
    func say(_ text: String, from: String = "alice@example.org/phone", _ change: (inout Message) -> Void = { _ in }) -> [String] {
        Conversation.texts(tell(text, from: from, change))
    }

    static func texts(_ effects: [Effect]) -> [String] { messages(effects).compactMap(\.body) }

    static func messages(_ effects: [Effect]) -> [OutgoingMessage] {
        effects.compactMap { if case .send(let message) = $0 { message } else { nil } }
    }

    static func presences(_ effects: [Effect]) -> [OwnPresence] {
        effects.compactMap { if case .presence(let presence) = $0 { presence } else { nil } }
    }

    static func switched(_ effects: [Effect]) -> [String] {
        effects.compactMap { if case .setLine(let line, let on, _) = $0 { "\(line) \(on ? "on" : "off")" } else { nil } }
    }

    /// "0 40%"
    static func dimmed(_ effects: [Effect]) -> [String] {
        effects.compactMap { if case .setDuty(let line, let permille, _) = $0 { "\(line) \(Dimming.text(permille))" } else { nil } }
    }

    static func logged(_ effects: [Effect]) -> [String] {
        effects.compactMap { if case .log(_, let text) = $0 { text } else { nil } }
    }

    /// Plays `alice: …` lines and checks each `perch: …` answer. "+10min" lets time pass; a line that begins with
    /// white space goes on from the one before.
    func play(_ script: String, sourceLocation: SourceLocation = #_sourceLocation) {
        var answers: [String] = []
        var said = ""
        var lines: [String] = []
        for line in script.split(separator: "\n") {
            if line.first == " ", !lines.isEmpty { lines[lines.count - 1] += "\n" + line.drop { $0 == " " } } else { lines.append(String(line)) }
        }
        for line in lines {
            if line.hasPrefix("+"), let duration = try? DurationText.parse(String(line.dropFirst())) {
                // Reports go to bare addresses; they have tests of their own.
                answers += Conversation.messages(wait(duration)).filter { !$0.to.isBare }.compactMap(\.body)
                continue
            }
            guard let colon = line.firstIndex(of: ":") else { continue }
            let who = line[..<colon], text = String(line[line.index(after: colon)...].drop { $0 == " " })
            if who == "perch" {
                let answer = answers.isEmpty ? "(nothing)" : answers.removeFirst()
                #expect(answer == text, "answer to \(said)", sourceLocation: sourceLocation)
            } else {
                #expect(answers == [], "more answers than expected to \(said)", sourceLocation: sourceLocation)
                said = text
                answers = say(text, from: "\(who)@example.org/phone")
            }
        }
        #expect(answers == [], "more answers than expected to \(said)", sourceLocation: sourceLocation)
    }
}

func jid(_ text: String) -> JID {
    do { return try JID(text) } catch { preconditionFailure("\(text) is no JID") }
}

extension Configuration {
    /// lamp and fan (lights), gate (confirm), door (input), air (reported, alarm), soil (read when asked).
    static var greenhouse: Configuration {
        var lamp = LineConfiguration(name: "lamp", pin: "GPIO17")
        lamp.initial = .restore
        lamp.tags = ["lights", "outdoor"]
        var fan = LineConfiguration(name: "fan", pin: "GPIO22")
        fan.tags = ["lights"]
        fan.maxOn = .seconds(8 * 3600)
        var gate = LineConfiguration(name: "gate", pin: "GPIO5")
        gate.confirm = true
        gate.onWord = "open"
        gate.offWord = "closed"
        var door = LineConfiguration(name: "door", pin: "GPIO27")
        door.direction = .input
        door.onWord = "open"
        door.offWord = "closed"
        door.reportsChange = true
        var air = SensorConfiguration(name: "air", source: "simulated:air")
        air.unit = "°C"
        air.report = .init(delta: 0.5, shortest: .seconds(60), longest: .seconds(900))
        air.alarm = .init(above: true, limit: 30, clear: 28, hold: .seconds(60))
        var soil = SensorConfiguration(name: "soil", source: "simulated:soil")
        soil.unit = "%"
        soil.digits = 0
        return Configuration(
            account: AccountConfiguration(jid: jid("greenhouse@example.org")),
            people: People([
                .init(local: "alice", domain: "example.org", role: .admin), .init(local: "bob", domain: "example.org", role: .operator),
                .init(local: nil, domain: "family.example.org", role: .viewer), .init(local: "vera", domain: "example.org", role: .viewer),
            ]),
            lines: [lamp, fan, gate, door], sensors: [air, soil], reports: ReportsConfiguration(to: [jid("alice@example.org")]))
    }
}

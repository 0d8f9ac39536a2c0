import Testing
import Time
import XMPP

@testable import Agent

/// Lines as they really are, whatever is known of them: some answers are late, wrong or never come. Each time one goes on, the rules of its
/// group and its `min-off` are checked against what really happened.
private final class World {
    let configuration: Configuration
    var agent: Agent
    var random: SplitMix64
    var now: Duration = .zero
    var levels: [Bool]
    /// When each really went off last.
    var offAt: [Duration?]
    /// Answers on their way, in the order of their lines' tickets.
    var answers: [(at: Duration, line: LineIndex, ticket: Ticket, outcome: LineOutcome)] = []
    var stored: [String: [UInt8]] = [:]
    var faults = false
    /// Lines whose chip has gone.
    var lost: [LineIndex] = []
    var switchedOn = 0
    var broken: [String] = []
    /// The latest that happened.
    var trace: [String] = []
    private var lastID = 0

    init(_ configuration: Configuration, seed: UInt64) {
        self.configuration = configuration
        random = SplitMix64(seed: seed)
        levels = configuration.lines.map { _ in false }
        offAt = configuration.lines.map { _ in nil }
        agent = Agent(configuration: configuration, saved: [:], facts: HostFacts(), seed: seed)
        handle(.started(levels: levels))
        handle(.online(jid: jid("greenhouse@example.org/board"), resumed: false))
    }

    func roll(_ sides: Int) -> Int { Int(random.next() % UInt64(sides)) }
    func pick<T>(_ things: [T]) -> T { things[roll(things.count)] }

    private var moment: Moment { Moment(instant: Instant(.seconds(86400) + now), timestamp: Conversation.start + now, utcOffset: 0) }

    private func note(_ text: String) {
        trace.append("\(now) \(text)")
        if trace.count > 60 { trace.removeFirst() }
    }

    func handle(_ event: Event) {
        if case .message(let message) = event { note("said: \(message.body ?? "")") } else if event != .tick { note("\(event)".prefix(80).description) }
        for effect in agent.handle(event, at: moment) {
            switch effect {
            case .setLine(let line, let on, let ticket): set(line, on, ticket)
            case .setDuty(let line, let permille, let ticket): set(line, permille > 0, ticket, permille)
            case .readLine(let line, let ticket): answer(line, ticket, lost.contains(line) ? .failed("gone") : levels[line] ? .on : .off)
            case .store(let name, let bytes): stored[name] = bytes
            case .append(let name, let bytes, _): stored[name, default: []] += bytes
            case .send(let message): if let id = message.id { handle(.acknowledged([id])) }
            default: break
            }
        }
    }

    private func set(_ line: LineIndex, _ on: Bool, _ ticket: Ticket, _ permille: Int? = nil) {
        let fault = lost.contains(line) ? 0 : faults ? roll(6) : 9
        note("\(line) \(on ? "on" : "off"), ticket \(ticket), fault \(fault)")
        // 0: not done and said so. 1: done, but said to have failed. 2: not done, and read back as it is. 3: done, no answer. 4: neither.
        if fault != 0, fault != 2, fault != 4 { drive(line, on, byUs: true) }
        switch fault {
        case 0, 1: answer(line, ticket, .failed("Input/output error"))
        case 3, 4: break
        default: answer(line, ticket, levels[line] == on ? permille.map { .duty($0) } ?? (on ? .on : .off) : levels[line] ? .on : .off)
        }
    }

    private func answer(_ line: LineIndex, _ ticket: Ticket, _ outcome: LineOutcome) {
        var at = now + .milliseconds(roll(4) == 0 ? roll(faults ? 6000 : 900) : 0)
        for earlier in answers where earlier.line == line { at = max(at, earlier.at) }
        answers.append((at, line, ticket, outcome))
    }

    func drive(_ line: LineIndex, _ on: Bool, byUs: Bool) {
        defer { levels[line] = on }
        if levels[line], !on { offAt[line] = now }
        guard !levels[line], on, byUs else { return }
        switchedOn += 1
        let settings = configuration.lines[line]
        if let minOff = settings.minOff, let since = offAt[line], now - since < minOff { broken.append("\(settings.name) went on \(now - since) after it went off") }
        for rival in configuration.lines.rivals(of: line) {
            let name = configuration.lines[rival].name
            if levels[rival] { broken.append("\(settings.name) went on while \(name) was on") }
            if let since = offAt[rival], now - since < configuration.lines.gap(of: line) { broken.append("\(settings.name) went on \(now - since) after \(name) went off") }
        }
    }

    /// What was read back before is told before.
    private func tell(_ line: LineIndex) {
        while let index = answers.firstIndex(where: { $0.line == line }) {
            let answer = answers.remove(at: index)
            handle(.lineOutcome(answer.ticket, answer.outcome))
        }
    }

    func somebodyElse(_ line: LineIndex, _ on: Bool) {
        tell(line)
        drive(line, on, byUs: false)
        handle(.lineChanged(line, on: on))
    }

    /// The expander with this line is unplugged, or plugged in again: without power its outputs are off.
    func plug(_ line: LineIndex) {
        if let index = lost.firstIndex(of: line) {
            lost.remove(at: index)
            claim(line)
            handle(.lineBack(line, on: levels[line]))
        } else {
            tell(line)
            lost.append(line)
            if roll(2) == 0 { drive(line, false, byUs: false) }
            handle(.lineLost(line, why: "gone"))
        }
    }

    private func claim(_ line: LineIndex) {
        switch agent.initialLevel(of: line, at: moment) {
        case .on, .duty: drive(line, true, byUs: true)
        case .off: drive(line, false, byUs: true)
        case .keep: break
        }
    }

    func pass(_ duration: Duration) {
        let end = now + duration
        var rounds = 0
        while rounds < 100_000 {
            rounds += 1
            var due: Duration?
            if let deadline = agent.nextDeadline { due = max(now, deadline.sinceOrigin - .seconds(86400)) }
            var first: Int?
            for index in answers.indices where answers[index].at <= (first.map { answers[$0].at - .nanoseconds(1) } ?? end) { first = index }
            if let first, answers[first].at <= due ?? end {
                let answer = answers.remove(at: first)
                now = max(now, answer.at)
                handle(.lineOutcome(answer.ticket, answer.outcome))
            } else if let due, due <= end {
                now = due
                handle(.tick)
            } else {
                break
            }
        }
        #expect(rounds < 100_000, "the agent asks to be woken again and again")
        now = end
    }

    func say(_ text: String) {
        lastID += 1
        handle(.message(Message(from: jid("p\(lastID % 50)@example.org/phone"), to: jid("greenhouse@example.org/board"), id: "m\(lastID)", body: text)))
    }

    func reload(_ configuration: Configuration) {
        let lost = lost
        handle(.reloaded(configuration, levels: configuration.lines.indices.map { lost.contains($0) ? nil : levels[$0] }))
        for line in lost { handle(.lineLost(line, why: "gone")) }
    }

    /// A crash: what the lines were stays until they are claimed.
    func restart(_ configuration: Configuration) {
        answers.removeAll()
        agent = Agent(configuration: configuration, saved: stored, facts: HostFacts(), seed: random.next())
        for line in lost { handle(.lineLost(line, why: "gone")) }
        for line in configuration.lines.indices where !lost.contains(line) { claim(line) }
        let levels = configuration.lines.indices.map { lost.contains($0) ? nil : self.levels[$0] }
        handle(.started(levels: levels))
        handle(.online(jid: jid("greenhouse@example.org/board"), resumed: false))
    }
}

@Suite struct OutputsModelTests {
    /// a1, a2, a3 and b1, b2, b3 locked, a1 and b2 with `min-off`; a free lamp that may blink.
    private static var configuration: Configuration {
        var configuration = Configuration.greenhouse
        configuration.lines = []
        for (index, name) in ["a1", "a2", "a3", "b1", "b2", "b3", "lamp"].enumerated() {
            var line = LineConfiguration(name: name, pin: "GPIO\(index)")
            if index < 6 { line.interlock = .init(group: index < 3 ? "a" : "b", gap: .milliseconds([200, 50, 50, 50, 1000, 50][index])) }
            if index == 0 || index == 4 { line.minOff = .seconds(index == 0 ? 7 : 3) }
            if index == 2 { line.maxOn = .seconds(20) }
            // A PWM line: dimmed and faded.
            if index == 1 || index == 6 { line.pwm = 1000 }
            line.tags = [index < 3 ? "ga" : "gb"]
            line.initial = [.restore, .off, .keep, .restore, .on, .off, .restore][index]
            line.onExit = [.off, .on, .keep, .off, .on, .keep, .keep][index]
            if index == 5 { line.onDisconnect = .init(on: true, after: .seconds(4)) }
            if index == 3 { line.onDisconnect = .init(on: false, after: .seconds(2)) }
            configuration.lines.append(line)
        }
        configuration.people = People([.init(local: nil, domain: "example.org", role: .operator)])
        return configuration
    }

    @Test func `10,000 random commands never switch two of a group on, nor anything too soon`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        let configuration = Self.configuration
        let world = World(configuration, seed: seed)
        for _ in 0..<10_000 {
            let name = world.pick(["a1", "a2", "a3", "b1", "b2", "b3", "lamp"])
            switch world.roll(22) {
            case 0...3: world.say("\(name) on")
            case 4: world.say("\(name) off")
            case 5: world.say("toggle \(name)")
            case 6: world.say("pulse \(name) \(world.pick(["100ms", "2s", "30s"]))")
            case 7: world.say("\(name) off for \(world.pick(["1s", "10s"]))")
            case 8: world.say("\(name) on for \(world.pick(["1s", "10s"]))")
            case 9: world.say("blink lamp \(world.pick(["0.5Hz", "10Hz"])) for \(world.pick(["1s", "5s"]))")
            case 10: world.say(world.pick(["all off", "ga off", "gb on", "toggle \(name) and lamp", "toggle all", "status", "\(name)?"]))
            case 17: world.say("\(world.pick(["a2", "lamp"])) \(world.pick(["40%", "0%", "fade to 70% in 2s", "fade to 0% in 1s"]))")
            case 11: world.handle(.offline(reason: "random"))
            case 12: world.handle(.online(jid: jid("greenhouse@example.org/board"), resumed: world.roll(2) == 0))
            case 13:
                let line = world.roll(7), on = world.roll(3) == 0
                if world.lost.contains(line) { break }
                world.somebodyElse(line, on)
            case 14: world.faults = world.roll(3) == 0
            case 15:
                if world.roll(4) == 0 { world.plug(world.roll(7)) }
                if world.roll(4) == 0 { world.reload(configuration) }
            case 16:
                if world.roll(8) == 0 {
                    // In order, or killed.
                    if world.roll(2) == 0 { world.handle(.stopping(reason: "random")) }
                    world.restart(configuration)
                }
            default: world.pass(.milliseconds(world.pick([1, 60, 300, 1100, 4000, 12_000])))
            }
            if let line = world.lost.first, world.roll(10) == 0 { world.plug(line) }
            if world.roll(2) == 0 { world.pass(.milliseconds(world.roll(400))) }
            #expect(world.agent.outputs.pending.count <= Outputs.maximumTickets + 2 * configuration.lines.count, "seed \(seed)")
            #expect(world.agent.outputs.makes.count <= 2, "seed \(seed)")
            if !world.broken.isEmpty { break }
        }
        if !world.broken.isEmpty { print(world.trace.joined(separator: "\n")) }
        #expect(world.broken == [], "seed \(seed)")
        #expect(world.switchedOn > 1000, "seed \(seed)")
        // And nothing is stuck: it all goes off and stays off.
        world.faults = false
        for line in world.lost { world.plug(line) }
        world.handle(.online(jid: jid("greenhouse@example.org/board"), resumed: false))
        world.pass(.seconds(60))
        world.say("all off")
        world.pass(.seconds(60))
        #expect(world.levels == configuration.lines.map { _ in false }, "seed \(seed)")
    }
}

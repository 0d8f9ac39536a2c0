import Time
import XMPP

@testable import Agent

/// People talking to a board: a line is only ever driven because of an operator's command of this moment, once for each message, and only an admin or a
/// code of an admin's changes who is one.
///
/// Each line is a step: `a` an admin says what follows, `o` an operator, `v` a viewer, `s` a stranger, `r` a room's occupant; `l` late, `e` encrypted, `d` the admin's
/// last message again, `u` a newcomer the code that was told, `i` other words under its id, `c` a correction of it; `y` confirms with the code that was told; `t` time, `n` a reading, `f` and `k` the link
/// lost and back, `x` an edge, `w` lines that fail.
func fuzzChat(_ input: [UInt8]) throws(Broken) {
    try ChatRun(Steps(input)).play()
}

private final class ChatRun {
    let steps: Steps
    let configuration: Configuration
    let agent: Agent
    let vocabulary: Vocabulary
    var now = Moment(instant: Instant(.seconds(86400)), timestamp: Timestamp(milliseconds: 1_795_365_420_000), utcOffset: 3600)
    var levels: [Bool]
    var isFailing = false
    var lastID = 0
    var last: Message?
    var lastAt = Instant(.zero)
    var lastNumber = 0
    var code = ""
    /// The latest one-time code.
    var invitation = ""
    /// Mallory was let in by an admin.
    var wasLetIn = false

    init(_ steps: Steps) {
        self.steps = steps
        var lamp = LineConfiguration(name: "lamp", pin: "GPIO17")
        lamp.initial = .restore
        lamp.tags = ["lights"]
        var fan = LineConfiguration(name: "fan", pin: "GPIO22")
        fan.tags = ["lights"]
        fan.maxOn = .seconds(3600)
        var gate = LineConfiguration(name: "gate", pin: "GPIO5")
        gate.confirm = true
        gate.onWord = "open"
        gate.offWord = "closed"
        var door = LineConfiguration(name: "door", pin: "GPIO27")
        door.direction = .input
        door.reportsChange = true
        door.reportsPress = true
        door.doublePress = .milliseconds(400)
        var air = SensorConfiguration(name: "air", source: "simulated:air")
        air.unit = "°C"
        air.report = .init(delta: 0.5, shortest: .seconds(60), longest: .seconds(900))
        air.alarm = .init(above: true, limit: 30, clear: 28, hold: .seconds(60))
        configuration = Configuration(
            account: AccountConfiguration(jid: fuzzAddress("greenhouse@example.org")),
            people: People([
                .init(local: "alice", domain: "example.org", role: .admin), .init(local: "bob", domain: "example.org", role: .operator),
                .init(local: nil, domain: "family.example.org", role: .viewer), .init(local: "garden", domain: "rooms.example.org", role: .operator),
            ]),
            lines: [lamp, fan, gate, door], sensors: [air], reports: ReportsConfiguration(to: [fuzzAddress("alice@example.org")]))
        agent = Agent(configuration: configuration, saved: [:], facts: HostFacts(model: "Fuzz", hostname: "greenhouse"), seed: 7, secret: Array(1...32))
        vocabulary = Vocabulary(configuration)
        levels = [false, false, false, false]
    }

    func play() throws(Broken) {
        try handle(.started(levels: levels.map { $0 }), mayDrive: false)
        try handle(.online(jid: fuzzAddress("greenhouse@example.org/board"), resumed: false), mayDrive: false)
        for step in steps.steps {
            if step.is("a") { try say(step, "alice@example.org/phone", mayDrive: true) }
            else if step.is("o") { try say(step, "bob@example.org/laptop", mayDrive: true) }
            else if step.is("v") { try say(step, "vera@family.example.org/x", mayDrive: true) }
            else if step.is("s") { try say(step, "mallory@evil.example/x", mayDrive: true) }
            else if step.is("u") { try say(Steps.Step(kind: step.kind, data: Array(invitation.utf8)[...]), "nina@example.net/x", mayDrive: true) }
            else if step.is("r") { try say(step, "garden@rooms.example.org/alice", mayDrive: false) { $0.isFromRoom = true } }
            else if step.is("l") { try say(step, "alice@example.org/phone", mayDrive: false) { $0.delay = Timestamp(milliseconds: 1_795_365_420_000) } }
            else if step.is("e") { try say(step, "alice@example.org/phone", mayDrive: false) { $0.isEncrypted = true } }
            else if step.is("g") { try say(step, "alice@example.org/phone", mayDrive: false) { $0.kind = .groupchat } }
            else if step.is("d") {
                let before = agent.guests.guests
                if let last = remembered { try hear(last, mayDrive: false) }
                try require(agent.guests.guests == before, "a doubled message changes people")
            } else if step.is("i") {
                guard let last = remembered, last.body != step.text else { continue }
                try say(step, "alice@example.org/laptop", mayDrive: false) { $0.id = last.id }
            } else if step.is("c") {
                guard let last else { continue }
                try say(step, "alice@example.org/phone", mayDrive: true) { $0.replaces = last.id }
            } else if step.is("y") {
                try say(Steps.Step(kind: step.kind, data: Array(("yes " + code).utf8)[...]), "alice@example.org/phone", mayDrive: true)
            } else if step.is("t") { try pass(.seconds(step.number * 4)) }
            else if step.is("n") { try handle(.reading(0, .value(Double(step.text) ?? Double(step.number))), mayDrive: false) }
            else if step.is("f") { try handle(.offline(reason: step.text), mayDrive: false) }
            else if step.is("k") { try handle(.online(jid: fuzzAddress("greenhouse@example.org/board"), resumed: step.number & 1 == 1), mayDrive: false) }
            else if step.is("x") {
                let number = UInt64(step.number), line = Int(number & 7) - 2
                let at = number & 16 == 0 ? 0 : number << 20
                try handle(.lineChanged(line, on: number & 8 == 0, at: at, missed: UInt32(number >> 6 & 3)), mayDrive: false)
                try handle(.pulses(line, count: UInt32(number >> 6 & 3), missed: UInt32(number >> 8 & 1), on: number & 8 == 0, first: at, last: ~at), mayDrive: false)
            }
            else if step.is("w") { isFailing = step.number & 1 == 1 }
        }
        try pass(.seconds(4000))
    }

    private func say(
        _ step: Steps.Step, _ from: String, mayDrive: Bool, _ change: (inout Message) -> Void = { _ in }
    ) throws(Broken) {
        lastID += 1
        var message = Message(from: fuzzAddress(from), id: "m\(lastID)", body: step.text)
        change(&message)
        let role = message.isFromRoom ? nil : agent.role(of: message.from), before = agent.guests.guests
        let saysCode = mayDrive && !invitation.isEmpty && OneTimeCode.digest(step.text) == OneTimeCode.digest(invitation)
        let out = try hear(message, mayDrive: mayDrive && (role ?? .viewer) >= .operator && isSwitching(step.text))
        if role == nil, !saysCode { for effect in out { try require(isLog(effect), "\(effect) for a stranger") } }
        if !saysCode, !mayDrive || role != .admin { try require(agent.guests.guests == before, "\(from) changes people") }
        if agent.isTrusted(fuzzAddress("mallory@evil.example")) { wasLetIn = true }
        // What claims to come from a room that was never joined, and what cannot be read, is no command: its id is still free.
        if from.hasPrefix("alice@"), message.kind != .groupchat, !message.isEncrypted {
            last = message
            lastAt = now.instant
            lastNumber = lastID
        }
    }

    /// The admin's last message, as long as the agent promises to remember it.
    private var remembered: Message? {
        now.instant - lastAt < RecentMessages.memory && lastID - lastNumber < RecentMessages.capacity - 1 ? last : nil
    }

    @discardableResult
    private func hear(_ message: Message, mayDrive: Bool) throws(Broken) -> [Effect] { try handle(.message(message), mayDrive: mayDrive) }

    private func isLog(_ effect: Effect) -> Bool {
        if case .log = effect { return true }
        return false
    }

    private func isSwitching(_ text: String) -> Bool {
        do throws(Misunderstanding) {
            switch try Command.parse(text, vocabulary) {
            case .switchLines, .pulse, .blink, .confirm: return true
            default: return false
            }
        } catch { return false }
    }

    private func pass(_ duration: Duration) throws(Broken) {
        let end = now.instant + duration
        var rounds = 0
        while let deadline = agent.nextDeadline, deadline <= end {
            rounds += 1
            // A line that blinks has 20 edges a second at most.
            try require(rounds < 100_000, "it asks to be woken again and again")
            advance(to: max(deadline, now.instant))
            // Timers end here; they never begin anything but an end.
            try handle(.tick, mayDrive: true)
        }
        advance(to: end)
    }

    private func advance(to instant: Instant) {
        now = Moment(instant: instant, timestamp: now.timestamp + (instant - now.instant), utcOffset: now.utcOffset)
    }

    @discardableResult
    private func handle(_ event: Event, mayDrive: Bool) throws(Broken) -> [Effect] {
        var all: [Effect] = []
        var driven: [LineIndex] = []
        var queue = [event]
        var isFirst = true
        while !queue.isEmpty {
            let effects = agent.handle(queue.removeFirst(), at: now)
            all += effects
            try require(effects.count <= 64, "\(effects.count) effects of one event")
            for effect in effects {
                switch effect {
                case .setLine(let line, let on, let ticket):
                    try require(levels.indices.contains(line), "there is no line \(line)")
                    try require(configuration.lines[line].direction == .output, "an input is driven")
                    if isFirst {
                        try require(mayDrive, "line \(line) is driven because of \(event)")
                        try require(!driven.contains(line), "line \(line) is driven twice")
                    }
                    driven.append(line)
                    if !isFailing { levels[line] = on }
                    queue.append(.lineOutcome(ticket, isFailing ? .failed("busy") : on ? .on : .off))
                case .readLine(let line, let ticket): queue.append(.lineOutcome(ticket, levels[line] ? .on : .off))
                case .readSensor(let sensor): queue.append(.reading(sensor, .value(21.5)))
                case .send(let message): try check(message)
                case .presence(let presence):
                    try require((presence.status?.count ?? 0) <= 120, "a status of \(presence.status?.count ?? 0) characters")
                default: break
                }
            }
            isFirst = false
        }
        return all
    }

    private func check(_ message: OutgoingMessage) throws(Broken) {
        try require(message.to.domain != "evil.example" || wasLetIn, "an answer to a stranger")
        guard let body = message.body else { return }
        try require(body.utf8.count <= 16 * 1024, "an answer of \(body.utf8.count) bytes")
        try require(!body.isEmpty, "an empty answer")
        if OneTimeCode.digest(String(body.prefix(14))) != nil, body.utf8.dropFirst(14).first == UInt8(ascii: "\n") { invitation = String(body.prefix(14)) }
        // "Really open gate? Say "yes 4821" within 30 s."
        let words = body.split(separator: " ")
        for (index, word) in words.enumerated().dropFirst() where word.utf8.count == 5 && words[index - 1].hasSuffix("yes") { code = String(word.prefix(4)) }
    }
}

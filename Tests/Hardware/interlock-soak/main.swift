// interlock-soak SEED COMMANDS [simulated]: people say things at random to a board whose lines are real ones, and no two lines of an
// interlock group are ever on. Between commands time passes, virtual so that hours take seconds: timers end, the link comes and goes, the program restarts, the
// configuration is reloaded, and now and then a line does not do what it is told. Every line of a group is read after each drive; the kernel's
// own record is what Tests/Hardware/test_interlock.py looks at afterwards. Prints what was done, and exits 1 with what it saw when that was wrong.
import Agent
import Board
import CLinux
import Linux
import Time
import XMPP

struct Dice {
    var state: UInt64
    mutating func below(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(truncatingIfNeeded: (state >> 33) % UInt64(limit))
    }
    mutating func of<Element>(_ list: [Element]) -> Element { list[below(list.count)] }
}

/// What the wires are seen to do, against what `interlock` and `min-off` promise.
struct Judge {
    var levels: [Bool]
    /// When each went off.
    var offSince: [Instant?]
    var switchedOn = 0
    var faults: [String] = []

    mutating func look(_ now: Instant, _ configuration: Configuration, _ read: (Int) -> Bool?) {
        for line in levels.indices {
            guard let on = read(line), on != levels[line] else { continue }
            levels[line] = on
            if !on {
                offSince[line] = now
                continue
            }
            switchedOn += 1
            let settings = configuration.lines[line]
            if let minOff = settings.minOff, let since = offSince[line], now - since < minOff {
                faults.append("\(settings.name) was off for \(now - since), not \(minOff)")
            }
            guard let group = settings.interlock?.group else { continue }
            for rival in levels.indices where rival != line && configuration.lines[rival].interlock?.group == group {
                let gap = max(settings.interlock?.gap ?? .zero, configuration.lines[rival].interlock?.gap ?? .zero)
                if levels[rival] { faults.append("\(settings.name) and \(configuration.lines[rival].name) are both on") }
                if let since = offSince[rival], now - since < gap {
                    faults.append("\(settings.name) is on \(now - since) after \(configuration.lines[rival].name) went off, not \(gap)")
                }
            }
        }
    }
}

final class Soak {
    static let people = 24
    var dice: Dice
    var elapsed: Duration = .zero
    var configuration: Configuration
    var board: Board
    var agent: Agent
    var stored: [String: [UInt8]] = [:]
    /// Outcomes of a slow board, which answers for each line in order.
    var late: [(at: Duration, line: Int, event: Event)] = []
    /// Lines that are stuck at what they are.
    var stuck: [Bool]
    var judge: Judge
    var isOnline = true
    var failures = 0
    let people: [JID]
    /// nil: the real lines of this machine.
    let profile: Profile?

    var now: Moment { Moment(instant: Instant(.seconds(1000) + elapsed), timestamp: Timestamp(milliseconds: 1_795_365_420_000) + elapsed) }

    static func configuration() throws -> Configuration {
        var configuration = Configuration(account: AccountConfiguration(jid: try JID("board@example.org")))
        configuration.people = People((0..<people).map { People.Entry(local: "p\($0)", domain: "example.org", role: .operator) })
        func line(_ name: String, _ pin: String, _ group: String?, _ gap: Int, _ more: (inout LineConfiguration) -> Void = { _ in }) {
            var line = LineConfiguration(name: name, pin: pin)
            if let group { line.interlock = LineConfiguration.Interlock(group: group, gap: .milliseconds(gap)) }
            more(&line)
            configuration.lines.append(line)
        }
        line("up", "GPIO6", "blind", 500) { $0.initial = .restore; $0.maxOn = .seconds(20) }
        line("down", "GPIO7", "blind", 200) { $0.initial = .restore; $0.onDisconnect = .init(on: true, after: .seconds(5)) }
        line("slow", "GPIO8", "motor", 100) { $0.tags = ["motors"]; $0.minOff = .seconds(3) }
        line("fast", "GPIO9", "motor", 100) { $0.tags = ["motors"]; $0.activeLow = true; $0.initial = .restore }
        line("back", "GPIO10", "motor", 300) { $0.tags = ["motors"]; $0.onDisconnect = .init(on: false, after: .seconds(2)) }
        line("stop", "GPIO11", "motor", 100) { $0.maxOn = .milliseconds(700) }
        line("lamp", "GPIO12", nil, 0) { $0.initial = .restore }
        line("pump", "GPIO13", nil, 0) { $0.minOff = .seconds(4) }
        return configuration
    }

    init(seed: UInt64, profile: Profile?) throws {
        dice = Dice(state: seed)
        people = try (0..<Soak.people).map { try JID("p\($0)@example.org/phone") }
        configuration = try Soak.configuration()
        agent = Agent(configuration: configuration, saved: [:], facts: HostFacts(), seed: seed)
        self.profile = profile
        let start = Moment(instant: Instant(.seconds(1000)), timestamp: Timestamp(milliseconds: 1_795_365_420_000))
        board = try Soak.open(configuration, profile, agent, start)
        stuck = [Bool](repeating: false, count: configuration.lines.count)
        judge = Judge(levels: stuck, offSince: [Instant?](repeating: nil, count: stuck.count))
        begin()
    }

    static func settings(_ configuration: Configuration, _ initial: (Int) -> InitialLevel) -> [LineSettings] {
        configuration.lines.enumerated().map { index, line in
            let level: LineSettings.Initial = switch initial(index) {
            case .on: .on
            case .off: .off
            case .keep, .duty: .keep
            }
            return LineSettings(name: line.name, pin: line.pin, activeLow: line.activeLow, initial: level)
        }
    }

    static func open(_ configuration: Configuration, _ profile: Profile?, _ agent: Agent, _ now: Moment) throws -> Board {
        try Board.open(lines: settings(configuration) { agent.initialLevel(of: $0, at: now) }, sensors: [], profile: profile)
    }

    func level(_ line: Int) -> Bool? { try? board.get(line) }

    func look() { judge.look(now.instant, configuration) { level($0) } }

    func begin() {
        look()
        handle(.started(levels: configuration.lines.indices.map { level($0) }))
        isOnline = true
        handle(.online(jid: configuration.account.jid, resumed: false))
    }

    func handle(_ event: Event) {
        var queue = [event]
        while !queue.isEmpty {
            for effect in agent.handle(queue.removeFirst(), at: now) {
                switch effect {
                case .setLine(let line, let on, let ticket):
                    guard let outcome = drive(line, on) else { continue }
                    trace("    \(outcome)")
                    if let before = late.last(where: { $0.line == line }) {
                        late.append((before.at, line, .lineOutcome(ticket, outcome)))
                    } else if dice.below(30) == 0 {
                        late.append((elapsed + .milliseconds(dice.of([1, 150, 900, 7000])), line, .lineOutcome(ticket, outcome)))
                    } else {
                        queue.append(.lineOutcome(ticket, outcome))
                    }
                case .readLine(let line, let ticket): queue.append(.lineOutcome(ticket, level(line) == true ? .on : .off))
                case .log(_, let text): trace(text)
                case .store(let name, let bytes): stored[name] = bytes
                case .append(let name, let bytes, _): stored[name, default: []] += bytes
                case .send(let message): if let id = message.id { queue.append(.acknowledged([id])) }
                default: break
                }
            }
        }
    }

    /// nil: no answer ever.
    func drive(_ line: Int, _ on: Bool) -> LineOutcome? {
        let misfortune = dice.below(100)
        trace("  drive \(configuration.lines[line].name) \(on), luck \(misfortune)\(stuck[line] ? ", was stuck" : "")")
        if misfortune == 0 { stuck[line] = true } else if misfortune < 20 { stuck[line] = false }
        if misfortune == 1 {
            failures += 1
            return .failed("the wire came off")
        }
        if !stuck[line] {
            do { _ = try board.set(line, on: on) } catch { return .failed("\(error)") }
            look()
        }
        if misfortune == 2 || misfortune == 3 {
            failures += 1
            return misfortune == 2 ? .failed("it cannot be read back") : nil
        }
        return level(line) == true ? .on : .off
    }

    /// Lets time pass, with all that falls due in it.
    func pass(_ time: Duration) {
        let end = elapsed + time
        for turn in 0... {
            if turn == 10_000 { return judge.faults.append("the device is never done: its deadline does not move on") }
            var next = end
            if let due = agent.nextDeadline { next = min(next, max(due - Instant(.seconds(1000)), elapsed)) }
            for outcome in late { next = min(next, max(outcome.at, elapsed)) }
            elapsed = next
            let due = late.filter { $0.at <= elapsed }
            late.removeAll { $0.at <= elapsed }
            for outcome in due { handle(outcome.event) }
            if next == end && due.isEmpty { break }
            handle(.tick)
        }
        handle(.tick)
    }

    func restart() throws {
        trace("restart")
        if dice.below(2) == 0 { handle(.stopping(reason: "restarting")) }
        look()
        late = []
        // The lines are released; a wire that nobody drives is off.
        board = try Board.open(lines: [], sensors: [], profile: profile)
        for line in judge.levels.indices where judge.levels[line] {
            judge.levels[line] = false
            judge.offSince[line] = now.instant
        }
        mark("restart")
        pass(.zero)
        elapsed += .milliseconds(dice.of([600, 5000, 60000]))
        agent = Agent(configuration: configuration, saved: stored, facts: HostFacts(), seed: UInt64(dice.below(1 << 30)))
        board = try Soak.open(configuration, profile, agent, now)
        stuck = [Bool](repeating: false, count: stuck.count)
        begin()
    }

    func reload() throws {
        trace("reload")
        let gap = Duration.milliseconds(dice.of([1, 200, 900]))
        configuration.lines[1].interlock = configuration.lines[1].interlock.map { .init(group: $0.group, gap: gap) }
        try board.apply(lines: Soak.settings(configuration) { _ in .keep }, sensors: [])
        handle(.reloaded(configuration, levels: configuration.lines.indices.map { level($0) }))
    }

    /// For looking at one seed: the last things that happened.
    var history: [String] = []
    func trace(_ text: String) {
        history.append("\(elapsed) \(text)")
        if history.count > 60 { history.removeFirst(30) }
    }

    func mark(_ word: String) {
        do throws(SystemError) { try Files.append("/sys/kernel/tracing/trace_marker", Array(word.utf8), mode: 0o600) } catch {}
    }

    func say(_ number: Int) {
        let name = dice.of(["up", "down", "slow", "fast", "back", "stop", "up", "down", "lamp", "pump", "motors", "all"])
        let time = dice.of(["200ms", "1s", "2s", "5s", "1min"])
        let text = switch dice.below(12) {
        case 0...3: "\(name) on"
        case 4: "\(name) off"
        case 5: "toggle \(name)"
        case 6: "\(name) on for \(time)"
        case 7: "\(name) off for \(time)"
        case 8: "pulse \(name) \(time)"
        case 9: "blink \(dice.of([name, "lamp"])) 2Hz for \(time)"
        case 10: "\(name) on, \(dice.of(["up", "fast", "lamp"])) on"
        default: "up down on"
        }
        trace(text)
        handle(.message(Message(from: dice.of(people), to: configuration.account.jid, id: "m\(number)", body: text)))
        if !judge.faults.isEmpty { judge.faults.append("after command \(number), \"\(text)\"") }
    }

    /// How many were said.
    func run(_ commands: Int) throws -> Int {
        var number = 0
        while number < commands {
            if isOnline {
                number += 1
                say(number)
            } else if dice.below(4) == 0 {
                isOnline = true
                handle(.online(jid: configuration.account.jid, resumed: false))
            }
            pass(.milliseconds(dice.of([0, 0, 1, 50, 120, 250, 400, 700, 1500, 4000])))
            switch dice.below(400) {
            case 0: try restart()
            case 1...3: try reload()
            case 4...10:
                isOnline = false
                trace("offline")
                handle(.offline(reason: "the cable was pulled"))
            default: break
            }
            look()
            if !judge.faults.isEmpty { break }
        }
        return number
    }
}

do {
    let words = CommandLine.arguments
    guard words.count >= 3, let seed = UInt64(words[1]), let commands = Int(words[2]) else {
        print("interlock-soak SEED COMMANDS [simulated]")
        exit(2)
    }
    let start = cl_monotonic_ns()
    let soak = try Soak(seed: seed, profile: words.count > 3 ? .simulated : nil)
    let said = try soak.run(commands)
    if !soak.judge.faults.isEmpty { for line in soak.history { print(line) } }
    for fault in soak.judge.faults { print("seed \(seed): \(fault)") }
    let took = (cl_monotonic_ns() - start) / 1_000_000
    print("\(said) commands, \(soak.judge.switchedOn) times on, \(soak.failures) failures, \(soak.elapsed) of virtual time in \(took) ms")
    exit(soak.judge.faults.isEmpty ? 0 : 1)
} catch {
    print("\(error)")
    exit(1)
}

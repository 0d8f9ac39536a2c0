import Agent
import Board
import Linux
import Text
import Time
import XMPP

/// The driver of `perch run`: joins the loop, the connection, the device and the board.
///
/// Events go to the agent one at a time; what it wants done is carried out in order before the next event.
final class Daemon {
    let loop: EventLoop
    let resolver: Resolver
    let notify = Notify()
    let board: Board
    let agent: Agent
    let configurationPath: String
    var configuration: Configuration
    var connection: Connection?
    /// How many connections there were: only the last one is listened to.
    var connections = 0
    var isBrokenPromiseTold = false
    private let worker: Worker
    let state: StateDirectory
    var journal: JournalFile?
    /// A file of the state directory could not be added to, which is told once.
    private var toldAppend = false
    var control: UnixSocketServer?
    private var signals: Signals?
    private var network: NetworkMonitor?
    var chips: ChipMonitor?
    var lookTimer: LoopTimer?
    var lookedAt: Instant?
    private var deviceTimer: LoopTimer?
    var watchdogTimer: LoopTimer?
    private var events: [Event] = []
    private var isDelivering = false
    var isStopping = false
    var stopReason = StopReason()
    /// Sensors whose reading is under way on the worker's thread: a slow one is not asked twice.
    var sensorsBeingRead: [SensorIndex] = []
    private var edgeDescriptors: [Int32] = []
    /// Counts reloads, so that what was begun before one is recognised.
    var generation = 0

    init(
        _ loop: EventLoop, board: Board, agent: Agent, state: StateDirectory, journalLength: Int, configuration: Configuration,
        configurationPath: String
    ) throws(SystemError) {
        self.loop = loop
        self.board = board
        self.agent = agent
        self.state = state
        self.configuration = configuration
        self.configurationPath = configurationPath
        worker = try Worker(loop)
        resolver = Resolver(worker)
        journal = JournalFile(loop, worker, path: state.path(of: StateDirectory.journal), length: journalLength) { [self] failure in
            deliver(.journalWritten(failure))
        }
    }

    // MARK: Start

    /// Runs until a signal ends it.
    func run(_ login: Login) throws(Failure) {
        do throws(SystemError) {
            signals = try Signals(loop) { [self] signal in handle(signal) }
            loop.onWake = { [self] in
                // systemd sends SIGCONT with each SIGTERM.
                if isStopping { return }
                Log.info("this process was stopped, or the machine slept: what came meanwhile counts as late")
                connection?.woke()
            }
            watchNetwork()
            deviceTimer = loop.makeTimer { [self] in deviceTimerFired() }
            try watchEdges()
            watchChips()
            try listenForControl()
            startWatchdog()
            // Before the start, which writes down what was on: what a lost line was must not be forgotten.
            tellLostLines()
            deliver(.started(levels: levels(), duties: duties()))
            connect(login)
            notify.ready(status: filled("connecting as %", configuration.account.jid.description))
            try loop.run()
        } catch {
            throw Failure(error)
        }
    }

    /// Without it a dead connection is found by the keepalive all the same.
    private func watchNetwork() {
        do throws(SystemError) {
            network = try NetworkMonitor(loop) { [self] in
                Log.debug("the network has changed")
                connection?.networkChanged()
            }
        } catch {
            Log.info(error.description)
        }
    }

    func levels() -> [Bool?] {
        configuration.lines.indices.map { index in
            if board.lostReason(index) != nil { return nil }
            do throws(BoardError) {
                return try board.get(index, at: Clock.instant())
            } catch {
                Log.warning(filled("%: %", configuration.lines[index].name, error.description))
                return nil
            }
        }
    }

    func duties() -> [Int?] {
        var duties: [Int?] = []
        for index in configuration.lines.indices {
            do throws(BoardError) { duties.append(try board.duty(index)) } catch { duties.append(nil) }
        }
        return duties
    }

    // MARK: The device

    /// Events that come while another is handled wait for their turn.
    func deliver(_ event: Event) {
        events.append(event)
        guard !isDelivering else { return }
        isDelivering = true
        refreshLink()
        var next = 0
        while next < events.count {
            let now = Clock.now()
            for effect in agent.handle(events[next], at: now) { carryOut(effect) }
            next += 1
        }
        events = []
        isDelivering = false
        deviceTimer?.deadline = earliest(agent.nextDeadline, board.nextDeadline)
    }

    private func carryOut(_ effect: Effect) {
        switch effect {
        case .send(let message):
            Log.debug(filled("to %, id %: %", message.to.description, message.id ?? "-", message.body ?? ""))
            var isSent = false
            connection?.use { session, now in isSent = session.send(message, at: now) != nil }
            if !isSent, let id = message.id { deliver(.unsent(id)) }
        case .presence(let presence): show(presence)
        case .subscription(let verb, let to): connection?.use { session, now in session.send(verb, to: to, at: now) }
        case .removeContact(let jid): connection?.use { session, now in session.removeContact(jid, at: now) }
        case .publish(let node, let id, let item):
            connection?.use { session, now in session.publish(node: node, id: id, item: item, at: now) }
        case .setLine(let index, let on, let ticket):
            // Before it is done: what counts how often a line was driven must see it also when we are killed in between.
            Log.debug(filled("% is driven %", configuration.lines[index].name, on ? "on" : "off"))
            deliver(.lineOutcome(ticket, outcome(index) { () throws(BoardError) in try board.set(index, on: on) ? .on : .off }))
        case .setDuty(let index, let permille, let ticket):
            deliver(.lineOutcome(ticket, outcome(index) { () throws(BoardError) in .duty(try board.setDuty(index, permille)) }))
        case .readLine(let index, let ticket):
            deliver(.lineOutcome(ticket, outcome(index) { () throws(BoardError) in
                if let permille = try board.duty(index) { return .duty(permille) }
                return try board.get(index, at: Clock.instant()) ? .on : .off
            }))
        case .readSensor(let index): read(index)
        case .store(let name, let bytes):
            if name == StateDirectory.journal {
                journal?.replace(bytes)
                break
            }
            do throws(SystemError) {
                try state.store(name, bytes)
            } catch {
                Log.error(filled("%%", error.description, name == "lines" ? "; after a restart, outputs with `initial = restore` come up as they were before" : ""))
                deliver(.notStored(name: name, why: error.description))
            }
        case .append(let name, let bytes, let isUrgent):
            if name == StateDirectory.journal {
                journal?.append(bytes, isUrgent: isUrgent)
                break
            }
            // Into the kernel's memory, which takes microseconds and outlasts a crash of ours.
            do throws(SystemError) {
                try state.append(name, bytes)
                toldAppend = false
            } catch {
                if !toldAppend { Log.error(filled("%; after a restart, a command that is delivered twice might be done twice", error.description)) }
                toldAppend = true
            }
        case .log(let level, let text): Log.write(Self.level(level), text)
        }
    }

    private func outcome(_ index: LineIndex, _ access: () throws(BoardError) -> LineOutcome) -> LineOutcome {
        if board.lostReason(index) != nil { lookAgain() }
        do throws(BoardError) {
            return try access()
        } catch {
            // The other lines of that chip are lost as well.
            if case .away = error, board.lostReason(index) == nil { look() }
            return .failed(error.description)
        }
    }

    private func show(_ presence: OwnPresence) {
        connection?.use { session, now in session.setPresence(presence, at: now) }
        if presence.available { notify.status(filled("online: %", presence.status ?? "")) }
    }

    private static func level(_ level: LogLevel) -> Log.Level {
        switch level {
        case .error: .error
        case .warning: .warning
        case .notice: .notice
        case .info: .info
        case .debug: .debug
        }
    }

    private func deviceTimerFired() {
        let now = Clock.now()
        if let due = board.nextDeadline, due <= now.instant { deliver(edges: board.tick(at: now.instant)) }
        if agent.awaitsEdges(at: now.instant) { for source in board.edgeSources { takeEdges(source) } }
        deliver(.tick)
    }

    // MARK: The board

    /// Polls the inputs' descriptors. Called again when a reload has changed them.
    func watchEdges() throws(SystemError) {
        for descriptor in edgeDescriptors { loop.remove(descriptor) }
        edgeDescriptors = board.edgeSources.map { $0.descriptor }
        for source in board.edgeSources {
            try loop.add(source.descriptor, .read) { [self] _ in takeEdges(source) }
        }
    }

    private func takeEdges(_ source: EdgeSource) {
        do throws(BoardError) {
            deliver(edges: try board.edges(line: source.line, at: Clock.instant()))
        } catch {
            // A descriptor that only fails would keep the loop busy for ever.
            loop.remove(source.descriptor)
            if case .away = error { return look() }
            Log.error(filled("%: %; its changes are not seen any more until a restart", configuration.lines[source.line].name, error.description))
        }
    }

    private func deliver(edges: [EdgeEvent]) {
        for edge in edges {
            if configuration.lines[edge.line].isCounted {
                deliver(.pulses(edge.line, count: edge.count, missed: edge.missed, on: edge.on, first: edge.first, last: edge.timestamp))
            } else {
                deliver(.lineChanged(edge.line, on: edge.on, at: edge.timestamp, missed: edge.missed))
            }
        }
        // A bouncing line has set a deadline of its own.
        deviceTimer?.deadline = earliest(agent.nextDeadline, board.nextDeadline)
    }

    /// Files that may be slow (a DS18B20 takes 750 ms) are read on the worker's thread, so that no command waits.
    private func read(_ index: SensorIndex) {
        let plan: SensorRead
        switch board.plan(sensor: index) {
        case .done(let result): return deliver(Self.reading(index, result))
        case .read(let read): plan = read
        }
        if sensorsBeingRead.contains(index) { return }
        sensorsBeingRead.append(index)
        let generation = generation
        worker.readFiles(plan.paths, bus: plan.bus, timeout: SensorRead.deadline) { [self] outcomes in
            // A reload has given the number to another sensor.
            guard generation == self.generation else { return }
            if let at = sensorsBeingRead.firstIndex(of: index) { sensorsBeingRead.remove(at: at) }
            let files = outcomes.map { outcome in
                switch outcome {
                case .bytes(let bytes): SensorFile.bytes(bytes)
                case .failed(let error): SensorFile.failed(errno: error.errno)
                }
            }
            deliver(Self.reading(index, plan.interpret(files)))
        }
    }

    private static func reading(_ index: SensorIndex, _ result: SensorResult) -> Event {
        switch result {
        case .value(let value): .reading(index, .value(value))
        case .absent(let why), .failed(let why): .reading(index, .failed(why))
        }
    }

    private func listenForControl() throws(SystemError) {
        guard let path = configuration.board.control else { return }
        control = try UnixSocketServer(loop, path: path) { [self] request in
            let outcome = board.control(request, at: Clock.instant())
            deliver(edges: outcome.edges)
            for sensor in outcome.sensors { read(sensor) }
            return outcome.reply
        }
    }
}

// How long a chat command takes inside the process: from the bytes of the message, as TLS gives them, to the line being
// set (architecture §5). The way is the daemon's: session, agent, board; the board is the simulated one, so the kernel's
// part is not in it. Prints `median µs` and `p95 µs` of some thousand commands.
import Agent
import Board
import CLinux
import Time
import XMPP

let commands = 4000

/// The wall clock stands still but for this, so that the rate limit (10 commands in 10 s) is never met.
nonisolated(unsafe) var virtual = Instant(.seconds(1000))

func moment() -> Moment {
    virtual = virtual + .seconds(2)
    return Moment(instant: virtual, timestamp: Timestamp(milliseconds: 1_700_000_000_000))
}

func takeEvents(_ session: Session) -> [SessionEvent] {
    var events: [SessionEvent] = []
    while let output = session.nextOutput() {
        if case .event(let event) = output { events.append(event) }
    }
    return events
}

func logIn(_ jid: JID) -> Session {
    let session = Session(
        SessionOptions(
            jid: jid, credentials: .external, idSeed: "b", clientNonce: "n", software: SoftwareInfo(name: "bench", version: "0"),
            requestsRoster: false))
    let header = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' from='example.org' version='1.0' id='s'>"
    session.connected(secured: true, at: moment())
    for piece in [
        header + "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>EXTERNAL</mechanism></mechanisms></stream:features>",
        "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
        header + "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>",
        "<iq type='result' id='b0'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>\(jid)/bench</jid></bind></iq>",
    ] {
        _ = takeEvents(session)
        session.receive(Array(piece.utf8), at: moment())
    }
    return session
}

func run() throws {
    let jid = try JID("board@example.org")
    var configuration = Configuration(account: AccountConfiguration(jid: jid))
    configuration.people = People([People.Entry(local: "alice", domain: "example.org", role: .operator)])
    configuration.lines = (0..<26).map { LineConfiguration(name: "line\($0)", pin: "GPIO\($0 + 2)") }
    let board = try Board.open(
        lines: configuration.lines.map { LineSettings(name: $0.name, pin: $0.pin) }, sensors: [], profile: .simulated)
    let agent = Agent(configuration: configuration, saved: [:], facts: HostFacts(), seed: 1)
    _ = agent.handle(.started(levels: configuration.lines.map { _ in false }), at: moment())
    let session = logIn(jid)
    for event in takeEvents(session) {
        if case .online(let jid, let resumed) = event { _ = agent.handle(.online(jid: jid, resumed: resumed), at: moment()) }
    }
    guard session.isOnline else { return print("the login failed") }

    var times: [Int64] = []
    for number in 0..<commands {
        let text = "<message from='alice@example.org/phone' to='\(jid)' type='chat' id='m\(number)'><body>line\(number / 2 % 26) \(number % 2 == 0 ? "on" : "off")</body></message>"
        let bytes = Array(text.utf8)
        let now = moment()
        let start = cl_monotonic_ns()
        session.receive(bytes, at: now)
        for event in takeEvents(session) {
            guard case .message(let message) = event else { continue }
            for effect in agent.handle(.message(message), at: now) {
                guard case .setLine(let line, let on, let ticket) = effect else { continue }
                let level = try board.set(line, on: on)
                times.append(cl_monotonic_ns() - start)
                _ = agent.handle(.lineOutcome(ticket, level ? .on : .off), at: now)
            }
        }
    }
    guard times.count == commands else { return print("\(times.count) of \(commands) commands were done") }
    times.sort()
    print("median \(Double(times[commands / 2] / 10) / 100)\np95 \(Double(times[commands * 95 / 100] / 10) / 100)")
}

do { try run() } catch { print("failed: \(error)") }

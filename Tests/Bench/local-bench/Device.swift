import Agent
import Board
import Linux
import Time
import XMPP

/// Agent and session joined as the daemon joins them, online with a server that only exists as text.
final class Device {
    let jid: JID
    let session: Session
    private let agent: Agent
    /// Time that limits need to pass and that nobody waits for.
    private var skipped: Duration = .zero
    private let recent = "/tmp/local-bench.recent"

    init(lines: Int, direction: LineConfiguration.Direction, pins: [String]) throws {
        jid = try JID("board@example.org")
        var configuration = Configuration(account: AccountConfiguration(jid: jid))
        configuration.people = People([People.Entry(local: "alice", domain: "example.org", role: .operator)])
        configuration.reports.to = [try JID("alice@example.org")]
        configuration.lines = (0..<lines).map { index in
            var line = LineConfiguration(name: "line\(index)", pin: pins[index])
            line.direction = direction
            line.reportsChange = direction == .input
            return line
        }
        agent = Agent(configuration: configuration, saved: [:], facts: HostFacts(), seed: 1)
        session = Session(
            SessionOptions(
                jid: jid, credentials: .external, idSeed: "b", clientNonce: "n", software: SoftwareInfo(name: "bench", version: "0"),
                requestsRoster: false))
        _ = agent.handle(.started(levels: configuration.lines.map { _ in false }), at: now)
        try logIn()
    }

    var now: Moment {
        var now = Clock.now()
        now.instant = now.instant + skipped
        return now
    }

    func skip(_ duration: Duration) { skipped += duration }

    private func logIn() throws {
        let header = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' from='example.org' version='1.0' id='s'>"
        session.connected(secured: true, at: now)
        for piece in [
            header + "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>EXTERNAL</mechanism></mechanisms></stream:features>",
            "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
            header + "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>",
            "<iq type='result' id='b0'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>\(jid)/bench</jid></bind></iq>",
        ] {
            try drain()
            session.receive(Array(piece.utf8), at: now)
        }
        try drain()
        guard session.isOnline else { throw LoginFailed() }
    }

    struct LoginFailed: Error {}

    /// Carries out what session and agent want, until neither wants any more. `set` drives a line and reads it back.
    /// - Returns: how many messages were handed to the session, their bytes being ready for TLS.
    @discardableResult
    func drain(set: (LineIndex, Bool) throws -> Bool = { _, on in on }) throws -> Int {
        var messages = 0
        while let output = session.nextOutput() {
            guard case .event(let event) = output else { continue }
            switch event {
            case .online(let jid, let resumed): messages += try deliver(.online(jid: jid, resumed: resumed), set)
            case .message(let message): messages += try deliver(.message(message), set)
            case .acknowledged(let ids): messages += try deliver(.acknowledged(ids), set)
            default: break
            }
        }
        return messages
    }

    /// An edge as the board tells it; how many reports it made.
    func report(_ edge: EdgeEvent) throws -> Int {
        try deliver(.lineChanged(edge.line, on: edge.on, at: edge.timestamp, missed: edge.missed)) { _, on in on } + drain()
    }

    private func deliver(_ event: Event, _ set: (LineIndex, Bool) throws -> Bool) throws -> Int {
        var events = [event], messages = 0
        while !events.isEmpty {
            for effect in agent.handle(events.removeFirst(), at: now) {
                switch effect {
                case .setLine(let line, let on, let ticket): events.append(.lineOutcome(ticket, try set(line, on) ? .on : .off))
                case .send(let message):
                    if session.send(message, at: now) != nil { messages += 1 }
                case .presence(let presence): session.setPresence(presence, at: now)
                // So that a command that is delivered twice is done once: before the line is set.
                case .append("acted", let bytes, _): try Files.append(recent, bytes, mode: 0o600)
                default: break
                }
            }
        }
        return messages
    }

    deinit { do { try Files.remove(recent) } catch {} }
}

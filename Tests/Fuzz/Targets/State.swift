import Time
@testable import Agent
@testable import XMPP

/// Files of the state directory, as a power loss or a curious hand may leave them. The first byte says which; what was read is written in a form that
/// reads back the same, and an agent starts with it.
func fuzzState(_ input: [UInt8]) throws(Broken) {
    guard let kind = input.first else { return }
    let bytes = Array(input.dropFirst())
    switch kind {
    case UInt8(ascii: "l"): try savedLines(bytes)
    case UInt8(ascii: "p"): try people(bytes)
    case UInt8(ascii: "m"): try loginMemory(bytes)
    case UInt8(ascii: "j"): try journal(bytes)
    // Each line as a record with the right checksum.
    case UInt8(ascii: "J"):
        var file = Array("perch-journal 1\n".utf8)
        for body in bytes.split(separator: UInt8(ascii: "\n")) { file += record(Array(body)) }
        try journal(file)
    default: break
    }
}

private func record(_ body: [UInt8]) -> [UInt8] {
    var rest: [UInt8] = [], record: [UInt8] = [0xA5]
    appendInteger(UInt64(body.count), 2, &rest)
    rest += body
    appendInteger(UInt64(CRC32.of(rest, rest.indices)), 4, &record)
    return record + rest
}

private func journal(_ bytes: [UInt8]) throws(Broken) {
    var fault: Journal.Fault?, later: Journal.Fault?
    var journal = Journal(bytes, fault: &fault)
    try require(journal.bytes.count <= bytes.count, "more reports than the file has")
    let reports = journal.bytes
    var at = 0, count = 0
    // A text may have been made so that it holds a whole record; in a torn file that one is found instead of the text.
    var mayHoldAnother = false
    while let (_, end) = Report.read(reports, at: at) {
        mayHoldAnother = mayHoldAnother || reports[(at + 1)..<end].contains(0xA5)
        at = end
        count += 1
    }
    try require(at == reports.count && count == journal.count, "\(at) bytes of \(reports.count) are reports")
    guard case .store(let file) = journal.rewrite() else { throw Broken(description: "nothing to write") }
    let again = Journal(file, fault: &later)
    try require(later == nil && again.bytes == reports, "what is written reads back differently")
    // A torn write: what was whole before it is still there.
    for cut in 0..<min(file.count, 32) where !mayHoldAnother {
        let torn = Journal(Array(file.dropLast(cut)), fault: &later)
        try require(reports.starts(with: torn.bytes), "a cut file has something else")
    }
    try start(saved: [Journal.fileName: bytes])
}

/// A board comes online with these files and lives for a while.
private func start(saved: [String: [UInt8]]) throws(Broken) {
    var air = SensorConfiguration(name: "air", source: "simulated:air")
    air.report = .init(delta: 0.5)
    let alice = fuzzAddress("alice@example.org")
    let configuration = Configuration(
        account: AccountConfiguration(jid: fuzzAddress("board@example.org")), people: People([.init(local: "alice", domain: "example.org", role: .admin)]),
        sensors: [air], reports: ReportsConfiguration(to: [alice]))
    let agent = Agent(configuration: configuration, saved: saved, facts: HostFacts(), seed: 1)
    var now = Moment(instant: Instant(.seconds(10)), timestamp: Timestamp(milliseconds: 1_795_365_420_000))
    var queue = [Event.started(levels: []), .online(jid: configuration.account.jid, resumed: false)]
    for _ in 0..<60 {
        var delivered: [String] = []
        while !queue.isEmpty {
            let effects = agent.handle(queue.removeFirst(), at: now)
            try require(effects.count < 500, "\(effects.count) effects of one event")
            for effect in effects {
                switch effect {
                case .send(let message): if let id = message.id { delivered.append(id) }
                case .readSensor(let sensor): queue.append(.reading(sensor, .value(21)))
                default: break
                }
            }
        }
        if !delivered.isEmpty {
            queue = [.acknowledged(delivered)]
            continue
        }
        guard let next = agent.nextDeadline else { return }
        now = Moment(instant: max(now.instant, next), timestamp: now.timestamp + max(.zero, next - now.instant))
        queue = [.tick]
    }
}

private func people(_ bytes: [UInt8]) throws(Broken) {
    let list = GuestList(bytes), again = GuestList(list.bytes)
    try require(StateFile.verdict("people", list.bytes) == .current && again.guests == list.guests && again.invitations == list.invitations, "what is written reads back differently")
    try require(list.guests.count <= GuestList.maximumGuests && list.invitations.count <= GuestList.maximumInvitations, "too many people")
    try start(saved: [GuestList.fileName: bytes])
}

private func loginMemory(_ bytes: [UInt8]) throws(Broken) {
    let memory = LoginMemory(bytes)
    try require(memory.file.count <= LoginMemory.longestFile, "a file of \(memory.file.count) bytes, which is not read")
    try require(LoginMemory(memory.file) == memory, "what is written reads back differently")
    var other = memory
    other.enter(scope: "x")
    try require(other.agent == memory.agent && (memory.scope == "x" || other.file.count < 4096), "other settings")
}

private func savedLines(_ bytes: [UInt8]) throws(Broken) {
    let saved = SavedLines(bytes)
    try require(saved.lines.count <= SavedLines.maximumBytes / 6, "\(saved.lines.count) lines")
    try require(SavedLines(saved.bytes) == saved || saved.bytes.count > SavedLines.maximumBytes, "what is written reads back differently")
    if case .partly(let whole) = StateFile.verdict("lines", bytes) { try require(StateFile.verdict("lines", whole) == .current, "what is kept is damaged") }
    var lamp = LineConfiguration(name: "lamp", pin: "GPIO17")
    lamp.initial = .restore
    let configuration = Configuration(account: AccountConfiguration(jid: fuzzAddress("board@example.org")), lines: [lamp])
    let agent = Agent(configuration: configuration, saved: [SavedLines.fileName: bytes], facts: HostFacts(), seed: 1)
    var now = Moment(instant: Instant(.seconds(10)), timestamp: Timestamp(milliseconds: 1_795_365_420_000))
    let isOn = agent.initialLevel(of: 0, at: now) == .on
    if isOn { try require(saved.lines.contains { $0.name == "lamp" }, "on without a word about it") }
    var effects = agent.handle(.started(levels: [isOn]), at: now)
    for _ in 0..<10 {
        for effect in effects { if case .setLine(_, let on, let ticket) = effect { _ = agent.handle(.lineOutcome(ticket, on ? .on : .off), at: now) } }
        guard let next = agent.nextDeadline else { return }
        try require(next - now.instant < .seconds(200 * 365 * 86400) * 100, "a deadline beyond all reason")
        now = Moment(instant: max(now.instant, next), timestamp: now.timestamp + max(.zero, next - now.instant))
        effects = agent.handle(.tick, at: now)
    }
}

/// For addresses that are ours.
func fuzzAddress(_ text: String) -> JID {
    do throws(JIDError) { return try JID(text) } catch { preconditionFailure(text) }
}

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
    case UInt8(ascii: "m"): try loginMemory(bytes)
    default: break
    }
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

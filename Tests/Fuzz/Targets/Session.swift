import Crypto
import Time

@testable import XMPP

/// A whole session against a server that does the right thing, the wrong thing or half of it.
///
/// Flags: `d` direct TLS, `m` stream management, `e` EXTERNAL, `p` PLAIN allowed, `r` asks for the roster, `w` remembers a login with SCRAM-SHA-256, `1` `2` `5` what SCRAM is offered. Steps: `.` the server's right answer,
/// `=` with a byte changed, `+` with something put in, `-` with a piece missing, `/` in two halves with time between; `S` anything from the server; `T` time; `M` `P` `U` `R` `B`
/// what the program sends; `G` a probe; `C` close; `D` the connection is lost; `N` a new one, which resumes what
/// can be resumed (flag `s`); `W` the machine woke.
func fuzzSession(_ input: [UInt8]) throws(Broken) {
    let steps = Steps(input)
    let whole = SessionRun(steps, isBytewise: false)
    try whole.play()
    let dripped = SessionRun(steps, isBytewise: true)
    try dripped.play()
    guard whole.log != dripped.log else { return }
    for index in 0..<max(whole.log.count, dripped.log.count) {
        let one = index < whole.log.count ? whole.log[index] : "nothing", other = index < dripped.log.count ? dripped.log[index] : "nothing"
        try require(one == other, "fed whole: \(one)\nbyte by byte: \(other)")
    }
}

private final class SessionRun {
    let steps: Steps
    let isBytewise: Bool
    private(set) var session: Session
    private let options: SessionOptions
    var now = Moment(instant: Instant(.seconds(1000)), timestamp: Timestamp(milliseconds: 1_795_365_420_000))
    /// What came out, in words; acknowledgements asked for are left out, since they go with a turn.
    var log: [String] = []

    private var isEncrypted: Bool
    /// `.startTLS` came out: the driver shakes hands before it receives again.
    private var isShakingHands = false
    private var hasEnded = false
    /// Messages that the server has not taken over.
    private var waiting: [String] = []
    private var onlines = 0
    private var received = 0
    private var sent = 0
    private var calls = 0
    private var server: FuzzServer

    init(_ steps: Steps, isBytewise: Bool) {
        self.steps = steps
        self.isBytewise = isBytewise
        isEncrypted = steps.has("d")
        server = FuzzServer(steps)
        let alice = fuzzAddress("alice@example.org")
        options = SessionOptions(
                jid: fuzzAddress("user@example.org"), credentials: steps.has("e") ? .external : .password("pencil"), allowPlain: steps.has("p"),
                resource: "board", idSeed: "x", clientNonce: "fyko+d2lbbFgONRv9qkxdawL", software: SoftwareInfo(name: "Perch", version: "0.1"),
                isTrusted: { $0.bare == alice }, requestsRoster: steps.has("r"),
                memory: LoginMemory(steps.has("w") ? Array("perch-login 1\nmechanism SCRAM-SHA-256\ninline 7\n".utf8) : nil),
                resumption: steps.has("s") ? .seconds(120) : nil)
        session = Session(options)
    }

    func play() throws(Broken) {
        session.connected(secured: isEncrypted, at: now)
        try drain()
        for step in steps.steps {
            log.append("step")
            calls += 1
            try play(step)
            try drain()
        }
        try lose()
        try require(hasEnded, "a lost connection is no end")
        try require(session.nextDeadline == nil, "a deadline behind the end")
    }

    private func lose() throws(Broken) {
        session.disconnected(at: now)
        try drain()
    }

    /// The driver connects again.
    private func connectAnew() throws(Broken) {
        try lose()
        var options = options
        options.continuation = session.continuation
        session = Session(options)
        (hasEnded, isShakingHands, isEncrypted, onlines) = (false, false, steps.has("d"), 0)
        server.connectAnew()
        session.connected(secured: isEncrypted, at: now)
        try drain()
    }

    private func play(_ step: Steps.Step) throws(Broken) {
        let alice = fuzzAddress("alice@example.org/phone")
        if step.is(".") {
            try answer { $0 }
        } else if step.is("=") {
            try answer { bytes in
                var bytes = bytes
                if !bytes.isEmpty { bytes[step.number * bytes.count / 256] = step.data.dropFirst().first ?? 0 }
                return bytes
            }
        } else if step.is("+") {
            try answer { bytes in
                let at = step.number * bytes.count / 255
                return Array(bytes[..<at]) + step.data.dropFirst() + bytes[at...]
            }
        } else if step.is("-") {
            try answer { bytes in
                let at = step.number * bytes.count / 255
                return Array(bytes[..<at]) + bytes[min(bytes.count, at + Int(step.data.dropFirst().first ?? 1))...]
            }
        } else if step.is("/") {
            guard let bytes = server.next() else { return }
            let at = step.number * bytes.count / 255
            try receive(Array(bytes[..<at]))
            try pass(.seconds(3))
            try receive(Array(bytes[at...]))
        } else if step.is("S") {
            try receive(Array(step.data))
        } else if step.is("T") {
            try pass(.seconds(step.number))
        } else if step.is("N") {
            try connectAnew()
        } else if step.is("W") {
            session.woke(at: now)
        } else if step.is("M") {
            if let id = session.send(OutgoingMessage(to: alice, body: step.text), at: now) { waiting.append(id) }
        } else if step.is("P") {
            session.setPresence(OwnPresence(available: step.number & 1 == 0, show: step.number & 2 == 0 ? nil : .dnd, status: step.text), at: now)
        } else if step.is("U") {
            session.send([SubscriptionVerb.subscribe, .subscribed, .unsubscribe, .unsubscribed][step.number & 3], to: alice, at: now)
        } else if step.is("R") {
            session.removeContact(alice, at: now)
        } else if step.is("B") {
            session.publish(node: step.text, id: step.text, item: Array("<a xmlns='urn:a'/>".utf8), at: now)
        } else if step.is("G") {
            session.ping(at: now)
        } else if step.is("C") {
            session.close(at: now)
        } else if step.is("D") {
            session.disconnected(at: now)
        }
    }

    /// The server's next answer, changed.
    private func answer(_ change: ([UInt8]) -> [UInt8]) throws(Broken) {
        if isShakingHands {
            isShakingHands = false
            isEncrypted = true
            session.secured(at: now)
            return
        }
        if let bytes = server.next() { try receive(change(bytes)) }
    }

    private func receive(_ bytes: [UInt8]) throws(Broken) {
        if isCostly(bytes) { return }
        received += bytes.count
        guard isBytewise else {
            session.receive(bytes, at: now)
            return try drain()
        }
        for byte in bytes {
            session.receive([byte], at: now)
            try drain()
        }
    }

    private func pass(_ duration: Duration) throws(Broken) {
        let end = now.instant + duration
        var rounds = 0
        while let deadline = session.nextDeadline, deadline <= end {
            rounds += 1
            calls += 1
            try require(rounds < 1000, "a deadline that never goes away")
            advance(to: max(deadline, now.instant))
            session.tick(at: now)
            try drain()
        }
        advance(to: end)
    }

    private func advance(to instant: Instant) {
        now = Moment(instant: instant, timestamp: now.timestamp + (instant - now.instant))
    }

    private func drain() throws(Broken) {
        while let output = session.nextOutput() {
            switch output {
            case .send(let bytes):
                try require(!hasEnded || log.last == "the last words", "something is sent behind the end")
                sent += bytes.count
                try require(sent <= 20_000 + 64 * received + 2000 * calls, "\(sent) bytes sent for \(received) received")
                if !isEncrypted {
                    for word in ["<auth", "<response", "<authenticate", "<iq", "<message", "<presence", "user"] {
                        try require(!contains(bytes, word), "\(word) goes out in the clear: \(String(decoding: bytes, as: UTF8.self))")
                    }
                }
                if steps.has("w") { try require(!contains(bytes, "mechanism='PLAIN'"), "the password is sent where SCRAM was used before") }
                try server.hear(bytes)
                // What breaks two rules at once may be refused for either.
                let text = String(decoding: bytes[..<(position(of: "<stream:error>", in: bytes) ?? bytes.count)], as: UTF8.self)
                if text.isEmpty { continue }
                if let last = log.last, last.hasPrefix("C: ") { log[log.count - 1] = last + text } else { log.append("C: " + text) }
            case .startTLS:
                try require(!isEncrypted && !isShakingHands, "TLS inside TLS")
                isShakingHands = true
                log.append("start TLS")
            case .closeTransport:
                try require(hasEnded, "the connection is closed before the end")
                log.append("close")
            case .event(let event):
                try require(!hasEnded, "\(event) behind the end")
                if case .ended = event { hasEnded = true }
                if case .acknowledged(let ids) = event {
                    for id in ids {
                        guard let index = waiting.firstIndex(of: id) else { throw Broken(description: "\(id) is acknowledged, and was not waiting for it") }
                        waiting.remove(at: index)
                    }
                }
                if case .online = event {
                    onlines += 1
                    try require(onlines == 1, "online twice")
                    try require(isEncrypted, "online in the clear")
                    try require(server.hasProved || steps.has("e") || steps.has("p"), "online without the server's proof")
                }
                if case .ended(.protocol) = event { log.append("a protocol error") } else { log.append("\(event)") }
            }
        }
    }
}

/// A challenge in it would take a second, in each of up to 200 steps.
private func isCostly(_ bytes: [UInt8]) -> Bool {
    let base64 = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=".utf8)
    return bytes.split(whereSeparator: { !base64.contains($0) }).contains { $0.count >= 24 && asksForMuch(Base64.decode(Array($0)) ?? []) }
}

func contains(_ bytes: [UInt8], _ word: String) -> Bool { position(of: word, in: bytes) != nil }

private func position(of word: String, in bytes: [UInt8]) -> Int? {
    let word = Array(word.utf8)
    guard bytes.count >= word.count else { return nil }
    for at in 0...bytes.count - word.count where bytes[at] == word[0] && bytes[at...].starts(with: word) { return at }
    return nil
}

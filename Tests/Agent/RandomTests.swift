import Testing
import Time
import XMPP

@testable import Agent

/// Whatever people, servers and boards do: no trap, nothing for strangers, no line driven twice by one message.
@Suite struct RandomTests {
    private struct Dice {
        var random: SplitMix64
        mutating func roll(_ sides: Int) -> Int { Int(random.next() % UInt64(sides)) }
        mutating func pick<T>(_ things: [T]) -> T { things[roll(things.count)] }
    }

    private static let words = [
        "lamp", "fan", "gate", "door", "air", "soil", "lights", "outdoor", "all", "on", "off", "toggle", "pulse", "blink", "turn", "switch", "read", "status", "help", "log", "yes", "no",
        "for", "10min", "500ms", "1h", "10", "min", "0s", "99999999999999d", "and", "the", "please", "?", "!", ",", "not", "open", "close", "watch", "40%", "2Hz", "22:30", "who", "people", "allow", "deny", "invite", "cancel", "invites", "nina@example.net", "viewer", "operator",
        "lmap", "", " ", "\n", "\r\n", "\u{0}", "👩‍👩‍👧‍👦", "ا\u{0301}\u{0301}\u{0301}", "\u{202E}", "ﬀ", "İ", "ß", "1.5.5s", "1,", ".5h", "'", "\"", ">", "> lamp on", "%", "-1s", "1e9s", "٣min",
    ]

    private static func text(_ dice: inout Dice) -> String {
        var text = ""
        switch dice.roll(10) {
        case 0: for _ in 0..<dice.roll(40) { text.unicodeScalars.append(Unicode.Scalar(UInt32(dice.roll(0xD7FF))) ?? "x") }
        case 1: text = String(repeating: dice.pick(words) + " ", count: dice.roll(400))
        default: for _ in 0..<dice.roll(8) { text += dice.pick(words) + (dice.roll(5) == 0 ? "" : " ") }
        }
        return text
    }

    @Test func `random texts never trap the parser`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var dice = Dice(random: SplitMix64(seed: seed))
        let vocabulary = Vocabulary(.greenhouse)
        var understood = 0
        for _ in 0..<5000 {
            if (try? Command.parse(RandomTests.text(&dice), vocabulary)) != nil { understood += 1 }
        }
        #expect(understood > 0, "seed \(seed)")
    }

    @Test func `random events never trap, obey nobody unknown and switch each line once a message`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var dice = Dice(random: SplitMix64(seed: seed))
        for _ in 0..<20 {
            var configuration = Configuration.greenhouse
            configuration.lines[0].onDisconnect = .init(on: dice.roll(2) == 0, after: .seconds(dice.roll(100)))
            configuration.lines[1].maxOn = .seconds(1 + dice.roll(100))
            let board = Conversation(configuration, seed: dice.random.next())
            let authorised = ["alice@example.org/a", "bob@example.org/b"], strangers = ["mallory@evil.example/m", "example.org", "greenhouse@example.org/x"], viewers = ["vera@example.org/v"]
            var seen = 0
            for _ in 0..<300 {
                var effects: [Effect] = []
                var mayStart = true
                switch dice.roll(14) {
                case 0...5:
                    let kind = dice.roll(8)
                    let sender = dice.pick(kind == 0 ? strangers : kind == 1 ? viewers : authorised)
                    let isLate = dice.roll(10) == 0, isGroupchat = dice.roll(10) == 0, isEncrypted = dice.roll(10) == 0
                    let pending = board.effects.count
                    let text = dice.roll(20) == 0 ? nil : RandomTests.text(&dice)
                    effects = board.tell(text, from: sender) { message in
                        if isLate { message.delay = Timestamp(milliseconds: Int64(bitPattern: dice.random.next())) }
                        if isGroupchat { message.kind = .groupchat }
                        message.isEncrypted = isEncrypted
                        if dice.roll(5) == 0 { message.id = "id\(dice.roll(10))" }
                        if dice.roll(10) == 0 { message.replaces = "id\(dice.roll(10))" }
                        message.requestsReceipt = dice.roll(3) == 0
                    }
                    mayStart = kind > 1 && !isLate && !isGroupchat && !isEncrypted
                    let switched = effects.compactMap { if case .setLine(let line, _, _) = $0 { line } else { nil } }
                    #expect(mayStart || switched.isEmpty, "seed \(seed): \(sender)")
                    // Blinking whose first step is not read back is undone at once.
                    let most = text?.contains("blink") == true ? 2 : 1
                    for line in Set(switched) { #expect(switched.count { $0 == line } <= most, "seed \(seed): \(text ?? "")") }
                    if kind == 0 { #expect(effects.allSatisfy { if case .log = $0 { true } else { false } }, "seed \(seed)") }
                    seen += board.effects.count - pending
                case 6: board.wait(.milliseconds(dice.roll(100_000)))
                case 7: board.handle(.offline(reason: "random"))
                case 8: board.goOnline(resumed: dice.roll(2) == 0)
                case 9: board.handle(.lineChanged(dice.roll(6) - 1, on: dice.roll(2) == 0))
                case 10: board.handle(.lineOutcome(UInt32(dice.roll(200)), dice.roll(2) == 0 ? .on : .failed("")))
                case 11:
                    board.values[dice.roll(2)] = dice.pick([nil, .value(Double(dice.roll(60))), .value(.nan), .value(1e308), .value(-.infinity), .failed("x"), .failed("")])
                    board.handle(.reading(dice.roll(4) - 1, .value(Double(bitPattern: dice.random.next()))))
                case 12:
                    board.failures[dice.roll(4)] = dice.pick([nil, .on, .off, .failed("busy")])
                    if dice.roll(2) == 0 { board.silentLines = [dice.roll(4)] } else { board.silentLines = [] }
                default:
                    let person = jid(dice.pick(authorised + strangers))
                    switch dice.roll(5) {
                    case 0: board.handle(.presence(Presence(from: person, availability: dice.roll(2) == 0 ? .available : .unavailable)))
                    case 1: board.handle(.subscription(dice.pick([.subscribe, .subscribed, .unsubscribe, .unsubscribed]), from: person))
                    case 2: board.handle(.rosterChanged(RosterItem(jid: person, subscription: dice.pick([.both, .from, .to, .none, .remove]))))
                    case 3: board.handle(.roster([RosterItem(jid: person, subscription: .both)]))
                    default: board.handle(.reloaded(configuration, levels: dice.roll(2) == 0 ? board.levels : []))
                    }
                }
                #expect(board.agent.outputs.pending.count <= Outputs.maximumTickets + 2 * configuration.lines.count, "seed \(seed)")
                let status = board.effects.compactMap { if case .presence(let presence) = $0 { presence.status?.count } else { nil } }.max() ?? 0
                #expect(status <= PresenceStatus.maximumCharacters, "seed \(seed)")
                board.effects.removeAll()
            }
            #expect(seen > 0)
        }
    }
}

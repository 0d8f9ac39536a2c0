import Testing
import Time

@testable import Agent

/// Lines whose chip, an expander, is unplugged and plugged in again.
@Suite struct LostLineTests {
    static let gone = "its chip expander has disappeared"

    /// lamp is restored, fan has max-on, gate has no more than its name, door is an input that is reported.
    func board(saved: [String: [UInt8]] = [:], _ change: (inout Configuration) -> Void = { _ in }) -> Conversation {
        var configuration = Configuration.greenhouse
        change(&configuration)
        return Conversation(configuration, saved: saved)
    }

    func lose(_ board: Conversation, _ line: LineIndex, _ why: String = gone) {
        board.handle(.lineLost(line, why: why))
        board.failures[line] = .failed(why)
    }

    /// As the driver does: claims it as the agent wants it, then tells.
    @discardableResult
    func plugIn(_ board: Conversation, _ line: LineIndex, reads: Bool? = nil) -> [Effect] {
        board.failures[line] = nil
        switch board.agent.initialLevel(of: line, at: board.moment) {
        case .on, .duty: board.levels[line] = true
        case .off: board.levels[line] = false
        case .keep: break
        }
        if let reads { board.levels[line] = reads }
        return board.handle(.lineBack(line, on: board.levels[line] == true))
    }

    @Test func `a lost line is failed in presence, log and answers, the others go on`() {
        let board = board()
        board.wait(.seconds(20))
        let effects = board.handle(.lineLost(0, why: Self.gone))
        board.failures[0] = .failed(Self.gone)
        #expect(Conversation.logged(effects) == ["lamp failed: its chip expander has disappeared"])
        #expect(Conversation.presences(effects).map { $0.show } == [.away])
        #expect(Conversation.presences(effects).first?.status?.hasPrefix("lamp failed: its chip expander has disappeared · ") == true)
        board.play("""
            alice: lamp on
            perch: lamp did not switch: its chip expander has disappeared
            alice: lamp?
            perch: lamp: I cannot read it: its chip expander has disappeared
            alice: fan on
            perch: fan is on until 01:37 tomorrow (I switch it off after 8 h at the latest)
            """)
        #expect(Conversation.logged(board.handle(.lineLost(0, why: Self.gone))) == [], "said twice")
    }

    @Test func `what was on is restored with the rest of its time`() {
        let board = board()
        board.play("""
            alice: lamp on for 10min
            perch: lamp is on until 17:47
            """)
        lose(board, 0)
        board.wait(.seconds(240))
        let effects = plugIn(board, 0)
        #expect(board.levels[0] == true)
        #expect(Conversation.logged(effects) == ["lamp is on until 17:47, now that its chip is back"])
        board.wait(.seconds(20))
        #expect(Conversation.presences(board.effects).last?.show == nil)
        #expect(Conversation.switched(board.wait(.seconds(360))) == ["0 off"])
    }

    @Test func `time that ends while the line is away ends it`() {
        let board = board()
        board.play("""
            alice: lamp on for 10min
            perch: lamp is on until 17:47
            """)
        lose(board, 0)
        #expect(Conversation.switched(board.wait(.seconds(3600))) == [])
        plugIn(board, 0)
        #expect(board.levels[0] == false)
    }

    @Test func `an "off" that was refused is done when the line is back, an "on" is not`() {
        let board = board { $0.lines[0].initial = .keep }
        board.play("""
            alice: lamp on
            perch: lamp is on
            """)
        lose(board, 0)
        board.play("""
            alice: lamp off
            perch: lamp did not switch: its chip expander has disappeared
            """)
        #expect(Conversation.switched(plugIn(board, 0, reads: true)) == ["0 off"])
        #expect(board.levels[0] == false)
        lose(board, 0)
        board.play("""
            alice: lamp on for 10min
            perch: lamp did not switch: its chip expander has disappeared
            """)
        #expect(Conversation.switched(plugIn(board, 0)) == [])
        #expect(Conversation.switched(board.wait(.seconds(3600))) == [])
    }

    @Test func `a line that is configured to come up on does not after an "off"`() {
        let board = board { $0.lines[0].initial = .on }
        lose(board, 0)
        #expect(board.agent.initialLevel(of: 0, at: board.moment) == .on)
        _ = board.say("lamp off")
        #expect(board.agent.initialLevel(of: 0, at: board.moment) == .off)
    }

    @Test func `a timer that finds its line gone at its last moment reports it and switches it off later`() {
        let board = board { $0.lines[0].initial = .keep }
        _ = board.say("lamp on for 10min")
        // As the driver does when the access itself finds out: first that the line is lost, then the outcome.
        board.silentLines = [0]
        var effects = board.wait(.seconds(600))
        guard case .setLine(0, on: false, let ticket)? = effects.first(where: { if case .setLine = $0 { true } else { false } }) else {
            Issue.record("it was not switched off: \(effects)")
            return
        }
        board.handle(.lineLost(0, why: Self.gone))
        effects = board.handle(.lineOutcome(ticket, .failed(Self.gone)))
        #expect(Conversation.texts(effects) == ["lamp should be off by now, but did not switch: its chip expander has disappeared. I see to it when it is back."])
        board.silentLines = []
        #expect(Conversation.switched(board.wait(.seconds(120))) == [])
        #expect(Conversation.switched(plugIn(board, 0, reads: true)) == ["0 off"])
    }

    @Test func `max-on counts anew for what comes up on`() {
        let board = board { $0.lines[1].initial = .on }
        lose(board, 1)
        board.wait(.seconds(3600))
        plugIn(board, 1)
        #expect(board.levels[1] == true)
        #expect(Conversation.switched(board.wait(.seconds(8 * 3600))) == ["1 off"])
    }

    @Test func `a line that must rest, or that excludes others, comes back off`() {
        for change in [{ (line: inout LineConfiguration) in line.minOff = .seconds(60) }, { line in line.interlock = .init(group: "blind") }] {
            let board = board {
                $0.lines[0].initial = .on
                change(&$0.lines[0])
            }
            lose(board, 0)
            #expect(board.agent.initialLevel(of: 0, at: board.moment) == .off)
        }
    }

    @Test func `on-disconnect holds for a line that is away`() {
        let board = board { $0.lines[0].onDisconnect = .init(on: false, after: .seconds(600)) }
        _ = board.say("lamp on")
        lose(board, 0)
        board.handle(.offline(reason: "test"))
        #expect(Conversation.switched(board.wait(.seconds(900))) == [])
        plugIn(board, 0)
        #expect(board.levels[0] == false)
    }

    @Test func `a command that finds the line back is carried out and keeps its time`() {
        let board = board()
        lose(board, 0)
        board.silentLines = [0]
        let effects = board.tell("lamp on for 10min")
        guard case .setLine(0, on: true, let ticket)? = effects.first(where: { if case .setLine = $0 { true } else { false } }) else {
            Issue.record("nobody looked for the line: \(effects)")
            return
        }
        board.handle(.lineBack(0, on: false))
        #expect(Conversation.texts(board.handle(.lineOutcome(ticket, .on))) == ["lamp is on until 17:47"])
        board.silentLines = []
        #expect(Conversation.switched(board.wait(.seconds(600))) == ["0 off"])
    }

    @Test func `an input that changed while it was away is reported, one that did not is not`() {
        let board = board()
        board.handle(.lineChanged(3, on: true))
        board.wait(.seconds(60))
        lose(board, 3)
        #expect(Conversation.texts(board.handle(.lineBack(3, on: true))) == [])
        lose(board, 3)
        #expect(Conversation.texts(board.handle(.lineBack(3, on: false))) == ["door is closed"])
    }

    @Test func `what the last run wrote down outlives a chip that comes late`() {
        let first = board()
        _ = first.say("lamp on")
        let second = Agent(
            configuration: .greenhouse, saved: first.stored,
            facts: HostFacts(model: "", kernel: "", version: "", hostname: "", booted: Instant(.zero)), seed: 1)
        let why = "no chip has the label \"expander\"; the kernel shows pinctrl-bcm2835"
        #expect(Conversation.logged(second.handle(.lineLost(0, why: why), at: first.moment)) == ["lamp failed: \(why)"])
        let stores = second.handle(.started(levels: [nil, false, false, false]), at: first.moment).filter { if case .store = $0 { true } else { false } }
        #expect(stores == [], "what was on is forgotten")
        #expect(second.initialLevel(of: 0, at: first.moment) == .on)
        #expect(Conversation.logged(second.handle(.lineBack(0, on: true), at: first.moment)) == ["lamp is on, now that its chip is back"])
    }
}

import Testing
import Time
import XMPP

@testable import Agent

@Suite struct DeliveryTests {
    static func reports(_ effects: [Effect]) -> [OutgoingMessage] { Conversation.messages(effects).filter(\.to.isBare) }
    static func texts(_ effects: [Effect]) -> [String] { reports(effects).compactMap(\.body) }
    static func writes(_ effects: [Effect]) -> [Effect] {
        effects.filter {
            switch $0 {
            case .append(name: "journal", bytes: _, isUrgent: _), .store(name: "journal", bytes: _): true
            default: false
            }
        }
    }
    static func ids(_ messages: [OutgoingMessage]) -> [String] { messages.compactMap(\.id) }

    /// A board that is online and to whose messages nobody has said anything yet.
    static func silent(_ configuration: Configuration = .greenhouse, saved: [String: [UInt8]] = [:], online: Bool = true, seed: UInt64 = 1) -> Conversation {
        let board = Conversation(configuration, saved: saved, seed: seed, online: false)
        board.acknowledges = false
        if online {
            board.handle(.acknowledged(ids(reports(goOnline(board)))))
            board.wait(.seconds(2))
        }
        return board
    }

    @discardableResult
    static func goOnline(_ board: Conversation, resumed: Bool = false) -> [Effect] { board.handle(.online(jid: jid("greenhouse@example.org/board"), resumed: resumed)) }

    /// A change of the door, now.
    static func door(_ board: Conversation, _ open: Bool) -> [Effect] {
        board.levels[3] = open
        return board.handle(.lineChanged(3, on: open))
    }

    /// `count` readings of air while offline, a minute apart; alarms are off.
    static func collect(_ board: Conversation, _ count: Int) {
        for number in 0..<count {
            board.values[0] = .value(Double(number % 2 == 0 ? 10 : 20) + Double(number % 10) / 10)
            board.wait(.seconds(60))
        }
    }

    // MARK: Online

    @Test func `a report goes at once with an id of its own, and nothing is written`() throws {
        let board = DeliveryTests.silent()
        let effects = DeliveryTests.door(board, true)
        let report = try #require(DeliveryTests.reports(effects).first)
        #expect(report.body == "door is open" && report.id != nil && report.originID && report.delay == nil)
        #expect(DeliveryTests.writes(effects) == [])
        board.handle(.acknowledged([report.id ?? ""]))
        #expect(DeliveryTests.writes(board.wait(.seconds(50))) == [])
        #expect(board.agent.outbox.journal.bytes.capacity == 0 && board.agent.outbox.flights.capacity == 0)
    }

    @Test func `what the server has not taken after 10 s goes to disk, and away again`() {
        let board = DeliveryTests.silent()
        let report = DeliveryTests.reports(DeliveryTests.door(board, true))
        #expect(DeliveryTests.writes(board.wait(.milliseconds(9900))) == [])
        let writes = DeliveryTests.writes(board.wait(.milliseconds(200)))
        #expect(writes.count == 1)
        #expect(JournalTests.load(board.stored["journal"] ?? []).0.count == 1)
        #expect(DeliveryTests.writes(board.wait(.seconds(5))) == [])
        #expect(DeliveryTests.writes(board.handle(.acknowledged(DeliveryTests.ids(report)))) == [.store(name: "journal", bytes: [])])
    }

    @Test func `two reports have different ids, also of two runs`() {
        let one = DeliveryTests.silent(seed: 1), other = DeliveryTests.silent(seed: 2)
        let first = DeliveryTests.ids(DeliveryTests.reports(DeliveryTests.door(one, true)))
        one.wait(.seconds(10))
        let second = DeliveryTests.ids(DeliveryTests.reports(DeliveryTests.door(one, false)))
        let third = DeliveryTests.ids(DeliveryTests.reports(DeliveryTests.door(other, true)))
        #expect(Set(first + second + third).count == 3)
    }

    // MARK: Offline

    @Test func `what happens while offline is delivered after the reconnect, in order, once, with its time`() {
        let board = Conversation()
        board.handle(.offline(reason: "test"))
        let before = board.moment.timestamp
        DeliveryTests.collect(board, 10)
        _ = DeliveryTests.door(board, true)
        board.wait(.seconds(30))
        #expect(JournalTests.load(board.stored["journal"] ?? []).0.count == 11)
        let effects = DeliveryTests.goOnline(board) + board.wait(.seconds(60))
        #expect(Conversation.presences(Array(effects[..<1])).count == 1)
        let reports = DeliveryTests.reports(effects)
        #expect(reports.compactMap(\.body).first == "air 10.0 °C" && reports.compactMap(\.body).last == "door is open" && reports.count == 11)
        #expect(reports.prefix(10).map(\.delay) == (1...10).map { before + .seconds(60 * $0) })
        #expect(reports.allSatisfy { $0.originID })
        // Who comes back after the board gets them all the same.
        #expect(reports.allSatisfy { !$0.noStore })
        #expect(
            String(decoding: reports[0].payload, as: UTF8.self)
                == "<sensml xmlns='urn:ietf:params:xml:ns:senml'><senml bn='example.org/greenhouse/' n='air' u='Cel' v='10' t='1795365480'/></sensml>")
        #expect(board.stored["journal"] == [])
        #expect(DeliveryTests.reports(board.wait(.seconds(800))) == [])
        #expect(board.agent.outbox.journal.isEmpty)
    }

    @Test func `offline readings keep to delta and interval`() {
        let board = Conversation()
        board.handle(.offline(reason: "test"))
        // 15 minutes without a change: one heartbeat.
        board.wait(.seconds(900))
        #expect(JournalTests.load(board.stored["journal"] ?? []).0.count == 1)
    }

    @Test func `alarms and changed lines are written at once and surely, readings lazily`() {
        let board = Conversation()
        board.handle(.offline(reason: "test"))
        func urgent(_ effects: [Effect]) -> [Bool] { DeliveryTests.writes(effects).map { if case .append(_, _, let isUrgent) = $0 { isUrgent } else { true } } }
        _ = DeliveryTests.door(board, true) // makes the file
        board.values[0] = .value(35)
        #expect(urgent(board.wait(.seconds(60))) == [false])
        #expect(urgent(board.wait(.seconds(60))) == [true])
        #expect(urgent(DeliveryTests.door(board, false)) == [true])
    }

    @Test func `before the first login nothing is written for ten seconds`() {
        let board = Conversation(online: false)
        #expect(DeliveryTests.writes(board.effects + board.wait(.seconds(9))) == [])
        #expect(DeliveryTests.texts(DeliveryTests.goOnline(board)) == ["air 21.4 °C"])
        #expect(DeliveryTests.writes(board.wait(.seconds(60))) == [])
        let other = Conversation(online: false)
        #expect(DeliveryTests.writes(other.handle(.offline(reason: "test"))).count == 1)
    }

    @Test func `only the present is published for machines`() {
        var configuration = Configuration.greenhouse
        configuration.reports.pubsub = true
        let board = Conversation(configuration)
        board.handle(.offline(reason: "test"))
        DeliveryTests.collect(board, 10)
        func published(_ effects: [Effect]) -> [String] { effects.compactMap { if case .publish(_, _, let item) = $0 { String(decoding: item, as: UTF8.self) } else { nil } } }
        let items = published(DeliveryTests.goOnline(board))
        #expect(items.count == 1 && items[0].contains("v='20.9'"))
        board.handle(.offline(reason: "test"))
        #expect(published(DeliveryTests.goOnline(board)) == [])
    }

    // MARK: The link

    @Test func `a resumed session has sent its own again`() {
        let board = DeliveryTests.silent()
        let report = DeliveryTests.reports(DeliveryTests.door(board, true))
        board.handle(.offline(reason: "test"))
        #expect(JournalTests.load(board.stored["journal"] ?? []).0.count == 1)
        #expect(DeliveryTests.reports(DeliveryTests.goOnline(board, resumed: true) + board.wait(.seconds(30))) == [])
        #expect(DeliveryTests.writes(board.handle(.acknowledged(DeliveryTests.ids(report)))) == [.store(name: "journal", bytes: [])])
    }

    @Test func `a new session gets what the old one was not acknowledged, with the same ids, before what is newer`() {
        let board = DeliveryTests.silent()
        let first = DeliveryTests.reports(DeliveryTests.door(board, true))
        board.handle(.offline(reason: "test"))
        board.wait(.seconds(10))
        _ = DeliveryTests.door(board, false)
        board.wait(.seconds(10))
        let again = DeliveryTests.reports(DeliveryTests.goOnline(board) + DeliveryTests.door(board, true))
        #expect(again.compactMap(\.body) == ["door is open", "door is closed", "door is open"])
        #expect(again.first?.id == first.first?.id)
        #expect(again.map { $0.delay == nil } == [false, false, true])
        #expect(Set(DeliveryTests.ids(again)).count == 3)
        // Half of them arrive.
        board.handle(.acknowledged(Array(DeliveryTests.ids(again).prefix(2))))
        board.handle(.offline(reason: "test"))
        #expect(DeliveryTests.ids(DeliveryTests.reports(DeliveryTests.goOnline(board))) == [again[2].id])
    }

    @Test func `each receiver gets each report, and who has it does not get it again`() {
        var configuration = Configuration.greenhouse
        configuration.reports.to = [jid("alice@example.org"), jid("bob@example.org")]
        let board = DeliveryTests.silent(configuration)
        let reports = DeliveryTests.reports(DeliveryTests.door(board, true))
        #expect(reports.map(\.to.local) == ["alice", "bob"])
        #expect(reports[0].id != reports[1].id)
        board.handle(.acknowledged([reports[0].id ?? ""]))
        board.handle(.offline(reason: "test"))
        let again = DeliveryTests.reports(DeliveryTests.goOnline(board))
        #expect(again.map(\.id) == [reports[1].id])
        // Somebody who was removed meanwhile gets nothing more.
        board.handle(.offline(reason: "test"))
        configuration.reports.to = [jid("alice@example.org")]
        board.handle(.reloaded(configuration, levels: board.levels))
        #expect(DeliveryTests.reports(DeliveryTests.goOnline(board)) == [])
        #expect(board.agent.outbox.flights.isEmpty && board.agent.outbox.journal.isEmpty)
    }

    @Test func `what could not be handed over is sent when the link is back`() {
        let board = DeliveryTests.silent()
        let report = DeliveryTests.reports(DeliveryTests.door(board, true))
        #expect(DeliveryTests.reports(board.handle(.unsent(report[0].id ?? "")) + board.wait(.seconds(5))) == [])
        board.handle(.offline(reason: "test"))
        #expect(DeliveryTests.ids(DeliveryTests.reports(DeliveryTests.goOnline(board, resumed: true))) == DeliveryTests.ids(report))
    }

    @Test func `a long journal is delivered below the servers' limits`() {
        let board = DeliveryTests.silent()
        board.handle(.offline(reason: "test"))
        DeliveryTests.collect(board, 400)
        var sent: [(at: Duration, bytes: Int)] = [], waiting: [String] = [], texts: [String] = []
        var effects = DeliveryTests.goOnline(board)
        let start = board.elapsed
        for step in 0..<4000 {
            for message in DeliveryTests.reports(effects) {
                // As the session writes it, about.
                sent.append((board.elapsed, 250 + message.payload.count + (message.body?.utf8.count ?? 0) + 2 * (message.id?.utf8.count ?? 0) + message.to.description.utf8.count))
                waiting.append(message.id ?? "")
                if let body = message.body { texts.append(body) }
            }
            #expect(waiting.count <= Outbox.maximumUnacknowledged)
            effects = board.wait(.milliseconds(100))
            // The server acknowledges now and then.
            if step % 50 == 0 {
                effects += board.handle(.acknowledged(waiting))
                waiting = []
            }
            if texts.count >= 400, waiting.isEmpty { break }
        }
        #expect(texts.count >= 400)
        for (index, first) in sent.enumerated() {
            var bytes = 0
            for other in sent[index...] {
                bytes += other.bytes
                let seconds = Double((other.at - first.at).components.seconds) + Double((other.at - first.at).components.attoseconds) / 1e18
                #expect(Double(bytes) <= 9000 + 2100 * seconds)
            }
        }
        print("400 readings, \(sent.reduce(0) { $0 + $1.bytes }) bytes, took \(board.elapsed - start)")
    }

    @Test func `without acknowledgements no more than the limit is under way`() {
        let board = DeliveryTests.silent()
        board.handle(.offline(reason: "test"))
        DeliveryTests.collect(board, 200)
        let sent = DeliveryTests.reports(DeliveryTests.goOnline(board) + board.wait(.seconds(300)))
        #expect(sent.count == Outbox.maximumUnacknowledged)
        #expect(board.agent.nextDeadline.map { $0 > board.moment.instant } ?? true)
    }

    // MARK: Restarts

    @Test func `after a power cut the rest is delivered under the same ids`() {
        let first = DeliveryTests.silent()
        first.handle(.offline(reason: "test"))
        DeliveryTests.collect(first, 8)
        let sent = DeliveryTests.reports(DeliveryTests.goOnline(first))
        #expect(sent.count == 8)
        first.handle(.acknowledged(Array(DeliveryTests.ids(sent).prefix(3))))
        first.wait(.seconds(1)) // the mark
        let second = DeliveryTests.silent(saved: first.stored, online: false, seed: 99)
        #expect(Conversation.logged(second.effects).contains("5 reports of the last run will be delivered"))
        let again = DeliveryTests.reports(DeliveryTests.goOnline(second))
        #expect(Array(again.prefix(5)).map(\.id) == Array(sent.suffix(5)).map(\.id))
        #expect(Array(again.prefix(5)).map(\.delay) == Array(sent.suffix(5)).map(\.delay))
        #expect(again.dropFirst(5).compactMap(\.body) == ["air 21.4 °C"])
    }

    @Test func `a stop writes what is under way`() {
        let board = DeliveryTests.silent()
        let report = DeliveryTests.reports(DeliveryTests.door(board, true))
        let writes = DeliveryTests.writes(board.handle(.stopping(reason: "stopped")))
        #expect(writes.count == 1)
        let next = DeliveryTests.silent(saved: board.stored, online: false)
        #expect(DeliveryTests.ids(DeliveryTests.reports(DeliveryTests.goOnline(next))).first == report[0].id)
        // Acknowledged while saying goodbye.
        #expect(DeliveryTests.writes(board.handle(.acknowledged(DeliveryTests.ids(report)))) == [.store(name: "journal", bytes: [])])
    }

    @Test func `a damaged journal is told with what was saved, and written anew`() {
        let first = DeliveryTests.silent()
        first.handle(.offline(reason: "test"))
        DeliveryTests.collect(first, 3)
        let file = first.stored["journal"] ?? []
        let second = Conversation(saved: ["journal": Array(file.dropLast(5))], online: false)
        let length = JournalTests.reports(JournalTests.load(file).0)[2].record.count
        #expect(
            Conversation.logged(second.effects).contains(
                "the journal was damaged: \(length - 5) bytes at its end, as a power cut leaves them, were left out; 2 reports could be saved"))
        #expect(JournalTests.load(second.stored["journal"] ?? []).1 == nil)
        #expect(DeliveryTests.texts(DeliveryTests.goOnline(second)).prefix(2) == ["air 10.0 °C", "air 20.1 °C"])
    }

    // MARK: The clock

    @Test func `times from before the clock was set are corrected, or not claimed`() {
        let unset = Timestamp(milliseconds: 20_000)
        func moment(_ seconds: Int, _ timestamp: Timestamp) -> Moment { Moment(instant: Instant(.seconds(seconds)), timestamp: timestamp) }
        func start(_ saved: [String: [UInt8]]) -> (Agent, [Effect]) {
            let agent = Agent(configuration: .greenhouse, saved: saved, facts: HostFacts(), seed: UInt64(saved.count))
            return (agent, agent.handle(.started(levels: [false, false, false, false]), at: moment(20, unset)))
        }
        let (agent, _) = start([:])
        _ = agent.handle(.reading(0, .value(21.4)), at: moment(30, unset + .seconds(10)))
        let offline = agent.handle(.offline(reason: "test"), at: moment(31, unset + .seconds(11)))
        // The network is there, and with it the time.
        let now = Conversation.start
        let report = DeliveryTests.reports(agent.handle(.online(jid: jid("a@b/c"), resumed: false), at: moment(90, now)))
        #expect(report.map(\.delay) == [now - .seconds(60)])
        #expect(report.map { String(decoding: $0.payload, as: UTF8.self).contains("t='1795365360'") } == [true])
        // After another restart nobody knows when it was.
        guard case .store(_, let file)? = DeliveryTests.writes(offline).first else { Issue.record("not written"); return }
        let (other, _) = start(["journal": file])
        let old = DeliveryTests.reports(other.handle(.online(jid: jid("a@b/c"), resumed: false), at: moment(90, now)))
        #expect(old.first?.body == "air 21.4 °C (from when my clock was not set)")
        #expect(old.first?.delay == nil && old.first?.payload == [])
    }

    // MARK: The disk

    @Test func `a full disk is told once, shown in presence, and noticed when it is over`() {
        let board = DeliveryTests.silent()
        board.handle(.offline(reason: "test"))
        let full = Event.journalWritten(StorageFailure(status: "disk full", text: "cannot write /var/lib/perch/journal: no space left on device"))
        _ = DeliveryTests.door(board, true)
        let told = Conversation.logged(board.handle(full))
        #expect(told == ["cannot write /var/lib/perch/journal: no space left on device; what is not delivered is kept in memory until the disk can be written again"])
        // Not tried more often than every half minute, each time with everything.
        board.wait(.seconds(10))
        #expect(DeliveryTests.writes(DeliveryTests.door(board, false)) == [])
        let retry = DeliveryTests.writes(board.wait(.seconds(20)))
        guard case .store(_, let file)? = retry.first, retry.count == 1 else { Issue.record("\(retry)"); return }
        #expect(JournalTests.load(file).0.count >= 2)
        #expect(Conversation.logged(board.handle(full)) == [])
        let online = DeliveryTests.goOnline(board)
        #expect(Conversation.presences(online).first?.show == .away)
        #expect(Conversation.presences(online).first?.status?.hasPrefix("disk full · ") == true)
        let reports = DeliveryTests.reports(online)
        #expect(Array(reports.compactMap(\.body).prefix(2)) == ["door is open", "door is closed"])
        board.handle(.acknowledged(DeliveryTests.ids(reports)))
        #expect(DeliveryTests.writes(board.wait(.seconds(30))).count == 1)
        #expect(Conversation.logged(board.handle(.journalWritten(nil))) == ["the journal can be written again"])
        #expect(Conversation.presences(board.wait(.seconds(20))).last?.show == nil)
    }

    // MARK: Answers

    @Test func `an answer that the server did not get is sent again with its time`() {
        let board = DeliveryTests.silent()
        let answer = Conversation.messages(board.tell("lamp on"))
        board.handle(.offline(reason: "test"))
        board.wait(.seconds(20))
        let again = Conversation.messages(DeliveryTests.goOnline(board)).filter { !$0.to.isBare }
        #expect(again.map(\.id) == answer.map(\.id))
        #expect(again.map(\.body) == ["lamp is on"])
        #expect(again.first?.delay == board.moment.timestamp - .seconds(20))
        board.handle(.acknowledged(again.compactMap(\.id)))
        board.handle(.offline(reason: "test"))
        #expect(Conversation.messages(DeliveryTests.goOnline(board)).filter { !$0.to.isBare } == [])
    }

    @Test func `answers are not kept for long, nor many of them`() {
        let board = DeliveryTests.silent()
        for _ in 0..<9 { board.tell("ping") }
        board.wait(.seconds(11))
        for _ in 0..<10 { board.tell("status") }
        #expect(board.agent.outbox.replies.count == Outbox.maximumReplies)
        board.handle(.offline(reason: "test"))
        board.wait(.seconds(299))
        #expect(board.agent.outbox.replies.count == 10)
        board.wait(.seconds(2))
        #expect(board.agent.outbox.replies.isEmpty)
        #expect(Conversation.messages(DeliveryTests.goOnline(board)).filter { !$0.to.isBare } == [])
    }
}

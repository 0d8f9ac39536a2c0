import Testing
import Time
import XMPP

@testable import Agent

@Suite struct ReportTests {
    private static func reports(_ effects: [Effect]) -> [String] { Conversation.messages(effects).filter(\.to.isBare).compactMap(\.body) }

    @Test func `a reading tells its age`() {
        let board = Conversation()
        #expect(board.say("air") == ["air 21.4 °C (just now)"])
        board.wait(.seconds(12))
        #expect(board.say("air?") == ["air 21.4 °C (12 s ago)"])
        // Nobody polls soil, so it is read when it is asked for.
        board.values[1] = .value(40)
        #expect(board.say("read soil") == ["soil 40 % (just now)"])
        #expect(board.say("air and soil") == ["air 21.4 °C (12 s ago)\nsoil 40 % (just now)"])
    }

    @Test func `an older reading is taken anew`() {
        let board = Conversation()
        board.wait(.seconds(30))
        board.values[0] = .value(22)
        #expect(board.say("air") == ["air 22.0 °C (just now)"])
    }

    @Test func `the answer waits for a slow sensor, but not for ever`() {
        let board = Conversation()
        board.values[1] = nil
        #expect(board.say("soil") == [])
        #expect(Conversation.texts(board.handle(.reading(1, .value(40)))) == ["soil 40 % (just now)"])
        board.wait(.seconds(20))
        #expect(board.say("soil") == [])
        #expect(Conversation.texts(board.wait(.seconds(5))) == ["soil 40 % (25 s ago), and it does not answer now"])
    }

    @Test func `a failed sensor says why, never an old value as new`() {
        let board = Conversation()
        board.values[1] = .value(40)
        #expect(board.say("soil").count == 1)
        board.values[1] = .failed("no answer from 28-0316")
        board.wait(.seconds(60))
        #expect(board.say("soil") == ["soil failed: no answer from 28-0316 (last good: 40 %, 1 min ago)"])
        board.values[0] = .value(.nan)
        board.wait(.seconds(60))
        #expect(board.say("air") == ["air failed: it gave no number (last good: 21.4 °C, 1 min ago)"])
    }

    @Test func `an answer carries SenML`() {
        let board = Conversation()
        let payload = Conversation.messages(board.tell("air")).first?.payload ?? []
        #expect(
            String(decoding: payload, as: UTF8.self)
                == "<sensml xmlns='urn:ietf:params:xml:ns:senml'><senml bn='example.org/greenhouse/' n='air' u='Cel' v='21.4' t='1795365420'/></sensml>")
    }

    @Test func `status has alarms first, then lines, sensors and the link`() {
        let board = Conversation(values: [.value(31), .value(40)])
        board.wait(.seconds(60))
        board.tell("lamp on for 10min")
        #expect(
            board.say("status") == [
                """
                Alarm: air 31.0 °C, above 30 °C
                lamp is on until 17:48
                fan is off
                gate is closed
                door is closed
                air 31.0 °C (just now)
                soil 40 % (just now)
                Running for 1 min, the board for 1 d; online since 17:37.
                """
            ])
    }

    // MARK: Reports

    @Test func `the first reading is reported when the link is up`() {
        let board = Conversation(online: false)
        #expect(ReportTests.reports(board.wait(.seconds(30))) == [])
        let before = board.effects.count
        board.goOnline()
        #expect(ReportTests.reports(Array(board.effects[before...])) == ["air 21.4 °C"])
        // Presence comes before anything else.
        #expect(Conversation.presences([board.effects[before]]).count == 1)
    }

    @Test func `reports are live updates that nobody stores, with SenML`() {
        let board = Conversation()
        let report = Conversation.messages(board.effects).first
        #expect(report?.noStore == true)
        #expect(report?.to == jid("alice@example.org"))
        #expect(report.map { String(decoding: $0.payload, as: UTF8.self).hasPrefix("<sensml ") } == true)
    }

    @Test func `a change of delta is reported at the next interval, a smaller one with the heartbeat`() {
        let board = Conversation()
        board.values[0] = .value(21.9)
        #expect(ReportTests.reports(board.wait(.seconds(59))) == [])
        #expect(ReportTests.reports(board.wait(.seconds(1))) == ["air 21.9 °C"])
        board.values[0] = .value(22.3)
        #expect(ReportTests.reports(board.wait(.seconds(899))) == [])
        #expect(ReportTests.reports(board.wait(.seconds(1))) == ["air 22.3 °C"])
    }

    @Test func `the heartbeat keeps to the longest interval whatever the shortest is`() {
        var configuration = Configuration.greenhouse
        configuration.sensors[0].report = .init(delta: 1, shortest: .seconds(600), longest: .seconds(900))
        let board = Conversation(configuration)
        var times: [Duration] = []
        for _ in 0..<3600 { if !ReportTests.reports(board.wait(.seconds(1))).isEmpty { times.append(board.elapsed) } }
        #expect(times == [.seconds(900), .seconds(1800), .seconds(2700), .seconds(3600)])
    }

    @Test func `wake-ups that come late, now more and now less, do not break the rhythm`() {
        let board = Conversation()
        var reports: [String] = []
        for minute in 1...20 {
            board.values[0] = .value(21.4 + Double(minute))
            board.elapsed = .seconds(60 * minute) + .milliseconds(minute % 2 == 0 ? 1 : 40)
            reports += ReportTests.reports(board.handle(.tick)).filter { !$0.hasPrefix("Alarm") }
        }
        #expect(reports.count >= 19)
    }

    @Test func `readings that nobody asked for are not reported faster than the shortest interval`() {
        let board = Conversation()
        for value in 0..<50 { #expect(ReportTests.reports(board.handle(.reading(0, .value(Double(value % 25))))) == []) }
    }

    @Test func `without a report a sensor is never sent`() {
        let board = Conversation()
        for value in 0..<100 {
            board.values[1] = .value(Double(value))
            #expect(!ReportTests.reports(board.wait(.seconds(60))).contains { $0.hasPrefix("soil") })
        }
    }

    @Test func `a failure is reported once, and the recovery`() {
        let board = Conversation()
        board.values[0] = .failed("no answer")
        #expect(ReportTests.reports(board.wait(.seconds(600))) == ["air failed: no answer"])
        board.values[0] = .value(21)
        #expect(ReportTests.reports(board.wait(.seconds(60))) == ["air works again: 21.0 °C"])
    }

    @Test func `a sensor that never answers has failed`() {
        let board = Conversation()
        board.values[0] = nil
        #expect(ReportTests.reports(board.wait(.seconds(90))) == ["air failed: it did not answer within 30 s"])
    }

    @Test func `an alarm holds before it is raised and clears with hysteresis`() {
        let board = Conversation()
        board.values[0] = .value(30.5)
        #expect(ReportTests.reports(board.wait(.seconds(60))) == ["air 30.5 °C"])
        let raised = board.wait(.seconds(60))
        #expect(ReportTests.reports(raised) == ["Alarm: air 30.5 °C, above 30 °C"])
        #expect(Conversation.messages(raised).first?.noStore == false)
        #expect(Conversation.presences(raised).last?.show == .dnd)
        #expect(Conversation.presences(raised).last?.status?.hasPrefix("air 30.5 °C, above 30 °C · ") == true)
        board.values[0] = .value(29)
        #expect(ReportTests.reports(board.wait(.seconds(60))) == ["air 29.0 °C"])
        board.values[0] = .value(28)
        let over = board.wait(.seconds(60))
        #expect(ReportTests.reports(over) == ["Alarm over: air 28.0 °C"])
        #expect(Conversation.presences(over).last?.show == nil)
    }

    @Test func `a short spike raises no alarm`() {
        let board = Conversation()
        board.values[0] = .value(35)
        board.wait(.seconds(60))
        board.values[0] = .value(25)
        #expect(ReportTests.reports(board.wait(.seconds(300))) == ["air 25.0 °C"])
    }

    @Test func `an alarm that came up while offline is told after the reconnect`() {
        let board = Conversation()
        board.handle(.offline(reason: "test"))
        board.values[0] = .value(35)
        #expect(ReportTests.reports(board.wait(.seconds(300))) == [])
        let before = board.effects.count
        board.goOnline()
        #expect(ReportTests.reports(Array(board.effects[before...])) == ["air 35.0 °C", "Alarm: air 35.0 °C, above 30 °C"])
    }

    @Test func `an input's change is reported in its words`() {
        let board = Conversation()
        board.levels[3] = true
        let effects = board.handle(.lineChanged(3, on: true))
        #expect(ReportTests.reports(effects) == ["door is open"])
        #expect(Conversation.messages(effects).first?.noStore == true)
        #expect(
            String(decoding: Conversation.messages(effects).first?.payload ?? [], as: UTF8.self)
                == "<sensml xmlns='urn:ietf:params:xml:ns:senml'><senml bn='example.org/greenhouse/' n='door' vb='true' t='1795365420'/></sensml>")
        #expect(board.handle(.lineChanged(3, on: true)) == [])
    }

    @Test func `a rattling contact is reported seldom, and its last level always`() {
        let board = Conversation()
        var reports: [String] = []
        for number in 0..<101 {
            board.levels[3] = number % 2 == 0
            reports += ReportTests.reports(board.handle(.lineChanged(3, on: number % 2 == 0)))
            reports += ReportTests.reports(board.wait(.milliseconds(10)))
        }
        reports += ReportTests.reports(board.wait(.seconds(30)))
        #expect(reports == ["door is open", "door is open (changed 100 times in 5 s)"])
    }

    @Test func `an input's changes while offline are told after the reconnect`() {
        let board = Conversation()
        board.handle(.offline(reason: "test"))
        board.handle(.lineChanged(3, on: true))
        board.handle(.lineChanged(3, on: false))
        #expect(ReportTests.reports(board.wait(.seconds(60))) == [])
        let before = board.effects.count
        board.goOnline()
        #expect(ReportTests.reports(Array(board.effects[before...])) == ["door is open", "door is closed"])
    }

    @Test func `readings are published to the own node where that is wanted`() {
        var configuration = Configuration.greenhouse
        configuration.reports.pubsub = true
        let board = Conversation(configuration)
        let published = board.effects.compactMap { if case .publish(let node, let id, _) = $0 { [node, id] } else { nil } }
        #expect(published == [["urn:ietf:params:xml:ns:senml", "air"]])
    }

    // MARK: Presence

    @Test func `a healthy board shows no show and what is on first`() {
        let board = Conversation()
        #expect(Conversation.presences(board.effects) == [OwnPresence(status: "door closed · air 21.4 °C · lamp off · fan off · gate closed")])
        board.wait(.seconds(10))
        #expect(Conversation.presences(board.tell("lamp on")) == [OwnPresence(status: "lamp on · door closed · air 21.4 °C · fan off · gate closed")])
    }

    @Test func `presence is coalesced, and not sent when nothing changed`() {
        let board = Conversation()
        board.wait(.seconds(10))
        var sent = 0
        for _ in 0..<9 { sent += Conversation.presences(board.tell("toggle lamp")).count }
        #expect(sent == 1)
        #expect(Conversation.presences(board.wait(.seconds(60))) == [])
        #expect(Conversation.presences(board.tell("toggle lamp")).count == 1)
        #expect(Conversation.presences(board.tell("toggle fan")) == [])
        #expect(Conversation.presences(board.wait(.seconds(10))).count == 1)
        #expect(Conversation.presences(board.wait(.seconds(600))) == [])
    }

    @Test func `small changes of a sensor do not change presence`() {
        let board = Conversation()
        board.values[0] = .value(21.6)
        #expect(Conversation.presences(board.wait(.seconds(300))) == [])
        board.values[0] = .value(22)
        #expect(Conversation.presences(board.wait(.seconds(60))).count == 1)
    }

    @Test func `a failed sensor makes the board away, with the reason`() {
        let board = Conversation()
        board.values[0] = .failed("no answer")
        let presence = Conversation.presences(board.wait(.seconds(60))).last
        #expect(presence?.show == .away)
        #expect(presence?.status?.hasPrefix("air failed: no answer · ") == true)
    }

    @Test func `a new session gets presence at once, a resumed one when something changed`() {
        let board = Conversation()
        board.handle(.offline(reason: "test"))
        var before = board.effects.count
        board.goOnline(resumed: true)
        #expect(Conversation.presences(Array(board.effects[before...])) == [])
        board.handle(.offline(reason: "test"))
        before = board.effects.count
        board.goOnline()
        #expect(Conversation.presences(Array(board.effects[before...])).count == 1)
    }

    @Test func `a status is cut between items`() {
        #expect(PresenceStatus.join([]) == "")
        #expect(PresenceStatus.join(["lamp on", "door closed"]) == "lamp on · door closed")
        #expect(PresenceStatus.join(["lamp on", "door closed"], limit: 21) == "lamp on · door closed")
        #expect(PresenceStatus.join(["lamp on", "door closed"], limit: 20) == "lamp on · …")
        #expect(PresenceStatus.join(["lamp on", "door closed", "fan off"], limit: 20) == "lamp on · …")
        #expect(PresenceStatus.join([String(repeating: "ä", count: 200), "x"]).count == 120)
        let many = PresenceStatus.join((0..<50).map { "line\($0) on" })
        #expect(many.count <= 120 && many.hasSuffix("on · …"))
    }
}

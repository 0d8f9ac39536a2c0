import Testing
import Time
import XMPP

@testable import Agent

@Suite struct ChatTests {
    // MARK: Who may

    @Test(arguments: ["mallory@evil.example/x", "alice@evil.example/x", "example.org", "example.org/x", "greenhouse@example.org/other", "family.example.org"])
    func `a stranger gets no answer at all`(_ stranger: String) {
        let board = Conversation()
        for text in ["lamp on", "help", "status", "yes 1234", "ping"] {
            let effects = board.tell(text, from: stranger) { $0.requestsReceipt = true }
            #expect(effects.allSatisfy { if case .log = $0 { true } else { false } })
        }
        #expect(board.handle(.subscription(.subscribe, from: jid(stranger))).allSatisfy { if case .log = $0 { true } else { false } })
        #expect(board.levels[0] == false)
        #expect(!board.agent.isTrusted(jid(stranger)))
    }

    @Test func `strangers are logged once, and not without end`() {
        let board = Conversation()
        #expect(Conversation.logged(board.tell("a", from: "m@evil.example/1")) == ["m@evil.example wrote to this board, but has no role here: no answer was given"])
        #expect(Conversation.logged(board.tell("b", from: "m@evil.example/2")) == [])
        var lines = 0
        for number in 0..<100 { lines += Conversation.logged(board.tell("c", from: "m\(number)@evil.example")).count }
        #expect(lines == 4)
    }

    @Test func `an empty list means nobody`() {
        var configuration = Configuration.greenhouse
        configuration.people = People()
        #expect(Conversation(configuration).tell("lamp on").count { if case .log = $0 { false } else { true } } == 0)
    }

    @Test func `roles decide`() {
        Conversation().play(
            """
            vera: lamp?
            perch: lamp is off
            vera: lamp on
            perch: You may not switch lamp: that needs the operator role.
            vera: yes 1234
            perch: You may not switch anything: that needs the operator role.
            vera: who
            perch: You may not see who is online: that needs the operator role.
            bob: people
            perch: You may not see who may do what: that needs the admin role.
            bob: lamp on
            perch: lamp is on
            """)
        #expect(Conversation().say("lamp on", from: "dora@family.example.org/x") == ["You may not switch lamp: that needs the operator role."])
    }

    @Test func `rooms, headlines and errors are not answered`() {
        let board = Conversation()
        for kind in [Message.Kind.groupchat, .headline, .error] {
            #expect(board.tell("lamp on") { $0.kind = kind } == [])
        }
        #expect(board.levels[0] == false)
    }

    @Test func `a room does not lend its role to a private message`() {
        var configuration = Configuration.greenhouse
        configuration.people.entries.append(.init(local: "garden", domain: "rooms.example.org", role: .operator))
        let board = Conversation(configuration)
        let effects = board.tell("lamp on", from: "garden@rooms.example.org/alice") { $0.isFromRoom = true }
        #expect(effects == [.log(.notice, "garden@rooms.example.org passed on a private message, but is a group chat and who is behind a nickname is not known: no answer was given")])
        // Also not in the name of somebody who is listed.
        #expect(Conversation.texts(board.tell("lamp on", from: "alice@example.org/phone") { $0.isFromRoom = true }) == [])
        #expect(board.levels[0] == false)
    }

    @Test func `typing notices and receipts are not answered`() {
        let board = Conversation()
        #expect(board.tell(nil) == [])
        #expect(board.tell(nil) { $0.receiptFor = "x" } == [])
    }

    @Test func `the answer goes to the client that asked, in its thread`() {
        let board = Conversation()
        let reply = Conversation.messages(board.tell("ping", from: "alice@example.org/phone") { $0.thread = "t1"; $0.kind = .normal })
        #expect(reply == [OutgoingMessage(to: jid("alice@example.org/phone"), kind: .normal, id: reply.first?.id, body: "pong", thread: "t1", originID: true)])
        #expect(reply.first?.id != nil)
    }

    @Test func `a receipt is sent to those who ask for it`() {
        let board = Conversation()
        let replies = Conversation.messages(board.tell("ping") { $0.requestsReceipt = true; $0.id = "r1" })
        #expect(replies.first == OutgoingMessage(to: jid("alice@example.org/phone"), receiptFor: "r1"))
        #expect(replies.map(\.body) == [nil, "pong"])
    }

    // MARK: What is not executed

    @Test func `a late message is not executed`() {
        let board = Conversation()
        #expect(
            board.say("lamp on") { $0.delay = Conversation.start + .seconds(-14 * 60 - 20) }
                == ["You said that 14 min ago while I was offline; I did not do it. Say it again if you still mean it."])
        #expect(board.levels[0] == false)
    }

    @Test func `many late messages get two answers`() {
        let board = Conversation()
        var answers: [String] = []
        for _ in 0..<30 { answers += board.say("lamp on") { $0.delay = Conversation.start + .seconds(-60) } }
        answers += Conversation.texts(board.wait(.seconds(10)))
        #expect(
            answers == [
                "You said that 1 min ago while I was offline; I did not do it. Say it again if you still mean it.",
                "You said 29 more things while I was offline; I did none of them.",
            ])
        #expect(board.say("lamp on") == ["lamp is on"])
    }

    @Test(arguments: [Timestamp(milliseconds: 0), Timestamp(milliseconds: .max), Timestamp(milliseconds: .min), Conversation.start + .seconds(60)])
    func `an impossible time of saying is not told`(_ delay: Timestamp) {
        #expect(Conversation().say("status") { $0.delay = delay } == ["You said that while I was offline; I did not do it. Say it again if you still mean it."])
    }

    @Test func `the same message is not executed twice`() {
        let board = Conversation()
        #expect(board.say("toggle lamp") { $0.id = "same" } == ["lamp is on"])
        #expect(board.tell("toggle lamp") { $0.id = "same" } == [])
        #expect(board.tell("toggle lamp", from: "alice@example.org/laptop") { $0.id = "same" } == [])
        #expect(board.tell("toggle lamp") { $0.id = "other"; $0.originID = "same" } == [])
        #expect(board.say("toggle lamp", from: "bob@example.org/x") { $0.id = "same" } == ["lamp is off"])
    }

    @Test func `another message under a used id is not executed, and said so`() {
        let board = Conversation()
        board.tell("lamp on") { $0.id = "1" }
        #expect(
            board.say("lamp off") { $0.id = "1" }
                == ["Your program sent this under the number of an earlier message, so I cannot tell whether it is new. Say it again."])
        #expect(board.levels[0] == true)
    }

    @Test func `a correction of what was done is refused, of a slip is taken`() {
        let board = Conversation()
        board.tell("lamp on") { $0.id = "1" }
        #expect(board.say("lamp off") { $0.replaces = "1" } == ["I already did what you said first. Say the correction as a new message."])
        board.tell("lapm off") { $0.id = "2" }
        #expect(board.say("lamp off") { $0.replaces = "2" } == ["lamp is off"])
        #expect(board.say("lamp on") { $0.replaces = "2" } == ["I already did what you said first. Say the correction as a new message."])
        #expect(board.say("lamp on") { $0.replaces = "never" } == ["I no longer know what you are correcting, so I did nothing. Say it as a new message."])
        #expect(board.levels[0] == false)
    }

    @Test func `encrypted messages get a hint, once`() {
        let board = Conversation()
        #expect(
            board.say("I sent you an OMEMO encrypted message") { $0.isEncrypted = true }
                == ["I cannot read encrypted messages. Switch encryption off in this chat (the lock), and say it again."])
        #expect(board.tell("lamp on") { $0.isEncrypted = true } == [])
        #expect(board.tell(nil) { $0.isEncrypted = true } == [])
        #expect(Conversation.texts(board.tell(nil, from: "bob@example.org/x") { $0.isEncrypted = true }).count == 1)
        #expect(board.levels[0] == false)
    }

    @Test func `a long message is refused`() {
        let board = Conversation()
        #expect(board.say(String(repeating: "a", count: 1025)) == ["That is too long for me: I read at most 1024 letters. Say one command a message, or \"help\"."])
        #expect(board.say("lamp on" + String(repeating: " ", count: 1017)) == ["lamp is on"])
    }

    @Test func `too many commands are refused, once in a while`() {
        let board = Conversation()
        for _ in 0..<10 { #expect(board.say("ping") == ["pong"]) }
        board.wait(.seconds(3))
        #expect(board.say("lamp on") == ["That is too fast for me: I take 10 commands in 10 s. I did not do this one; say it again in 7 s."])
        #expect(board.say("lamp on") == [])
        #expect(board.say("ping", from: "bob@example.org/x") == ["pong"])
        board.wait(.seconds(7))
        #expect(board.say("lamp on") == ["lamp is on"])
    }

    // MARK: Answers

    @Test func `what is not there is said, with the nearest that is`() {
        Conversation().play(
            """
            alice: lmap on
            perch: I have no "lmap". Did you mean lamp?
            alice: xylophone on
            perch: I have no "xylophone". I have lamp, fan, gate, door, air, soil, lights and outdoor.
            alice: stauts
            perch: I do not understand "stauts". Did you mean "status"?
            alice: dance
            perch: I do not understand "dance". Say "help" to see what I can do.
            alice: lamp onn
            perch: I do not understand "onn", so I did nothing. You can say "lamp on", "lamp off" or "lamp?".
            alice: on
            perch: Switch what on? I can switch lamp, fan and gate.
            alice: turn the lamp
            perch: On or off? You can say "lamp on", "lamp off" or "lamp?".
            alice: pulse gate
            perch: For how long? Say for example "gate on for 10min" or "pulse gate 500ms".
            +10s
            alice: lamp on for 10
            perch: I do not understand the time "10". Say it with a unit: 500ms, 30s, 10min, 2h.
            alice: lamp on and fan off
            perch: One command a message, please: I did nothing. Say them one after the other.
            alice: don't switch the lamp on
            perch: I did nothing. Say what I should do, for example "lamp off".
            """)
    }

    @Test func `what this version lacks is admitted`() {
        Conversation().play(
            """
            alice: watch air
            perch: I cannot watch things for you yet. Say "air?" whenever you want to know.
            alice: tell me when air > 30
            perch: I cannot keep personal alerts yet. An alarm that everybody sees can be set in perch.conf: alarm = above 30 clear 28.
            alice: history air 24h
            perch: I cannot show history yet. "air?" tells how it is now, and "log" who did what.
            alice: plot air
            perch: I cannot draw yet. "air?" tells how it is now.
            alice: every weekday at 7:00 lamp on
            perch: I cannot keep times of day or schedules yet. I can switch for a while: "lamp on for 10min".
            alice: fan 40%
            perch: fan can only be on or off: it has no `pwm = …` in perch.conf. `perch check` tells whether its pin could have it.
            """)
    }

    @Test func `help says what this person may say, with names of this board`() {
        let board = Conversation()
        #expect(
            board.say("help") == [
                """
                You may say:
                status: everything at a glance
                air? · read air: one thing
                lamp on · switch lamp off · lights off · all off: switch, one or several
                toggle lamp: on when it is off, off when it is on
                lamp on for 10min: on, and off again by itself
                pulse lamp 500ms: on for a moment
                blink lamp 2Hz for 10s: on and off in turn
                yes 1234 · no: the answer when I ask back
                log · log lamp: what was done, when, and what came of it
                who: who is online
                people: who may do what
                allow bob@example.org operator · deny bob@example.org: let somebody in, or out
                invite operator · invite · cancel invites: one-time codes for new people
                about · uptime · ping: about me
                help · help air: this list, or more about one thing
                Outputs: lamp, fan, gate
                Inputs: door
                Sensors: air, soil
                Groups: lights, outdoor
                """
            ])
        var calm = Configuration.greenhouse
        calm.lines[2].confirm = false
        #expect(Conversation(calm).say("help").first?.contains("yes 1234") == false)
        let viewer = board.say("help", from: "vera@example.org/x").first ?? ""
        #expect(!viewer.contains("lamp on"))
        #expect(!viewer.contains("people"))
        #expect(viewer.hasSuffix("You may look, not switch."))
    }

    @Test func `help about one thing`() {
        Conversation().play(
            """
            alice: help gate
            perch: gate is an output (GPIO5). Now closed. I ask back before I switch it.
             You may say: gate on · gate off · toggle gate · gate on for 10min · pulse gate 500ms · blink gate · gate? · log gate
            alice: help fan
            perch: fan is an output (GPIO22). Now off. I switch it off after 8 h at the latest.
             You may say: fan on · fan off · toggle fan · fan on for 10min · pulse fan 500ms · blink fan · fan? · log fan
            vera: help lamp
            perch: lamp is an output (GPIO17). Now off. You may look, not switch.
             You may say: lamp? · log lamp
            alice: help air
            perch: air is a sensor (simulated:air). Now 21.4 °C. I report it every 1 min to 15 min, when it changes by 0.5 °C. Alarm above 30 °C.
             You may say: air? · read air
            alice: help lights
            perch: lights: lamp and fan.
             You may say: lights? · lights on · lights off
            alice: help pulse
            perch: pulse lamp 500ms: on for a moment
            vera: help pulse
            perch: You may not use that: that needs the operator role.
            """)
    }

    @Test func `an empty board answers sensibly`() {
        let empty = Configuration(account: AccountConfiguration(jid: jid("b@example.org")), people: Configuration.greenhouse.people)
        let board = Conversation(empty)
        for text in ["help", "status", "all off", "lamp on", "on", "read", "log", "who", "people", "about", "uptime", "help status", "help pulse", "pulse", "blink"] {
            #expect(board.say(text).count == 1, "\(text)")
            board.wait(.seconds(2))
        }
        #expect(board.say("all off") == ["all has no output that I could switch."])
    }

    @Test func `the log tells who did what, when, from where and what came of it`() {
        let board = Conversation()
        board.play(
            """
            alice: log
            perch: Nothing was done yet.
            alice: lamp on for 10min
            perch: lamp is on until 17:47
            +10min
            vera: lamp on
            perch: You may not switch lamp: that needs the operator role.
            bob: log
            perch: 17:37 alice@example.org (phone): lamp on for 10min → lamp is on until 17:47
             17:47 time is over → lamp is off
             17:47 vera@example.org (phone): lamp on → refused: needs the operator role
            vera: log lamp
            perch: 17:37 somebody: lamp on for 10min → lamp is on until 17:47
             17:47 time is over → lamp is off
            """)
        board.handle(.lineChanged(3, on: true))
        #expect(board.say("log door") == ["17:47 door → open"])
    }

    @Test func `the log is bounded and short`() {
        let board = Conversation()
        for _ in 0..<300 {
            board.tell("toggle lamp")
            board.wait(.seconds(2))
        }
        let text = board.say("log").first ?? ""
        #expect(text.split(separator: "\n").count == 20)
        #expect(board.agent.log.latest(limit: 1000).count == ActivityLog.actionCapacity)
    }

    @Test func `who is online, with roles`() {
        let board = Conversation()
        #expect(board.say("who") == ["I see nobody online. I see only people who let me see their presence."])
        board.handle(.presence(Presence(from: jid("alice@example.org/phone"), show: .away)))
        board.handle(.presence(Presence(from: jid("alice@example.org/laptop"))))
        board.handle(.presence(Presence(from: jid("vera@example.org/x"), show: .dnd)))
        board.handle(.presence(Presence(from: jid("mallory@evil.example/x"))))
        #expect(board.say("who") == ["Online now:\nalice@example.org, admin\nvera@example.org, viewer, busy"])
        board.handle(.presence(Presence(from: jid("vera@example.org/x"), availability: .unavailable)))
        #expect(board.say("who") == ["Online now:\nalice@example.org, admin"])
    }

    @Test func `about, uptime and people`() {
        let board = Conversation()
        board.wait(.seconds(3 * 3600 + 300))
        #expect(board.say("uptime") == ["Running for 3 h 5 min, the board for 1 d 3 h; online since 17:37."])
        #expect(
            board.say("about") == [
                """
                Perch 0.1.0 on greenhouse
                Board: Simulated board
                Kernel: Linux 6.12
                4 lines, 2 sensors
                Running for 3 h 5 min, the board for 1 d 3 h; online since 17:37.
                """
            ])
        #expect(board.say("people") == ["alice@example.org: admin\nbob@example.org: operator\n*@family.example.org: viewer\nvera@example.org: viewer"])
    }

    // MARK: Subscriptions

    @Test func `authorised people who subscribe are approved and subscribed back`() {
        let board = Conversation()
        let alice = jid("alice@example.org")
        #expect(board.handle(.subscription(.subscribe, from: alice)) == [.subscription(.subscribed, to: alice), .subscription(.subscribe, to: alice)])
        board.handle(.rosterChanged(RosterItem(jid: alice, subscription: .both)))
        #expect(board.handle(.subscription(.subscribe, from: alice)) == [.subscription(.subscribed, to: alice)])
        #expect(board.handle(.subscription(.unsubscribe, from: alice)) == [.subscription(.unsubscribed, to: alice), .subscription(.unsubscribe, to: alice)])
    }

    @Test func `who subscribes is asked back once, also when the roster tells of it, and not again after declining`() {
        let board = Conversation()
        let alice = jid("alice@example.org")
        #expect(board.handle(.subscription(.subscribe, from: alice)) == [.subscription(.subscribed, to: alice), .subscription(.subscribe, to: alice)])
        #expect(board.handle(.rosterChanged(RosterItem(jid: alice, subscription: .from))) == [])
        #expect(board.handle(.rosterChanged(RosterItem(jid: alice, subscription: .from, isPendingOut: true))) == [])
        board.handle(.subscription(.unsubscribed, from: alice))
        #expect(board.handle(.rosterChanged(RosterItem(jid: alice, subscription: .from))) == [])
        board.handle(.subscription(.unsubscribe, from: alice))
        board.handle(.rosterChanged(RosterItem(jid: alice, subscription: .none)))
        #expect(board.handle(.subscription(.subscribe, from: alice)) == [.subscription(.subscribed, to: alice), .subscription(.subscribe, to: alice)])
    }

    @Test func `who is not authorised any more is removed from the roster`() {
        let board = Conversation()
        let effects = board.handle(.roster([RosterItem(jid: jid("old@example.org"), subscription: .both), RosterItem(jid: jid("alice@example.org"), subscription: .from)]))
        #expect(effects.contains(.removeContact(jid("old@example.org"))))
        #expect(effects.contains(.subscription(.subscribe, to: jid("alice@example.org"))))
        #expect(!effects.contains(.removeContact(jid("alice@example.org"))))
        #expect(board.handle(.rosterChanged(RosterItem(jid: jid("old@example.org"), subscription: .remove))) == [])
    }
}

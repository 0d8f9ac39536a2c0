import Testing
import Time
import XMPP

@testable import Agent

/// `allow` and `deny`: who may do what, changed by chat.
@Suite struct PeopleTests {
    private func subscriptions(_ effects: [Effect]) -> [String] {
        effects.compactMap { effect in
            switch effect {
            case .subscription(let verb, let to): "\(verb) \(to)"
            case .removeContact(let jid): "remove \(jid)"
            default: nil
            }
        }
    }

    @Test func `an admin lets somebody in and out by chat`() {
        let board = Conversation()
        #expect(board.say("lamp on", from: "nina@example.net/phone") == [])
        board.play("""
            alice: allow nina@example.net operator
            perch: nina@example.net is operator now.
            alice: Allow Nina@Example.net as an operator, please
            perch: nina@example.net is operator already. I changed nothing.
            """)
        #expect(board.say("lamp on", from: "nina@example.net/phone") == ["lamp is on"])
        board.play("""
            alice: allow viewer xmpp:nina@example.net
            perch: nina@example.net is viewer now.
            """)
        #expect(board.say("lamp off", from: "nina@example.net/phone") == ["You may not switch lamp: that needs the operator role."])
        board.play("""
            alice: deny nina@example.net
            perch: nina@example.net may do nothing here any more.
            alice: deny nina@example.net
            perch: nina@example.net has no role here. I changed nothing.
            """)
        #expect(board.say("lamp on", from: "nina@example.net/phone") == [])
    }

    @Test func `whoever is let in is approved and asked at once, whoever is kept out leaves the roster`() {
        let board = Conversation()
        #expect(subscriptions(board.tell("allow nina@example.net viewer")) == ["subscribed nina@example.net", "subscribe nina@example.net"])
        let item = RosterItem(jid: jid("nina@example.net"), subscription: .from)
        #expect(subscriptions(board.handle(.rosterChanged(item))) == [], "asked only once")
        #expect(subscriptions(board.tell("allow nina@example.net operator")) == [], "known already")
        #expect(subscriptions(board.tell("deny nina@example.net")) == ["remove nina@example.net"])
        #expect(subscriptions(board.handle(.roster([item]))) == ["remove nina@example.net"], "also when the removal was lost")
        #expect(subscriptions(board.tell("allow nina@example.net viewer")) == ["subscribed nina@example.net", "subscribe nina@example.net"])
    }

    @Test func `only an admin changes people`() {
        let board = Conversation()
        for text in ["allow mallory@evil.example admin", "deny bob@example.org", "invite admin", "cancel invites", "allow"] {
            #expect(board.say(text, from: "bob@example.org/laptop") == ["You may not change who may do what: that needs the admin role."])
            #expect(board.say(text, from: "mallory@evil.example/x") == [])
        }
        #expect(board.agent.guests.guests == [] && board.stored[GuestList.fileName] == nil)
    }

    @Test func `what was changed outlasts a restart, a reload and an account without the file`() throws {
        let board = Conversation()
        _ = board.say("allow nina@example.net operator")
        _ = board.say("deny carol@family.example.org")
        #expect(String(decoding: board.stored["people"] ?? [], as: UTF8.self) == """
            perch-people 1
            person operator nina@example.net alice@example.org
            person nobody carol@family.example.org alice@example.org

            """)
        board.handle(.reloaded(.greenhouse, levels: board.levels))
        #expect(board.agent.role(of: jid("nina@example.net")) == .operator)
        let later = Conversation(saved: board.stored)
        #expect(later.say("lamp on", from: "nina@example.net/phone") == ["lamp is on"])
        #expect(later.say("status", from: "carol@family.example.org/x") == [])
        #expect(later.say("air?", from: "dave@family.example.org/x") == ["air 21.4 °C (just now)"])
        #expect(later.say("people").joined().contains("""
            nina@example.net: operator (let in by alice@example.org)
            carol@family.example.org: nobody (kept out by alice@example.org)
            """))
    }

    @Test func `the configuration has the last word`() {
        let board = Conversation()
        board.play("""
            alice: deny bob@example.org
            perch: bob@example.org is operator by [people] in perch.conf, which chat cannot change; change it there and reload me (systemctl reload perch). I changed nothing.
            alice: allow carol@family.example.org operator
            perch: carol@family.example.org is operator now.
            """)
        // Named in the file, and no longer: what chat said is not true again.
        var other = Configuration.greenhouse
        other.people.entries.append(.init(local: "carol", domain: "family.example.org", role: .viewer))
        board.handle(.reloaded(other, levels: board.levels))
        #expect(board.agent.role(of: jid("carol@family.example.org")) == .viewer)
        #expect(String(decoding: board.stored["people"] ?? [], as: UTF8.self) == "perch-people 1\n")
        other.people.entries.removeLast(1)
        board.handle(.reloaded(other, levels: board.levels))
        #expect(board.agent.role(of: jid("carol@family.example.org")) == .viewer)
    }

    @Test func `there is always an admin`() {
        var configuration = Configuration.greenhouse
        let board = Conversation(configuration)
        _ = board.say("allow nina@example.net admin")
        configuration.people = People()
        board.handle(.reloaded(configuration, levels: board.levels))
        for text in ["deny nina@example.net", "allow nina@example.net viewer"] {
            #expect(board.say(text, from: "nina@example.net/x") == ["You cannot change your own role: another admin can. I changed nothing."])
        }
    }

    @Test(arguments: [
        ("allow", "Whom? Say for example \"allow bob@example.org operator\". I changed nothing."),
        ("allow operator", "Whom? Say for example \"allow bob@example.org operator\". I changed nothing."),
        ("allow nina@example.net", "As what? Say \"allow nina@example.net viewer\", \"operator\" or \"admin\". I changed nothing."),
        ("allow nina@example.net oprator", "\"oprator\" is not viewer, operator or admin; did you mean operator? I changed nothing."),
        ("allow nina operator", "\"nina\" is a domain without a name; write name@nina. I changed nothing."),
        ("allow nina@example.net/phone operator", "\"nina@example.net/phone\" has a resource; write nina@example.net. I changed nothing."),
        ("allow *@example.net viewer", "\"@example.net\" is not an address: the address has nothing before its @. I changed nothing."),
        ("allow nina@example.net otto@example.net viewer", "One person and one role a message, please. I changed nothing."),
        ("allow nina@example.net viewer operator", "One person and one role a message, please. I changed nothing."),
        ("allow nina@example.net not viewer", "\"not\" is not viewer, operator or admin. I changed nothing."),
        ("allow greenhouse@example.org admin", "That is my own address. I changed nothing."),
        ("allow alice@example.org viewer", "alice@example.org is admin by [people] in perch.conf, which chat cannot change; change it there and reload me (systemctl reload perch). I changed nothing."),
        ("deny", "Whom? Say for example \"deny bob@example.org\". I changed nothing."),
        ("deny ottto@example.net", "ottto@example.net has no role here. Did you mean otto@example.net? I changed nothing."),
        ("deny otto@example.net viewer", "Whom? Say for example \"deny bob@example.org\". I changed nothing."),
        ("alow nina@example.net viewer", "I do not understand \"alow\". Did you mean \"allow\"?"),
        ("do not allow nina@example.net viewer", "I did nothing. Say what I should do, for example \"lamp off\"."),
        ("invite nina@example.net operator", "A code is for whoever says it to me: say \"invite viewer\", \"invite operator\" or \"invite admin\". To let in one address, say \"allow bob@example.org operator\". I changed nothing."),
        ("invite oprator", "\"oprator\" is not viewer, operator or admin; did you mean operator? I changed nothing."),
        ("cancel invites", "There is no open code. I changed nothing."),
    ])
    func `what cannot be done is said, with the remedy`(_ said: String, _ answer: String) {
        let board = Conversation()
        _ = board.say("allow otto@example.net viewer")
        #expect(board.say(said) == [answer])
        #expect(board.agent.guests.guests.count == 1 && board.agent.guests.invitations == [])
    }

    @Test func `the list is bounded, and its file is read back whole`() {
        let board = Conversation()
        let long = String(repeating: "x", count: 400)
        for index in 0..<GuestList.maximumGuests {
            board.wait(.seconds(2))
            #expect(board.say("allow n\(index)\(long)@example.net viewer").count == 1)
        }
        #expect(board.agent.guests.guests.count == GuestList.maximumGuests)
        board.wait(.seconds(2))
        #expect(board.say("allow nina@example.net viewer")[0].hasPrefix("I keep at most 128 people"))
        #expect(board.say("invite viewer")[0].hasPrefix("I keep at most 128 people"))
        #expect(board.say("deny carol@family.example.org")[0].hasPrefix("I keep at most 128 people"))
        #expect(board.say("people")[0].hasSuffix("and 98 more"))
        let file = board.stored[GuestList.fileName] ?? []
        #expect(file.count <= 256 * 1024 && GuestList(file).guests == board.agent.guests.guests && StateFile.verdict("people", file) == .current)
        #expect(board.say("allow \(String(repeating: "y", count: 600))@example.net viewer")[0].hasPrefix("That address is longer than 512 bytes"))
    }

    @Test(arguments: ["perch-people 2\nperson operator nina@example.net alice@example.org\n", "x", "perch-people 1\nperson king nina@example.net alice@example.org\n"])
    func `a file that nobody can read lets nobody in and is put aside`(_ file: String) {
        let verdict = StateFileTests.verdict("people", file)
        #expect(StateFile.aside("people", verdict) == (file.contains("people 2") ? "people.v2" : "people.unreadable"))
        #expect(Conversation(saved: ["people": Array(file.utf8)]).agent.guests.guests == [])
    }

    @Test func `what could not be written down is said`() {
        let board = Conversation()
        _ = board.say("allow nina@example.net viewer")
        #expect(Conversation.texts(board.handle(.notStored(name: "people", why: "disk full"))) == ["I could not write that down, so after a restart it is as it was before: disk full"])
        #expect(Conversation.texts(board.handle(.notStored(name: "lines", why: "disk full"))) == [])
    }

    @Test func `a change that is delivered again after a restart is not made again`() {
        let board = Conversation()
        _ = board.tell("allow nina@example.net viewer") { $0.id = "same" }
        _ = board.say("deny nina@example.net")
        let later = Conversation(saved: board.stored)
        #expect(later.tell("allow nina@example.net viewer") { $0.id = "same" }.isEmpty)
        #expect(later.agent.role(of: jid("nina@example.net")) == nil)
    }

    @Test func `the log tells admins who let in whom, and nobody else`() {
        let board = Conversation()
        _ = board.say("allow nina@example.net operator")
        #expect(board.say("log") == ["17:37 alice@example.org (phone): allow nina@example.net operator → nina@example.net is operator now."])
        #expect(board.say("log", from: "bob@example.org/x") == ["Nothing was done yet."])
        #expect(Conversation.logged(board.effects).contains("alice@example.org: nina@example.net is operator now."))
    }
}

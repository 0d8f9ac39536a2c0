import Agent
import Testing
import XMPP

@testable import perch

/// A conversation with `perch init`, without terminal, files and network.
@Suite struct InitDialogueTests {
    typealias Question = InitDialogue.Question

    private func dialogue(
        isThere: Bool = false, pins: [String]? = nil, sensors: [String] = [], objections: @escaping (InitPlan) -> [String] = { _ in [] }
    ) -> InitDialogue {
        let found = sensors.map { (plan: InitPlan.Sensor(name: "found", source: $0, part: nil), reading: "reads 21 °C") }
        return InitDialogue(
            InitDialogue.Surroundings(isThere: isThere, hostname: "greenhouse", pins: pins, sensors: found), partOf: { $0.hasPrefix("w1:") ? "ds18b20" : nil },
            objections: objections)
    }

    /// Answers until all is known; each question with what was said to it, and why it was asked again.
    private func talk(_ dialogue: InitDialogue, _ answers: String...) -> [String] {
        var transcript: [String] = []
        var rest = answers[...]
        while let question = dialogue.question, let answer = rest.popFirst() {
            do throws(InitDialogue.Refusal) {
                try dialogue.answer(question, answer)
                transcript.append("\(question): \(answer)")
            } catch {
                switch error {
                case .again(let why): transcript.append("\(question): \(answer) → \(why)")
                case .stop: return transcript + ["\(question): \(answer) → stop"]
                }
            }
        }
        if !rest.isEmpty { transcript.append("not asked: \(rest)") }
        return transcript
    }

    @Test func `a new account is asked for in five questions`() {
        let asked = dialogue()
        #expect(talk(asked, "board@garden.example", "", "alice@garden.example", "", "") == [
            "address: board@garden.example", "account: ", "admin: alice@garden.example", "person: ", "confirm: ",
        ])
        #expect(asked.question == nil)
        #expect(asked.isNew == true)
        #expect(asked.password == nil)
    }

    @Test func `an account that exists is asked for its password`() {
        let asked = dialogue()
        #expect(talk(asked, "board@garden.example", "y", "", " a password ", "alice@garden.example") == [
            "address: board@garden.example", "account: y", "password:  → an account has a password", "password:  a password ", "admin: alice@garden.example",
        ])
        #expect(asked.isNew == false)
        #expect(asked.password == " a password ")
    }

    @Test func `an invitation without a name proposes that of the machine`() {
        let asked = dialogue()
        #expect(talk(asked, "xmpp:garden.example?register;preauth=T0k3n", "", "alice@garden.example") == [
            "address: xmpp:garden.example?register;preauth=T0k3n", "name: ", "admin: alice@garden.example",
        ])
        #expect(asked.plan.jid?.description == "greenhouse@garden.example")
        #expect(asked.token == "T0k3n")
        #expect(asked.isNew == true)
    }

    @Test func `an invitation with a name leaves no question about the account`() {
        let asked = dialogue()
        _ = talk(asked, "xmpp:shed@garden.example?register;preauth=T0k3n")
        #expect(asked.plan.jid?.description == "shed@garden.example")
        #expect(asked.question == .admin)
    }

    @Test func `what is no address is asked for again with the reason`() {
        let asked = dialogue()
        let said = talk(asked, "", "garden.example", "a b@garden.example", "https://garden.example/invite#x", "board@garden.example/here", "b\u{1B}[A@x.example")
        #expect(said.count == 6)
        for line in said { #expect(line.contains(" → "), "\(line)") }
        #expect(asked.question == .address)
    }

    @Test func `of a token without its link the server is asked for`() {
        let asked = dialogue()
        #expect(talk(asked, "T0k3n-9_x").first?.contains("names no server") == true)
        for text in ["garden.example", "board@garden.example", "xmpp:garden.example?register", "https://garden.example/invite?T0k3n", "a b", "ü", ""] {
            #expect(!InitDialogue.isToken(text), "\(text)")
        }
    }

    @Test func `the board is not its own admin`() {
        let asked = dialogue()
        #expect(talk(asked, "board@garden.example", "", "board@garden.example", "").suffix(2) == [
            "admin: board@garden.example → that is the board's own address",
            "admin:  → nobody could ask the board anything; write an address, such as you@example.org",
        ])
    }

    @Test func `lines and sensors are asked for where there are some`() {
        let asked = dialogue(pins: ["GPIO17", "GPIO27"], sensors: ["w1:28-01", "system:load"])
        _ = talk(
            asked, "board@garden.example", "", "alice@garden.example", "bob@garden.example viewer", "", "lamp GPIO17 relay", "door pin 13 contact", "lamp",
            "", "1 air", "cpu thermal:cpu-thermal", "", "", "y")
        #expect(asked.question == nil)
        #expect(asked.plan.people.map(\.role) == ["admin", "viewer"])
        #expect(asked.plan.lines == [.init(name: "lamp", pin: "GPIO17", part: "relay"), .init(name: "door", pin: "pin 13", part: "contact")])
        #expect(asked.plan.sensors == [.init(name: "air", source: "w1:28-01"), .init(name: "cpu", source: "thermal:cpu-thermal")])
    }

    @Test func `whoever has lines or sensors is asked who gets the reports, and the first admin does`() throws {
        for (answer, readers) in [("", ["alice@garden.example"]), ("nobody", []), ("bob@x.example carol@x.example", ["bob@x.example", "carol@x.example"])] {
            let asked = dialogue(pins: [])
            let said = talk(asked, "board@garden.example", "", "alice@garden.example", "", "door GPIO17 input", "", answer, "y")
            #expect(said.suffix(2) == ["reports: \(answer)", "confirm: y"])
            #expect(asked.plan.readers == readers)
            let configuration = try InitHost.checked(asked.plan, path: "perch.conf", passwordFile: "/etc/perch/password")
            #expect(configuration.reports.to.map(\.description) == readers)
        }
        let template = dialogue(pins: [])
        template.plan.template = "[people]\nalice@garden.example = admin\n"
        #expect(talk(template, "board@garden.example", "", "", "door GPIO17 input", "", "y").last == "confirm: y")
        #expect(template.plan.readers == [])
    }

    @Test func `a sensor named by its source gets its part`() throws {
        let asked = dialogue()
        try asked.addSensor("air w1:28-01")
        #expect(asked.plan.sensors == [.init(name: "air", source: "w1:28-01", part: "ds18b20")])
    }

    @Test func `numbers that are not in the list add nothing`() {
        let asked = dialogue(sensors: ["w1:28-01"])
        _ = talk(asked, "board@garden.example", "", "alice@garden.example", "")
        #expect(talk(asked, "2", "0", "-1", "1 air 3", "99999999999999999999999") .allSatisfy { $0.contains(" → ") })
        #expect(asked.plan.sensors.isEmpty)
    }

    @Test func `what the configuration's own parser says against it is not taken`() {
        let asked = dialogue(pins: [], objections: { $0.lines.isEmpty ? [] : ["there is no part \"rely\"; did you mean relay?"] })
        _ = talk(asked, "board@garden.example", "", "alice@garden.example", "")
        #expect(talk(asked, "lamp GPIO17 rely") == ["line: lamp GPIO17 rely → there is no part \"rely\"; did you mean relay?"])
        #expect(asked.plan.lines.isEmpty)
    }

    @Test func `an existing configuration is replaced only by a yes`() {
        for no in ["", "n"] {
            let asked = dialogue(isThere: true)
            #expect(talk(asked, no) == ["replace: \(no) → stop"])
        }
        let asked = dialogue(isThere: true)
        #expect(talk(asked, "what?", "y") == ["replace: what? → please answer y or n", "replace: y"])
        #expect(asked.replaces)
    }

    @Test func `a refused account is asked for again and everything else is kept`() {
        let asked = dialogue()
        _ = talk(asked, "xmpp:shed@garden.example?register;preauth=T0k3n", "alice@garden.example", "", "y")
        asked.refuseAccount()
        #expect(talk(asked, "", "n") == ["address: ", "confirm: n → stop"])
        #expect(asked.token == "T0k3n")
        asked.refuseAccount()
        #expect(talk(asked, "barn@garden.example", "n", "y") == ["address: barn@garden.example", "account: n", "confirm: y"])
        #expect(asked.token == nil)
        #expect(asked.plan.people.map(\.address) == ["alice@garden.example"])
    }

    @Test func `without a terminal everything that is missing is named at once`() {
        let asked = dialogue(isThere: true)
        #expect(asked.missing.map { $0.prefix { $0 != " " } } == ["--replace:", "--jid", "--password-file", "--admin", "--yes:"])
        asked.isConfirmed = true
        asked.replaces = true
        _ = talk(asked, "board@garden.example", "n", "alice@garden.example")
        #expect(asked.missing == [])
    }
}

/// What `perch init` writes.
@Suite struct InitPlanTests {
    @Test func `the text is read back as it was meant`() throws {
        let plan = InitPlan(jid: try JID("board@garden.example"), server: "tls:xmpp.garden.example:5223", profile: "simulated")
        plan.people = [("alice@garden.example", "admin"), ("*@garden.example", "viewer")]
        plan.lines = [.init(name: "lamp", pin: "GPIO17", part: "output"), .init(name: "door", pin: "pin 13", part: "input")]
        plan.sensors = [.init(name: "load", source: "system:load")]
        let configuration = try InitHost.checked(plan, path: "perch.conf", passwordFile: "/etc/perch/password")
        #expect(configuration.account.jid == plan.jid)
        #expect(configuration.account.server?.directTLS == true)
        #expect(configuration.people.entries.count == 2)
        #expect(configuration.lines.map(\.pin) == ["GPIO17", "pin 13"])
        #expect(configuration.sensors.map(\.source) == ["system:load"])
        #expect(configuration.board.profile == "simulated")
    }

    @Test(arguments: ["a=b@garden.example", "[a]@garden.example", "a;b@garden.example", "#a@garden.example"])
    func `a person whose address the file cannot hold is refused, never somebody else`(address: String) throws {
        let plan = InitPlan(jid: try JID("board@garden.example"))
        plan.people = [(address, "admin")]
        do throws(Failure) {
            let configuration = try InitHost.checked(plan, path: "perch.conf", passwordFile: "/etc/perch/password")
            #expect((try? JID(address)).flatMap { configuration.people.role(of: $0) } == .admin)
        } catch {
            #expect(!error.lines.isEmpty)
        }
    }

    @Test func `a template keeps what it says and gets the account`() throws {
        let plan = InitPlan(jid: try JID("board@garden.example"), profile: "simulated")
        plan.template = "; ours\n[account]   ; of each\noffline-after = 5min\n\n[people]\nalice@garden.example = admin\n\n[line lamp]\npin = GPIO17\ndirection = output"
        plan.people = [("bob@garden.example", "viewer")]
        let configuration = try InitHost.checked(plan, path: "perch.conf", passwordFile: "/etc/perch/password")
        #expect(configuration.account.jid == plan.jid)
        #expect(configuration.account.offlineAfter == .seconds(300))
        #expect(configuration.people.entries.count == 2)
        #expect(configuration.lines.map(\.name) == ["lamp"])
        #expect(plan.text(passwordFile: "").hasPrefix("; ours\n[account]   ; of each\njid = board@garden.example\n"))
    }

    @Test func `a line of the text is found in its template`() throws {
        let plan = InitPlan(jid: try JID("board@garden.example"), profile: "simulated")
        plan.template = "; ours\n\n[account]\noffline-after = 5min\n\n[board]\ncontrol = /run/x\n[line lamp]"
        let text = plan.text(passwordFile: "p").split(separator: "\n", omittingEmptySubsequences: false)
        for (line, key) in [(1, "; ours"), (4, "offline-after = 5min"), (7, "control = /run/x"), (8, "[line lamp]")] {
            let number = try #require(text.firstIndex { $0 == key }) + 1
            #expect(plan.templateLine(number, passwordFile: "p") == line)
        }
    }

    @Test(arguments: ["", "lamp", "lamp GPIO17", "lamp GPIO17 relay now", "lamp pin 11"])
    func `a line needs a name, a pin and a part`(text: String) {
        #expect(throws: UsageError.self) { try InitPlan.line(text) }
    }
}

@Suite struct QRCodeTests {
    @Test func `two rows of modules make a row of half blocks with a margin`() {
        let rows = QRCode.rows([1, 0, 1, 1], 2)
        let plain = rows.map { $0.replacing("\u{1B}[40;37;1m", with: "").replacing("\u{1B}[0m", with: "") }
        #expect(plain == ["██████", "██ ▀██", "██████"])
    }

    @Test func `what a URI cannot hold is written in percent`() {
        #expect(QRCode.uri("board@garden.example") == "xmpp:board@garden.example")
        #expect(QRCode.uri("a/b?ü@garden.example") == "xmpp:a%2Fb%3F%C3%BC@garden.example")
    }
}

import Testing
import XMPP

@testable import Agent

@Suite struct `Reading a configuration`: ConfigurationFixture {
    @Test func `the example of the specification is understood`() throws {
        let configuration = try loaded(
            """
            password-file = /etc/perch/password      ; or systemd credential "password"
            server = tls:xmpp.example.org:5223
            offline-after = 2min                     ; the roster
            [people]
            alice@example.org = admin
            *@family.example.org = viewer
            garden@rooms.example.org = operator      ; a group chat
            [line lamp]
            pin = GPIO17
            part = relay                             ; each can be overridden
            initial = restore
            on-exit = keep
            on-disconnect = off after 10min
            max-on = 8h
            tags = lights outdoor
            [line door]
            pin = GPIO27
            part = contact
            report = change
            [sensor air]
            part = ds18b20
            source = w1:28-0316a2795bff
            report = change 0.5 every 1min..15min
            alarm = above 30 clear 28 for 1min
            [reports]
            to = alice@example.org garden@rooms.example.org
            pubsub = yes
            """)

        var account = AccountConfiguration(jid: try JID("greenhouse@example.org"))
        account.passwordFile = "/etc/perch/password"
        account.server = ServerAddress(host: "xmpp.example.org", port: 5223, directTLS: true)
        account.offlineAfter = .seconds(120)
        #expect(configuration.account == account)

        #expect(configuration.people.role(of: try JID("alice@example.org/phone")) == .admin)
        #expect(configuration.people.role(of: try JID("bob@family.example.org")) == .viewer)
        #expect(configuration.people.role(of: try JID("garden@rooms.example.org")) == .operator)
        #expect(configuration.people.role(of: try JID("mallory@example.org")) == nil)

        var lamp = LineConfiguration(name: "lamp", pin: "GPIO17")
        lamp.part = "relay"
        lamp.activeLow = true
        lamp.initial = .restore
        lamp.onExit = .keep
        lamp.onDisconnect = LineConfiguration.OnDisconnect(on: false, after: .seconds(600))
        lamp.maxOn = .seconds(8 * 3600)
        lamp.tags = ["lights", "outdoor"]
        var door = LineConfiguration(name: "door", pin: "GPIO27")
        door.part = "contact"
        door.direction = .input
        door.bias = .pullUp
        door.activeLow = true
        door.debounce = .milliseconds(20)
        door.reportsChange = true
        door.onWord = "closed"
        door.offWord = "open"
        #expect(configuration.lines == [lamp, door])

        var air = SensorConfiguration(name: "air", source: "w1:28-0316a2795bff")
        air.hasOwnDigits = true
        air.part = "ds18b20"
        air.unit = "°C"
        air.report = SensorConfiguration.Report(delta: 0.5, shortest: .seconds(60), longest: .seconds(900))
        air.alarm = SensorConfiguration.Alarm(above: true, limit: 30, clear: 28, hold: .seconds(60))
        #expect(configuration.sensors == [air])
        #expect(["lamp", "door", "air", "pump"].map { configuration.location(of: $0) } == ["perch.conf:11", "perch.conf:19", "perch.conf:24", nil])
        #expect(configuration.withoutPlaces.location(of: "lamp") == nil)

        #expect(configuration.reports.to == [try JID("alice@example.org"), try JID("garden@rooms.example.org")])
        #expect(configuration.reports.pubsub)
        #expect(configuration.board == BoardConfiguration())
        #expect(configuration.summary == "2 lines (1 output, 1 input), 1 sensor, 3 people, reports to 2 addresses")
        #expect(configuration.remarks.isEmpty)
    }

    @Test func `an account alone is enough, and nobody is authorised by default`() throws {
        let configuration = try loaded("")
        #expect(configuration == Configuration(account: AccountConfiguration(jid: try JID("greenhouse@example.org"))))
        #expect(configuration.people.entries.isEmpty)
        #expect(configuration.remarks.first == "[people] is empty: nobody may ask this board anything")
    }

    @Test func `all mistakes are reported in one go, in the order of the file`() {
        #expect(
            problems(
                """
                pasword-file = /etc/perch/password
                offline-after = 2
                [line lamp]
                intial = on
                initial = onn
                garbage
                [peeple]
                [line]
                [sensor air]
                source = w1
                """) == [
                "perch.conf:3: unknown key \"pasword-file\" in [account]; did you mean password-file?",
                "perch.conf:4: offline-after: \"2\" has no unit; write 2ms, 2s, 2min, 2h or 2d",
                "perch.conf:5: [line lamp] has no pin; write \"pin = GPIO17\", \"pin = pin 11\" or \"pin = LABEL:OFFSET\"",
                "perch.conf:6: unknown key \"intial\" in [line lamp]; did you mean initial?",
                "perch.conf:7: initial: \"onn\" is not off, on, restore or keep; did you mean on?",
                "perch.conf:8: this is neither \"[section]\" nor \"key = value\"",
                "perch.conf:9: unknown section [peeple]; did you mean [people]?",
                "perch.conf:10: [line] needs one name, such as [line lamp]",
                "perch.conf:12: source: \"w1\" has no kind; write one of w1:ID, iio:DEVICE/CHANNEL, hwmon:NAME/CHANNEL, thermal:TYPE, file:PATH, system:WHAT, counter:LINE, simulated:NAME",
            ])
    }

    @Test func `a missing account is a mistake`() {
        #expect(load("[people]\n") == .problems([
            ConfigurationProblem(location: "perch.conf:1", text: "the section [account] is missing; it needs at least \"jid = name@domain\"")
        ]))
        #expect(load("") != load(anAccount))
        #expect(load("[account]\npassword-file = x\n") == .problems([
            ConfigurationProblem(location: "perch.conf:1", text: "[account] has no jid; write \"jid = name@domain\""),
            ConfigurationProblem(location: "perch.conf:2", text: "password-file: \"x\" must be an absolute path, beginning with \"/\""),
        ]))
    }

    @Test func `what a later version does is refused by name`() {
        #expect(
            problems("[rule cool]\nwhen = air > 28\n[schedule evening]\nat = 18:30\n[line fan]\npin = GPIO5") == [
                "perch.conf:3: [rule cool]: rules are not supported by this version of Perch",
                "perch.conf:5: [schedule evening]: schedules are not supported by this version of Perch",
            ])
    }

    @Test func `an unknown section gets the nearest name, or what its keys suggest`() {
        #expect(problems("[lien lamp]") == ["perch.conf:3: unknown section [lien lamp]; did you mean [line lamp]?"])
        #expect(problems("[lamp]\npin = GPIO17") == ["perch.conf:3: unknown section [lamp]; did you mean [line lamp]?"])
        #expect(problems("[greenhouse]\nsource = w1:x") == ["perch.conf:3: unknown section [greenhouse]; did you mean [sensor greenhouse]?"])
        #expect(
            problems("[xyzzy]") == [
                "perch.conf:3: unknown section [xyzzy]; there are [account], [people], [board], [line NAME], [sensor NAME] and [reports]"
            ])
        #expect(problems("[board x]") == ["perch.conf:3: [board x] takes no name; write [board]"])
        #expect(problems("[line a b]").first == "perch.conf:3: [line a b] needs one name, such as [line lamp]")
    }

    @Test func `a familiar word for a key leads to the right one`() {
        #expect(problems("password = secret") == ["perch.conf:3: unknown key \"password\" in [account]; did you mean password-file?"])
        #expect(problems("[line a1]\npin = GPIO2\npull = up") == ["perch.conf:5: unknown key \"pull\" in [line a1]; did you mean bias?"])
        #expect(problems("[board]\nfoo = 1") == ["perch.conf:4: unknown key \"foo\" in [board]; there are profile and control"])
    }

    @Test func `a control socket needs the simulated board`() throws {
        #expect(try loaded("[board]\nprofile = simulated\ncontrol = /run/perch/c").board == BoardConfiguration(profile: "simulated", control: "/run/perch/c"))
        #expect(
            problems("[board]\ncontrol = /run/perch/c") == [
                "perch.conf:4: control: only the simulated board has a control socket; add \"profile = simulated\" or remove it"
            ])
        #expect(problems("[board]\nprofile = ../../etc") == ["perch.conf:4: profile: \"../../etc\" is not the name of a board; it has letters, digits, \"-\" and \"_\""])
        #expect(problems("[board]\nprofile = simulated\ncontrol = /\(String(repeating: "x", count: 107))") == ["perch.conf:5: control: the path is longer than 107 bytes"])
    }

    @Test func `the list of mistakes is bounded`() {
        let list = problems("[board]\n" + (0..<400).map { "k\($0) = 1\n" }.joined())
        #expect(list.count == Configuration.maximumProblems + 1)
        #expect(list.last == "perch.conf:104: there are more mistakes; correct these first")
    }

    @Test func `the numbers of lines, sensors and people are bounded`() {
        let lines = (0...Configuration.maximumLines).map { "[line l\($0)]\npin = P\($0)\n" }.joined()
        #expect(problems(lines) == ["perch.conf:515: [line l256] is one too many; there may be 256"])
        let sensors = (0...Configuration.maximumSensors).map { "[sensor s\($0)]\nsource = simulated:x\n" }.joined()
        #expect(problems(sensors) == ["perch.conf:515: [sensor s256] is one too many; there may be 256"])
        let people = (0...Configuration.maximumPeople).map { "p\($0)@example.org = viewer\n" }.joined()
        #expect(problems("[people]\n" + people) == ["perch.conf:516: there are more than 512 people; use *@domain"])
        let to = (0...Configuration.maximumRecipients).map { "p\($0)@example.org" }.joined(separator: " ")
        #expect(problems("[reports]\nto = " + to) == ["perch.conf:4: to: there are more than 32 addresses"])
    }
}

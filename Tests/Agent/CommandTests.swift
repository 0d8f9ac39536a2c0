import Testing

@testable import Agent

@Suite struct CommandTests {
    let vocabulary = Vocabulary(.greenhouse)

    private func parse(_ text: String) -> Result<Command, Misunderstanding> {
        do throws(Misunderstanding) { return .success(try Command.parse(text, vocabulary)) } catch { return .failure(error) }
    }

    static let lamp = Target.line(0), fan = Target.line(1), gate = Target.line(2), door = Target.line(3), air = Target.sensor(0), soil = Target.sensor(1)

    static let understood: [(String, Command)] = [
        ("help", .help), ("Help!", .help), ("?", .help), ("help me please", .help), ("/help", .help),
        ("help lamp", .helpAbout(lamp)), ("help me with the lamp", .helpAbout(lamp)), ("help lights", .helpAbout(.tag("lights"))),
        ("help pulse", .helpOn(.pulse)), ("help for", .helpOn(.timed)),
        ("status", .status), ("Status?", .status), ("status please", .status), ("how are you?", .status), ("all?", .status), ("show all", .status),
        ("lamp on", .switchLines([lamp], .on, duration: nil)), ("LAMP ON", .switchLines([lamp], .on, duration: nil)),
        ("turn on the lamp", .switchLines([lamp], .on, duration: nil)), ("turn the lamp on, please", .switchLines([lamp], .on, duration: nil)),
        ("switch lamp off", .switchLines([lamp], .off, duration: nil)), ("switch off lamp.", .switchLines([lamp], .off, duration: nil)),
        ("set lamp to on", .switchLines([lamp], .on, duration: nil)), ("on lamp!", .switchLines([lamp], .on, duration: nil)),
        ("could you turn the lamp on?", .switchLines([lamp], .on, duration: nil)), ("Hi perch, please turn the lamp on", .switchLines([lamp], .on, duration: nil)),
        ("lamp off thanks", .switchLines([lamp], .off, duration: nil)), ("  lamp   on  \n", .switchLines([lamp], .on, duration: nil)),
        ("> lamp is off\nlamp on", .switchLines([lamp], .on, duration: nil)),
        ("toggle lamp", .switchLines([lamp], .toggle, duration: nil)), ("toggle the lamp?", .switchLines([lamp], .toggle, duration: nil)),
        ("lamp and fan on", .switchLines([lamp, fan], .on, duration: nil)), ("lamp,fan off", .switchLines([lamp, fan], .off, duration: nil)),
        ("lights off", .switchLines([.tag("lights")], .off, duration: nil)), ("turn all the lights off", .switchLines([.tag("lights")], .off, duration: nil)),
        ("all off", .switchLines([.all], .off, duration: nil)), ("switch everything off", .switchLines([.all], .off, duration: nil)),
        ("open gate", .switchLines([gate], .on, duration: nil)), ("gate open", .switchLines([gate], .on, duration: nil)),
        ("close the gate", .switchLines([gate], .off, duration: nil)), ("close gate please", .switchLines([gate], .off, duration: nil)),
        ("lamp on for 10min", .switchLines([lamp], .on, duration: .seconds(600))), ("lamp on for 10 min", .switchLines([lamp], .on, duration: .seconds(600))),
        ("turn the lamp on for 10 minutes please", .switchLines([lamp], .on, duration: .seconds(600))),
        ("lamp on for 1.5h", .switchLines([lamp], .on, duration: .seconds(5400))), ("lamp on for 1,5 hours", .switchLines([lamp], .on, duration: .seconds(5400))),
        ("lamp on for 1h 30min", .switchLines([lamp], .on, duration: .seconds(5400))), ("lamp on for 1h30min", .switchLines([lamp], .on, duration: .seconds(5400))),
        ("for 20s lamp on", .switchLines([lamp], .on, duration: .seconds(20))), ("lamp on for an hour", .switchLines([lamp], .on, duration: .seconds(3600))),
        ("lamp 10min on", .switchLines([lamp], .on, duration: .seconds(600))), ("fan off for 2 days", .switchLines([fan], .off, duration: .seconds(172_800))),
        ("pulse gate 500ms", .pulse([gate], .milliseconds(500))), ("pulse the gate for 0.5 s", .pulse([gate], .milliseconds(500))),
        ("gate pulse 1s", .pulse([gate], .seconds(1))),
        ("lamp", .read([lamp])), ("lamp?", .read([lamp])), ("Is the lamp on?", .read([lamp])), ("lamp on?", .read([lamp])), ("is lamp on", .read([lamp])),
        ("read air", .read([air])), ("what is air?", .read([air])), ("what's the air", .read([air])), ("AIR", .read([air])), ("air and soil?", .read([air, soil])),
        ("status of the lamp", .read([lamp])), ("lamp status", .read([lamp])), ("lights?", .read([.tag("lights")])), ("is the door open?", .read([door])),
        ("door open?", .read([door])), ("tell me the air", .read([air])), ("check the door", .read([door])),
        ("log", .log(nil)), ("log lamp", .log(lamp)), ("log of the lamp", .log(lamp)), ("lamp log", .log(lamp)), ("log lights", .log(.tag("lights"))), ("log all", .log(nil)),
        ("who", .who), ("who is online?", .who), ("people", .people), ("Please allow bob@x as operator", .allow(["bob@x", "as", "operator"])), ("deny bob@x", .deny(["bob@x"])),
        ("invite a viewer", .invite(["a", "viewer"])), ("cancel invites", .cancelInvites), ("about", .about), ("about yourself", .about), ("about lamp", .helpAbout(lamp)),
        ("uptime", .uptime), ("ping", .ping), ("Ping!", .ping),
        ("yes 4821", .confirm("4821")), ("Yes, 4821.", .confirm("4821")), ("yes4821", .confirm("4821")), ("yes", .confirm("")), ("yes please", .confirm("")),
        ("no", .decline), ("no thanks", .decline), ("hello", .greeting), ("Hi!", .greeting), ("thank you", .thanks), ("thanks!", .thanks),
    ]

    @Test(arguments: understood) func `a sentence is understood`(_ text: String, _ command: Command) {
        #expect(parse(text) == .success(command))
    }

    static let misunderstood: [(String, Misunderstanding)] = [
        ("", .empty), ("   \n ", .empty), ("...", .empty), ("!!!", .empty),
        ("lmap on", .unknownName("lmap", nearest: "lamp")), ("turn on the lapm", .unknownName("lapm", nearest: "lamp")),
        ("xylophone on", .unknownName("xylophone", nearest: nil)), ("lmap", .unknownWord("lmap", nearest: "lamp")), ("stauts", .unknownWord("stauts", nearest: "status")),
        ("dance", .unknownWord("dance", nearest: nil)), ("log lapm", .unknownName("lapm", nearest: "lamp")), ("help lapm", .unknownName("lapm", nearest: "lamp")),
        ("lamp onn", .strayWord("onn", about: lamp)), ("lamp on 👍", .strayWord("👍", about: lamp)), ("lamp or fan on", .strayWord("or", about: lamp)),
        ("open lamp", .strayWord("open", about: lamp)), ("open gate and lamp", .strayWord("open", about: lamp)), ("ping me back", .strayWord("back", about: nil)),
        ("on", .missingName("on")), ("turn off", .missingName("off")), ("read", .missingName("read")), ("turn", .missingName("turn")), ("pulse", .missingName("pulse")),
        ("turn the lamp", .missingState(lamp)), ("lamp 10min", .missingState(lamp)), ("lamp on for", .missingDuration(lamp)), ("pulse gate", .missingDuration(gate)),
        ("lamp on for 10", .badDuration("10")), ("lamp on for 10x", .badDuration("10x")), ("lamp on for 0s", .durationOutOfRange("0s")),
        ("lamp on for 9999 days", .durationOutOfRange("9999 days")), ("lamp on for 999999999h", .durationOutOfRange("999999999h")),
        ("lamp on for 99999999999999999999s", .durationOutOfRange("99999999999999999999s")),
        ("lamp on, fan off", .severalCommands), ("lamp on\nfan on", .severalCommands), ("lamp on lamp on", .severalCommands), ("toggle lamp off", .severalCommands),
        ("pulse lamp on 1s", .severalCommands),
        ("do not turn on the lamp", .negated), ("don't switch the lamp on", .negated), ("Don’t switch the lamp on", .negated), ("all off but lamp", .negated),
        ("no, lamp off", .negated), ("lamp not on", .negated),
        ("watch air", .notYet(.watch, about: air)), ("watch door for 1h", .notYet(.watch, about: door)), ("unwatch", .notYet(.watch, about: nil)),
        ("tell me when air > 30", .notYet(.alerts, about: air)), ("alerts", .notYet(.alerts, about: nil)), ("forget 2", .notYet(.alerts, about: nil)),
        ("history air 24h", .notYet(.history, about: air)), ("plot air 24h", .notYet(.plot, about: air)), ("log air", .notYet(.history, about: air)),
        ("in 10min lamp off", .notYet(.schedules, about: lamp)), ("at 22:30 lamp off", .notYet(.schedules, about: lamp)),
        ("every weekday at 7:00 lamp on", .notYet(.schedules, about: lamp)), ("lamp on until 19:42", .notYet(.schedules, about: lamp)),
        ("schedules", .notYet(.schedules, about: nil)), ("cancel 3", .notYet(.schedules, about: nil)),
        ("fan 140%", .badPercent("140%")), ("fan 101 percent", .badPercent("101 %")), ("dim fan", .missingPercent(fan)), ("fan 40% toggle", .severalCommands),
    ]

    @Test(arguments: misunderstood) func `what is not clear is not guessed`(_ text: String, _ misunderstanding: Misunderstanding) {
        #expect(parse(text) == .failure(misunderstanding))
    }

    @Test func `every example of the help is understood`() throws {
        for entry in Help.entries {
            for form in entry.forms.description.split(separator: "·") {
                var text = form.trimmingCharacters()
                for (placeholder, name) in [("LINE", "lamp"), ("GROUP", "lights"), ("ANY", "air"), ("DIM", "lamp")] { text = text.replacing(placeholder, with: name) }
                #expect(throws: Never.self) { try Command.parse(text, vocabulary) }
            }
        }
    }

    @Test func `words that would make sentences unclear are reserved`() {
        for word in ["on", "OFF", "all", "status", "for", "the", "not", "watch", "in", "yes", "no"] { #expect(Command.isReserved(word)) }
        for word in ["lamp", "door", "air", "lights", "fan-2", "pump", "power", "pump_"] { #expect(!Command.isReserved(word)) }
    }

    @Test func `a word that names two things is asked about`() {
        var fan = LineConfiguration(name: "fan", pin: "GPIO18")
        fan.tags = ["lamp"]
        let vocabulary = Vocabulary(lines: [LineConfiguration(name: "lamp", pin: "GPIO17"), fan], sensors: [])
        #expect(throws: Misunderstanding.ambiguous("lamp")) { try Command.parse("lamp on", vocabulary) }
    }
}

extension Substring {
    func trimmingCharacters() -> String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}

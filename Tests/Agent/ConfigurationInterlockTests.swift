import Testing

@testable import Agent

@Suite struct `Configuration of interlocks`: ConfigurationFixture {
    private func blind(_ up: String, _ down: String) -> String { "[line up]\npin = GPIO5\n\(up)\n[line down]\npin = GPIO6\n\(down)\n" }

    @Test func `a group has a name and perhaps a gap, and its longest gap counts`() throws {
        let configuration = try loaded(blind("interlock = Blind 500ms", "interlock = blind"))
        #expect(configuration.lines[0].interlock == .init(group: "blind", gap: .milliseconds(500)))
        #expect(configuration.lines[1].interlock == .init(group: "blind", gap: .milliseconds(200)))
        #expect(configuration.lines.rivals(of: 0) == [1])
        #expect(configuration.lines.gap(of: 1) == .milliseconds(500))
        #expect(try loaded(blind("interlock = blind 1.5 s", "interlock = blind")).lines[0].interlock?.gap == .milliseconds(1500))
    }

    @Test func `a group of one locks nothing and is a mistake`() {
        #expect(
            problems(blind("interlock = blind", "interlock = blimd")) == [
                "perch.conf:5: interlock: up is alone in blind, so nothing is locked; did you mean blimd?",
                "perch.conf:8: interlock: down is alone in blimd, so nothing is locked; did you mean blind?",
            ])
        #expect(problems(blind("interlock = blind", "")) == ["perch.conf:5: interlock: up is alone in blind, so nothing is locked; give another line the same group"])
    }

    @Test func `what cannot be read is one mistake, not two`() {
        #expect(problems(blind("interlock = blind", "interlock = blind 500")) == ["perch.conf:8: interlock: \"500\" has no unit; write 500ms, 500s, 500min, 500h or 500d"])
        #expect(problems(blind("interlock = blind", "interlock = all")) == ["perch.conf:8: interlock: the name \"all\" is a word of the chat; choose another"])
        #expect(problems(blind("interlock = blind", "interlock = blind 2min")) == ["perch.conf:8: interlock: \"2min\" is not between 1ms and 1min"])
    }

    @Test func `only one of a group can be on by itself`() {
        #expect(
            problems(blind("initial = on\non-exit = on\non-disconnect = on after 1min\ninterlock = b", "initial = on\non-exit = on\non-disconnect = on after 2min\ninterlock = b")) == [
                "perch.conf:14: interlock: up and down both have \"initial = on\", but only one of them can be on; change one",
                "perch.conf:14: interlock: up and down both have \"on-exit = on\", but only one of them can be on; change one",
                "perch.conf:14: interlock: up and down both have \"on-disconnect = on\", but only one of them can be on; change one",
            ])
    }

    @Test func `an input has no interlock, and a part none of its own`() {
        #expect(
            problems("[line door]\npin = GPIO5\npart = contact\ninterlock = x\nmin-off = 1s\n") == [
                "perch.conf:6: interlock: only an output has it, and door is an input; remove it",
                "perch.conf:7: min-off: only an output has it, and door is an input; remove it",
            ])
        #expect(
            problems("[line l]\npin = GPIO5\npart = r\n", parts: ["r": "[line]\ninterlock = x\n"]) == [
                "parts/r.conf:2: \"interlock\" does not belong in a part; set it in perch.conf"
            ])
    }
}

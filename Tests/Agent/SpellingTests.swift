import Testing

@testable import Agent

@Suite struct `Nearest spelling` {
    let names = ["lamp", "lantern", "door", "fan", "air"]

    @Test func `a letter missing, added, wrong, or two exchanged is one slip`() {
        #expect(Spelling.nearest(to: "lmp", among: names) == "lamp")
        #expect(Spelling.nearest(to: "lammp", among: names) == "lamp")
        #expect(Spelling.nearest(to: "lomp", among: names) == "lamp")
        #expect(Spelling.nearest(to: "lmap", among: names) == "lamp")
        #expect(Spelling.slips(Array("ca".unicodeScalars), Array("abc".unicodeScalars)) == 3)
    }

    @Test func `case does not matter`() {
        #expect(Spelling.nearest(to: "LAMP", among: names) == "lamp")
        #expect(Spelling.nearest(to: "Initial", among: ["initial"]) == "initial")
    }

    @Test func `a word that is far from all has no neighbour`() {
        #expect(Spelling.nearest(to: "heater", among: names) == nil)
        #expect(Spelling.nearest(to: "on", among: ["off"]) == nil)
        #expect(Spelling.nearest(to: "x", among: ["y"]) == nil)
        #expect(Spelling.nearest(to: "", among: names) == nil)
        #expect(Spelling.nearest(to: "lamp", among: []) == nil)
    }

    @Test func `long words may have more slips`() {
        #expect(Spelling.nearest(to: "pasword-fiel", among: ["password-file", "tls-pin"]) == "password-file")
    }

    @Test func `the nearest wins, and of equals the first`() {
        #expect(Spelling.nearest(to: "fans", among: ["fan1", "fan", "fat"]) == "fan1")
        #expect(Spelling.nearest(to: "lam", among: ["lame", "lam", "lamp"]) == "lam")
    }

    @Test func `a huge word is not compared`() {
        #expect(Spelling.nearest(to: String(repeating: "a", count: 100_000), among: names) == nil)
    }
}

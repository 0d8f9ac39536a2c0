import Testing

@testable import Text

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

    @Test func `where it is asked for, of equals the one with the same letters wins, then the first`() {
        let pins = ["GPIO11", "GPIO17", "GPIO70", "GPIO7"]
        #expect(Spelling.nearest(to: "GPIO71", among: pins) == "GPIO11")
        #expect(Spelling.nearest(to: "GPIO71", among: pins, prefersSameLetters: true) == "GPIO17")
        #expect(Spelling.nearest(to: "gpio70", among: pins, prefersSameLetters: true) == "GPIO70")
        #expect(Spelling.nearest(to: "GPIO72", among: pins, prefersSameLetters: true) == "GPIO7")
        #expect(Spelling.nearest(to: "GPIO8", among: ["GPIO1", "GPIO2"], prefersSameLetters: true) == "GPIO1")
        #expect(Spelling.nearest(to: "fans", among: ["fat", "fan1", "fan"], prefersSameLetters: true) == "fan")
        #expect(Spelling.nearest(to: "on", among: ["off"], prefersSameLetters: true) == nil)
        #expect(Spelling.nearest(to: "", among: pins, prefersSameLetters: true) == nil)
    }

    @Test func `a huge word is not compared`() {
        #expect(Spelling.nearest(to: String(repeating: "a", count: 100_000), among: names) == nil)
    }
}

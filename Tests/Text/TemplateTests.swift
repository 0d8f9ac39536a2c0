import Testing

import Text

@Suite struct TemplateTests {
    @Test func `the texts take the places in their order, whatever is in them`() {
        #expect(filled("% is no %", "lamp", "sensor") == "lamp is no sensor")
        #expect(filled("[%%]: %", "line", " 5%", "…") == "[line 5%]: …")
        #expect(filled("nothing after %", "") == "nothing after ")
    }

    @Test func `a table of words is cut at its blanks`() {
        #expect(wordList("off on as-is °C") == ["off", "on", "as-is", "°C"])
        #expect(wordList("one") == ["one"])
    }
}

import Testing
import Text

@Suite struct `Sorting small lists` {
    @Test func `the order is that of the standard library, and equal elements keep theirs`() {
        let seed = UInt64.random(in: 0 ... .max)
        var state = seed
        func random(_ bound: UInt64) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % bound)
        }
        for count in 0..<60 {
            let list = (0..<count).map { (key: random(20), place: $0) }
            let ours = list.sorted { $0.key < $1.key }
            let expected = Array(list.lazy.map { $0.key * 1000 + $0.place }.sorted(by: <))
            #expect(ours.map { $0.key * 1000 + $0.place } == expected, "seed \(seed)")
        }
    }

    @Test func `words are sorted too`() {
        var words = ["lamp", "fan", "door", "fan"]
        words.sort()
        #expect(words == ["door", "fan", "fan", "lamp"])
        #expect([3, 1, 2].sorted() == [1, 2, 3])
        #expect([Int]().sorted() == [])
    }
}

@Suite struct `Text by calls` {
    @Test func `interpolation says what the standard library says`() {
        let name = "lämp"
        let part = name.dropFirst()
        #expect("\(name) \(part) \(-5) \(Int32(-7)) \(UInt8(255)) \(UInt16(65535))" == ["lämp", "ämp", "-5", "-7", "255", "65535"].joined(separator: " "))
    }

    @Test func `bytes that are no UTF-8 are repaired`() {
        #expect(String(decoding: [0x61, 0xFF] as [UInt8], as: UTF8.self) == "a\u{FFFD}")
        #expect(String(decoding: ([0x61, 0xFF, 0x62] as [UInt8])[1...], as: UTF8.self) == "\u{FFFD}b")
        #expect([UInt8]("ä".utf8) == [0xC3, 0xA4])
    }

    @Test func `sums of strings are the strings`() {
        var text = "a" + "ö"
        text += "c"
        text.append("d")
        #expect(text == "aöcd")
    }
}

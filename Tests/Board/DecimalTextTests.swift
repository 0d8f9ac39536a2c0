import Testing

@testable import Board

@Suite struct DecimalTextTests {
    @Test(arguments: [
        ("0", 0.0), ("21.4", 21.4), ("-12", -12), ("+7", 7), (" 23125\n", 23125), ("1e3", 1000), ("1.5E-2", 0.015), (".5", 0.5), ("5.", 5),
        ("0.1", 0.1), ("123456789.123", 123_456_789.123), ("1e-400", 0), ("0.000000000", 0),
    ]) func `a number is read to the last bit`(text: String, value: Double) {
        #expect(DecimalText.parse(text) == value)
    }

    @Test(arguments: ["", " ", "-", "+", ".", "e3", "1e", "1e+", "abc", "1 2", "0x10", "1,5", "nan", "inf", "1e999999999999", "--1", "1.2.3"])
    func `anything else is refused`(text: String) {
        #expect(DecimalText.parse(text) == nil)
    }

    @Test func `long numbers neither trap nor lose their size`() throws {
        #expect(DecimalText.parse(String(repeating: "9", count: 65)) == nil)
        let long = try #require(DecimalText.parse(String(repeating: "9", count: 60)))
        #expect(abs(long / 1e60 - 1) < 1e-12)
        #expect(DecimalText.parse("18446744073709551616") == 18_446_744_073_709_551_616)
    }

    @Test func `it agrees with the standard library`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var state = seed
        for _ in 0..<2000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let text = "\(Int64(bitPattern: state >> 24) % 1_000_000_000).\(state % 1000)"
            #expect(DecimalText.parse(text) == Double(text), "seed \(seed), \(text)")
        }
    }
}

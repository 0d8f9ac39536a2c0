import Testing
import Text

@Suite struct RoundingTests {
    @Test(arguments: [0, 0.5, -0.5, 1.4999999, 2.5, -2.5, 0.49999999999999994, 1e15 + 0.5, 4_503_599_627_370_495.5, 1e300, -1e300, .infinity, -.infinity])
    func `halves go away from zero and what has no fraction stays`(value: Double) {
        #expect(value.nearestWhole == value.rounded())
    }

    @Test func `what is no number stays none`() { #expect(Double.nan.nearestWhole.isNaN) }

    @Test func `it is the standard library's rounding for any number`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var state = seed
        for _ in 0..<100_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = Double(bitPattern: state)
            if !value.isNaN { #expect(value.nearestWhole == value.rounded()) }
        }
    }
}

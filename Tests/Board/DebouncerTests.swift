import Testing
import Time

@testable import Board

@Suite struct DebouncerTests {
    private func at(_ milliseconds: Int) -> Instant { Instant(.milliseconds(milliseconds)) }

    @Test func `without a window each change of level is reported at once and only once`() {
        var debouncer = Debouncer(window: .zero, level: false)
        #expect(debouncer.edge(true, at: at(0)) == true)
        #expect(debouncer.edge(true, at: at(1)) == nil)
        #expect(debouncer.edge(false, at: at(2)) == false)
        #expect(debouncer.deadline == nil)
    }

    @Test func `a bouncing contact is reported once, when it is quiet`() {
        var debouncer = Debouncer(window: .milliseconds(20), level: false)
        for (time, level) in [(0, true), (1, false), (3, true), (4, false), (9, true)] {
            #expect(debouncer.edge(level, at: at(time)) == nil)
        }
        #expect(debouncer.deadline == at(29))
        #expect(!debouncer.isDue(at: at(28)))
        #expect(debouncer.isDue(at: at(29)))
        #expect(debouncer.settle(true) == true)
        #expect(debouncer.deadline == nil)
    }

    @Test func `the level after the window counts, not the last edge that arrived`() {
        // The kernel dropped the last edge: all we heard is "on", but the line is off.
        var debouncer = Debouncer(window: .milliseconds(20), level: true)
        #expect(debouncer.edge(false, at: at(0)) == nil)
        #expect(debouncer.edge(true, at: at(1)) == nil)
        #expect(debouncer.settle(false) == false)
        #expect(debouncer.reported == false)
    }

    @Test func `a pulse shorter than the window is not reported`() {
        var debouncer = Debouncer(window: .milliseconds(20), level: false)
        #expect(debouncer.edge(true, at: at(0)) == nil)
        #expect(debouncer.edge(false, at: at(5)) == nil)
        #expect(debouncer.settle(false) == nil)
    }

    @Test func `an edge that comes just after the line was read again starts another window`() {
        var debouncer = Debouncer(window: .milliseconds(20), level: false)
        #expect(debouncer.edge(true, at: at(0)) == nil)
        #expect(debouncer.settle(true) == true)
        #expect(debouncer.edge(false, at: at(20)) == nil)
        #expect(debouncer.deadline == at(40))
        #expect(debouncer.settle(false) == false)
    }

    @Test func `a line that cannot be read is tried again later`() {
        var debouncer = Debouncer(window: .milliseconds(20), level: false)
        _ = debouncer.edge(true, at: at(0))
        debouncer.postpone(at: at(20))
        #expect(debouncer.deadline == at(120))
    }

    @Test func `whatever the bounces are, the final level is reported`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var state = seed
        func next(_ limit: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % limit
        }
        for _ in 0..<500 {
            let window = Int(next(30))
            var debouncer = Debouncer(window: .milliseconds(window), level: next(2) == 1)
            var now = 0
            var level = debouncer.reported
            var last: Bool = level
            for _ in 0..<next(40) {
                now += Int(next(25))
                if debouncer.isDue(at: at(now)), let reported = debouncer.settle(level) { last = reported }
                level.toggle()
                // One edge in four is dropped, but never the one that starts a movement.
                if debouncer.deadline == nil || next(4) > 0, let reported = debouncer.edge(level, at: at(now)) { last = reported }
            }
            now += 1000
            if debouncer.isDue(at: at(now)), let reported = debouncer.settle(level) { last = reported }
            if window > 0 { #expect(last == level, "seed \(seed)") }
            #expect(debouncer.deadline == nil)
        }
    }
}

import CGPIOD
import Testing
import Time

@testable import Board

/// A bounce train, a loop that is late, a kernel that drops edges: in the end everybody knows the level that the line has.
@Suite struct LostEdgesTests {
    private struct Dice {
        var state: UInt64
        mutating func roll(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(limit))
        }
    }

    /// A line of the board above a kernel's, with somebody who believes what events and answers say.
    private final class Bench {
        var held: HeldLine
        var kernel: FakeKernelLine
        var dice: Dice
        var now = 0
        var belief = false
        var count = 0
        var missed = 0

        init(window: Int, dropsNewest: Bool, isCounted: Bool, seed: UInt64) {
            var settings = LineSettings(name: "door", pin: "GPIO17", direction: .input, debounce: .milliseconds(window))
            settings.isCounted = isCounted
            held = HeldLine(
                settings: settings, place: HeldLine.Place(chip: "gpiochip0", offset: 17), pinName: "GPIO17", driver: .simulated,
                isUntouched: false, level: false, debouncesInKernel: false)
            kernel = FakeKernelLine(dropsNewest: dropsNewest, capacity: 16)
            dice = Dice(state: seed)
        }

        var instant: Instant { Instant(.milliseconds(now)) }

        func believe(_ events: [EdgeEvent]) {
            for event in events {
                belief = event.on
                count += Int(event.count)
                missed += Int(event.missed)
            }
        }

        /// - Parameter bouncing: one in so many moments sees the contact move while it is read; 0: it rests.
        func turn(bouncing: Int) throws {
            let bounces = { bouncing > 0 && self.dice.roll(bouncing) == 0 }
            let read: () throws(BoardError) -> [cgpiod_edge_event] = { self.kernel.read(bounces: bounces) }
            let level: () throws(BoardError) -> Bool = {
                while bounces() { self.kernel.toggle(isLate: bounces()) }
                return self.kernel.level
            }
            if held.debouncer.isDue(at: instant) {
                believe(try held.tick(line: 0, at: instant, read: read, level: level))
            } else {
                believe(try held.takeEdges(line: 0, at: instant, buffer: 16, read: read, level: level))
            }
        }

        func ask() { belief = held.answer(kernel.level, at: instant) }

        func storm() throws {
            for _ in 0..<dice.roll(30) {
                switch dice.roll(4) {
                case 0: for _ in 0..<dice.roll(40) { kernel.toggle(isLate: dice.roll(5) == 0) }
                case 1: try turn(bouncing: dice.roll(3) == 0 ? 2 : 2 + dice.roll(40))
                case 2: ask()
                default: now += dice.roll(30)
                }
            }
        }

        /// The contact rests, and the loop does what it does then.
        func settle() throws {
            while !kernel.isEmpty { try turn(bouncing: 0) }
            while let deadline = held.debouncer.deadline {
                now = max(now, Int(deadline.sinceOrigin / .milliseconds(1)))
                try turn(bouncing: 0)
            }
        }
    }

    @Test(arguments: [0, 20], [true, false])
    func `whatever was dropped, the last level is the right one`(window: Int, dropsNewest: Bool) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var dropped = 0
        for round in 0..<3000 {
            let bench = Bench(window: window, dropsNewest: dropsNewest, isCounted: false, seed: seed &+ UInt64(round))
            for _ in 0..<4 {
                try bench.storm()
                try bench.settle()
                #expect(bench.belief == bench.kernel.level, "seed \(seed), round \(round)")
            }
            dropped += bench.kernel.dropped
        }
        #expect(dropped > 1000)
    }

    @Test func `each rise that the kernel tells of is counted, and each edge that it dropped is told`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        for round in 0..<1000 {
            let bench = Bench(window: 0, dropsNewest: false, isCounted: true, seed: seed &+ UInt64(round))
            try bench.storm()
            try bench.settle()
            #expect(bench.count == bench.kernel.risesTaken, "seed \(seed), round \(round)")
            #expect(bench.missed == bench.kernel.dropped, "seed \(seed), round \(round)")
            #expect(bench.belief == bench.kernel.level, "seed \(seed), round \(round)")
        }
    }

    @Test func `with a debounce a train of bounces is one pulse`() throws {
        let bench = Bench(window: 20, dropsNewest: true, isCounted: true, seed: 1)
        for _ in 0..<3 {
            for _ in 0..<21 { bench.kernel.toggle(isLate: false) }
            try bench.settle()
            for _ in 0..<7 { bench.kernel.toggle(isLate: false) }
            try bench.settle()
        }
        #expect(bench.count == 3)
        #expect(!bench.belief)
    }

    @Test func `a question during a bounce is answered with the level before it, as the kernel's debounce would`() throws {
        let bench = Bench(window: 20, dropsNewest: true, isCounted: false, seed: 1)
        bench.kernel.toggle(isLate: false)
        bench.ask()
        #expect(!bench.belief)
        bench.kernel.toggle(isLate: false)
        try bench.settle()
        #expect(!bench.belief)
    }

    @Test func `a line that changed without an edge is found when somebody asks, after the debounce`() throws {
        let bench = Bench(window: 20, dropsNewest: true, isCounted: false, seed: 1)
        bench.kernel.level = true
        bench.ask()
        #expect(!bench.belief)
        try bench.settle()
        #expect(bench.belief)
    }
}

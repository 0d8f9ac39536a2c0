import CLinux
import Testing

@testable import Linux

@Suite struct SignalsTests {
    /// All on one thread: `raise` signals the thread that calls it, where the signals are blocked from then on.
    @Test func `signals are events of the loop, and a broken pipe is none`() throws {
        let loop = try EventLoop()
        var seen: [Signal] = []
        let signals = try Signals(loop) { seen.append($0) }
        _ = cl_raise(SIGPIPE)
        for (number, signal) in [
            (SIGHUP, Signal.hangup), (SIGINT, .interrupt), (SIGTERM, .terminate), (SIGUSR1, .updating), (SIGUSR2, .restarting),
        ] {
            seen = []
            _ = cl_raise(number)
            try run(loop) { !seen.isEmpty }
            #expect(seen == [signal])
        }
        withExtendedLifetime(signals) {}
    }

    @Test func `what announces a stop is heard before the stop, also when both came together`() throws {
        let loop = try EventLoop()
        var seen: [Signal] = []
        let signals = try Signals(loop) { seen.append($0) }
        for number in [SIGTERM, SIGUSR2, SIGUSR1] { _ = cl_raise(number) }
        try run(loop) { seen.count == 3 }
        #expect(seen == [.updating, .restarting, .terminate])
        withExtendedLifetime(signals) {}
    }

    @Test func `a process that was stopped wakes before what came meanwhile is handled`() throws {
        let loop = try EventLoop()
        let signals = try Signals(loop) { _ in }
        var pairs: [(Int32, Int32)] = []
        defer {
            for pair in pairs {
                _ = cl_close(pair.0)
                _ = cl_close(pair.1)
            }
        }
        var log: [String] = []
        loop.onWake = { log.append("woke") }
        for _ in 0..<20 { // more than the loop takes from the kernel at a time
            let (near, far) = socketPair()
            pairs.append((near, far))
            try loop.add(near, .read) { _ in
                var byte: UInt8 = 0
                _ = cl_read(near, &byte, 1)
                log.append("bytes")
            }
            _ = cl_write(far, "x", 1)
        }
        _ = cl_raise(SIGCONT)
        try run(loop) { log.count > 20 }
        #expect(log == ["woke"] + Array(repeating: "bytes", count: 20))
        try loop.turn(wait: false)
        #expect(log.count == 21)
        withExtendedLifetime(signals) {}
    }

    @Test func `a stop in the middle of a turn is seen by whoever reads`() throws {
        let loop = try EventLoop()
        let signals = try Signals(loop) { _ in }
        var woke = 0
        loop.onWake = { woke += 1 }
        loop.checkForWake()
        #expect(woke == 0)
        _ = cl_raise(SIGCONT)
        loop.checkForWake()
        loop.checkForWake()
        #expect(woke == 1)
        loop.checkForWake(isLate: true)
        #expect(woke == 2)
        withExtendedLifetime(signals) {}
    }

    @Test func `the program's arguments and environment are at hand`() {
        #expect(!Environment.arguments.isEmpty)
        #expect(Environment.arguments == Array(CommandLine.arguments.dropFirst()))
        #expect(Environment["PATH"] != nil)
        #expect(Environment["PERCH_NO_SUCH_VARIABLE"] == nil)
    }
}

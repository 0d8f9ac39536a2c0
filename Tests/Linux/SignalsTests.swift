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
        for (number, signal) in [(SIGHUP, Signal.hangup), (SIGINT, .interrupt), (SIGTERM, .terminate)] {
            seen = []
            _ = cl_raise(number)
            try run(loop) { !seen.isEmpty }
            #expect(seen == [signal])
        }
        withExtendedLifetime(signals) {}
    }

    @Test func `the program's arguments and environment are at hand`() {
        #expect(!Environment.arguments.isEmpty)
        #expect(Environment.arguments == Array(CommandLine.arguments.dropFirst()))
        #expect(Environment["PATH"] != nil)
        #expect(Environment["PERCH_NO_SUCH_VARIABLE"] == nil)
    }
}

import Testing
import Time

@testable import perch

@Suite struct StopReasonTests {
    private let now = Instant(.seconds(1000))

    @Test func `a stop that nobody announced is one`() {
        #expect(StopReason().word(at: now) == "stopped")
    }

    @Test func `an announcement holds for a minute`() {
        var update = StopReason(), restart = StopReason()
        update.announceUpdate(at: now)
        restart.announceRestart(at: now)
        for after in [Duration.zero, .seconds(1), .milliseconds(59_999)] {
            #expect(update.word(at: now + after) == "updating")
            #expect(restart.word(at: now + after) == "restarting")
        }
        for after in [Duration.seconds(60), .seconds(61), .seconds(86_400)] {
            #expect(update.word(at: now + after) == "stopped")
            #expect(restart.word(at: now + after) == "stopped")
        }
    }

    @Test func `an upgrade restarts as well, and says upgrade`() {
        var reason = StopReason()
        reason.announceRestart(at: now)
        reason.announceUpdate(at: now + .seconds(1))
        reason.announceRestart(at: now + .seconds(2))
        #expect(reason.word(at: now + .seconds(3)) == "updating")
        // That it restarts makes the announcement of the upgrade no younger.
        #expect(reason.word(at: now + .seconds(61)) == "stopped")
    }

    @Test func `once an announced upgrade was called off, a restart is one`() {
        var reason = StopReason()
        reason.announceUpdate(at: now)
        reason.announceRestart(at: now + .seconds(60))
        #expect(reason.word(at: now + .seconds(61)) == "restarting")
    }
}

import Agent
import Linux
import Text
import Time

/// Signals, the end, and the watchdog.
extension Daemon {
    /// After SIGTERM the server gets this long to take our goodbye.
    static let farewell: Duration = .seconds(1)
    /// And all of the end, with the disk's time for what is not delivered, takes at most this long: a stop is over within 2 s.
    static let lastMoment: Duration = .milliseconds(1700)

    func handle(_ signal: Signal) {
        switch signal {
        case .terminate, .interrupt: stop()
        case .hangup: reload()
        case .updating: stopReason.announceUpdate(at: Clock.instant())
        case .restarting: stopReason.announceRestart(at: Clock.instant())
        }
    }

    /// Outputs first, then the goodbye: the lines must follow their policy even when the server does not answer.
    private func stop() {
        // A second signal does not wait for anything.
        guard !isStopping else { return loop.stop() }
        isStopping = true
        let begin = Clock.instant(), reason = stopReason.word(at: begin)
        Log.notice(reason == "stopped" ? "stopping" : filled("stopping: %", reason))
        notify.stopping(status: reason)
        deliver(.stopping(reason: reason))
        control?.close()
        let last = loop.makeTimer { [self] in loop.stop() }
        last.deadline = begin + Self.lastMoment
        guard connection?.stop() == true else { return finish() }
        let timer = loop.makeTimer { [self] in finish() }
        timer.deadline = begin + Self.farewell
    }

    /// Ends the loop as soon as the journal is on disk.
    func finish() {
        journal?.onIdle = { [self] in loop.stop() }
    }

    /// Half of systemd's patience: a loop that is stuck does not come here, and systemd restarts us.
    func startWatchdog() {
        guard let interval = notify.watchdogInterval else { return }
        watchdogTimer = loop.makeTimer { [self] in
            notify.watchdog()
            watchdogTimer?.deadline = Clock.instant() + interval
        }
        watchdogTimer?.deadline = Clock.instant() + interval
    }
}

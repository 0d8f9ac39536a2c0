import CLinux

public enum Signal: Equatable, Sendable {
    /// TERM: systemd stops the service.
    case terminate
    /// INT: Ctrl-C.
    case interrupt
    /// HUP: reload the configuration.
    case hangup
    /// USR1: the package is about to be upgraded, and will stop us.
    case updating
    /// USR2: somebody is about to stop us who will start us again.
    case restarting
}

/// TERM, INT, HUP, USR1 and USR2 as events of the loop, CONT as its `onWake`; PIPE is ignored. Make it before the first thread (a `Worker`'s first
/// job), so that all threads leave signals to the loop. One for a process.
public final class Signals {
    private let descriptor: FileDescriptor
    private let continued: FileDescriptor

    /// From now on they wait for `init` instead of ending the process.
    public static func hold() { _ = cl_close(cl_signalfd()) }

    public init(_ loop: EventLoop, _ handler: @escaping (Signal) -> Void) throws(SystemError) {
        let raw = try check(cl_signalfd(), "receive", "signals")
        descriptor = FileDescriptor(owning: raw)
        let cont = try check(cl_signalfd_continued(), "receive", "signals")
        continued = FileDescriptor(owning: cont)
        loop.continued = cont
        try loop.add(cont, .read) { [loop] _ in loop.checkForWake() }
        try loop.add(raw, .read) { _ in
            while true {
                switch cl_signal_next(raw) {
                case SIGTERM: handler(.terminate)
                case SIGINT: handler(.interrupt)
                case SIGHUP: handler(.hangup)
                case SIGUSR1: handler(.updating)
                case SIGUSR2: handler(.restarting)
                case 1...: continue
                default: return
                }
            }
        }
    }
}

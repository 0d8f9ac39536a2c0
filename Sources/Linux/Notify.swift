import CLinux
import Text

/// Tells the service manager how it goes (sd_notify(3)), without libsystemd. Does nothing when nobody listens,
/// and does not fail: a service that cannot report its state should still do its work.
public struct Notify {
    private let socket: String?
    /// How often `watchdog` must be called, half of what systemd asks for (sd_watchdog_enabled(3)); nil when it is off.
    public let watchdogInterval: Duration?

    public init() {
        self.init(
            socket: Environment["NOTIFY_SOCKET"], watchdogMicroseconds: Environment["WATCHDOG_USEC"],
            watchdogProcess: Environment["WATCHDOG_PID"], process: cl_pid())
    }

    init(socket: String?, watchdogMicroseconds: String?, watchdogProcess: String?, process: Int32) {
        self.socket = socket
        var interval: Duration?
        if let text = watchdogMicroseconds, let microseconds = Int64(text), microseconds > 1,
            watchdogProcess == nil || watchdogProcess.flatMap({ Int32($0) }) == process
        {
            interval = .microseconds(microseconds / 2)
        }
        watchdogInterval = interval
    }

    public func ready(status: String) { send("READY=1\nSTATUS=" + oneLine(status)) }
    public func status(_ text: String) { send("STATUS=" + oneLine(text)) }
    public func watchdog() { send("WATCHDOG=1") }
    public func stopping(status: String) { send("STOPPING=1\nSTATUS=" + oneLine(status)) }
    /// Follow it with `ready` when the reload is done (Type=notify-reload wants the time).
    public func reloading() { send(filled("RELOADING=1\nMONOTONIC_USEC=%", String(cl_monotonic_ns() / 1000))) }

    /// A line break would begin another assignment.
    private func oneLine(_ text: String) -> String {
        String(decoding: text.utf8.map { $0 < 0x20 ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
    }

    private func send(_ message: String) {
        guard let socket else { return }
        var message = message
        message.withUTF8 { _ = cl_unix_datagram(socket, $0.baseAddress, $0.count) }
    }
}

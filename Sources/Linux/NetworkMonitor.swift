import CLinux
import Text
import Time

/// Tells that a link, an address or a route has come, changed or gone (rtnetlink(7)), so that a connection need not wait for
/// its keepalive. Loopback, what the kernel learnt about neighbours, and lifetimes that were only renewed do not count.
public final class NetworkMonitor {
    /// A cable plugged in is a dozen messages; they are one change.
    public static let settling: Duration = .milliseconds(500)

    private let descriptor: FileDescriptor

    /// The handler is called from the loop, once for a burst. Errors: those of socket(2); where a service manager forbids
    /// AF_NETLINK, `EAFNOSUPPORT`.
    public init(_ loop: EventLoop, _ handler: @escaping () -> Void) throws(SystemError) {
        let raw = try check(cl_network_monitor(), "watch", "the network")
        descriptor = FileDescriptor(owning: raw)
        let timer = loop.makeTimer(handler)
        try loop.add(raw, .read) { [loop] _ in
            let result = cl_network_changed(raw, loop.readBuffer.baseAddress, loop.readBuffer.count)
            if result < 0 {
                // A descriptor that only fails would keep the loop busy for ever.
                loop.remove(raw)
                Log.warning("cannot watch the network any more: \(SystemError.words(0 &- result))")
            } else if result > 0, timer.deadline == nil {
                timer.deadline = Clock.instant() + NetworkMonitor.settling
            }
        }
    }
}

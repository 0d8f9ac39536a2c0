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
        descriptor = try watch(loop, cl_network_monitor(), cl_network_matters, "the network", handler)
    }
}

/// Tells that a GPIO chip has come or gone, e.g. with an expander that is plugged in, as the kernel and udev announce it.
public final class ChipMonitor {
    private let descriptor: FileDescriptor

    /// As `NetworkMonitor`.
    public init(_ loop: EventLoop, _ handler: @escaping () -> Void) throws(SystemError) {
        descriptor = try watch(loop, cl_chip_monitor(), cl_chip_matters, "GPIO chips", handler)
    }
}

private func watch(
    _ loop: EventLoop, _ opened: Int32, _ matters: @escaping @convention(c) (UnsafeRawPointer?, Int) -> Bool, _ what: StaticString,
    _ handler: @escaping () -> Void
) throws(SystemError) -> FileDescriptor {
    let raw = try check(opened, "watch", what.description)
    let descriptor = FileDescriptor(owning: raw)
    let timer = loop.makeTimer(handler)
    try loop.add(raw, .read) { [loop] _ in
        let result = cl_monitor_changed(raw, matters, loop.readBuffer.baseAddress, loop.readBuffer.count)
        if result < 0 {
            // A descriptor that only fails would keep the loop busy for ever.
            loop.remove(raw)
            Log.warning(filled("cannot watch % any more: %", what.description, SystemError.words(0 &- result)))
        } else if result > 0, timer.deadline == nil {
            timer.deadline = Clock.instant() + NetworkMonitor.settling
        }
    }
    return descriptor
}

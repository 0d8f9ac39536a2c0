import CGPIOD
import CLinux
import Text

/// A line held by us. It is released when the object goes away, and a released line may revert at once: keep it for as long as
/// the program lives.
public final class LineRequest {
    /// nil after `release`.
    private var handle: OpaquePointer?
    /// libgpiod 1.6's lines belong to their chip.
    let chip: Chip
    /// How the line is called in errors.
    public let name: String

    /// Edges read in one go.
    static let batch = 16

    /// Claims the line. `consumer` is what other programs see as its user, at most 31 bytes.
    init(_ chip: Chip, offset: Int, name: String, consumer: String, _ configuration: cgpiod_line_config) throws(BoardError) {
        guard let handle = chip.request(offset, consumer: consumer, configuration) else {
            let reason = currentErrno()
            if isBusy(reason) {
                var user = ""
                do throws(BoardError) { user = try chip.lineInfo(offset).consumer } catch {}
                throw .busy(pin: name, consumer: user)
            }
            throw isDenied(reason)
                ? .permission(path: chip.path, user: currentUser()) : .system(operation: "claim", errno: reason, object: name)
        }
        self.handle = handle
        self.chip = chip
        self.name = name
    }

    deinit { release() }

    /// Lets go of the line; each later use throws.
    func release() {
        if let handle { cgpiod_line_request_release(handle) }
        handle = nil
    }

    private func held(_ operation: String) throws(BoardError) -> OpaquePointer {
        guard let handle else { throw .system(operation: operation, errno: EBADF, object: name) }
        return handle
    }

    /// Why `operation`, which just failed, did.
    private func failure(_ operation: String) -> BoardError {
        let reason = currentErrno()
        return isGone(reason) ? .away("its chip % has disappeared", chip.label) : .system(operation: operation, errno: reason, object: name)
    }

    /// The logical level. This and what follows throw `.away` once the chip has gone.
    public func value() throws(BoardError) -> Bool {
        let value = cgpiod_line_request_get_value(try held("read"))
        if value < 0 { throw failure("read") }
        return value == 1
    }

    public func setValue(_ value: Bool) throws(BoardError) {
        if cgpiod_line_request_set_value(try held("set"), value) < 0 {
            throw failure("set")
        }
    }

    func reconfigure(_ configuration: cgpiod_line_config) throws(BoardError) {
        var configuration = configuration
        if cgpiod_line_request_reconfigure(try held("change"), &configuration) < 0 {
            throw failure("change")
        }
    }

    /// To be polled for reading; nil for a line without edge detection. Never read it directly.
    public var fileDescriptor: Int32? {
        guard let handle else { return nil }
        let descriptor = cgpiod_line_request_fd(handle)
        return descriptor < 0 ? nil : descriptor
    }

    /// Up to `batch` waiting edges, oldest first; empty when none wait.
    func readEdgeEvents() throws(BoardError) -> [cgpiod_edge_event] {
        let handle = try held("read the edges of")
        var count = 0
        let events = [cgpiod_edge_event](unsafeUninitializedCapacity: LineRequest.batch) { buffer, initialized in
            count = Int(cgpiod_line_request_read_edge_events(handle, buffer.baseAddress, UInt32(buffer.count)))
            initialized = max(count, 0)
        }
        if count < 0 { throw failure("read the edges of") }
        return events
    }
}

extension cgpiod_line_config {
    /// `bias` and active-low go with every path: the kernel drops them when they are not repeated.
    init(_ settings: LineSettings, value: Bool) {
        self.init()
        direction = UInt8(settings.direction == .output ? CGPIOD_OUTPUT.rawValue : CGPIOD_INPUT.rawValue)
        bias = settings.bias.rawValue
        active_low = settings.activeLow
        edges = settings.hasEdges
        counted = settings.isCounted
        self.value = value
        if settings.hasEdges, cgpiod_debounces() { debounce_us = microseconds(settings.debounce) }
    }

    /// Claims without touching the line's direction or level.
    static func asIs(_ settings: LineSettings) -> cgpiod_line_config {
        var configuration = cgpiod_line_config()
        configuration.direction = UInt8(CGPIOD_AS_IS.rawValue)
        configuration.active_low = settings.activeLow
        return configuration
    }
}

/// 0 for negative durations, at most what uAPI v2 can carry (71 minutes).
private func microseconds(_ duration: Duration) -> UInt32 {
    let (seconds, attoseconds) = duration.components
    if seconds < 0 || attoseconds < 0 { return 0 }
    if seconds >= 4294 { return .max }
    return UInt32(truncatingIfNeeded: seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
}

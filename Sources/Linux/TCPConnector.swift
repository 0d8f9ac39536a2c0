import CLinux
import Text
import Time

/// Why no address answered, each with its reason, as one sentence.
public struct ConnectError: Error, Equatable, CustomStringConvertible {
    public struct Attempt: Equatable, Sendable {
        public var address: SocketAddress
        public var errno: Int32
    }
    public var attempts: [Attempt]

    public var description: String {
        var text = "cannot connect: "
        for (index, attempt) in attempts.enumerated() {
            if index > 0 { text += ", " }
            text += attempt.address.description + " " + SystemError.words(attempt.errno)
        }
        return attempts.isEmpty ? "cannot connect: no address" : text
    }
}

/// Connects to the first of several addresses that answers (RFC 8305): a new attempt each 250 ms or when one failed,
/// the first success wins and the others are closed. Alive until its completion was called or `cancel`.
public final class TCPConnector {
    public enum Outcome {
        case connected(TCPConnection)
        case failed(ConnectError)
    }

    /// RFC 8305 §5: 250 ms is the recommended delay.
    public static let stagger: Duration = .milliseconds(250)

    private let loop: EventLoop
    private var waiting: [SocketAddress] // last one first
    private var running: [(descriptor: Int32, address: SocketAddress)] = []
    private var failed: [ConnectError.Attempt] = []
    private var nextAttempt: LoopTimer?
    private var deadline: LoopTimer?
    private var completion: ((Outcome) -> Void)?

    /// The completion is called from the loop, never from here.
    public init(
        _ loop: EventLoop, to addresses: [SocketAddress], timeout: Duration = .seconds(30),
        _ completion: @escaping (Outcome) -> Void
    ) {
        self.loop = loop
        self.completion = completion
        waiting = SocketAddress.happyEyeballsOrder(addresses).reversed()
        let now = Clock.instant()
        nextAttempt = loop.makeTimer { [self] in attempt() }
        nextAttempt?.deadline = now
        deadline = loop.makeTimer { [self] in timedOut() }
        deadline?.deadline = now + timeout
    }

    /// Closes all attempts; the completion is not called any more.
    public func cancel() {
        for attempt in running {
            loop.remove(attempt.descriptor)
            _ = cl_close(attempt.descriptor)
        }
        running = []
        waiting = []
        nextAttempt?.cancel()
        deadline?.cancel()
        nextAttempt = nil
        deadline = nil
        completion = nil
    }

    private func attempt() {
        while let address = waiting.popLast() {
            if start(address) {
                nextAttempt?.deadline = waiting.isEmpty ? nil : Clock.instant() + TCPConnector.stagger
                return
            }
        }
        if running.isEmpty { finish(.failed(ConnectError(attempts: failed))) }
    }

    /// false when it failed at once.
    private func start(_ address: SocketAddress) -> Bool {
        let descriptor = withUnsafePointer(to: address.raw) { cl_tcp_socket($0) }
        if descriptor < 0 {
            failed.append(.init(address: address, errno: 0 - descriptor))
            return false
        }
        let result = withUnsafePointer(to: address.raw) { cl_connect(descriptor, $0) }
        if result < 0 {
            _ = cl_close(descriptor)
            failed.append(.init(address: address, errno: 0 - result))
            return false
        }
        do throws(SystemError) {
            // A connection that is up already is writable too, so both ways end in `ready`.
            try loop.add(descriptor, .write) { [self] _ in ready(descriptor) }
        } catch {
            _ = cl_close(descriptor)
            failed.append(.init(address: address, errno: error.errno))
            return false
        }
        running.append((descriptor, address))
        return true
    }

    private func ready(_ descriptor: Int32) {
        guard let index = running.firstIndex(where: { $0.descriptor == descriptor }) else { return }
        let address = running.remove(at: index).address
        loop.remove(descriptor)
        let result = cl_socket_error(descriptor)
        if result < 0 {
            _ = cl_close(descriptor)
            failed.append(.init(address: address, errno: 0 - result))
            return attempt()
        }
        do throws(SystemError) {
            finish(.connected(try TCPConnection(loop, owning: descriptor, peer: address)))
        } catch {
            failed.append(.init(address: address, errno: error.errno))
            attempt()
        }
    }

    private func timedOut() {
        let unanswered = running.map { ConnectError.Attempt(address: $0.address, errno: ETIMEDOUT) }
        finish(.failed(ConnectError(attempts: failed + unanswered)))
    }

    private func finish(_ outcome: Outcome) {
        let completion = completion
        cancel()
        completion?(outcome)
    }
}

import CLinux
import Text

/// A connected, non-blocking TCP stream in a loop. Made by `TCPConnector`. Alive until it ends or `close`.
public final class TCPConnection {
    public enum End: Equatable {
        case closedByPeer
        case failed(SystemError)
    }

    /// Bytes that may wait for a peer that does not read: two stanzas of the largest size servers take (256 KiB).
    public static let queueLimit = 512 * 1024

    public let peer: SocketAddress
    /// What came; valid only during the call.
    public var onBytes: (UnsafeRawBufferPointer) -> Void = { _ in }
    /// Called once, after the last bytes, and never after `close`. The connection is closed by then.
    public var onEnd: (End) -> Void = { _ in }

    private let loop: EventLoop
    private var descriptor: Int32
    private var queue: [UInt8] = []
    private var queueStart = 0

    /// Takes over a connected non-blocking socket.
    init(_ loop: EventLoop, owning descriptor: Int32, peer: SocketAddress) throws(SystemError) {
        self.loop = loop
        self.descriptor = descriptor
        self.peer = peer
        do throws(SystemError) {
            try loop.add(descriptor, .read) { [self] in ready($0) }
        } catch {
            _ = cl_close(descriptor)
            self.descriptor = -1
            throw error
        }
    }

    public var isOpen: Bool { descriptor >= 0 }
    /// Bytes accepted by `send` that the kernel has not taken yet.
    public var queuedBytes: Int { queue.count - queueStart }

    /// Sends, or queues what the kernel does not take now. Errors: those of send(2), `ENOBUFS` when the queue would exceed
    /// `queueLimit` (nothing was taken; the peer has not read for long), `ENOTCONN` after the end.
    public func send(_ bytes: [UInt8]) throws(SystemError) {
        guard isOpen else { throw error(ENOTCONN) }
        guard queuedBytes + bytes.count <= TCPConnection.queueLimit else { throw error(ENOBUFS) }
        var sent = 0
        if queuedBytes == 0 {
            sent = try transmit(bytes, from: 0)
            if sent == bytes.count { return }
            try loop.modify(descriptor, [.read, .write])
        }
        queue += bytes[sent...]
    }

    /// How long sent bytes may stay unacknowledged before the connection fails with `ETIMEDOUT` (TCP_USER_TIMEOUT).
    public func setUserTimeout(_ timeout: Duration) throws(SystemError) {
        try check(cl_tcp_user_timeout(descriptor, timeout.clampedMilliseconds), "set the timeout of", peer.description)
    }

    /// Whether this machine still has the address that it is known to the peer by; without it nothing comes back.
    public var hasAddress: Bool { !isOpen || cl_socket_has_address(descriptor) }

    /// Ends it at once; what is queued is lost and no handler is called any more.
    public func close() {
        guard isOpen else { return }
        loop.remove(descriptor)
        _ = cl_close(descriptor)
        descriptor = -1
        queue = []
        queueStart = 0
        // Whoever we call back usually holds us: this ends the cycle.
        onBytes = { _ in }
        onEnd = { _ in }
    }

    private func error(_ errno: Int32) -> SystemError {
        SystemError(operation: "send to", errno: errno, object: peer.description)
    }

    /// How many of the bytes the kernel took.
    private func transmit(_ bytes: [UInt8], from start: Int) throws(SystemError) -> Int {
        let result = bytes.withUnsafeBytes { buffer in
            cl_send(descriptor, UnsafeRawBufferPointer(rebasing: buffer[start...]).baseAddress, buffer.count - start)
        }
        if result == Int64(0 - EAGAIN) { return 0 }
        return try check(result, "send to", peer.description)
    }

    private func ready(_ readiness: EventLoop.Readiness) {
        if readiness.writable { flush() }
        if isOpen, readiness.readable || readiness.failed { receive() }
    }

    private func flush() {
        do throws(SystemError) {
            queueStart += try transmit(queue, from: queueStart)
            if queuedBytes > 0 { return }
            queue = []
            queueStart = 0
            try loop.modify(descriptor, .read)
        } catch {
            end(.failed(error))
        }
    }

    private func receive() {
        let count = cl_receive(descriptor, loop.readBuffer.baseAddress, loop.readBuffer.count)
        if count > 0 {
            loop.checkForWake()
            guard isOpen else { return }
            onBytes(UnsafeRawBufferPointer(rebasing: loop.readBuffer[..<Int(count)]))
            // After what was answered at once: then the answer has carried the acknowledgement.
            if isOpen { cl_tcp_acknowledge(descriptor) }
        } else if count == 0 {
            end(.closedByPeer)
        } else if count != Int64(0 - EAGAIN) {
            end(.failed(SystemError(operation: "receive from", errno: Int32(truncatingIfNeeded: 0 - count), object: peer.description)))
        }
    }

    private func end(_ end: End) {
        let handler = onEnd
        close()
        handler(end)
    }
}

import CLinux
import Text

/// Answers requests of one line each with one line each on a Unix stream socket, mode 0600. For people with a shell on
/// the board and for tests. Alive until `close`.
public final class UnixSocketServer {
    /// Bytes of one request with its line break; the longest sensible one is a tenth of this.
    public static let lineLimit = 1024
    /// Clients at a time; one more is closed at once.
    public static let clientLimit = 8
    /// Bytes of answers that may wait for a client that does not read; then it is closed.
    public static let answerLimit = 64 * 1024

    private final class Client {
        let descriptor: Int32
        var request: [UInt8] = []
        var answers: [UInt8] = []
        init(_ descriptor: Int32) { self.descriptor = descriptor }
    }

    private let loop: EventLoop
    private let path: String
    private var listener: Int32
    private var clients: [Client] = []
    private var handler: (String) -> String

    /// `handler` gets the request without its line break and returns the answer; line breaks in it become spaces. A socket
    /// file that nobody listens on is replaced. Errors: `EADDRINUSE` when somebody does or it is another kind of file.
    public init(_ loop: EventLoop, path: String, _ handler: @escaping (String) -> String) throws(SystemError) {
        self.loop = loop
        self.path = path
        self.handler = handler
        listener = -1
        listener = try check(cl_unix_listen(path), "listen on", path)
        do throws(SystemError) {
            try loop.add(listener, .read) { [self] _ in accept() }
        } catch {
            close()
            throw error
        }
    }

    /// Closes all clients and removes the socket file.
    public func close() {
        guard listener >= 0 else { return }
        for client in clients { end(client) }
        loop.remove(listener)
        _ = cl_close(listener)
        listener = -1
        _ = cl_unlink(path)
        handler = { _ in "" }
    }

    private func accept() {
        while listener >= 0 {
            let descriptor = cl_accept(listener)
            if descriptor < 0 { return } // EAGAIN, or out of descriptors: the next turn tries again
            let client = Client(descriptor)
            guard clients.count < UnixSocketServer.clientLimit, watch(client) else {
                _ = cl_close(descriptor)
                continue
            }
            clients.append(client)
        }
    }

    private func watch(_ client: Client) -> Bool {
        do throws(SystemError) {
            try loop.add(client.descriptor, .read) { [self] readiness in ready(client, readiness) }
            return true
        } catch {
            return false
        }
    }

    private func end(_ client: Client) {
        guard let index = clients.firstIndex(where: { $0 === client }) else { return }
        clients.remove(at: index)
        loop.remove(client.descriptor)
        _ = cl_close(client.descriptor)
    }

    private func ready(_ client: Client, _ readiness: EventLoop.Readiness) {
        if readiness.writable { flush(client) }
        guard readiness.readable || readiness.failed, clients.contains(where: { $0 === client }) else { return }
        let count = cl_receive(client.descriptor, loop.readBuffer.baseAddress, UnixSocketServer.lineLimit)
        if count == Int64(0 - EAGAIN) { return }
        if count <= 0 { return end(client) }
        for byte in loop.readBuffer[..<Int(count)] {
            if byte != UInt8(ascii: "\n") {
                client.request.append(byte)
                continue
            }
            if client.request.last == UInt8(ascii: "\r") { client.request.removeLast() }
            let answer = handler(String(decoding: client.request, as: UTF8.self))
            client.request.removeAll()
            for byte in Array(answer.utf8) { client.answers.append(byte < 0x20 ? UInt8(ascii: " ") : byte) }
            client.answers.append(UInt8(ascii: "\n"))
        }
        if client.request.count >= UnixSocketServer.lineLimit || client.answers.count > UnixSocketServer.answerLimit {
            return end(client)
        }
        flush(client)
    }

    private func flush(_ client: Client) {
        if client.answers.isEmpty { return }
        let result = client.answers.withUnsafeBytes { cl_send(client.descriptor, $0.baseAddress, $0.count) }
        if result < 0, result != Int64(0 - EAGAIN) { return end(client) }
        client.answers.removeFirst(max(0, Int(result)))
        do throws(SystemError) {
            try loop.modify(client.descriptor, client.answers.isEmpty ? .read : [.read, .write])
        } catch {
            end(client)
        }
    }
}

import CLinux
import Foundation
import Testing

@testable import Linux

@Suite struct UnixSocketServerTests {
    let folder = Folder()

    /// Sends, and turns the loop until that many lines or the end came.
    func ask(_ loop: EventLoop, _ descriptor: Int32, _ text: String, lines: Int) throws -> String {
        var received: [UInt8] = []
        var isOver = false
        try loop.add(descriptor, .read) { _ in
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = read(descriptor, &buffer, buffer.count)
            if count > 0 { received += buffer[..<count] } else { isOver = true }
        }
        cl_send(descriptor, text, text.utf8.count)
        try run(loop) { isOver || received.filter { $0 == UInt8(ascii: "\n") }.count >= lines }
        loop.remove(descriptor)
        return String(decoding: received, as: UTF8.self)
    }

    @Test func `each line gets one line, however they arrive`() throws {
        let loop = try EventLoop()
        let path = folder.path + "/control"
        let server = try UnixSocketServer(loop, path: path) { "you said \($0)\nand more" }
        defer { server.close() }
        #expect(try Files.info(path)?.permissions == 0o600)
        let client = cl_unix_connect(path)
        defer { close(client) }
        #expect(try ask(loop, client, "get lamp\r\nset lamp 1\n", lines: 2) == "you said get lamp and more\nyou said set lamp 1 and more\n")
        cl_send(client, "li", 2)
        try loop.turn(wait: false)
        #expect(try ask(loop, client, "st\n", lines: 1) == "you said list and more\n")
    }

    @Test func `a line without end closes its client, others go on`() throws {
        let loop = try EventLoop()
        let path = folder.path + "/control"
        let server = try UnixSocketServer(loop, path: path) { $0 }
        defer { server.close() }
        let bad = cl_unix_connect(path), good = cl_unix_connect(path)
        defer { close(bad); close(good) }
        #expect(try ask(loop, bad, String(repeating: "x", count: 5000), lines: 1) == "")
        #expect(try ask(loop, good, "hello\n", lines: 1) == "hello\n")
    }

    @Test func `one client too many is closed`() throws {
        let loop = try EventLoop()
        let path = folder.path + "/control"
        let server = try UnixSocketServer(loop, path: path) { $0 }
        defer { server.close() }
        var clients: [Int32] = []
        for _ in 0..<UnixSocketServer.clientLimit {
            clients.append(cl_unix_connect(path))
            #expect(try ask(loop, clients.last!, "a\n", lines: 1) == "a\n")
        }
        let extra = cl_unix_connect(path)
        #expect(try ask(loop, extra, "a\n", lines: 1) == "")
        for client in clients + [extra] { close(client) }
    }

    @Test func `a socket left behind is replaced, one in use and other files are not`() throws {
        let loop = try EventLoop()
        let path = folder.path + "/control"
        close(cl_unix_listen(path)) // a server that crashed
        let server = try UnixSocketServer(loop, path: path) { $0 }
        let inUse = SystemError(operation: "listen on", errno: EADDRINUSE, object: path)
        #expect(throws: inUse) { try UnixSocketServer(loop, path: path) { $0 } }
        server.close()
        #expect(try Files.info(path) == nil)
        _ = folder.file("control", "precious")
        #expect(throws: inUse) { try UnixSocketServer(loop, path: path) { $0 } }
        #expect(try Files.read(path, limit: 100) == Array("precious".utf8))
        let long = folder.path + "/" + String(repeating: "x", count: 200)
        #expect(throws: SystemError(operation: "listen on", errno: ENAMETOOLONG, object: long)) { try UnixSocketServer(loop, path: long) { $0 } }
    }
}

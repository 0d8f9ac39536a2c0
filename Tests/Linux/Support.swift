import CLinux
import Foundation
import Testing
import Time

@testable import Linux

/// Turns the loop until the condition holds; fails after 10 s, which only a broken test needs.
func run(_ loop: EventLoop, until condition: () -> Bool, location: SourceLocation = #_sourceLocation) throws {
    var isLate = false
    let timer = loop.makeTimer { isLate = true }
    timer.deadline = Clock.instant() + .seconds(10)
    while !condition() && !isLate { try loop.turn(wait: true) }
    timer.cancel()
    #expect(!isLate, "nothing happened in 10 s", sourceLocation: location)
}

/// A folder that goes away with the test.
final class Folder {
    let path: String
    init() {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("perch-linux-\(UUID().uuidString)").path
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String, _ text: String, mode: mode_t = 0o600) -> String {
        let file = path + "/" + name
        _ = FileManager.default.createFile(atPath: file, contents: Data(text.utf8))
        chmod(file, mode)
        return file
    }
}

/// Two connected stream sockets, both non-blocking.
func socketPair() -> (Int32, Int32) {
    var pair: [Int32] = [0, 0]
    socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0, &pair)
    return (pair[0], pair[1])
}

/// A TCP socket on 127.0.0.1 with a port of the kernel's choice.
struct Listener {
    let descriptor: Int32
    let address: SocketAddress

    init(listening: Bool = true, backlog: Int32 = 4) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.descriptor = descriptor
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                let result = bind(descriptor, pointer, size)
                getsockname(descriptor, pointer, &size)
                return result
            }
        }
        precondition(bound == 0)
        if listening { listen(descriptor, backlog) }
        address = SocketAddress("127.0.0.1", port: UInt16(bigEndian: name.sin_port))!
    }

    func accept() -> Int32 { Glibc.accept(descriptor, nil, nil) }
    func close() { _ = Glibc.close(descriptor) }
}

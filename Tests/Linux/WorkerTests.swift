import CLinux
import Foundation
import Testing
import Time

@testable import Linux

@Suite struct WorkerTests {
    let folder = Folder()

    /// Opens a pipe for writing as soon as somebody reads from it, who then hangs until the descriptor is closed.
    func hang(_ pipe: String) -> Int32 {
        while true {
            let descriptor = open(pipe, O_WRONLY | O_NONBLOCK)
            if descriptor >= 0 { return descriptor }
            sched_yield()
        }
    }

    @Test func `files are read in order, each with its own outcome`() throws {
        let loop = try EventLoop()
        let worker = try Worker(loop)
        let good = folder.file("good", "21437\n"), empty = folder.file("empty", "")
        let missing = folder.path + "/missing"
        var outcomes: [Worker.FileOutcome]?
        worker.readFiles([good, missing, empty, "/"]) { outcomes = $0 }
        #expect(outcomes == nil)
        try run(loop) { outcomes != nil }
        #expect(outcomes == [
            .bytes(Array("21437\n".utf8)), .failed(SystemError(operation: "read", errno: ENOENT, object: missing)),
            .bytes([]), .failed(SystemError(operation: "read", errno: EISDIR, object: "/")),
        ])
    }

    @Test func `a long file is cut at the limit`() throws {
        let loop = try EventLoop()
        let worker = try Worker(loop)
        var outcomes: [Worker.FileOutcome]?
        worker.readFiles([folder.file("long", String(repeating: "x", count: 9000))], bytesEach: 100) { outcomes = $0 }
        try run(loop) { outcomes != nil }
        #expect(outcomes == [.bytes([UInt8](repeating: UInt8(ascii: "x"), count: 100))])
    }

    @Test func `too many files are refused from the loop`() throws {
        let loop = try EventLoop()
        let worker = try Worker(loop)
        for count in [0, Int(CL_FILES_LIMIT) + 1] {
            var outcomes: [Worker.FileOutcome]?
            worker.readFiles([String](repeating: "/dev/null", count: count)) { outcomes = $0 }
            try run(loop) { outcomes != nil }
            #expect(outcomes == [Worker.FileOutcome](
                repeating: .failed(SystemError(operation: "read", errno: EINVAL, object: "/dev/null")), count: count))
        }
    }

    @Test func `a hung sensor stops neither the resolver nor, after its timeout, other sensors`() throws {
        let loop = try EventLoop()
        let worker = try Worker(loop)
        let pipe = folder.path + "/pipe"
        mkfifo(pipe, 0o600)
        var hung: [Worker.FileOutcome]?, waiting: [Worker.FileOutcome]?
        var addresses: AddressAnswer?
        worker.readFiles([pipe], timeout: .seconds(1)) { hung = $0 }
        let writer = hang(pipe)
        worker.readFiles([folder.file("good", "1")], bus: pipe) { waiting = $0 }
        Resolver(worker).addresses(of: "localhost", port: 5222) { addresses = $0 }
        try run(loop) { addresses != nil }
        guard case .addresses(let list) = addresses else {
            Issue.record("localhost: \(String(describing: addresses))")
            return
        }
        #expect(list.contains { $0.description == "127.0.0.1:5222" || $0.description == "[::1]:5222" })
        try run(loop) { hung != nil }
        #expect(hung == [.failed(SystemError(operation: "read", errno: ETIME, object: pipe))])
        #expect(waiting == nil, "it was not to be read while its bus is in use")

        // The hung thread comes back late; its result reaches nobody.
        write(writer, "late", 4)
        close(writer)
        var after: [Worker.FileOutcome]?
        worker.readFiles([folder.file("more", "2")]) { after = $0 }
        try run(loop) { after != nil && waiting != nil }
        #expect(waiting == [.bytes([UInt8(ascii: "1")])])
        #expect(after == [.bytes([UInt8(ascii: "2")])])
    }

    @Test func `a slow file holds the others up for a moment only, and those on its bus until it is done`() throws {
        let loop = try EventLoop()
        let worker = try Worker(loop)
        let slow = folder.path + "/slow", next = folder.path + "/next"
        mkfifo(slow, 0o600)
        mkfifo(next, 0o600)
        var first: [Worker.FileOutcome]?, second: [Worker.FileOutcome]?, others = 0
        worker.readFiles([slow], bus: "w1") { first = $0 }
        let writer = hang(slow)
        // Its millisecond begins when its turn comes, which is later.
        worker.readFiles([next], bus: "w1", timeout: .milliseconds(1)) { second = $0 }
        for index in 0..<20 { worker.readFiles([folder.file("good\(index)", "1")]) { _ in others += 1 } }
        try run(loop) { others == 20 }
        #expect(first == nil && second == nil)
        #expect(open(next, O_WRONLY | O_NONBLOCK) < 0 && errno == ENXIO, "two of one bus are read at the same time")
        write(writer, "1", 1)
        close(writer)
        try run(loop) { first != nil && second != nil }
        #expect(first == [.bytes([UInt8(ascii: "1")])])
        #expect(second == [.failed(SystemError(operation: "read", errno: ETIME, object: next))])
        close(hang(next))
    }

    @Test func `what waits for a bus that hangs is given up too, without a thread of its own`() throws {
        let loop = try EventLoop()
        let worker = try Worker(loop)
        let pipe = folder.path + "/pipe", good = folder.file("good", "1")
        mkfifo(pipe, 0o600)
        var failed = 0, outcome: [Worker.FileOutcome]?
        let many = Int(CL_STUCK_LIMIT) * 3
        for _ in 0..<many {
            worker.readFiles([pipe], bus: "i2c-1", timeout: .milliseconds(20)) {
                if $0 == [.failed(SystemError(operation: "read", errno: ETIME, object: pipe))] { failed += 1 }
            }
        }
        try run(loop) { failed == many }
        worker.readFiles([good], bus: "i2c-2") { outcome = $0 }
        try run(loop) { outcome != nil }
        #expect(outcome == [.bytes([UInt8(ascii: "1")])])
        close(hang(pipe))
    }

    @Test func `when all threads of a class hang it refuses work, and recovers`() throws {
        let loop = try EventLoop()
        let worker = try Worker(loop)
        let pipe = folder.path + "/pipe", good = folder.file("good", "1")
        var writers: [Int32] = []
        for index in 0..<Int(CL_STUCK_LIMIT) {
            unlink(pipe)
            mkfifo(pipe, 0o600)
            let job = worker.readFiles([pipe], bus: "bus \(index)") { _ in Issue.record("an abandoned job answered") }
            writers.append(hang(pipe))
            worker.abandon(job)
        }
        var refused: [Worker.FileOutcome]?
        worker.readFiles([good]) { refused = $0 }
        try run(loop) { refused != nil }
        #expect(refused == [.failed(SystemError(operation: "read", errno: ENOBUFS, object: good))])
        for writer in writers { close(writer) }
        var outcome: [Worker.FileOutcome]?
        while outcome == nil || outcome == [.failed(SystemError(operation: "read", errno: ENOBUFS, object: good))] {
            outcome = nil
            worker.readFiles([good]) { outcome = $0 }
            try run(loop) { outcome != nil }
        }
        #expect(outcome == [.bytes([UInt8(ascii: "1")])])
    }

    @Test func `an abandoned job answers nobody`() throws {
        let loop = try EventLoop()
        let worker = try Worker(loop)
        let path = folder.file("good", "1")
        var first = 0, second = 0
        let job = worker.readFiles([path]) { _ in first += 1 }
        worker.readFiles([path]) { _ in second += 1 }
        worker.abandon(job)
        worker.abandon(job)
        worker.abandon(12345)
        try run(loop) { second == 1 }
        #expect(first == 0)
    }

    @Test func `a full queue is refused`() throws {
        let loop = try EventLoop()
        let worker = try Worker(loop)
        let pipe = folder.path + "/pipe"
        mkfifo(pipe, 0o600)
        var refused = 0, answered = 0
        for _ in 0..<Int(CL_QUEUE_LIMIT) + 3 {
            worker.readFiles([pipe]) { outcomes in
                answered += 1
                if outcomes == [.failed(SystemError(operation: "read", errno: ENOBUFS, object: pipe))] { refused += 1 }
            }
        }
        try run(loop) { refused == 3 }
        #expect(refused == 3)
        let writer = open(pipe, O_RDWR) // opens at once, and keeps the readers from ever seeing an end
        while answered < Int(CL_QUEUE_LIMIT) + 3 {
            write(writer, "x", 1)
            let before = answered
            try run(loop) { answered > before }
        }
        close(writer)
        #expect(refused == 3)
    }

    @Test func `a literal is answered without a lookup, nonsense with words`() throws {
        let loop = try EventLoop()
        let worker = try Worker(loop)
        let resolver = Resolver(worker)
        var answer: AddressAnswer?
        resolver.addresses(of: "[2001:db8::5]", port: 5269) { answer = $0 }
        #expect(answer == nil)
        try run(loop) { answer != nil }
        #expect(answer == .addresses([SocketAddress("2001:db8::5", port: 5269)!]))
        #expect(worker.stackUsed(files: false) == 0)
        answer = nil
        resolver.addresses(of: "not a host name", port: 1) { answer = $0 }
        try run(loop) { answer != nil }
        guard case .failed(let error) = answer else {
            Issue.record("found")
            return
        }
        #expect(error.description.hasPrefix("cannot look up not a host name: "))
    }

    // MARK: Writing

    /// What one write gives: nil, or the error's number.
    private func save(_ loop: EventLoop, _ worker: Worker, _ path: String, _ text: String, at offset: Int?, synced: Bool = true) throws -> Int32? {
        var outcome: SystemError??
        worker.write(path, Array(text.utf8), at: offset, isSynced: synced) { outcome = .some($0) }
        #expect(outcome == nil)
        try run(loop) { outcome != nil }
        return outcome??.errno
    }

    @Test func `a file is begun, continued and replaced`() throws {
        let loop = try EventLoop()
        let worker = try Worker(loop)
        let path = folder.path + "/journal"
        #expect(try save(loop, worker, path, "one ", at: 0) == nil)
        #expect(try Files.info(path)?.permissions == 0o600)
        #expect(try save(loop, worker, path, "two ", at: 4, synced: false) == nil)
        #expect(try save(loop, worker, path, "", at: 8) == nil)
        #expect(try Files.read(path, limit: 100) == Array("one two ".utf8))
        #expect(try save(loop, worker, path, "new", at: nil) == nil)
        #expect(try Files.read(path, limit: 100) == Array("new".utf8))
        #expect(try Files.list(folder.path) == ["journal"])
    }

    @Test func `what a failed write left behind is cut, and a file that is too short is not written`() throws {
        let loop = try EventLoop()
        let worker = try Worker(loop)
        let path = folder.file("journal", "good, then half a rec")
        #expect(try save(loop, worker, path, "record", at: 4) == nil)
        #expect(try Files.read(path, limit: 100) == Array("goodrecord".utf8))
        #expect(try save(loop, worker, path, "x", at: 11) == ESTALE)
        #expect(try Files.read(path, limit: 100) == Array("goodrecord".utf8))
    }

    @Test func `a full disk is an error, and leaves nothing behind`() throws {
        let loop = try EventLoop()
        let worker = try Worker(loop)
        #expect(try save(loop, worker, "/dev/full", "x", at: 0) == ENOSPC)
        #expect(try save(loop, worker, folder.path + "/none/journal", "x", at: nil) == ENOENT)
        #expect(try save(loop, worker, folder.path + "/none/journal", "x", at: 0) == ENOENT)
        let planted = folder.path + "/journal"
        symlink(folder.file("victim", "precious"), planted)
        #expect(try save(loop, worker, planted, "x", at: 0) == ELOOP)
        #expect(try Files.read(folder.path + "/victim", limit: 100) == Array("precious".utf8))
    }

    @Test func `the threads' stacks are large enough four times over`() throws {
        let loop = try EventLoop()
        let worker = try Worker(loop)
        var done = 0
        worker.readFiles(["/proc/self/status"]) { _ in done += 1 }
        Resolver(worker).addresses(of: "localhost", port: 1) { _ in done += 1 }
        try run(loop) { done == 2 }
        let resolver = worker.stackUsed(files: false), files = worker.stackUsed(files: true)
        print("stack used: resolver \(resolver) bytes, files \(files) bytes")
        #expect(resolver > 0 && resolver < 64 * 1024)
        #expect(files > 0 && files < 64 * 1024)
    }
}

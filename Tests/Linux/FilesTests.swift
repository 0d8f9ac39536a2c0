import Foundation
import Testing

@testable import Linux

@Suite struct FilesTests {
    let folder = Folder()

    @Test(arguments: [0, 1, 511, 512, 513, 5000]) func `a file is read whole up to the limit`(size: Int) throws {
        let path = folder.file("f", String(repeating: "x", count: size))
        #expect(try Files.read(path, limit: max(1, size)).count == size)
        if size > 1 {
            #expect(throws: SystemError(operation: "read", errno: EFBIG, object: path)) { try Files.read(path, limit: size - 1) }
        }
    }

    @Test func `files of proc have no size and are read all the same`() throws {
        let text = String(decoding: try Files.read("/proc/self/status", limit: 65536), as: UTF8.self)
        #expect(text.contains("VmRSS"))
    }

    @Test func `errors name operation, file and reason`() {
        let path = folder.path + "/missing"
        do throws(SystemError) {
            _ = try Files.read(path, limit: 10)
            Issue.record("read")
        } catch {
            #expect(error.description == "cannot open \(path): no such file or directory")
            #expect(error.isAbsent)
        }
        #expect(SystemError(operation: "open", errno: EACCES, object: "/etc/perch/password").description == "cannot open /etc/perch/password: permission denied")
        #expect(throws: SystemError(operation: "read", errno: EISDIR, object: "/")) { try Files.readOnce("/") }
    }

    @Test func `a secret that others may read or change is refused`() throws {
        #expect(try Files.readSecret(folder.file("a", "s3cret", mode: 0o600), limit: 100) == Array("s3cret".utf8))
        #expect(try Files.readSecret(folder.file("b", "s3cret", mode: 0o640), limit: 100) == Array("s3cret".utf8))
        for mode: mode_t in [0o644, 0o604, 0o602, 0o666] {
            let path = folder.file("c", "s3cret", mode: mode)
            #expect(throws: SystemError.self) { try Files.readSecret(path, limit: 100) }
        }
    }

    @Test func `replacing keeps the mode asked for and leaves nothing beside`() throws {
        let path = folder.file("state", "old", mode: 0o644)
        _ = folder.file("state.new", "left over")
        try Files.replace(path, with: Array("new".utf8), mode: 0o640)
        #expect(try Files.read(path, limit: 10) == Array("new".utf8))
        #expect(try Files.info(path)?.permissions == 0o640)
        #expect(try Files.list(folder.path) == ["state"])
    }

    @Test func `a planted link is not followed`() throws {
        let victim = folder.file("victim", "precious")
        let path = folder.path + "/state"
        symlink(victim, path + ".new")
        try Files.replace(path, with: [1, 2, 3], mode: 0o600)
        #expect(try Files.read(victim, limit: 100) == Array("precious".utf8))
        #expect(try Files.read(path, limit: 100) == [1, 2, 3])
    }

    @Test func `a replacement that fails leaves the old file`() throws {
        let missing = folder.path + "/no/such/folder/state"
        #expect(throws: SystemError(operation: "create", errno: ENOENT, object: missing + ".new")) {
            try Files.replace(missing, with: [1], mode: 0o600)
        }
        mkdir(folder.path + "/busy", 0o700)
        #expect(throws: SystemError(operation: "replace", errno: EISDIR, object: folder.path + "/busy")) {
            try Files.replace(folder.path + "/busy", with: [1], mode: 0o600)
        }
        #expect(try Files.list(folder.path) == ["busy"])
    }

    @Test func `directories are listed in order, absent files are nil`() throws {
        _ = folder.file("b", "")
        _ = folder.file("a", "")
        mkdir(folder.path + "/c", 0o755)
        #expect(try Files.list(folder.path) == ["a", "b", "c"])
        #expect(try Files.list(folder.path, limit: 2).count == 2)
        #expect(try Files.info(folder.path + "/nothing") == nil)
        #expect(try Files.info(folder.path + "/c")?.isDirectory == true)
        try Files.remove(folder.path + "/a")
        #expect(throws: SystemError.self) { try Files.remove(folder.path + "/a") }
    }
}

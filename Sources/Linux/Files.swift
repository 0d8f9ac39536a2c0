import CLinux
import Text

/// Small files, read and replaced whole.
public enum Files {
    public struct Info: Equatable, Sendable {
        /// Permission bits, e.g. 0o640.
        public var permissions: UInt32
        public var isRegular, isDirectory, isSocket, isCharacterDevice: Bool
        public var owner, group: UInt32
        public var size: UInt64
        /// Milliseconds since 1970.
        public var modified: Int64
    }

    /// The whole file. Errors: `EFBIG` when it is longer than `limit` bytes, `EISDIR`, and those of open(2) and read(2).
    public static func read(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
        let file = FileDescriptor(owning: try check(cl_open(path, O_RDONLY, 0), "open", path))
        return try read(file.raw, path, limit)
    }

    /// The operation of the error that `readSecret` throws for a file that is no secret.
    public static let distrust = "trust"

    /// The whole file, refused with `EACCES` and nothing read when its mode lets others read or write it
    /// (checked on the open file, so it cannot be exchanged in between).
    public static func readSecret(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
        let file = FileDescriptor(owning: try check(cl_open(path, O_RDONLY, 0), "open", path))
        var info = cl_file_info()
        try check(cl_fstat(file.raw, &info), "look at", path)
        if info.mode & 0o006 != 0 {
            throw SystemError(operation: distrust, errno: EACCES, object: path + " (others may read or change it; chmod o= it)")
        }
        return try read(file.raw, path, limit)
    }

    private static func read(_ fd: Int32, _ path: String, _ limit: Int) throws(SystemError) -> [UInt8] {
        var info = cl_file_info()
        try check(cl_fstat(fd, &info), "look at", path)
        if info.size > UInt64(limit) { throw SystemError(operation: "read", errno: EFBIG, object: path) }
        // Files of /proc and /sys say 0 or 4096 whatever they hold, so the size is a hint.
        var bytes: [UInt8] = []
        var capacity = min(limit &+ 1, max(Int(info.size) + 1, 512))
        while true {
            let before = bytes.count
            let count = try append(fd, path, capacity - before, to: &bytes)
            if bytes.count > limit { throw SystemError(operation: "read", errno: EFBIG, object: path) }
            if count == 0 { return bytes }
            if bytes.count == capacity { capacity = min(limit &+ 1, capacity &* 2) }
        }
    }

    /// Exactly one read(2), as attributes in sysfs want it: a second one would measure again, and some drivers
    /// answer `EAGAIN` for ever. At most `limit` bytes; what is longer is cut.
    public static func readOnce(_ path: String, limit: Int = 4096) throws(SystemError) -> [UInt8] {
        let file = FileDescriptor(owning: try check(cl_open(path, O_RDONLY, 0), "open", path))
        var bytes: [UInt8] = []
        _ = try append(file.raw, path, limit, to: &bytes)
        return bytes
    }

    private static func append(_ fd: Int32, _ path: String, _ limit: Int, to bytes: inout [UInt8]) throws(SystemError) -> Int {
        let before = bytes.count
        var result: Int64 = 0
        let more = [UInt8](unsafeUninitializedCapacity: max(limit, 0)) { buffer, count in
            result = cl_read(fd, buffer.baseAddress, buffer.count)
            count = max(0, Int(truncatingIfNeeded: result))
        }
        try check(result, "read", path)
        if before == 0 { bytes = more } else { bytes += more }
        return more.count
    }

    /// Replaces a file so that after a power cut either the old or the new contents are there: a temporary file in the
    /// same directory, fsync, rename, fsync of the directory. `mode` is what the file gets, whatever the umask.
    /// - Parameter group: nil: that of the process. Giving a file to another one takes root.
    public static func replace(_ path: String, with bytes: [UInt8], mode: UInt32, group: UInt32? = nil) throws(SystemError) {
        let temporary = path + ".new"
        _ = cl_unlink(temporary) // left over from a crash; O_EXCL refuses links that somebody planted
        do throws(SystemError) {
            try write(temporary, bytes, mode, group)
            try check(cl_rename(temporary, path), "replace", path)
        } catch {
            _ = cl_unlink(temporary)
            throw error
        }
        let directory = directory(of: path)
        let handle = FileDescriptor(owning: try check(cl_open(directory, O_RDONLY | O_DIRECTORY, 0), "open", directory))
        try check(cl_fsync(handle.raw), "sync", directory)
    }

    /// Adds to the end of a file, which is made when it is not there. With one write(2): it is with the
    /// kernel then, not yet on the medium.
    public static func append(_ path: String, _ bytes: [UInt8], mode: UInt32) throws(SystemError) {
        let file = FileDescriptor(owning: try check(cl_open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, mode), "open", path))
        let written = try check(bytes.withUnsafeBytes { cl_write(file.raw, $0.baseAddress, $0.count) }, "write", path)
        if written < bytes.count { throw SystemError(operation: "write", errno: ENOSPC, object: path) }
    }

    private static func write(_ path: String, _ bytes: [UInt8], _ mode: UInt32, _ group: UInt32?) throws(SystemError) {
        let file = FileDescriptor(owning: try check(cl_open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600), "create", path))
        if let group { try check(cl_fchown(file.raw, cl_user(), group), "give to the group of perch:", path) }
        try check(cl_fchmod(file.raw, mode), "set the mode of", path)
        var written = 0
        while written < bytes.count {
            let result = bytes.withUnsafeBytes { buffer in
                cl_write(file.raw, UnsafeRawBufferPointer(rebasing: buffer[written...]).baseAddress, buffer.count - written)
            }
            written += try check(result, "write", path)
        }
        try check(cl_fsync(file.raw), "sync", path)
    }

    /// nil when it is not there.
    public static func info(_ path: String) throws(SystemError) -> Info? {
        var info = cl_file_info()
        let result = cl_stat(path, &info)
        if result == 0 - ENOENT || result == 0 - ENOTDIR { return nil }
        try check(result, "look at", path)
        let type = info.mode & 0o170000
        return Info(
            permissions: info.mode & 0o7777, isRegular: type == 0o100000, isDirectory: type == 0o040000,
            isSocket: type == 0o140000, isCharacterDevice: type == 0o020000, owner: info.owner, group: info.group,
            size: info.size, modified: info.modified_ms)
    }

    /// Names in a directory, sorted, without `.` and `..`; at most `limit`, so a full /tmp does no harm.
    public static func list(_ path: String, limit: Int = 1024) throws(SystemError) -> [String] {
        var error: Int32 = 0
        guard let directory = cl_directory_open(path, &error) else {
            throw SystemError(operation: "list", errno: 0 &- error, object: path)
        }
        defer { cl_directory_close(directory) }
        var names: [String] = []
        while names.count < limit, let name = cl_directory_next(directory) { names.append(String(cString: name)) }
        names.sort()
        return names
    }

    /// Makes a folder unless it is there.
    public static func makeDirectory(_ path: String, mode: UInt32, group: UInt32?) throws(SystemError) {
        let made = cl_mkdir(path, mode)
        if made == 0 - EEXIST { return }
        try check(made, "make", path)
        guard let group else { return }
        let handle = FileDescriptor(owning: try check(cl_open(path, O_RDONLY | O_DIRECTORY, 0), "open", path))
        try check(cl_fchown(handle.raw, cl_user(), group), "give to the group of perch:", path)
    }

    /// What is at `new` is replaced.
    public static func rename(_ path: String, to new: String) throws(SystemError) { try check(cl_rename(path, new), "rename", path) }

    public static func remove(_ path: String) throws(SystemError) { try check(cl_unlink(path), "remove", path) }

    public static func directory(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

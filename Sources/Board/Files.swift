import CLinux
import Text

/// What reading one file gave: its bytes, or why not (errno).
public enum SensorFile: Equatable, Sendable {
    case bytes([UInt8])
    case failed(errno: Int32)
}

/// Access to sysfs, procfs and other small files.
enum Files {
    /// Bytes. A sysfs attribute is at most one page; what a longer file says first is enough for a sensor.
    static let readLimit = 4096
    /// Names. No sensor class of sysfs comes near it; bounds a folder that is not one.
    static let nameLimit = 1024

    /// Exactly one read(2) of at most `limit` bytes: some drivers answer EAGAIN, and a reader that retries hangs.
    /// Blocks as long as the driver does: up to a second for w1.
    static func read(_ path: String, limit: Int = readLimit) -> SensorFile {
        // O_NONBLOCK so that a FIFO or a terminal named by mistake cannot stop us.
        let descriptor = cl_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0)
        if descriptor < 0 { return .failed(errno: 0 &- descriptor) }
        defer { _ = cl_close(descriptor) }
        var result: Int64 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            result = cl_read(descriptor, buffer.baseAddress, buffer.count)
            count = max(Int(truncatingIfNeeded: result), 0)
        }
        return result < 0 ? .failed(errno: Int32(truncatingIfNeeded: 0 &- result)) : .bytes(bytes)
    }

    /// One write(2) of what an attribute of sysfs takes; 0, or errno.
    static func write(_ path: String, _ text: String) -> Int32 {
        let descriptor = cl_open(path, O_WRONLY | O_TRUNC | O_NOCTTY, 0)
        if descriptor < 0 { return 0 &- descriptor }
        defer { _ = cl_close(descriptor) }
        let result = Array(text.utf8).withUnsafeBytes { cl_write(descriptor, $0.baseAddress, $0.count) }
        return result < 0 ? Int32(truncatingIfNeeded: 0 &- result) : 0
    }

    static func exists(_ path: String) -> Bool { cl_access(path, F_OK) == 0 }

    /// The group id that owns the file, nil where it cannot be looked at.
    static func group(of path: String) -> UInt32? {
        var info = cl_file_info()
        return cl_stat(path, &info) < 0 ? nil : info.group
    }

    /// How much of the file system that holds `path` is not free for us, in percent; or errno.
    static func diskUse(_ path: String) -> (percent: Double, errno: Int32) {
        var total: UInt64 = 0
        var available: UInt64 = 0
        let result = cl_file_system(path, &total, &available)
        if result < 0 { return (0, 0 &- result) }
        if total == 0 || available > total { return (0, 0) }
        return (100 * Double(total - available) / Double(total), 0)
    }

    /// Names in a folder, sorted so that name2 comes before name10; empty when there is no such folder.
    static func names(in folder: String) -> [String] {
        var error: Int32 = 0
        guard let directory = cl_directory_open(folder, &error) else { return [] }
        defer { cl_directory_close(directory) }
        var names: [String] = []
        while names.count < nameLimit, let name = cl_directory_next(directory) {
            names.append(String(cString: name))
        }
        names.sort { naturallyPrecedes($0, $1) }
        return names
    }

    /// First line of a small file without white space at its ends; nil when it cannot be read or is empty.
    static func line(_ path: String) -> String? {
        guard case .bytes(let bytes) = read(path) else { return nil }
        let text = Text.trimmed(bytes.prefix { $0 != 10 && $0 != 0 })
        return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
    }

    /// The parts of where a symbolic link points, the last one "1-0048" for hwmon2/device; empty when it is none.
    static func linkTarget(_ path: String) -> [String] {
        let target = [UInt8](unsafeUninitializedCapacity: readLimit) { buffer, count in
            let result = buffer.withMemoryRebound(to: CChar.self) { cl_readlink(path, $0.baseAddress, $0.count) }
            count = max(Int(truncatingIfNeeded: result), 0)
        }
        return target.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func naturallyPrecedes(_ a: String, _ b: String) -> Bool {
        let (first, second) = (Array(a.utf8), Array(b.utf8))
        let (stemA, stemB) = (Text.withoutTrailingDigits(first), Text.withoutTrailingDigits(second))
        if stemA == stemB, first.count != second.count { return first.count < second.count }
        return first.lexicographicallyPrecedes(second)
    }
}

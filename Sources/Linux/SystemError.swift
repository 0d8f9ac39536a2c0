import CLinux
import Text

/// What the kernel refused: which operation, on what, and why. Reads as a sentence:
/// `cannot open /etc/perch/password: permission denied`.
public final class SystemError: Error, Equatable, CustomStringConvertible {
    /// A verb phrase, e.g. `open`, `connect to`.
    public let operation: String
    /// An `errno` value, positive.
    public let errno: Int32
    /// The path, address or thing; empty when the operation says it all.
    public let object: String

    public init(operation: String, errno: Int32, object: String = "") {
        self.operation = operation
        self.errno = errno
        self.object = object
    }

    public static func == (a: SystemError, b: SystemError) -> Bool { a.operation == b.operation && a.errno == b.errno && a.object == b.object }

    /// The reason alone, e.g. `permission denied`.
    public var reason: String { SystemError.words(errno) }

    public var description: String {
        object.isEmpty ? filled("cannot %: %", operation, reason) : filled("cannot % %: %", operation, object, reason)
    }

    public var isPermission: Bool { errno == EACCES || errno == EPERM }
    public var isAbsent: Bool { errno == ENOENT || errno == ENOTDIR }

    /// strerror(3), beginning with a small letter.
    public static func words(_ errno: Int32) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            cl_error_text(errno, start, buffer.count)
            return String(cString: start)
        }
    }
}

/// Turns the shim's "result or -errno" into a result or an error.
@discardableResult
func check(_ result: Int32, _ operation: String, _ object: String = "") throws(SystemError) -> Int32 {
    if result < 0 { throw SystemError(operation: operation, errno: 0 &- result, object: object) }
    return result
}

@discardableResult
func check(_ result: Int64, _ operation: String, _ object: String = "") throws(SystemError) -> Int {
    if result < 0 { throw SystemError(operation: operation, errno: Int32(truncatingIfNeeded: 0 &- result), object: object) }
    return Int(truncatingIfNeeded: result)
}

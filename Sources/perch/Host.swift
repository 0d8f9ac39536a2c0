import Agent
import Board
import CLinux
import Linux
import Text

/// What this machine and this process are, for `about` and XEP-0092.
enum Host {
    static var kernel: String {
        var name = cl_system_name()
        cl_uname(&name)
        return filled("% %", text(of: &name.system), text(of: &name.release))
    }

    static var name: String {
        var name = cl_system_name()
        cl_uname(&name)
        return text(of: &name.node)
    }

    static func facts(isSimulated: Bool) -> HostFacts {
        HostFacts(
            model: isSimulated ? "simulated board" : boardModel() ?? "", kernel: kernel, version: Version.number,
            hostname: name, memoryKB: memoryKB)
    }

    /// Resident memory of this process in KiB (proc(5), statm's second number in pages).
    static var memoryKB: Int? {
        do throws(SystemError) {
            let words = try Files.readOnce("/proc/self/statm", limit: 128).split(separator: UInt8(ascii: " "))
            guard words.count > 1, let pages = Int(String(decoding: words[1], as: UTF8.self)) else { return nil }
            return pages * Int(sysconf(Int32(_SC_PAGESIZE))) / 1024
        } catch {
            return nil
        }
    }

    private static func text<T>(of field: inout T) -> String {
        withUnsafeBytes(of: &field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

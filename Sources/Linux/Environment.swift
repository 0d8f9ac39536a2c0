import CLinux
import Text

/// What the process was started with.
public enum Environment {
    /// The program's arguments without its own name. Embedded Swift has no CommandLine; this works in both.
    public static var arguments: [String] {
        var list: [String] = []
        var index: Int32 = 1
        while let argument = cl_argument(index) {
            list.append(String(cString: argument))
            index += 1
        }
        return list
    }

    /// An environment variable; nil when it is not set.
    public static subscript(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        return String(cString: value)
    }
}

import Text

/// What went wrong with a line, a chip or a profile, split by what can be done about it.
public indirect enum BoardError: Error, Equatable, Sendable {
    /// The device file may not be opened; `user` is who we run as.
    case permission(path: String, user: String)
    /// Not there: a line, a chip, a pin; in words.
    case notFound(String)
    /// The chip is not there now and may come or come back, e.g. an expander; in words.
    case away(String)
    /// Somebody else holds the line. `consumer` is empty when the kernel does not say who.
    case busy(pin: String, consumer: String)
    /// The kernel refused `operation` on `object`, e.g. "read", 5, "GPIO17".
    case system(operation: String, errno: Int32, object: String)
    /// The configuration asks for something that cannot be; in words.
    case invalid(String)

    // As `filled`.
    @inline(never)
    static func invalid(_ template: StaticString, _ a: String) -> BoardError { .invalid(filled(template, a)) }
    @inline(never)
    static func invalid(_ template: StaticString, _ a: String, _ b: String) -> BoardError { .invalid(filled(template, a, b)) }
    @inline(never)
    static func invalid(_ template: StaticString, _ a: String, _ b: String, _ c: String) -> BoardError { .invalid(filled(template, a, b, c)) }
    @inline(never)
    static func notFound(_ template: StaticString, _ a: String) -> BoardError { .notFound(filled(template, a)) }
    @inline(never)
    static func notFound(_ template: StaticString, _ a: String, _ b: String) -> BoardError { .notFound(filled(template, a, b)) }
    @inline(never)
    static func notFound(_ template: StaticString, _ a: String, _ b: String, _ c: String) -> BoardError { .notFound(filled(template, a, b, c)) }
    @inline(never)
    static func away(_ template: StaticString, _ a: String) -> BoardError { .away(filled(template, a)) }
    @inline(never)
    static func away(_ template: StaticString, _ a: String, _ b: String) -> BoardError { .away(filled(template, a, b)) }
    @inline(never)
    static func away(_ template: StaticString, _ a: String, _ b: String, _ c: String) -> BoardError { .away(filled(template, a, b, c)) }

    public var isPermission: Bool {
        if case .permission = self { return true }
        return false
    }
}

extension BoardError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .permission(let path, let user):
            var text = filled("no permission to open %: ", path)
            if Files.group(of: path) == 0 {
                text += """
                    it belongs to group root; install Perch's udev rule (60-perch-gpio.rules in /etc/udev/rules.d, \
                    then `sudo udevadm trigger`), which gives it to group gpio, and\u{20}
                    """
            }
            return text + filled("add the user to group gpio with `sudo usermod -aG gpio %`, then log in again or restart the service", user)
        case .busy(let pin, let consumer):
            return filled("% is in use by %; use another pin, or end that first", pin, consumer.isEmpty ? "another program or a kernel driver" : consumer)
        case .system(let operation, let errno, let object):
            return filled("cannot % %: %", operation, object, words(errno: errno))
        case .notFound(let text), .away(let text), .invalid(let text):
            return text
        }
    }
}

/// One `BoardError` with the line or sensor it belongs to.
public final class BoardProblem: Equatable, Sendable, CustomStringConvertible {
    /// The owner's name for the line or sensor; empty for what concerns the whole board.
    public let name: String
    public let error: BoardError

    @inline(never)
    public init(name: String = "", error: BoardError) {
        self.name = name
        self.error = error
    }

    public static func == (a: BoardProblem, b: BoardProblem) -> Bool { a.name == b.name && a.error == b.error }

    public var description: String { name.isEmpty ? error.description : filled("%: %", name, error.description) }
}

/// All that is wrong, found in one go.
public struct BoardProblems: Error, Equatable, Sendable {
    public var list: [BoardProblem]

    public init(_ list: [BoardProblem]) { self.list = list }

    /// At least one of them is a missing permission: exit code 77.
    public var isPermission: Bool { list.contains { $0.error.isPermission } }
}

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

    public var isPermission: Bool {
        if case .permission = self { return true }
        return false
    }
}

extension BoardError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .permission(let path, let user):
            var text = "no permission to open \(path): "
            if Files.group(of: path) == 0 {
                text += """
                    it belongs to group root; install Perch's udev rule (60-perch-gpio.rules in /etc/udev/rules.d, \
                    then `sudo udevadm trigger`), which gives it to group gpio, and\u{20}
                    """
            }
            return text + "add the user to group gpio with `sudo usermod -aG gpio \(user)`, then log in again or restart the service"
        case .busy(let pin, let consumer):
            return "\(pin) is in use by \(consumer.isEmpty ? "another program or a kernel driver" : consumer); use another pin, or end that first"
        case .system(let operation, let errno, let object):
            return "cannot \(operation) \(object): \(words(errno: errno))"
        case .notFound(let text), .away(let text), .invalid(let text):
            return text
        }
    }
}

/// One `BoardError` with the line or sensor it belongs to.
public struct BoardProblem: Equatable, Sendable, CustomStringConvertible {
    /// The owner's name for the line or sensor; empty for what concerns the whole board.
    public var name: String
    /// "perch.conf:12"; empty where there is none.
    public var location: String
    public var error: BoardError

    public init(name: String = "", location: String = "", error: BoardError) {
        self.name = name
        self.location = location
        self.error = error
    }

    public var description: String {
        var text = ""
        if !location.isEmpty { text += location + ": " }
        if !name.isEmpty { text += name + ": " }
        return text + error.description
    }
}

/// All that is wrong, found in one go.
public struct BoardProblems: Error, Equatable, Sendable {
    public var list: [BoardProblem]

    public init(_ list: [BoardProblem]) { self.list = list }

    /// At least one of them is a missing permission: exit code 77.
    public var isPermission: Bool { list.contains { $0.error.isPermission } }
}

import Linux
import Text

/// Why a subcommand ends early: what to print, one line each, and the exit code.
final class Failure: Error {
    let code: ExitCode
    let lines: [String]
    /// What was asked of the server may have been done nevertheless: the connection ended before the answer.
    let isUncertain: Bool

    @inline(never)
    init(_ code: ExitCode, _ lines: [String], isUncertain: Bool = false) {
        self.code = code
        self.lines = lines
        self.isUncertain = isUncertain
    }

    /// What the system refused, in words: a missing permission has a code of its own.
    @inline(never)
    convenience init(_ error: SystemError, otherwise code: ExitCode = .failed, before: String = "", after: String = "") {
        self.init(error.isPermission ? .permission : code, before + error.description + after)
    }

    @inline(never)
    convenience init(_ code: ExitCode, _ line: String) { self.init(code, [line]) }
}

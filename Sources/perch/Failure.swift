/// Why a subcommand ends early: what to print, one line each, and the exit code.
struct Failure: Error {
    var code: ExitCode
    var lines: [String]
    /// What was asked of the server may have been done nevertheless: the connection ended before the answer.
    var isUncertain = false

    init(_ code: ExitCode, _ lines: [String]) {
        self.code = code
        self.lines = lines
    }

    init(_ code: ExitCode, _ line: String) { self.init(code, [line]) }
}

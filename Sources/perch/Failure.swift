/// Why a subcommand ends early: what to print, one line each, and the exit code.
struct Failure: Error {
    var code: ExitCode
    var lines: [String]

    init(_ code: ExitCode, _ lines: [String]) {
        self.code = code
        self.lines = lines
    }

    init(_ code: ExitCode, _ line: String) { self.init(code, [line]) }
}

import Agent
import Linux
import Text

/// The program: chooses the subcommand and turns what went wrong into lines on stderr and an exit code.
enum Program {
    static func main(_ arguments: [String]) -> Int32 {
        do throws(Failure) {
            try run(arguments)
            return ExitCode.success.rawValue
        } catch {
            // The service's go to the journal with their level, a command's to the person who called it.
            for line in error.lines { arguments.first == "run" ? Log.error(line) : Console.complain(line) }
            return error.code.rawValue
        }
    }

    private static func run(_ arguments: [String]) throws(Failure) {
        guard let command = arguments.first else {
            throw Failure(.usage, ["what shall I do? perch init, run, check, lines, sensors or chat; perch --help tells more"])
        }
        let rest = arguments.dropFirst()
        switch command {
        case "--help", "-h", "help": Console.print(Help.overview)
        case "--version", "-V", "version": Console.print(filled("perch %", Version.number))
        case "run": try start(rest, Run.grammar, Help.run, Run.run)
        case "check": try start(rest, Check.grammar, Help.check, Check.run)
        case "lines": try start(rest, Lines.grammar, Help.lines, Lines.run)
        case "sensors": try start(rest, Sensors.grammar, Help.sensors, Sensors.run)
        case "init": try start(rest, Init.grammar, Help.initialise, Init.run)
        case "chat": try start(rest, Chat.grammar, Help.chat, Chat.run)
        default:
            let commands = ["run", "check", "lines", "sensors", "init", "chat", "help"]
            let hint = Spelling.nearest(to: command, among: commands).map { filled("did you mean %?", $0) } ?? "see perch --help"
            throw Failure(.usage, filled("there is no command \"%\"; %", command, hint))
        }
    }

    @inline(never)
    private static func start(
        _ words: ArraySlice<String>, _ grammar: Arguments.Grammar, _ help: String,
        _ body: (Arguments) throws(Failure) -> Void
    ) throws(Failure) {
        if words.contains("--help") || words.contains("-h") { return Console.print(help) }
        let arguments: Arguments
        do throws(UsageError) {
            arguments = try Arguments(words, grammar: grammar)
        } catch {
            throw Failure(.usage, [error.reason, help])
        }
        try body(arguments)
    }
}

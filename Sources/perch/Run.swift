import Agent
import Board
import Crypto
import Linux
import Text
import Time
import XMPP

/// `perch run`
enum Run {
    static let grammar = Arguments.Grammar(options: ["--config", "--state"], flags: ["--verbose"])

    static func run(_ arguments: Arguments) throws(Failure) {
        let (daemon, login) = try prepare(arguments)
        try daemon.run(login)
    }

    /// In a function of its own, so that what is needed only here is not kept for as long as the service runs.
    @inline(never)
    private static func prepare(_ arguments: Arguments) throws(Failure) -> (Daemon, Login) {
        // Once lines are claimed, an end follows their policy; and what only announces one is no end.
        Signals.hold()
        if arguments.has("--verbose") { Log.threshold = .debug }
        let path = arguments["--config"] ?? ConfigurationFile.defaultPath
        let configuration = BoardSetup.withUnits(try ConfigurationFile.load(path))
        // Everything that can be wrong is found before a line is touched.
        let login = try Login(configuration.account)
        let state = StateDirectory(path: arguments["--state"])
        let facts = Host.facts(isSimulated: configuration.board.profile == "simulated")
        let files = state.load()
        var secret: [UInt8] = []
        do throws(CryptoError) { secret = try randomBytes(OneTimeCode.secretSize) } catch { Log.warning(error.description) }
        let agent = Agent(configuration: configuration.withoutPlaces, files: files, facts: facts, seed: randomNumber(), secret: secret)
        let now = Clock.now()
        let board = try BoardSetup.open(configuration) { agent.initialLevel(of: $0, at: now) }
        do throws(SystemError) {
            let daemon = try Daemon(
                try EventLoop(), board: board, agent: agent, state: state, journalLength: files.first { $0.name == StateDirectory.journal }?.bytes.count ?? 0,
                configuration: agent.configuration, configurationPath: path)
            return (daemon, login)
        } catch {
            throw Failure(.failed, error.description)
        }
    }
}

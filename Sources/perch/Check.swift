import Agent
import Board
import Linux
import Text
import XMPP

/// `perch check`: everything `run` would check, and nothing switched.
enum Check {
    static let grammar = Arguments.Grammar(options: ["--config", "--state"], flags: ["--connect"])

    static func run(_ arguments: Arguments) throws(Failure) {
        let path = arguments["--config"] ?? ConfigurationFile.defaultPath
        let configuration = BoardSetup.withUnits(try ConfigurationFile.load(path))
        let catalog = PartCatalog()
        let login = try verify(configuration, catalog, state: StateDirectory(path: arguments["--state"]), connects: arguments.has("--connect"))
        Console.print(filled("%: %", path, configuration.summary))
        for remark in configuration.remarks { Console.print(filled("note: %", remark)) }
        if configuration.board.profile != "simulated", configuration.lines.contains(where: { $0.pwm != nil }), !hasDropIn {
            Console.print(filled("note: the service may not drive PWM yet: %", Board.pwmRemedy))
        }
        var said: [String] = []
        for (index, sensor) in BoardSetup.sensors(configuration.sensors).enumerated() {
            report(sensor, part: configuration.sensors[index].part, catalog, &said)
        }
        if arguments.has("--connect") { try Probe.run(login) }
        Console.print("all is well")
    }

    /// What can be wrong with a file that can be read, all of it in one go.
    /// - Parameters:
    ///   - password: nil: the account's own.
    ///   - connects: also log in when something is wrong: whoever upgrades wants to know all of it.
    static func verify(
        _ configuration: Configuration, _ catalog: PartCatalog, password: String? = nil, state: StateDirectory? = nil, connects: Bool = false
    ) throws(Failure) -> Login {
        var failures: [Failure] = []
        var login: Login?
        do throws(Failure) { login = try Login(configuration.account, password: password) } catch { failures.append(error) }
        do throws(Failure) { try checkBoard(configuration, catalog) } catch { failures.append(error) }
        if let state { do throws(Failure) { try state.check() } catch { failures.append(error) } }
        if connects, !failures.isEmpty, let login { do throws(Failure) { try Probe.run(login) } catch { failures.append(error) } }
        guard let login, failures.isEmpty else {
            // The most particular code: a missing permission is mended before a mistake can be seen behind it.
            let code = failures.contains { $0.code == .permission } ? ExitCode.permission : failures[0].code
            throw Failure(code, failures.flatMap { $0.lines })
        }
        return login
    }

    /// Somebody has added something to the unit: it will be what is needed.
    private static var hasDropIn: Bool {
        do throws(SystemError) { return try !Files.list("/etc/systemd/system/perch.service.d").isEmpty } catch { return false }
    }

    /// A sensor without a value is no mistake of the configuration: it may be plugged in later. What to do about it is said once, however
    /// many quantities one device measures.
    private static func report(_ settings: SensorSettings, part: String?, _ catalog: PartCatalog, _ said: inout [String]) {
        do throws(BoardError) {
            let sensor = try Sensor(settings)
            switch sensor.source {
            // Values that only a running perch has.
            case .simulated, .counter: return
            default: break
            }
            switch sensor.read() {
            case .value(let value): Console.print(filled("%: % %", settings.name, Sensors.rounded(value).description, sensor.source.quantity.unit))
            case .absent(let why), .failed(let why):
                Console.print(filled("note: %: %", settings.name, why))
                let needs = catalog.needs(part, sensor.source, settings.source)
                if let advice = SensorAdvice.text(for: sensor.source, needs: needs), !said.contains(advice) {
                    said.append(advice)
                    Console.print("      " + advice)
                }
            }
        } catch {
            Console.print(filled("note: %: %", settings.name, error.description))
        }
    }

    @inline(never)
    static func checkBoard(_ configuration: Configuration, _ catalog: PartCatalog) throws(Failure) {
        let profile = try BoardSetup.profile(named: configuration.board.profile)
        let lines = BoardSetup.lines(configuration.lines) { _ in .keep }
        let problems = Board.check(lines: lines, sensors: BoardSetup.sensors(configuration.sensors), profile: profile)
        if problems.isEmpty { return }
        let failure = BoardSetup.failure(BoardProblems(problems), configuration)
        var said = failure.lines
        for problem in problems {
            // Only a chip that is not there: its part knows how it comes.
            guard case .away = problem.error else { continue }
            for line in lines where line.name == problem.name {
                if let needs = catalog.needs(chipOf: line.pin), let advice = SensorAdvice.text(forChip: needs), !said.contains(advice) { said.append(advice) }
            }
        }
        throw Failure(failure.code, said)
    }
}

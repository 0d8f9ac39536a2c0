import Agent
import Board
import Linux
import Text

/// The configuration file, read and checked.
enum ConfigurationFile {
    static let defaultPath = "/etc/perch/perch.conf"
    /// Five hundred lines and sensors fit in a tenth of it.
    static let maximumSize = 256 * 1024

    private static func hardwareProblems(
        _ board: BoardConfiguration, _ lines: [LineConfiguration], _ sensors: [SensorConfiguration]
    ) -> [(name: String, text: String)] {
        do throws(Failure) {
            let profile = try BoardSetup.profile(named: board.profile)
            let problems = Board.check(lines: BoardSetup.lines(lines) { _ in .keep }, sensors: BoardSetup.sensors(sensors), profile: profile)
            var found: [(name: String, text: String)] = []
            for problem in problems { found.append((problem.name, problem.error.description)) }
            return found
        } catch {
            return []
        }
    }

    /// All mistakes are in the failure, each as `FILE:LINE: text`.
    static func load(_ path: String) throws(Failure) -> Configuration {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Files.read(path, limit: maximumSize)
        } catch {
            throw Failure(error, otherwise: .configuration)
        }
        return try parse(path, bytes)
    }

    /// The same of a file that is not written yet.
    static func parse(_ path: String, _ bytes: [UInt8]) throws(Failure) -> Configuration {
        let result = Configuration.load(
            file: path, bytes: bytes, parts: { DataDirectory.read(.parts, $0) }, partNames: DataDirectory.names(.parts),
            hardware: hardwareProblems)
        switch result {
        case .configuration(let configuration): return configuration
        case .problems(let problems): throw Failure(.configuration, problems.map { $0.description })
        }
    }
}

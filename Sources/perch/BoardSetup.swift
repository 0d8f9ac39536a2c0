import Agent
import Board
import Text

/// The device's configuration in the board's own words: neither room knows the other.
enum BoardSetup {
    static func lines(_ lines: [LineConfiguration], initial: (LineIndex) -> InitialLevel) -> [LineSettings] {
        lines.enumerated().map { index, line in
            LineSettings(
                name: line.name, pin: line.pin, direction: line.direction == .output ? .output : .input, bias: bias(line.bias), activeLow: line.activeLow,
                debounce: line.debounce, reportsEdges: line.direction == .input, isCounted: line.isCounted, initial: level(initial(index)),
                pwm: pwm(line))
        }
    }

    /// The period and its parts in nanoseconds.
    private static func pwm(_ line: LineConfiguration) -> LineSettings.PWM? {
        guard let hertz = line.pwm, hertz >= 1 else { return nil }
        let period = 1_000_000_000 / hertz
        return LineSettings.PWM(
            period: Int64(period.nearestWhole), lowest: Int64((period * line.pwmLowest / 100).nearestWhole),
            highest: Int64((period * line.pwmHighest / 100).nearestWhole))
    }

    static func sensors(_ sensors: [SensorConfiguration]) -> [SensorSettings] {
        sensors.map { sensor in
            SensorSettings(
                name: sensor.name, source: sensor.source, scale: sensor.scale ?? 1, offset: sensor.offset ?? 0)
        }
    }

    /// With the unit that the source measures in and the digits that are usual for it, where the owner named none.
    static func withUnits(_ configuration: Configuration) -> Configuration {
        var configuration = configuration
        for (index, sensor) in configuration.sensors.enumerated() {
            do throws(BoardError) {
                let quantity = try SensorSource(sensor.source).quantity
                // A unit of the owner's is another quantity, or the same in other steps.
                if !sensor.hasOwnDigits, sensor.unit.isEmpty || sensor.unit == quantity.unit { configuration.sensors[index].digits = quantity.digits }
                if sensor.unit.isEmpty { configuration.sensors[index].unit = quantity.unit }
            } catch {}  // `Board` reports a wrong source with its place
        }
        return configuration
    }

    /// The named profile, else the one that fits this computer; nil for a computer that no profile describes.
    static func profile(named name: String?) throws(Failure) -> Profile? {
        let folders = [DataDirectory.path + "/boards"]
        guard let name else { return Profile.detect(folders: folders) }
        do throws(ProfileProblems) {
            return try Profile.load(name, folders: folders)
        } catch {
            throw Failure(.configuration, error.list.map { filled("[board] profile: %", $0.description) })
        }
    }

    static func open(
        _ configuration: Configuration, initial: (LineIndex) -> InitialLevel
    ) throws(Failure) -> Board {
        let profile = try profile(named: configuration.board.profile)
        do throws(BoardProblems) {
            return try Board.open(lines: lines(configuration.lines, initial: initial), sensors: sensors(configuration.sensors), profile: profile)
        } catch {
            throw failure(error, configuration)
        }
    }

    /// A missing permission is said as such. A line that somebody else holds may be free in a minute, so the service tries again
    /// (`RestartPreventExitStatus`); everything else is the configuration's mistake, which no new start mends.
    static func failure(_ problems: BoardProblems, _ configuration: Configuration) -> Failure {
        let code: ExitCode = problems.isPermission ? .permission : problems.list.contains { isPassing($0.error) } ? .failed : .configuration
        return Failure(code, problems.list.map { problem in
            guard let location = configuration.location(of: problem.name) else { return problem.description }
            return filled("%: %", location, problem.description)
        })
    }

    private static func isPassing(_ error: BoardError) -> Bool {
        switch error {
        case .busy, .system: true
        case .permission, .notFound, .away, .invalid: false
        }
    }

    private static func bias(_ bias: LineConfiguration.Bias) -> LineSettings.Bias {
        switch bias {
        case .asIs: .asIs
        case .disabled: .disabled
        case .pullUp: .pullUp
        case .pullDown: .pullDown
        }
    }

    static func level(_ initial: InitialLevel) -> LineSettings.Initial {
        switch initial {
        case .off: .off
        case .on: .on
        case .keep: .keep
        case .duty(let permille): .duty(permille)
        }
    }
}

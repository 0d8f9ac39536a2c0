import Text

extension Board {
    /// What `open` would complain about, found without claiming or changing anything.
    ///
    /// A line that Perch itself holds (the service is running) is no complaint.
    public static func check(
        lines: [LineSettings], sensors: [SensorSettings], profile: Profile?, root: String = ""
    ) -> [BoardProblem] {
        let board = Board(profile: profile, root: root)
        var problems: [BoardProblem] = []
        _ = board.parse(sensors, &problems)
        for (line, pin) in zip(lines, board.resolve(lines, &problems)) {
            guard let pin, pin.chip != nil || line.pwm != nil && !board.isSimulated else { continue }
            do throws(BoardError) {
                guard let chip = pin.chip else {
                    if let pwm = line.pwm { try PWMLine(root: root, pin.place, name: pin.name, pwm, activeLow: line.activeLow).check() }
                    continue
                }
                let info = try chip.lineInfo(pin.place.offset)
                if info.isUsed, !Text.hasPrefix(info.consumer, "perch:") { throw .busy(pin: pin.name, consumer: info.consumer) }
            } catch {
                problems.append(BoardProblem(name: line.name, location: line.pinLocation, error: error))
            }
        }
        return problems
    }
}

import CGPIOD
import Text

extension HeldLine {
    /// Claims a line of the kernel as `settings` say.
    ///
    /// `initial = keep` must not move the level for an instant: the line is claimed as it is, read, and only then made ours
    /// under the same claim, because a line that is let go of may revert. An input stays one until it is first set.
    static func claim(_ chip: Chip, _ offset: Int, _ settings: LineSettings, pinName: String) throws(BoardError) -> HeldLine {
        let consumer = "perch:" + settings.name
        let request: LineRequest
        var isUntouched = false
        switch (settings.direction, settings.initial) {
        case (.input, _):
            request = try LineRequest(chip, offset: offset, name: pinName, consumer: consumer, cgpiod_line_config(settings, value: false))
        case (.output, .off), (.output, .on), (.output, .duty):
            request = try LineRequest(
                chip, offset: offset, name: pinName, consumer: consumer, cgpiod_line_config(settings, value: settings.initial == .on))
        case (.output, .keep):
            request = try LineRequest(chip, offset: offset, name: pinName, consumer: consumer, .asIs(settings))
            if try chip.lineInfo(offset).isOutput {
                try request.reconfigure(cgpiod_line_config(settings, value: try request.value()))
            } else {
                isUntouched = true
            }
        }
        return HeldLine(
            settings: settings, place: Place(chip: chip.name, offset: offset), pinName: pinName, driver: .kernel(request),
            isUntouched: isUntouched, level: try request.value(), debouncesInKernel: cgpiod_debounces())
    }
}

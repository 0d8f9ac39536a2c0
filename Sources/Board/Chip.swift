import CGPIOD
import Text

/// An open GPIO chip (/dev/gpiochipN).
public final class Chip {
    private let handle: OpaquePointer
    public let path: String

    /// Chips looked at. A Pi 5 has 6 to 16, with expanders a few more.
    static let limit = 64
    /// Lines looked at on one chip; see `PinReference.offsetLimit`. Real chips have at most a few hundred.
    static let lineLimit = 4096

    public init(path: String) throws(BoardError) {
        guard let handle = cgpiod_chip_open(path) else {
            let reason = currentErrno()
            throw isDenied(reason) ? .permission(path: path, user: currentUser()) : .system(operation: "open", errno: reason, object: path)
        }
        self.handle = handle
        self.path = path
    }

    deinit { cgpiod_chip_close(handle) }

    /// "gpiochip0": not stable over reboots.
    public var name: String { string(cgpiod_chip_name(handle)) }
    /// "pinctrl-bcm2711".
    public var label: String { string(cgpiod_chip_label(handle)) }
    public var lineCount: Int { min(Int(cgpiod_chip_num_lines(handle)), Chip.lineLimit) }

    public func lineInfo(_ offset: Int) throws(BoardError) -> LineInfo {
        var info = cgpiod_line_info()
        guard let number = UInt32(exactly: offset), cgpiod_chip_line_info(handle, number, &info) == 0 else {
            throw .system(operation: filled("look at line % of", String(offset)), errno: currentErrno(), object: label)
        }
        return LineInfo(
            name: string(&info.name), consumer: string(&info.consumer), isUsed: info.used, isOutput: info.output,
            isActiveLow: info.active_low, bias: LineSettings.Bias(rawValue: info.bias) ?? .asIs)
    }

    /// False once the kernel has taken the chip away. Asks the kernel, not the chip: a slow bus is not used.
    var isThere: Bool {
        var info = cgpiod_line_info()
        return cgpiod_chip_line_info(handle, 0, &info) == 0 || !isGone(currentErrno())
    }

    /// A line that cannot be looked at is described as unnamed and used.
    public func description() -> ChipDescription {
        var lines: [LineInfo] = []
        lines.reserveCapacity(lineCount)
        for offset in 0..<lineCount {
            do throws(BoardError) {
                lines.append(try lineInfo(offset))
            } catch {
                lines.append(LineInfo(name: "", consumer: "", isUsed: true))
            }
        }
        return ChipDescription(name: name, label: label, lines: lines)
    }

    func request(_ offset: Int, consumer: String, _ configuration: cgpiod_line_config) -> OpaquePointer? {
        guard let number = UInt32(exactly: offset) else { return nil }
        var configuration = configuration
        return cgpiod_chip_request_line(handle, number, consumer, &configuration)
    }

    /// All chips below `devices`, in the order of their numbers.
    ///
    /// Chips that cannot be opened are left out as long as one can be; with none at all it throws `.permission` or `.notFound`.
    public static func all(devices: String = "/dev") throws(BoardError) -> [Chip] {
        var chips: [Chip] = []
        var names: [String] = []
        var failure: BoardError?
        for file in Files.names(in: devices) where Text.hasPrefix(file, "gpiochip") {
            if chips.count == limit { break }
            do throws(BoardError) {
                let chip = try Chip(path: devices + "/" + file)
                // Some systems keep a link under an old number.
                if names.contains(chip.name) { continue }
                names.append(chip.name)
                chips.append(chip)
            } catch {
                if failure == nil || (error.isPermission && failure?.isPermission == false) { failure = error }
            }
        }
        if chips.isEmpty {
            throw failure ?? .notFound("this computer shows no GPIO chip (%/gpiochip0 …); `profile = simulated` in [board] gives a simulated one", devices)
        }
        return chips
    }
}

/// A C string, decoded with repair; empty for NULL.
private func string(_ text: UnsafePointer<CChar>?) -> String {
    guard let text else { return "" }
    return String(cString: text)
}

/// A name in a fixed field of a C structure, ended by NUL.
private func string<Field>(_ field: inout Field) -> String {
    withUnsafeBytes(of: &field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}

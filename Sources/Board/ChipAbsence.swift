import Text

extension Chip {
    /// All chips, or why there is none: no driver, a container that was not given them, no permission; each with what to do.
    ///
    /// - Parameter root: put before /dev, /sys and /run, for tests.
    static func found(root: String) throws(BoardError) -> [Chip] {
        do throws(BoardError) {
            return try all(devices: root + "/dev")
        } catch {
            guard case .notFound(let text) = error else { throw error }
            for chip in Files.names(in: root + "/sys/bus/gpio/devices") where Text.hasPrefix(chip, "gpiochip") {
                throw .notFound(
                    """
                    the kernel has \(chip), but there is no \(root)/dev/\(chip) here; \
                    a container must be given it (docker run --device /dev/\(chip) …, or DeviceAllow= of a service)
                    """)
            }
            throw .notFound(
                "%. On a board with GPIO its driver is missing: look at `dmesg | grep -i gpio`, and on Raspberry Pis take the system's own kernel", text)
        }
    }
}

import Time

/// What the agent tells about the machine and the program in `about` and `uptime`.
///
/// The driver may replace `Agent.facts` at any time, e.g. to refresh `memoryKB`.
public struct HostFacts: Equatable, Sendable {
    /// "Raspberry Pi 4 Model B Rev 1.4", from the device tree; empty where there is none.
    public var model: String
    /// "Linux 6.12.25-v8+"; empty when unknown.
    public var kernel: String
    /// Perch's own version, "0.1.0".
    public var version: String
    public var hostname: String
    /// When the board booted. `CLOCK_BOOTTIME` begins there, so this is the clock's origin.
    public var booted: Instant
    /// Resident memory of this process in KiB; nil when nobody measured it.
    public var memoryKB: Int?

    public init(
        model: String = "", kernel: String = "", version: String = "", hostname: String = "",
        booted: Instant = Instant(.zero), memoryKB: Int? = nil
    ) {
        self.model = model
        self.kernel = kernel
        self.version = version
        self.hostname = hostname
        self.booted = booted
        self.memoryKB = memoryKB
    }
}

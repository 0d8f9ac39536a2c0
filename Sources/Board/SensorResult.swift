import Text

/// What came of one reading.
public indirect enum SensorResult: Equatable, Sendable {
    /// In the sensor's unit, after its scale and offset. Always finite.
    case value(Double)
    /// The kernel does not show the sensor: not wired, not enabled, or unplugged; in words.
    case absent(String)
    /// The sensor is there and gave no good value; in words. Never 0 and never an old value instead.
    case failed(String)

    // As `filled`.
    @inline(never)
    static func absent(_ template: StaticString, _ a: String) -> SensorResult { .absent(filled(template, a)) }
    @inline(never)
    static func absent(_ template: StaticString, _ a: String, _ b: String) -> SensorResult { .absent(filled(template, a, b)) }
    @inline(never)
    static func absent(_ template: StaticString, _ a: String, _ b: String, _ c: String) -> SensorResult { .absent(filled(template, a, b, c)) }
    @inline(never)
    static func failed(_ template: StaticString, _ a: String) -> SensorResult { .failed(filled(template, a)) }
    @inline(never)
    static func failed(_ template: StaticString, _ a: String, _ b: String) -> SensorResult { .failed(filled(template, a, b)) }
    @inline(never)
    static func failed(_ template: StaticString, _ a: String, _ b: String, _ c: String) -> SensorResult { .failed(filled(template, a, b, c)) }

    /// Why there is no value, for `absent` and `failed`.
    public var failure: String? {
        switch self {
        case .value: nil
        case .absent(let text), .failed(let text): text
        }
    }
}

/// One sensor as the owner wants it.
public final class SensorSettings: Equatable, Sendable {
    /// The owner's name: "air".
    public let name: String
    /// As written: "w1:28-0316a2795bff". See `SensorSource`.
    public let source: String
    /// The reading is `value × scale + offset`, on top of what the source itself knows about its scale.
    public let scale: Double
    public let offset: Double

    public init(name: String, source: String, scale: Double = 1, offset: Double = 0) {
        self.name = name
        self.source = source
        self.scale = scale
        self.offset = offset
    }

    public static func == (a: SensorSettings, b: SensorSettings) -> Bool {
        a.name == b.name && a.source == b.source && a.scale == b.scale && a.offset == b.offset
    }
}

/// What a sensor measures: the unit as people read it and the unit that RFC 8428 wants.
public struct Quantity: Equatable, Sendable {
    /// "°C", "%RH", "hPa"; empty for a bare number.
    public var unit: String
    /// A primary unit of the SenML registry: "Cel", "%RH", "Pa"; nil where the registry has none.
    public var senml: String?
    /// The SenML value is `value × factor + offset`.
    public var factor: Double
    public var offset: Double

    public init(unit: String, senml: String? = nil, factor: Double = 1, offset: Double = 0) {
        self.unit = unit
        self.senml = senml
        self.factor = factor
        self.offset = offset
    }

    /// The value in the SenML unit.
    public func senmlValue(_ value: Double) -> Double { value * factor + offset }

    /// The quantity that people write with this unit; one without a SenML unit when it is not in the table.
    public static func named(_ unit: String) -> Quantity {
        for known in table where known.unit == unit { return known }
        return Quantity(unit: unit)
    }

    static let none = Quantity(unit: "")
    static let temperature = Quantity(unit: "°C", senml: "Cel")
    static let humidity = Quantity(unit: "%RH", senml: "%RH")
    // RFC 8428 §12.1: ratios instead of percent.
    static let percent = Quantity(unit: "%", senml: "/", factor: 0.01)
    static let pressure = Quantity(unit: "hPa", senml: "Pa", factor: 100)
    static let illuminance = Quantity(unit: "lx", senml: "lx")
    static let voltage = Quantity(unit: "V", senml: "V")
    static let current = Quantity(unit: "A", senml: "A")
    static let power = Quantity(unit: "W", senml: "W")
    static let energy = Quantity(unit: "J", senml: "J")
    static let resistance = Quantity(unit: "Ω", senml: "Ohm")
    static let concentration = Quantity(unit: "ppm", senml: "/", factor: 0.000_001)
    static let distance = Quantity(unit: "m", senml: "m")
    static let acceleration = Quantity(unit: "m/s²", senml: "m/s2")
    static let angularVelocity = Quantity(unit: "rad/s")
    static let magneticField = Quantity(unit: "G", senml: "T", factor: 0.000_1)
    static let conductivity = Quantity(unit: "S/m", senml: "S/m")
    static let acidity = Quantity(unit: "pH", senml: "pH")
    static let duration = Quantity(unit: "s", senml: "s")
    static let frequency = Quantity(unit: "Hz", senml: "Hz")
    static let rotation = Quantity(unit: "rpm", senml: "1/s", factor: 1 / 60)
    // dBm is a secondary unit (RFC 8798) of dBW.
    static let signal = Quantity(unit: "dBm", senml: "dBW", offset: -30)

    /// What people may write as `unit`, beyond what the readers give.
    private static let table: [Quantity] = [
        temperature, humidity, percent, pressure, illuminance, voltage, current, power, energy, resistance, concentration, distance,
        acceleration, angularVelocity, magneticField, conductivity, acidity, duration, frequency, rotation, signal,
        Quantity(unit: "C", senml: "Cel"), Quantity(unit: "°F", senml: "Cel", factor: 5.0 / 9, offset: -160.0 / 9),
        Quantity(unit: "K", senml: "K"), Quantity(unit: "Pa", senml: "Pa"), Quantity(unit: "mbar", senml: "Pa", factor: 100),
        Quantity(unit: "kPa", senml: "Pa", factor: 1000), Quantity(unit: "bar", senml: "Pa", factor: 100_000),
        Quantity(unit: "mV", senml: "V", factor: 0.001), Quantity(unit: "mA", senml: "A", factor: 0.001),
        Quantity(unit: "mW", senml: "W", factor: 0.001), Quantity(unit: "kW", senml: "W", factor: 1000),
        Quantity(unit: "Wh", senml: "J", factor: 3600), Quantity(unit: "kWh", senml: "J", factor: 3_600_000),
        Quantity(unit: "cm", senml: "m", factor: 0.01), Quantity(unit: "mm", senml: "m", factor: 0.001),
        Quantity(unit: "km/h", senml: "m/s", factor: 1 / 3.6), Quantity(unit: "m/s", senml: "m/s"),
        Quantity(unit: "kg", senml: "kg"), Quantity(unit: "g", senml: "kg", factor: 0.001),
        Quantity(unit: "l", senml: "m3", factor: 0.001), Quantity(unit: "L", senml: "m3", factor: 0.001),
        Quantity(unit: "m³", senml: "m3"), Quantity(unit: "dB", senml: "dB"), Quantity(unit: "min", senml: "s", factor: 60),
        Quantity(unit: "h", senml: "s", factor: 3600), Quantity(unit: "W/m²", senml: "W/m2"),
    ]
}

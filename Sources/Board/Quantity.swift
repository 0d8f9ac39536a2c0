/// What a sensor measures: the unit as people read it (what SenML calls it is the business of the agent's `Units`), and how many digits
/// after the point the usual sensors are good for.
public struct Quantity: Equatable, Sendable {
    /// "°C", "%RH", "hPa"; empty for a bare number.
    public var unit: String
    public var digits: Int

    public init(unit: String, digits: Int) {
        self.unit = unit
        self.digits = digits
    }

    /// Of something that nobody knows anything about, such as a plain file.
    static let none = Quantity(unit: "", digits: 1)
    /// A number that is whole by nature: a count, an alarm, a converter's output.
    static let count = Quantity(unit: "", digits: 0)
    static let load = Quantity(unit: "", digits: 2)
    static let temperature = Quantity(unit: "°C", digits: 1)
    static let humidity = Quantity(unit: "%RH", digits: 0)
    static let percent = Quantity(unit: "%", digits: 0)
    static let pressure = Quantity(unit: "hPa", digits: 1)
    static let illuminance = Quantity(unit: "lx", digits: 0)
    static let voltage = Quantity(unit: "V", digits: 2)
    static let current = Quantity(unit: "A", digits: 3)
    static let power = Quantity(unit: "W", digits: 2)
    static let energy = Quantity(unit: "J", digits: 0)
    static let resistance = Quantity(unit: "Ω", digits: 0)
    static let concentration = Quantity(unit: "ppm", digits: 0)
    static let density = Quantity(unit: "µg/m³", digits: 0)
    static let distance = Quantity(unit: "m", digits: 2)
    static let acceleration = Quantity(unit: "m/s²", digits: 2)
    static let angle = Quantity(unit: "rad", digits: 2)
    static let angularVelocity = Quantity(unit: "rad/s", digits: 2)
    static let magneticField = Quantity(unit: "G", digits: 3)
    static let conductivity = Quantity(unit: "S/m", digits: 3)
    static let acidity = Quantity(unit: "pH", digits: 2)
    static let duration = Quantity(unit: "s", digits: 0)
    static let frequency = Quantity(unit: "Hz", digits: 0)
    static let rotation = Quantity(unit: "rpm", digits: 0)
    static let signal = Quantity(unit: "dBm", digits: 0)
}

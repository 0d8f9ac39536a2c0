import Text

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
    static let percent = Quantity(unit: "%", digits: 0)
    static let duration = Quantity(unit: "s", digits: 0)
    static let signal = Quantity(unit: "dBm", digits: 0)

    /// The entry of that name in a table with four words for each: the name, the unit ("-": none), digits, and the factor from the
    /// kernel's unit to ours.
    static func of(_ name: String, in table: StaticString) -> (quantity: Quantity, factor: Double)? {
        let words = wordList(table)
        for at in stride(from: 0, to: words.count, by: 4) where words[at] == name {
            let quantity = Quantity(unit: words[at + 1] == "-" ? "" : words[at + 1], digits: Int(words[at + 2]) ?? 0)
            return (quantity: quantity, factor: DecimalText.parse(words[at + 3]) ?? 1)
        }
        return nil
    }
}

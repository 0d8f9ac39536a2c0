import Text

/// Units as people read them and as SenML (RFC 8428 §12.1, RFC 8798) writes them.
enum Units {
    /// `senml = value × scale + offset`
    struct Conversion: Equatable {
        var unit: String
        var scale: Double = 1
        var offset: Double = 0
    }

    /// Units that are SenML's own.
    private static let same =
        "K V A W J Hz s m kg lx lm cd Pa pH dB dBW B m/s m2 m3 l rad N C/s Ohm W/m2 S/m %RH count m3/s l/s bit/s lat lon bpm beats VA var T H F/m"

    /// The primary SenML unit for a unit of ours; nil where the registry has none.
    ///
    /// RFC 8428 asks senders for primary units: hPa, kW, mV and the like are only secondary units (RFC 8798 §3), and "%" is
    /// not recommended, so they are converted.
    static func senml(_ unit: String) -> Conversion? {
        for one in same.split(separator: " ") where one == unit { return Conversion(unit: unit) }
        return switch unit {
        case "°C", "C", "℃": Conversion(unit: "Cel")
        case "°F", "F": Conversion(unit: "Cel", scale: 5.0 / 9.0, offset: -160.0 / 9.0)
        case "Ω": Conversion(unit: "Ohm")
        case "% RH", "%rh": Conversion(unit: "%RH")
        case "%": Conversion(unit: "/", scale: 0.01)
        case "m/s²": Conversion(unit: "m/s2")
        case "rpm": Conversion(unit: "1/s", scale: 1 / 60)
        case "G": Conversion(unit: "T", scale: 0.0001)
        case "µg/m³": Conversion(unit: "kg/m3", scale: 1e-9)
        case "ppm": Conversion(unit: "/", scale: 1e-6)
        case "hPa", "mbar": Conversion(unit: "Pa", scale: 100)
        case "kPa": Conversion(unit: "Pa", scale: 1000)
        case "bar": Conversion(unit: "Pa", scale: 100_000)
        case "mV": Conversion(unit: "V", scale: 0.001)
        case "mA": Conversion(unit: "A", scale: 0.001)
        case "mW": Conversion(unit: "W", scale: 0.001)
        case "kW": Conversion(unit: "W", scale: 1000)
        case "Wh": Conversion(unit: "J", scale: 3600)
        case "kWh": Conversion(unit: "J", scale: 3_600_000)
        case "ms": Conversion(unit: "s", scale: 0.001)
        case "min": Conversion(unit: "s", scale: 60)
        case "h": Conversion(unit: "s", scale: 3600)
        case "d", "days": Conversion(unit: "s", scale: 86400)
        case "kHz": Conversion(unit: "Hz", scale: 1000)
        case "MHz": Conversion(unit: "Hz", scale: 1_000_000)
        case "mm": Conversion(unit: "m", scale: 0.001)
        case "cm": Conversion(unit: "m", scale: 0.01)
        case "km": Conversion(unit: "m", scale: 1000)
        case "km/h": Conversion(unit: "m/s", scale: 1 / 3.6)
        case "g": Conversion(unit: "kg", scale: 0.001)
        case "ml": Conversion(unit: "l", scale: 0.001)
        case "m³": Conversion(unit: "m3")
        case "l/min": Conversion(unit: "l/s", scale: 1 / 60)
        case "l/h": Conversion(unit: "l/s", scale: 1 / 3600)
        case "m³/h", "m3/h": Conversion(unit: "m3/s", scale: 1 / 3600)
        case "mm/h": Conversion(unit: "m/s", scale: 0.001 / 3600)
        case "W/m²": Conversion(unit: "W/m2")
        case "kB": Conversion(unit: "B", scale: 1000)
        case "MB": Conversion(unit: "B", scale: 1_000_000)
        case "GB": Conversion(unit: "B", scale: 1_000_000_000)
        case "KiB": Conversion(unit: "B", scale: 1024)
        case "MiB": Conversion(unit: "B", scale: 1_048_576)
        case "GiB": Conversion(unit: "B", scale: 1_073_741_824)
        case "dBm": Conversion(unit: "dBW", offset: -30)
        default: nil
        }
    }
}

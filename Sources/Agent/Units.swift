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
        if unit == "°F" || unit == "F" { return Conversion(unit: "Cel", scale: 5.0 / 9.0, offset: -160.0 / 9.0) }
        for row in others.split(separator: "\n") {
            let words = row.split(separator: ",")
            for word in words[4...] where word == unit {
                return Conversion(unit: String(words[0]), scale: number(words[1]) / number(words[2]), offset: number(words[3]))
            }
        }
        return nil
    }

    private static func number(_ text: Substring) -> Double {
        do throws(Complaint) { return try ConfigurationValue.number(String(text)) } catch { return 0 }
    }

    /// The registry's unit, what to multiply and to divide by, and what to add; then ours.
    private static let others = """
        Cel,1,1,0,°C,C,℃
        Ohm,1,1,0,Ω
        %RH,1,1,0,% RH,%rh
        /,0.01,1,0,%
        m/s2,1,1,0,m/s²
        1/s,1,60,0,rpm
        T,0.0001,1,0,G
        kg/m3,0.000000001,1,0,µg/m³
        /,0.000001,1,0,ppm
        Pa,100,1,0,hPa,mbar
        Pa,1000,1,0,kPa
        Pa,100000,1,0,bar
        V,0.001,1,0,mV
        A,0.001,1,0,mA
        W,0.001,1,0,mW
        W,1000,1,0,kW
        J,3600,1,0,Wh
        J,3600000,1,0,kWh
        s,0.001,1,0,ms
        s,60,1,0,min
        s,3600,1,0,h
        s,86400,1,0,d,days
        Hz,1000,1,0,kHz
        Hz,1000000,1,0,MHz
        m,0.001,1,0,mm
        m,0.01,1,0,cm
        m,1000,1,0,km
        m/s,1,3.6,0,km/h
        kg,0.001,1,0,g
        l,0.001,1,0,ml
        m3,1,1,0,m³
        l/s,1,60,0,l/min
        l/s,1,3600,0,l/h
        m3/s,1,3600,0,m³/h,m3/h
        m/s,0.001,3600,0,mm/h
        W/m2,1,1,0,W/m²
        B,1000,1,0,kB
        B,1000000,1,0,MB
        B,1000000000,1,0,GB
        B,1024,1,0,KiB
        B,1048576,1,0,MiB
        B,1073741824,1,0,GiB
        dBW,1,1,-30,dBm
        """
}

import Text

/// Thermal zones (Documentation/driver-api/thermal/sysfs-api.rst): `temp` in m°C.
enum ThermalZone {
    static let folder = "/sys/class/thermal"

    static func plan(type: String, root: String) -> SensorPlan {
        var matching: [String] = []
        var types: [String] = []
        for zone in found(root: root) {
            if zone.zone == type || zone.type == type { matching.append(zone.zone) }
            types.append(zone.type)
        }
        if matching.count > 1 {
            return .done(.failed("% thermal zones are of type %; write thermal:% or another of them", String(matching.count), type, matching[0]))
        }
        guard let zone = matching.first else { return .done(.absent(absence("thermal zone", type, types))) }
        return .read(SensorRead([root + folder + "/" + zone + "/temp"], .number(factor: 0.001), subject: filled("thermal zone %", type)))
    }

    static func found(root: String) -> [(zone: String, type: String)] {
        var zones: [(zone: String, type: String)] = []
        for zone in Files.names(in: root + folder) where Text.hasPrefix(zone, "thermal_zone") {
            if let type = Files.line(root + folder + "/" + zone + "/type") { zones.append((zone: zone, type: type)) }
        }
        return zones
    }
}

/// "the kernel shows no X called Y; did you mean Z?" or what there is instead.
func absence(_ thing: String, _ name: String, _ known: [String]) -> String {
    let text = filled("the kernel shows no % called %", thing, name)
    if known.isEmpty { return text + ", nor any other" }
    var others = "; there are"
    for (index, other) in known.prefix(8).enumerated() { others += (index == 0 ? " " : ", ") + other }
    return text + Text.meant(name, known, others)
}

import Agent
import Board
import Linux
import Text
import XMPP

/// What `perch init` looks up on this machine.
enum InitHost {
    /// The host's name without its domain, small.
    static var name: String {
        let label = Host.name.lowercased().split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)[0]
        return label.isEmpty ? "board" : String(label)
    }

    /// Of an address for many boards: `{hostname}`, and `{serial}`, the number that the device tree has.
    static func expanded(_ text: String) throws(InitDialogue.Refusal) -> String {
        let text = replace(text, "{hostname}", name)
        if replace(text, "{serial}", "") == text { return text }
        var serial = ""
        for path in ["/proc/device-tree/serial-number", "/sys/class/dmi/id/product_serial"] where serial.isEmpty {
            do throws(SystemError) {
                let bytes = try Files.readOnce(path, limit: 64).prefix { $0 > 0x20 && $0 < 0x7F }
                serial = String(decoding: bytes, as: UTF8.self).lowercased()
            } catch {}
        }
        if serial.isEmpty { throw .again("this machine has no serial number that can be read; use {hostname}") }
        return replace(text, "{serial}", serial)
    }

    private static func replace(_ text: String, _ word: String, _ value: String) -> String {
        let bytes = Array(text.utf8), word = Array(word.utf8)
        var result: [UInt8] = [], at = 0
        while at < bytes.count {
            let end = at + word.count
            if end <= bytes.count, Array(bytes[at..<end]) == word {
                result += Array(value.utf8)
                at = end
            } else {
                result.append(bytes[at])
                at += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// nil on a computer without lines.
    static func freePins(_ profile: String?) -> [String]? {
        let profile = (try? BoardSetup.profile(named: profile)) ?? nil
        guard let listings = try? LineListing.all(profile: profile) else { return nil }
        return listings.compactMap { $0.isFree && $0.isOnBoard && $0.function == nil && !$0.hasPWM ? $0.pin : nil }
    }

    static func sensors(_ catalog: PartCatalog) -> [(plan: InitPlan.Sensor, reading: String)] {
        var found: [(plan: InitPlan.Sensor, reading: String)] = []
        for listing in SensorListing.all().prefix(InitDialogue.offered) {
            // Its section begins "[sensor NAME]".
            let name = String(listing.paste.split(separator: "]")[0]).dropping(8)
            let plan = InitPlan.Sensor(name: name, source: listing.source, part: part(of: listing.source, catalog))
            found.append((plan, Sensors.reading(listing)))
        }
        return found
    }

    static func part(of source: String, _ catalog: PartCatalog) -> String? {
        guard let known = try? SensorSource(source) else { return nil }
        let (kind, device) = SensorListing.device(of: known, source)
        return catalog.card(kind, device)?.name
    }

    /// What `perch check` would say against a plan.
    /// - Parameter template: the file that the plan's template is from, to say where in it; nil: no places, since nobody has seen the file.
    static func objections(_ plan: InitPlan, _ catalog: PartCatalog, template: String? = nil) -> [String] {
        let file = template ?? "perch.conf"
        do throws(Failure) {
            try Check.checkBoard(try checked(plan, path: file, passwordFile: passwordFile), catalog)
            return []
        } catch {
            return error.lines.map { line in
                let bytes = Array(line.utf8)
                var number = 0, at = line.hasPrefix(file + ":") ? file.utf8.count + 1 : bytes.count
                while at < bytes.count, bytes[at] >= 0x30, bytes[at] <= 0x39 {
                    number = min(number, 99_999_999) * 10 + Int(bytes[at]) - 0x30
                    at += 1
                }
                if number == 0 { return template == nil ? line : filled("%: %", file, line) }
                let text = String(decoding: bytes[min(at + 2, bytes.count)...], as: UTF8.self)
                return template == nil ? text : filled("%:%: %", file, String(plan.templateLine(number, passwordFile: passwordFile)), text)
            }
        }
    }

    private static let passwordFile = "/etc/perch/password"

    /// The plan as the service would read it. What reads otherwise than it was meant ("a=b@example.org" is a key and a value) is refused.
    static func checked(_ plan: InitPlan, path: String, passwordFile: String) throws(Failure) -> Configuration {
        let configuration = BoardSetup.withUnits(try ConfigurationFile.parse(path, Array(plan.text(passwordFile: passwordFile).utf8)))
        let account = (plan.jid == nil || configuration.account.jid == plan.jid) && configuration.account.passwordFile == passwordFile
        var meant = String(plan.people.count) + " " + String(plan.readers.count)
        var read = String(configuration.people.entries.count) + " " + String(configuration.reports.to.count)
        for line in plan.lines { meant += "\n" + line.name + line.pin }
        for line in configuration.lines { read += "\n" + line.name + line.pin }
        for sensor in plan.sensors { meant += "\n\t" + sensor.name + sensor.source }
        for sensor in configuration.sensors { read += "\n\t" + sensor.name + sensor.source }
        // A template has been thought about; what people answer has not.
        guard account, plan.template != nil || meant == read && configuration.account.tlsCA == plan.tlsCA else {
            throw Failure(.usage, "perch.conf cannot hold this: it has characters with a meaning of their own there, such as = ; [ ]")
        }
        return configuration
    }
}

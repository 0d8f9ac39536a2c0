import Agent
import Text
import XMPP

/// What `perch init` is going to write: the answers so far, as perch.conf has them.
final class InitPlan {
    struct Line: Equatable {
        var name, pin: String
        /// A part, or the direction of a line without one.
        var part: String
    }

    struct Sensor: Equatable {
        var name, source: String
        var part: String?
    }

    var jid: JID?
    var server, tlsCA, tlsPin: String?
    var profile: String?
    /// In the order in which they were named, each with a role.
    var people: [(address: String, role: String)] = []
    var lines: [Line] = []
    var sensors: [Sensor] = []
    /// Who gets readings and alarms as messages; nil: nobody has said.
    var reports: [String]?

    /// A configuration that many boards share, with everything but the account's address and password. What is asked or given besides
    /// is added to its sections.
    var template: String?

    init(jid: JID? = nil, server: String? = nil, profile: String? = nil) {
        (self.jid, self.server, self.profile) = (jid, server, profile)
    }

    func copy() -> InitPlan {
        let other = InitPlan(jid: jid, server: server, profile: profile)
        (other.tlsCA, other.tlsPin, other.people, other.lines) = (tlsCA, tlsPin, people, lines)
        (other.sensors, other.reports, other.template) = (sensors, reports, template)
        return other
    }

    /// Unless somebody says otherwise, the first admin, since an alarm that nobody gets is none; of a template those that it names.
    var readers: [String] {
        if let reports { return reports }
        if template == nil {
            for (address, role) in people where role == "admin" && address.utf8.first != UInt8(ascii: "*") {
                if (try? ConfigurationValue.address(address)) != nil { return [address] }
            }
        }
        return []
    }

    /// perch.conf. What is allowed in each place is decided by its own parser, which reads this before anybody else does.
    func text(passwordFile: String) -> String {
        let account = Self.key("jid", jid?.description ?? "board@example.org") + Self.key("password-file", passwordFile) + Self.key("server", server)
            + Self.key("tls-ca", tlsCA) + Self.key("tls-pin", tlsPin)
        var text = template ?? "; Written by perch init. perch.conf(5) tells of every key; `perch check` checks a change, `systemctl reload perch` applies it.\n"
        Self.add("account", account, &text)
        if template == nil { text += "\n; " + Self.roles }
        var people = ""
        for person in self.people { people += Self.key(person.address, person.role) }
        Self.add("people", people, &text)
        Self.add("board", Self.key("profile", profile), &text)
        for line in lines {
            let kind = line.part == "input" || line.part == "output" ? "direction" : "part"
            Self.add("line " + line.name, Self.key("pin", line.pin) + Self.key(kind, line.part), &text)
        }
        for sensor in sensors { Self.add("sensor " + sensor.name, Self.key("part", sensor.part) + Self.key("source", sensor.source), &text) }
        if template == nil { text += "\n; Changes and readings come by themselves to whom this names, of what has `report = change`; alarms of what has `alarm`.\n" }
        let readers = readers
        if !readers.isEmpty {
            Self.add("reports", filled("to = %\n", readers.joined(separator: " ")), &text)
        } else if template == nil {
            text += filled("; [reports]\n; to = %\n", self.people.first?.address ?? "you@example.org")
        }
        return text
    }

    /// The line of the template that became this line of the text: keys have been added between.
    func templateLine(_ number: Int, passwordFile: String) -> Int {
        let ours = (template ?? "").utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        var line = 0
        for text in text(passwordFile: passwordFile).utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).prefix(number) {
            if line < ours.count, ours[line].elementsEqual(text) { line += 1 }
        }
        return max(line, 1)
    }

    static let roles = "admin changes everything, operator switches outputs, viewer only reads; nobody else gets an answer."

    /// A line of the file; nothing where there is no value.
    @inline(never)
    private static func key(_ name: String, _ value: String?) -> String {
        guard let value else { return "" }
        return name + " = " + value + "\n"
    }

    /// Puts keys below the line `[section]`, which is added at the end where there is none.
    private static func add(_ section: String, _ keys: String, _ text: inout String) {
        if keys.isEmpty { return }
        let header = Array(filled("[%]", section).utf8)
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            if bytes[start..<end].starts(with: header) {
                text = String(decoding: bytes[..<end], as: UTF8.self) + "\n" + keys + String(decoding: bytes[min(end + 1, bytes.count)...], as: UTF8.self)
                return
            }
            start = end + 1
        }
        text += filled("\n[%]\n%", section, keys)
    }

    // MARK: What people write in one line

    /// `lamp GPIO17 relay`, `door pin 11 contact`, `fan GPIO22 output`
    static func line(_ text: String) throws(UsageError) -> Line {
        var words = Self.words(text)
        if words.count > 2, words[1] == "pin" { words[1] += " " + words.remove(at: 2) }
        guard words.count == 3 else {
            throw UsageError(filled("\"%\": write a name, a pin, and a part or input or output, such as: lamp GPIO17 relay", text))
        }
        return Line(name: words[0], pin: words[1], part: words[2])
    }

    /// `air w1:28-0316a2795bff`, with a part behind it or without
    static func sensor(_ text: String) throws(UsageError) -> Sensor {
        let words = Self.words(text)
        guard words.count == 2 || words.count == 3 else {
            throw UsageError(filled("\"%\": write a name and where it is read from, such as: cpu thermal:cpu-thermal", text))
        }
        return Sensor(name: words[0], source: words[1], part: words.count == 3 ? words[2] : nil)
    }

    /// Between blanks.
    static func words(_ text: String) -> [String] {
        text.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.map { String($0) ?? "" }
    }
}

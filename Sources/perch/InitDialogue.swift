import Agent
import Text
import XMPP

/// What `perch init` still has to know, one question at a time. Without terminal, files or network, so that a whole conversation
/// is tested as a list of answers.
final class InitDialogue {
    enum Question: Equatable { case replace, address, name, account, password, admin, person, line, sensor, reports, confirm }

    /// What is known of this machine before anybody is asked.
    struct Surroundings {
        /// The path that is written.
        var path = ConfigurationFile.defaultPath
        var isThere = false
        var hostname = "board"
        /// Free pins of the header without another function; nil where there are no lines at all.
        var pins: [String]?
        var sensors: [(plan: InitPlan.Sensor, reading: String)] = []
    }

    /// Why an answer is not taken.
    enum Refusal: Error, Equatable {
        case again(String)
        /// The person wants no more of it.
        case stop
    }

    /// Pins and sensors named in a question: what fits on a screen.
    static let offered = 12

    let surroundings: Surroundings
    /// Everything that perch.conf's own parser and the board say against a plan.
    let objections: (InitPlan) -> [String]
    /// The part that a source is of.
    let partOf: (String) -> String?

    var plan = InitPlan()
    /// The server of an invitation that leaves the name open.
    var domain: String?
    var token: String?
    var password: String?
    /// Whether the account has to be made; nil: nobody has said.
    var isNew: Bool?
    var replaces = false
    var isConfirmed = false
    /// Questions that need no answer, and have had it.
    var done: [Question] = []
    /// The account that could not be had: Enter tries it again.
    private var refused: (jid: JID, token: String?, isNew: Bool)?

    init(_ surroundings: Surroundings, partOf: @escaping (String) -> String? = { _ in nil }, objections: @escaping (InitPlan) -> [String]) {
        self.surroundings = surroundings
        self.partOf = partOf
        self.objections = objections
    }

    private var needed: [Question] {
        var list: [Question] = []
        if surroundings.isThere && !replaces { list.append(.replace) }
        if plan.jid == nil { list.append(domain == nil ? .address : .name) }
        if isNew == nil { list.append(.account) }
        if isNew == false && password == nil { list.append(.password) }
        if plan.people.isEmpty && plan.template == nil { list.append(.admin) }
        return list
    }

    /// nil: all is known.
    var question: Question? {
        if let first = needed.first { return first }
        if isConfirmed { return nil }
        if !done.contains(.person) { return .person }
        if surroundings.pins != nil && !done.contains(.line) { return .line }
        if !surroundings.sensors.isEmpty && !done.contains(.sensor) { return .sensor }
        if plan.template == nil, plan.reports == nil, !plan.lines.isEmpty || !plan.sensors.isEmpty, !done.contains(.reports) { return .reports }
        return .confirm
    }

    /// What has to be given where nobody can be asked.
    var missing: [String] {
        var lines: [String] = []
        for question in needed {
            switch question {
            case .replace: lines.append(filled("--replace: % exists already; a copy of it is kept", surroundings.path))
            case .address where token != nil: lines.append("--jid NAME@example.org: a name at the token's server; or --invite with the whole link, xmpp:…")
            case .address: lines.append("--jid ADDRESS: the board's address, or --invite LINK with one")
            case .name: lines.append(filled("--jid NAME@%: the invitation leaves the name open", domain ?? ""))
            case .account: lines.append("--password-file FILE of an account that exists, or --invite LINK, or --register to make a new one")
            case .password: lines.append("--password-file FILE: the account's password")
            case .admin: lines.append("--admin ADDRESS: who may do everything (or --operator, --viewer)")
            case .person, .line, .sensor, .reports, .confirm: break
            }
        }
        if !isConfirmed { lines.append("--yes: write the configuration without asking") }
        return lines
    }

    func prompt(_ question: Question) -> String {
        switch question {
        case .replace: return filled("% exists. Replace it? A copy is kept beside it. [y/N] ", surroundings.path)
        case .address:
            if let refused { return filled("Another address or invite link, or Enter to try % again (Ctrl-C ends it): ", refused.jid.description) }
            if token != nil { return "The board's address, at the server that the invitation's token is from: " }
            return "The board's address (greenhouse@example.org), or an invite link (xmpp:…): "
        case .name: return filled("The board's name at % [%]: ", domain ?? "", surroundings.hostname)
        case .account: return filled("Does % exist already? If not, it is registered now. [y/N] ", plan.jid?.description ?? "")
        case .password: return "Its password (not shown): "
        case .admin: return filled("\nWho may do what: %\nYour own address, as admin: ", InitPlan.roles)
        case .person: return "Anybody else, as ADDRESS ROLE (*@example.org viewer)? Enter: nobody. "
        case .line:
            let pins = surroundings.pins ?? []
            let example = pins.first ?? "GPIO17"
            if !plan.lines.isEmpty { return "Another line? Enter: no more. " }
            return filled("\nLines: NAME PIN PART, such as \"lamp % relay\", \"door % contact\".\n", example, pins.count > 1 ? pins[1] : "GPIO27")
                + (pins.isEmpty ? "" : filled("Free: % (? lists all)\n", pins.prefix(Self.offered).joined(separator: " "))) + "A line? Enter: none. "
        case .sensor:
            if !plan.sensors.isEmpty { return "Another sensor? Enter: no more. " }
            var text = "\nSensors that were found:\n"
            for (number, sensor) in surroundings.sensors.prefix(Self.offered).enumerated() {
                text += filled("  %  %: ", String(number + 1), sensor.plan.name) + filled("%, %\n", sensor.plan.source, sensor.reading)
            }
            return text + "Which? Numbers (1 3), NUMBER NAME (1 air) to call it so, or NAME SOURCE. Enter: none. "
        case .reports: return filled("\nWho gets readings and alarms as messages (addresses, or nobody)? [%] ", plan.readers.first ?? "nobody")
        case .confirm: return filled("\n%\nWrite this to %? [Y/n] ", plan.text(passwordFile: "…"), surroundings.path)
        }
    }

    func answer(_ question: Question, _ answer: String) throws(Refusal) {
        if question == .password {
            if answer.isEmpty { throw .again("an account has a password") }
            password = answer
            return
        }
        for byte in Array(answer.utf8) where byte < 0x20 && byte != 0x09 || byte == 0x7F { throw .again("control characters are in it; please type it again") }
        let words = InitPlan.words(answer)
        let text = words.joined(separator: " ")
        switch question {
        case .replace:
            guard try Self.yes(text, false) else { throw .stop }
            replaces = true
        case .address:
            if text.isEmpty, let refused {
                (plan.jid, token, isNew) = (refused.jid, refused.token, refused.isNew)
            } else {
                try address(text)
            }
        case .name: try setAddress(filled("%@%", text.isEmpty ? surroundings.hostname : text, domain ?? ""))
        case .account: isNew = try !Self.yes(text, false)
        case .password: break
        case .admin: try person(text, "admin")
        case .person:
            if words.isEmpty { return done.append(question) }
            guard words.count == 2 else { throw .again("write an address and a role: admin, operator or viewer") }
            try person(words[0], words[1])
        case .line:
            if words.isEmpty { return done.append(question) }
            try addLine(text)
        case .sensor:
            if words.isEmpty { return done.append(question) }
            try addSensors(words, text)
        case .reports:
            if words.isEmpty { return done.append(question) }
            try reports(words)
        case .confirm:
            guard try Self.yes(text, true) else { throw .stop }
            isConfirmed = true
        }
    }

    /// The server did not give this account: asks for another one, and keeps everything else.
    func refuseAccount() {
        if let jid = plan.jid { refused = (jid, token, isNew ?? false) }
        if isNew == false { password = nil }
        (plan.jid, domain, token, isNew) = (nil, nil, nil, nil)
        isConfirmed = false
    }

    // MARK: Answers, also those given as options

    /// What one option says.
    func option(_ name: String, _ value: String) throws(Refusal) {
        for byte in Array(value.utf8) where byte < 0x20 || byte == 0x7F { throw .again("there are control characters in it") }
        switch name {
        case "--board": try accept { $0.profile = value }
        case "--server": try accept { $0.server = value }
        case "--tls-ca": try accept { $0.tlsCA = value }
        case "--tls-pin": try accept { $0.tlsPin = value }
        case "--invite":
            guard Self.isToken(value) else { return try invitation(value) }
            (token, isNew) = (value, true)
        case "--jid":
            try setAddress(value)
            if let domain, plan.jid?.domain != domain { throw .again(filled("the invitation is for accounts at %", domain)) }
        case "--line": try addLine(value)
        case "--sensor": try addSensor(value)
        case "--reports": try reports(InitPlan.words(value))
        // --admin, --operator, --viewer
        default: try person(value, String(name.utf8.dropFirst(2)) ?? name)
        }
    }

    /// An address, or a link that invites.
    func address(_ text: String) throws(Refusal) {
        let head = text.lowercased().utf8
        guard head.starts(with: "xmpp:".utf8) || head.starts(with: "http".utf8) && text.utf8.contains(UInt8(ascii: ":")) else {
            if Self.isToken(text) { throw .again(filled("\"%\" names no server; write NAME@example.org, or the whole invite link, which begins with xmpp:", text)) }
            return try setAddress(text)
        }
        try invitation(text)
        if let name = plan.jid, name.domain != domain { plan.jid = nil }
    }

    /// Nothing that a link or an address has: of an invitation only its token (XEP-0445).
    static func isToken(_ text: String) -> Bool {
        for byte in Array(text.utf8) where byte <= 0x20 || byte >= 0x7F || Array("@.:/?#;%&".utf8).contains(byte) { return false }
        return !text.isEmpty
    }

    func invitation(_ text: String) throws(Refusal) {
        let link: AccountInvitation
        do throws(InvitationProblem) { link = try AccountInvitation(text) } catch { throw .again(error.description) }
        domain = link.domain
        token = link.token
        isNew = true
        if let local = link.local { try setAddress(filled("%@%", local, link.domain)) }
    }

    func setAddress(_ text: String) throws(Refusal) {
        let jid: JID
        do throws(Complaint) { jid = try ConfigurationValue.address(text) } catch { throw .again(error.text) }
        try accept { $0.jid = jid }
    }

    func person(_ address: String, _ role: String) throws(Refusal) {
        if address.isEmpty { throw .again("nobody could ask the board anything; write an address, such as you@example.org") }
        if let jid = plan.jid?.description, jid == address { throw .again("that is the board's own address") }
        try accept { $0.people.append((address, role)) }
    }

    func addLine(_ text: String) throws(Refusal) {
        let line: InitPlan.Line
        do throws(UsageError) { line = try InitPlan.line(text) } catch { throw .again(error.reason) }
        try accept { $0.lines.append(line) }
    }

    func addSensor(_ text: String) throws(Refusal) {
        var sensor: InitPlan.Sensor
        do throws(UsageError) { sensor = try InitPlan.sensor(text) } catch { throw .again(error.reason) }
        if sensor.part == nil { sensor.part = partOf(sensor.source) }
        try accept { $0.sensors.append(sensor) }
    }

    /// Addresses, or "nobody".
    func reports(_ words: [String]) throws(Refusal) {
        try accept { $0.reports = words == ["nobody"] ? [] : ($0.reports ?? []) + words }
    }

    private func addSensors(_ words: [String], _ text: String) throws(Refusal) {
        guard var first = Int(words[0]) else { return try addSensor(text) }
        var chosen: [InitPlan.Sensor] = []
        for (index, word) in words.enumerated() {
            if let number = Int(word) {
                first = number
                guard (1...max(1, surroundings.sensors.count)).contains(first) else { throw .again(filled("there is no number % in the list", String(first))) }
                chosen.append(surroundings.sensors[first - 1].plan)
            } else if index == 1, words.count == 2 {
                chosen[0].name = word
            } else {
                throw .again("write numbers (1 3), or one number and a name for it (1 air)")
            }
        }
        try accept { $0.sensors += chosen }
    }

    /// Takes a change that nothing is to be said against.
    private func accept(_ change: (InitPlan) -> Void) throws(Refusal) {
        let changed = plan.copy()
        change(changed)
        let objections = objections(changed)
        if !objections.isEmpty { throw .again(objections.joined(separator: "\n")) }
        plan = changed
    }

    private static func yes(_ text: String, _ usual: Bool) throws(Refusal) -> Bool {
        switch text.lowercased() {
        case "": return usual
        case "y", "yes": return true
        case "n", "no": return false
        default: throw .again("please answer y or n")
        }
    }
}

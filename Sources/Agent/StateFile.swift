import Text
import XMPP

/// The files of the state directory carry their version in their first line: `perch-lines 1`.
///
/// A version of Perch reads what earlier ones wrote. What a later one wrote, and what is damaged, is put aside, so that the board comes
/// up after a downgrade and nothing is overwritten. Of what is damaged in part, the lines that are whole go on to count.
public enum StateFile {
    public static let names = ["lines", "counters", "journal", "acted", "people", login]
    /// `LoginMemory`'s; it holds a secret.
    public static let login = "login"
    /// What is written, and all that was written so far: of every file.
    static let version = 1

    public indirect enum Verdict: Equatable, Sendable {
        case current
        case other(Int)
        case damaged
        /// Some lines make no sense; the file without them.
        case partly([UInt8])
    }

    public static func verdict(_ name: String, _ file: [UInt8]) -> Verdict {
        if file.isEmpty { return .current }
        let head = Array(say("perch-$1 ", name).utf8)
        // The journal finds by itself what is whole behind a damaged place.
        let damaged: Verdict = name == Journal.fileName ? .current : .damaged
        guard file.count > head.count, Array(file[..<head.count]) == head else { return damaged }
        var number = 0
        for byte in file[head.count...].prefix(8) {
            if byte == UInt8(ascii: "\n") { return number != version ? .other(number) : whole(name, file).map { .partly($0) } ?? .current }
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return damaged }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return damaged
    }

    /// What is left without the lines that make no sense; nil: there are none, as far as that can be told.
    private static func whole(_ name: String, _ file: [UInt8]) -> [UInt8]? {
        let whole: [UInt8]
        switch name {
        case SavedLines.fileName: whole = SavedLines(file).bytes
        case Counters.fileName: whole = Counters(file).bytes
        case GuestList.fileName: whole = GuestList(file).bytes
        // All or nothing: what the next login must not go below is not to be lost from among the rest.
        case login: whole = LoginMemory(file).file
        default: return nil
        }
        let newline = UInt8(ascii: "\n")
        return whole.split(separator: newline).count < file.split(separator: newline).count ? whole : nil
    }

    /// The lines behind the first one; none where that is another one.
    static func rows(_ name: String, _ file: [UInt8]?) -> ArraySlice<Substring> {
        var rows = String(decoding: file ?? [], as: UTF8.self).split(separator: "\n")[...]
        return rows.popFirst() == ("perch-" + name + " " + digits(version))[...] ? rows : []
    }

    /// Where a file goes that cannot be used as it is; nil: it can.
    public static func aside(_ name: String, _ verdict: Verdict) -> String? {
        switch verdict {
        case .current: nil
        case .other(let version): name + ".v" + digits(version)
        case .damaged, .partly: name + ".unreadable"
        }
    }

    /// - Parameter isDone: false: it is still to happen, which only looking does not change.
    public static func remark(_ name: String, at path: String, _ verdict: Verdict, isDone: Bool) -> String {
        var text = path, loss = loss(name)
        switch verdict {
        case .current: return ""
        case .other(let number): text += say(" is of version $1, and this perch reads version $2", digits(number), digits(version))
        case .damaged: text += say(" is damaged: its first line is not perch-$1 $2", name, digits(version))
        case .partly:
            text += " is damaged in part"
            if name != login { loss = "and the lines of it that are whole are kept" }
        }
        text += say(isDone ? "; it was put aside as $1, $2" : "; the next start puts it aside as $1, $2", aside(name, verdict) ?? "", loss)
        guard case .other = verdict else { return text }
        if !isDone { return text + ". To keep it, install the perch that wrote it" }
        return text + ". The perch that wrote it takes it back: install that, stop the service and rename the file"
    }

    /// What becomes of a start without it.
    public static func loss(_ name: String) -> String {
        switch name {
        case SavedLines.fileName: "and outputs with `initial = restore` come up off"
        case Counters.fileName: "and counting begins at 0"
        case Journal.fileName: "and the reports in it are not delivered"
        case RecentMessages.fileName: "and a command that is delivered once more might be done once more"
        case GuestList.fileName: "and who was let in or kept out by chat is forgotten"
        default: "and the next login begins from nothing"
        }
    }
}

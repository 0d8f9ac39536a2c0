import Text

/// The files of the state directory carry their version in their first line: `perch-lines 1`.
///
/// A version of Perch reads what earlier ones wrote. What a later one wrote, and what is damaged, is put aside, so that the board comes
/// up after a downgrade and nothing is overwritten.
public enum StateFile {
    public static let names = ["lines", "counters", "journal", "acted", "people", "login"]
    /// What is written, and all that was written so far: of every file.
    static let version = 1

    public enum Verdict: Equatable, Sendable {
        case current
        case other(Int)
        case damaged
    }

    public static func verdict(_ name: String, _ file: [UInt8]) -> Verdict {
        if file.isEmpty { return .current }
        let head = Array("perch-\(name) ".utf8)
        // The journal finds by itself what is whole behind a damaged place.
        let damaged: Verdict = name == Journal.fileName ? .current : .damaged
        guard file.count > head.count, Array(file[..<head.count]) == head else { return damaged }
        var number = 0
        for byte in file[head.count...].prefix(8) {
            if byte == UInt8(ascii: "\n") { return number == version ? .current : .other(number) }
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return damaged }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return damaged
    }

    /// Where a file goes that cannot be used; nil: it can.
    public static func aside(_ name: String, _ verdict: Verdict) -> String? {
        switch verdict {
        case .current: nil
        case .other(let version): name + ".v" + String(version)
        case .damaged: name + ".unreadable"
        }
    }

    /// - Parameter isDone: false: it is still to happen, which only looking does not change.
    public static func remark(_ name: String, at path: String, _ verdict: Verdict, isDone: Bool) -> String {
        var text = path
        switch verdict {
        case .current: return ""
        case .other(let number): text += " is of version " + String(number) + ", and this perch reads version " + String(version)
        case .damaged: text += " is damaged: its first line is not perch-" + name + " " + String(version)
        }
        text += (isDone ? "; it was put aside as " : "; the next start puts it aside as ") + (aside(name, verdict) ?? "") + ", " + loss(name)
        if verdict == .damaged { return text }
        return text + (isDone ? ". The perch that wrote it takes it back: install that, stop the service and rename the file" : ". To keep it, install the perch that wrote it")
    }

    /// What becomes of a start without it.
    public static func loss(_ name: String) -> String {
        switch name {
        case SavedLines.fileName: "and outputs with `initial = restore` come up off"
        case Counters.fileName: "and counting begins at 0"
        case Journal.fileName: "and the reports in it are not delivered"
        case RecentMessages.fileName: "and a command that is delivered once more might be done once more"
        case "people": "and who was let in or kept out by chat is forgotten"
        default: "and the next login begins from nothing"
        }
    }
}

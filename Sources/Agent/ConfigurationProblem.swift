import Text

/// One mistake in perch.conf or in a part's file.
public struct ConfigurationProblem: Equatable, CustomStringConvertible {
    /// "perch.conf:12"
    public var location: String
    /// What is wrong, with the nearest valid spelling or the remedy.
    public var text: String

    public init(location: String, text: String) {
        self.location = location
        self.text = text
    }

    /// "perch.conf:12: unknown key …"
    public var description: String { "\(location): \(text)" }
}

public enum ConfigurationResult: Equatable {
    case configuration(Configuration)
    /// All mistakes at once, in the order of the file, those in parts' files last. Never empty.
    case problems([ConfigurationProblem])
}

/// Why a value cannot be taken.
public struct Complaint: Error, Equatable {
    public var text: String
    init(_ text: String) { self.text = text }
}

/// Where a key stands.
struct Place: Equatable {
    var file: String
    /// 0 for perch.conf, then the parts in the order of their first use.
    var rank = 0
    var line: Int

    var description: String { "\(file):\(line)" }
}

/// One `key = value`.
struct Setting {
    var key: String
    var value: String
    var place: Place
}

/// "off, on or keep"
func alternatives(_ words: [String], _ last: String = "or") -> String {
    var text = ""
    for (index, word) in words.enumerated() {
        if index > 0 { text += index == words.count - 1 ? " \(last) " : ", " }
        text += word
    }
    return text
}

/// "; did you mean lamp?", or nothing when no candidate is near.
func didYouMean(_ word: String, _ candidates: [String]) -> String {
    guard let nearest = Spelling.nearest(to: word, among: candidates) else { return "" }
    return "; did you mean \(nearest)?"
}

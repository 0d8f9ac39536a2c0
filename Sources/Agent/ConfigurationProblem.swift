import Text

/// One mistake in perch.conf or in a part's file.
public final class ConfigurationProblem: Equatable, CustomStringConvertible {
    /// "perch.conf:12"
    public let location: String
    /// What is wrong, with the nearest valid spelling or the remedy.
    public let text: String

    public init(location: String, text: String) {
        self.location = location
        self.text = text
    }

    public static func == (a: ConfigurationProblem, b: ConfigurationProblem) -> Bool { a.location == b.location && a.text == b.text }

    /// "perch.conf:12: unknown key …"
    public var description: String { filled("%: %", location, text) }
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
    // As `filled`.
    @inline(never)
    init(_ template: StaticString, _ a: String) { text = filled(template, a) }
    @inline(never)
    init(_ template: StaticString, _ a: String, _ b: String) { text = filled(template, a, b) }
    @inline(never)
    init(_ template: StaticString, _ a: String, _ b: String, _ c: String) { text = filled(template, a, b, c) }
}

/// Where a key stands.
final class Place {
    let file: String
    /// 0 for perch.conf, then the parts in the order of their first use.
    let rank: Int
    let line: Int

    init(file: String, rank: Int = 0, line: Int) {
        self.file = file
        self.rank = rank
        self.line = line
    }

    var description: String { filled("%:%", file, String(line)) }
}

/// Where the pins and sources of lines and sensors stand, by their names. Lists of parts: all of it is three blocks of memory, so that none of
/// it is left over between what stays when it is done with.
final class Places: Equatable {
    private(set) var names: [String] = []
    private var files: [String] = []
    /// A `rank` and a `line` for each.
    private var numbers: [Int] = []

    @inline(never)
    func add(_ name: String, _ place: Place) {
        names.append(name)
        files.append(place.file)
        numbers += [place.rank, place.line]
    }

    @inline(never)
    subscript(name: String) -> Place? {
        for (index, known) in names.enumerated() where known == name {
            return Place(file: files[index], rank: numbers[index * 2], line: numbers[index * 2 + 1])
        }
        return nil
    }

    static func == (a: Places, b: Places) -> Bool { a.names == b.names && a.files == b.files && a.numbers == b.numbers }
}

/// One `key = value`.
final class Setting {
    let key: String
    let value: String
    let place: Place

    init(key: String, value: String, place: Place) {
        self.key = key
        self.value = value
        self.place = place
    }
}

/// A name, a pin, a tag, an `interlock` or a mistake, and where it stands.
final class Noted {
    let text: String
    let place: Place
    /// Number of the line that it belongs to.
    let line: Int

    init(_ text: String, _ place: Place, line: Int = 0) {
        self.text = text
        self.place = place
        self.line = line
    }
}

extension [Setting] {
    @inline(never)
    func setting(_ key: String) -> Setting? {
        for setting in self where setting.key == key { return setting }
        return nil
    }

    func has(_ keys: [String]) -> Bool {
        for setting in self where keys.contains(setting.key) { return true }
        return false
    }
}

/// "off, on or keep"
func alternatives(_ words: [String], _ last: String = "or") -> String {
    var text = ""
    for (index, word) in words.enumerated() {
        if index > 0 { text += index == words.count - 1 ? filled(" % ", String(last)) : ", " }
        text += word
    }
    return text
}

/// "; did you mean lamp?", or nothing when no candidate is near.
func didYouMean(_ word: String, _ candidates: [String]) -> String {
    guard let nearest = Spelling.nearest(to: word, among: candidates) else { return "" }
    return filled("; did you mean %?", nearest)
}

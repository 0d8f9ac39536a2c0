/// INI files as systemd users know them, parsed by libinih.
///
/// `[section]`, `key = value`, comments from `;` or `#` at the start of a line and from ` ;` after a
/// value. Every mistake is reported with its line, and the rest of the file is still parsed.
public enum INI {
    /// Bytes of one file; perch.conf with every limit of the agent reached is below 200 KB.
    public static let maximumBytes = 256 * 1024
    /// Bytes of one line without its end. inih cuts longer lines silently, so they are refused before.
    public static let maximumLineBytes = 1020
    /// Bytes of a section's name. inih's buffer is 50 with the NUL, and it cuts silently.
    public static let maximumSectionBytes = 48
    /// Sections of one file, and keys of one section. Each is compared with those before it; the agent
    /// takes 256 lines, 256 sensors and 512 people.
    public static let maximumSections = 1024
    public static let maximumEntries = 1024
    /// Mistakes listed for one file: more than a person corrects in one go.
    public static let maximumProblems = 100

    public struct Document: Equatable {
        /// In the order of the file. Of a section or key that stands twice only the first is here.
        public var sections: [Section]
        /// In the order of the file.
        public var problems: [Problem]

        public init(sections: [Section] = [], problems: [Problem] = []) {
            self.sections = sections
            self.problems = problems
        }
    }

    public final class Section: Equatable {
        /// What stands between the brackets, without blanks around it.
        public let name: String
        /// Of the `[section]` line, from 1.
        public let line: Int
        public internal(set) var entries: [Entry]

        public init(name: String, line: Int, entries: [Entry] = []) {
            self.name = name
            self.line = line
            self.entries = entries
        }

        public func entry(_ key: String) -> Entry? {
            for entry in entries where entry.key == key { return entry }
            return nil
        }

        public static func == (a: Section, b: Section) -> Bool { a.name == b.name && a.line == b.line && a.entries == b.entries }
    }

    public final class Entry: Equatable {
        public let key: String
        /// Never empty, without blanks or a comment around it.
        public let value: String
        /// From 1.
        public let line: Int

        public init(key: String, value: String, line: Int) {
            self.key = key
            self.value = value
            self.line = line
        }

        public static func == (a: Entry, b: Entry) -> Bool { a.key == b.key && a.value == b.value && a.line == b.line }
    }

    public struct Problem: Equatable {
        /// From 1.
        public var line: Int
        /// What is wrong and how to correct it, without the location.
        public var text: String

        public init(line: Int, text: String) {
            self.line = line
            self.text = text
        }
    }

    /// Parses a whole file. Never traps, whatever the bytes.
    public static func parse(_ bytes: [UInt8]) -> Document {
        var parser = Parser()
        parser.parse(bytes)
        return parser.document
    }
}

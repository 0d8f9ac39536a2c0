import CINI
import Text

/// Hands the file to inih line by line: Debian's inih tells neither the line of a value nor that of
/// any error but the first, and what it would cut or misread without a word is refused before.
struct Parser {
    var document = INI.Document()
    private var line = 0
    /// After a section line that is wrong, its keys belong nowhere and are left out; also when there are too many.
    private var skipping = false

    mutating func parse(_ bytes: [UInt8]) {
        if bytes.count > INI.maximumBytes {
            document.problems.append(INI.Problem(line: 1, text: filled("the file is larger than % KiB", String(INI.maximumBytes / 1024))))
            return
        }
        // A byte order mark, as Windows editors write it.
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
            let next = end + 1
            if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
            line += 1
            parseLine(bytes[start..<end])
            start = next
        }
    }

    private mutating func problem(_ text: String) {
        if document.problems.count > INI.maximumProblems { return }
        let last = document.problems.count == INI.maximumProblems
        document.problems.append(INI.Problem(line: line, text: last ? "there are more mistakes; correct these first" : text))
    }

    private mutating func parseLine(_ text: ArraySlice<UInt8>) {
        guard let first = text.first(where: { !isBlank($0) }) else { return }
        let isSection = first == UInt8(ascii: "[")
        if let text = unreadable(text) {
            if isSection { skipping = true }
            return problem(text)
        }
        if first == UInt8(ascii: ";") || first == UInt8(ascii: "#") { return }
        if isSection { parseSection(text) } else { parseEntry(text) }
    }

    /// Why inih must not see this line, or nil.
    private func unreadable(_ text: ArraySlice<UInt8>) -> String? {
        if text.count > INI.maximumLineBytes { return filled("the line is longer than % bytes", String(INI.maximumLineBytes)) }
        if text.contains(0) { return "the line contains a NUL byte; is this a text file?" }
        if text.contains(where: { ($0 < 0x20 && $0 != UInt8(ascii: "\t")) || $0 == 0x7F }) { return "the line contains a control character" }
        if String(validating: text, as: UTF8.self) == nil { return "the line is not UTF-8; save the file as UTF-8" }
        return nil
    }

    private mutating func parseSection(_ text: ArraySlice<UInt8>) {
        skipping = true
        // inih calls nobody for a section without keys, so it gets a key.
        guard let found = inih(text, followedBy: "\nk=\n"), let close = text.firstIndex(of: UInt8(ascii: "]")) else {
            return problem("the section has no closing \"]\"")
        }
        if let after = text[(close + 1)...].first(where: { !isBlank($0) }), after != UInt8(ascii: ";"), after != UInt8(ascii: "#") {
            return problem("there is more after \"]\"; put it on a line of its own")
        }
        if close - text.startIndex > INI.maximumSectionBytes {
            return problem(filled("the section's name is longer than % bytes", String(INI.maximumSectionBytes)))
        }
        let name = trimmed(found.section)
        if name.isEmpty { return problem("the section has no name") }
        for section in document.sections where section.name == name {
            return problem(filled("[%] stands twice, first in line %; join the two", name, String(section.line)))
        }
        if document.sections.count == INI.maximumSections { return problem(filled("there are more than % sections", String(INI.maximumSections))) }
        skipping = false
        document.sections.append(INI.Section(name: name, line: line))
    }

    private mutating func parseEntry(_ text: ArraySlice<UInt8>) {
        guard let found = inih(text, followedBy: "") else {
            return problem("this is neither \"[section]\" nor \"key = value\"")
        }
        if skipping { return }
        guard let section = document.sections.last else {
            return problem(filled("\"%\" stands before the first [section]", found.name))
        }
        if found.name.isEmpty { return problem("there is no key before \"=\"") }
        if found.value.isEmpty { return problem(filled("\"%\" has no value", found.name)) }
        if hasHashComment(found.value) { return problem("a comment after a value begins with \";\", not with \"#\"") }
        for entry in section.entries where entry.key == found.name {
            return problem(filled("\"%\" stands twice in [%], first in line %", found.name, section.name, String(entry.line)))
        }
        if section.entries.count == INI.maximumEntries {
            skipping = true
            return problem(filled("[%] has more than % keys", section.name, String(INI.maximumEntries)))
        }
        section.entries.append(INI.Entry(key: found.name, value: found.value, line: line))
    }

    /// systemd users expect `#` to start a comment only at the start of a line; everybody else writes
    /// it after a value and would get it as a part of the value.
    private func hasHashComment(_ value: String) -> Bool {
        var previous: UInt8 = 0
        for byte in Array(value.utf8) {
            if byte == UInt8(ascii: "#"), isBlank(previous) { return true }
            previous = byte
        }
        return false
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private func trimmed(_ text: String) -> String {
        let bytes = text.utf8
        guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(Substring(bytes[first...last]))
    }

    private struct Found {
        var section = ""
        var name = ""
        var value = ""
    }

    /// nil: inih finds neither a section nor a key.
    private func inih(_ text: ArraySlice<UInt8>, followedBy rest: StaticString) -> Found? {
        // inih also takes ":" for "=", which would cut addresses such as alice@[2001:db8::1] in two.
        // Control characters were refused before, so one of them can stand for ":" meanwhile.
        var line: [CChar] = []
        line.reserveCapacity(text.count + rest.utf8CodeUnitCount + 1)
        for byte in text { line.append(CChar(bitPattern: byte == UInt8(ascii: ":") ? hiddenColon : byte)) }
        rest.withUTF8Buffer { for byte in $0 { line.append(CChar(bitPattern: byte)) } }
        line.append(0)
        var found: Found?
        let failed = withUnsafeMutablePointer(to: &found) { found in
            // Room for "\r", "\n" and NUL, as ini.h says.
            perch_ini_parse(
                line, Int32(INI.maximumLineBytes + 4),
                { user, section, name, value in
                    guard let user else { return 0 }
                    user.assumingMemoryBound(to: Found?.self).pointee = Found(
                        section: restored(section), name: restored(name), value: restored(value))
                    return 1
                }, found)
        }
        return failed == 0 ? found : nil
    }
}

private let hiddenColon: UInt8 = 1

/// A C string of inih as Swift's, colons back in place.
private func restored(_ text: UnsafePointer<CChar>?) -> String {
    guard let text else { return "" }
    var bytes: [UInt8] = []
    var index = 0
    while text[index] != 0 {
        let byte = UInt8(bitPattern: text[index])
        bytes.append(byte == hiddenColon ? UInt8(ascii: ":") : byte)
        index += 1
    }
    return String(decoding: bytes, as: UTF8.self)
}

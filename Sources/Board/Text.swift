import Text

/// Small helpers over bytes: sysfs is ASCII, and `String` indices cost more than they give here.
enum Text {
    static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
    static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = bytes
        while let first = rest.first, isSpace(first) || first == 0 { rest.removeFirst() }
        while let last = rest.last, isSpace(last) || last == 0 { rest.removeLast() }
        return rest
    }

    @inline(never)
    static func trimmed(_ text: String) -> String {
        String(decoding: trimmed(Array(text.utf8)[...]), as: UTF8.self)
    }

    static func words(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        bytes.split(omittingEmptySubsequences: true) { isSpace($0) || $0 == 0 }
    }

    @inline(never)
    static func words(_ text: String) -> [String] {
        words(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }

    static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] { bytes.split(separator: 10) }

    static func withoutTrailingDigits(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        var rest = bytes[...]
        while let last = rest.last, isDigit(last) { rest.removeLast() }
        return rest
    }

    static func hasPrefix(_ bytes: ArraySlice<UInt8>, _ prefix: StaticString) -> Bool {
        prefix.withUTF8Buffer { bytes.starts(with: $0) }
    }

    /// `text` split at its first `separator`; nil without one.
    @inline(never)
    static func split(_ text: String, at separator: UInt8) -> (String, String)? {
        let bytes = Array(text.utf8)
        guard let index = bytes.firstIndex(of: separator) else { return nil }
        return (String(decoding: bytes[..<index], as: UTF8.self), String(decoding: bytes[(index + 1)...], as: UTF8.self))
    }

    /// `text` split at its last `separator`; nil without one.
    @inline(never)
    static func splitLast(_ text: String, at separator: UInt8) -> (String, String)? {
        let bytes = Array(text.utf8)
        guard let index = bytes.lastIndex(of: separator) else { return nil }
        return (String(decoding: bytes[..<index], as: UTF8.self), String(decoding: bytes[(index + 1)...], as: UTF8.self))
    }

    /// The one of `known` that was probably meant.
    @inline(never)
    static func nearest(_ word: String, _ known: [String]) -> String? { Spelling.nearest(to: word, among: known, prefersSameLetters: true) }

    /// "; did you mean lamp?", or `otherwise` when none of `known` is near.
    @inline(never)
    static func meant(_ word: String, _ known: [String], _ otherwise: String) -> String {
        guard let nearest = nearest(word, known) else { return otherwise }
        return filled("; did you mean %?", nearest)
    }

    static func hasPrefix(_ text: String, _ prefix: StaticString) -> Bool {
        text.hasPrefix(prefix.description)
    }

    static func hasSuffix(_ text: String, _ suffix: StaticString) -> Bool {
        text.hasSuffix(suffix.description)
    }

    /// "a,b" as ["a", "b"]; nil where one is empty.
    @inline(never)
    static func names(_ list: String) -> [String]? {
        var names: [String] = []
        for name in list.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            if name.isEmpty { return nil }
            names.append(String(decoding: name, as: UTF8.self))
        }
        return names
    }

    /// With blanks between them.
    @inline(never)
    static func joined(_ words: ArraySlice<String>) -> String {
        var text = ""
        for word in words { text += text.isEmpty ? word : " " + word }
        return text
    }

    static func contains(_ bytes: [UInt8], _ wanted: String) -> Bool {
        let wanted = Array(wanted.utf8)
        guard let first = wanted.first, bytes.count >= wanted.count else { return false }
        for start in 0...(bytes.count - wanted.count) where bytes[start] == first {
            if bytes[start...].starts(with: wanted) { return true }
        }
        return false
    }

    /// Digits only, at most `limit`.
    @inline(never)
    static func number(_ text: String, limit: Int) -> Int? {
        if text.isEmpty || text.utf8.count > 9 { return nil }
        var value = 0
        for byte in Array(text.utf8) {
            guard isDigit(byte) else { return nil }
            value = value * 10 + Int(byte - 48)
        }
        return value <= limit ? value : nil
    }
}

// Perch takes text apart at ASCII, and counts and cuts it in Unicode scalars. The standard library's ways through a string by `Character` bring
// Unicode's rules for what a person sees as one with them: 20 KB of machine code and tables. These take their place in the files that import `Text`.

extension String {
    @inline(never)
    public func hasPrefix(_ prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }

    @inline(never)
    public func hasSuffix(_ suffix: String) -> Bool {
        let bytes = Array(utf8), end = Array(suffix.utf8)
        return bytes.count >= end.count && Array(bytes[(bytes.count - end.count)...]) == end
    }

    /// - Parameter separator: one scalar.
    public func split(separator: Character, maxSplits: Int = .max, omittingEmptySubsequences: Bool = true) -> [Substring] {
        self[...].split(separator: separator, maxSplits: maxSplits, omittingEmptySubsequences: omittingEmptySubsequences)
    }

    /// Its first scalars, at most so many.
    @inline(never)
    public func cut(to count: Int) -> String { String(unicodeScalars.prefix(count)) }

    /// What comes after the first bytes, so many of which have to be ASCII.
    @inline(never)
    public func dropping(_ count: Int) -> String { String(unicodeScalars.dropFirst(count)) }

    /// Without the last bytes, so many of which have to be ASCII.
    @inline(never)
    public func droppingLast(_ count: Int) -> String { String(unicodeScalars.dropLast(count)) }
}

extension String.UTF8View {
    @inline(never)
    public func split(separator: UInt8, maxSplits: Int = .max, omittingEmptySubsequences: Bool = true) -> [Substring.UTF8View] {
        let separator = Character(Unicode.Scalar(separator))
        return String(self).split(separator: separator, maxSplits: maxSplits, omittingEmptySubsequences: omittingEmptySubsequences).map { $0.utf8 }
    }

    @inline(never)
    public func starts(with prefix: String.UTF8View) -> Bool {
        let bytes = Array(self), wanted = Array(prefix)
        return bytes.count >= wanted.count && Array(bytes[..<wanted.count]) == wanted
    }

    @inline(never)
    public func lexicographicallyPrecedes(_ other: String.UTF8View) -> Bool {
        let bytes = Array(self), others = Array(other)
        for at in 0..<Swift.min(bytes.count, others.count) where bytes[at] != others[at] { return bytes[at] < others[at] }
        return bytes.count < others.count
    }
}

extension Substring {
    /// - Parameter separator: one scalar.
    @inline(never)
    public func split(separator: Character, maxSplits: Int = .max, omittingEmptySubsequences: Bool = true) -> [Substring] {
        let wanted = separator.unicodeScalars.first, scalars = unicodeScalars
        var parts: [Substring] = []
        var start = startIndex, at = startIndex
        while at < endIndex {
            let next = scalars.index(after: at)
            if scalars[at] == wanted, parts.count < maxSplits {
                if start < at || !omittingEmptySubsequences { parts.append(self[start..<at]) }
                start = next
            }
            at = next
        }
        if start < endIndex || !omittingEmptySubsequences { parts.append(self[start..<endIndex]) }
        return parts
    }
}

extension [String] {
    public func joined(separator: String = "") -> String { self[...].joined(separator: separator) }
}

extension ArraySlice<String> {
    @inline(never)
    public func joined(separator: String = "") -> String {
        var text = "", isFirst = true
        for part in self {
            if !isFirst { text.append(separator) }
            text.append(part)
            isFirst = false
        }
        return text
    }
}

extension Unicode.Scalar {
    /// Unicode's White_Space (PropList.txt), for which the standard library brings a table of 20 KB.
    public var isWhitespace: Bool {
        switch value {
        case 0x20, 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F, 0x3000, 0x09: true
        default: isNewline
        }
    }

    public var isNewline: Bool {
        switch value {
        case 0x0A...0x0D, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }
}

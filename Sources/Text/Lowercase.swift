// These take the place of the standard library's in the files that import `Text`, and say the same without its tables.

extension String {
    @inline(never)
    public func lowercased() -> String {
        var isLowercase = true
        for byte in Array(utf8) where byte >= 0x80 || (byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")) { isLowercase = false }
        if isLowercase { return self }
        var result = ""
        for scalar in scalars {
            result.write(String(Unicode.Scalar(Lowercase.mapped(scalar.value)) ?? scalar))
            // The only one that becomes two: i with a dot, so that the dot is not lost.
            if scalar.value == 0x130 { result.write("\u{307}") }
        }
        return result
    }
}

extension Substring {
    public func lowercased() -> String { String(self).lowercased() }
}

extension Character {
    /// White_Space of Unicode's PropList.txt, which no version has changed since 6.3.
    public var isWhitespace: Bool {
        switch unicodeScalars[unicodeScalars.startIndex].value {
        case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }
}

/// Lower-case mappings (Unicode §3.13) without context: final `ς` stays what it is.
enum Lowercase {
    /// The table has three numbers for every run of letters that are mapped alike: how many code points lie between it and the one before;
    /// how far it is from its first to its last, times two, plus one where only every second is mapped, to the one behind it; and
    /// otherwise how far its mappings are, times two, plus one where they are in front.
    static func mapped(_ value: UInt32) -> UInt32 {
        switch value {
        case 0x41...0x5A: return value + 0x20
        // What has no cases is not looked for: ASCII, Chinese to Yi, Hangul to the Arabic forms, emoji.
        case 0..<0x80, 0x2D00..<0xA640, 0xAC00..<0xFF21, 0x1F000...: return value
        default: break
        }
        var table = NumberTable(LowercaseTable.runs)
        var first: UInt32 = 0x80
        while let gap = table.number(), let run = table.number() {
            let isAlternating = run & 1 == 1
            let distance = isAlternating ? 2 : table.number() ?? 0
            first += gap
            if value < first { return value }
            if value - first <= (run >> 1) {
                if isAlternating && (value - first) & 1 == 1 { return value }
                return distance & 1 == 1 ? value - (distance >> 1) : value + (distance >> 1)
            }
            first += (run >> 1) + 1
        }
        return value
    }
}

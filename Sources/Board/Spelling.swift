import Text

/// Finds the name that somebody probably meant.
enum Spelling {
    /// Bytes. Longer names are not compared: the cost grows with the product of the lengths.
    static let lengthLimit = 64

    /// The nearest of `candidates`, upper and lower case being the same, if it is near at all: at most a third of
    /// the letters wrong. Among equals the one with the same letters wins, then the first: GPIO71 is a slip for GPIO17.
    static func nearest<Names: Sequence<String>>(to name: String, in candidates: Names) -> String? {
        let wanted = lowercased(name)
        if wanted.isEmpty || wanted.count > lengthLimit { return nil }
        var best: (distance: Int, strange: Int, name: String)?
        for candidate in candidates where !candidate.isEmpty {
            let bytes = lowercased(candidate)
            if bytes.count > lengthLimit { continue }
            let distance = distance(wanted, bytes)
            // At least one letter in common, else a word of one letter would match any other.
            if distance > max(1, wanted.count / 3) || distance >= max(wanted.count, bytes.count) { continue }
            let strange = strangers(wanted, bytes)
            if let best, (best.distance, best.strange) <= (distance, strange) { continue }
            best = (distance: distance, strange: strange, name: candidate)
        }
        return best?.name
    }

    private static func lowercased(_ text: String) -> [UInt8] {
        text.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }
    }

    /// Letters of the one that the other does not have.
    private static func strangers(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var rest = b
        var count = 0
        for letter in a {
            if let index = rest.firstIndex(of: letter) { rest.remove(at: index) } else { count += 1 }
        }
        return count + rest.count
    }

    /// Levenshtein's distance, a swap of neighbours counting once.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var before: [Int] = []
        var last = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
                row.append(cost)
            }
            before = last
            last = row
        }
        return last[b.count]
    }
}

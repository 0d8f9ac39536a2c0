/// Finds the word that somebody probably meant.
public enum Spelling {
    /// Unicode scalars of a word that are compared; longer words have no neighbour.
    static let maximumLength = 64

    /// The candidate with the fewest slips of the finger from `word` (a letter missing, added, wrong, or
    /// two exchanged), the first of several; nil when none is near. Upper and lower case are the same.
    /// - Parameter prefersSameLetters: of several, the one with the same letters: GPIO71 is a slip for GPIO17.
    public static func nearest(to word: String, among candidates: [String], prefersSameLetters: Bool = false) -> String? {
        let typed = Array(word.lowercased().unicodeScalars)
        if typed.isEmpty || typed.count > maximumLength { return nil }
        var best: String?, strange = 0
        // One slip in three letters: "lmap" is near "lamp", but "on" is not near "off".
        var allowed = max(1, typed.count / 3)
        for candidate in candidates {
            let letters = Array(candidate.lowercased().unicodeScalars)
            if letters.isEmpty || letters.count > maximumLength { continue }
            let distance = slips(typed, letters)
            // At least one letter in common, else a word of one letter would match any other.
            if distance > allowed || distance >= max(typed.count, letters.count) { continue }
            let others = prefersSameLetters ? strangers(typed, letters) : 0
            if best != nil, distance == allowed, others >= strange { continue }
            best = candidate
            strange = others
            allowed = distance
        }
        return best
    }

    /// Letters of the one that the other does not have.
    private static func strangers(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        var rest = b, count = 0
        for letter in a {
            if let index = rest.firstIndex(of: letter) { rest.remove(at: index) } else { count += 1 }
        }
        return count + rest.count
    }

    /// Optimal string alignment distance: Levenshtein's, with the exchange of neighbours as one slip.
    static func slips(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1]
            row.reserveCapacity(b.count + 1)
            for j in 0..<b.count {
                var distance = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { distance = min(distance, beforeLast[j - 1] + 1) }
                row.append(distance)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}

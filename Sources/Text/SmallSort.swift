// The standard library's sort is 3 KB of machine code for every type and order; Perch sorts lists of at most a few
// hundred names. These, stable like it, take its place in the files that import `Text`.

extension Array {
    /// Equal elements keep their order. Comparisons n·log n, moves up to n²/4.
    public mutating func sort(by precedes: (Element, Element) -> Bool) {
        var sorted = 1
        while sorted < count {
            var low = 0, high = sorted
            while low < high {
                let middle = (low + high) / 2
                if precedes(self[sorted], self[middle]) { high = middle } else { low = middle + 1 }
            }
            var place = sorted
            while place > low {
                swapAt(place, place - 1)
                place -= 1
            }
            sorted += 1
        }
    }

    public func sorted(by precedes: (Element, Element) -> Bool) -> [Element] {
        var copy = self
        copy.sort(by: precedes)
        return copy
    }
}

extension Array where Element: Comparable {
    public mutating func sort() { sort(by: <) }
    public func sorted() -> [Element] { sorted(by: <) }
}

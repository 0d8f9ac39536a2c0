// The standard library removes through `replaceSubrange`, up to 1 KB of machine code for every type; Perch's lists have at most
// a few hundred elements. These take its place in the files that import `Text`.

extension Array {
    /// Moves what follows each removed element: up to n²/4 moves. `isGone` is asked from the last element to the first.
    public mutating func removeAll(where isGone: (Element) -> Bool) {
        for index in indices.reversed() where isGone(self[index]) { remove(at: index) }
    }

    @discardableResult
    public mutating func removeFirst() -> Element { remove(at: 0) }
}

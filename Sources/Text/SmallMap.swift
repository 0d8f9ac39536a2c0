// What the standard library does with a closure is written out at every use, with the growing of the array: some 300 bytes of machine code. These are
// called instead in the files that import `Text`.

extension Array {
    /// A text for each element.
    @inline(never)
    public func map(_ text: (Element) -> String) -> [String] {
        var texts: [String] = []
        for element in self { texts.append(text(element)) }
        return texts
    }
}

extension String {
    /// Its Unicode scalars.
    @inline(never)
    public var scalars: [Unicode.Scalar] {
        var scalars: [Unicode.Scalar] = []
        for scalar in unicodeScalars { scalars.append(scalar) }
        return scalars
    }

    @inline(never)
    public init(scalars: [Unicode.Scalar]) {
        var view = UnicodeScalarView()
        for scalar in scalars { view.append(scalar) }
        self = String(view)
    }
}

extension String.UTF8View {
    @inline(never)
    public var count: Int { length(of: self) }
}

@inline(__always)
private func length<Bytes: Collection>(of bytes: Bytes) -> Int { bytes.count }

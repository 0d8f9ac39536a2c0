// The standard library inlines the appending of every piece of every interpolation, 100 to 200 bytes of machine code
// each, and Perch's sentences have hundreds of pieces. These shadow its functions with ones that are called and say the
// same text in the files that import `Text`.

extension DefaultStringInterpolation {
    @inline(never)
    public mutating func appendLiteral(_ literal: String) { write(literal) }

    @inline(never)
    public mutating func appendInterpolation(_ text: String) { write(text) }

    @inline(never)
    public mutating func appendInterpolation(_ text: Substring) { write(String(text)) }

    @inline(never)
    public mutating func appendInterpolation(_ number: Int) { write(String(number)) }

    @inline(never)
    public mutating func appendInterpolation(_ number: Int32) { write(String(Int(number))) }

    @inline(never)
    public mutating func appendInterpolation(_ number: UInt8) { write(String(Int(number))) }

    @inline(never)
    public mutating func appendInterpolation(_ number: UInt16) { write(String(Int(number))) }
}

extension String {
    @inline(never)
    public static func += (text: inout String, more: String) { text.write(more) }

    @inline(never)
    public static func + (a: String, b: String) -> String {
        var text = a
        text.write(b)
        return text
    }

    @inline(never)
    public mutating func append(_ more: String) { write(more) }

    @inline(never)
    public init(decoding bytes: [UInt8], as encoding: UTF8.Type) {
        self = bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    @inline(never)
    public init(decoding bytes: ArraySlice<UInt8>, as encoding: UTF8.Type) {
        self = bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}

extension [UInt8] {
    @inline(never)
    public init(_ text: String.UTF8View) {
        self = []
        append(contentsOf: text)
    }
}

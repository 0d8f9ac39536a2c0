// Facts about all of Unicode, as text in the program's read-only data, a byte or two for each number. They are read from the
// start: a few thousand steps at most, where the standard library's tables are quicker and 70 KB.

/// Numbers that tools/unicode-tables wrote into a string: characters from `]` to `~` are leading digits to the base 34,
/// one from `$` to `[` is the last digit, to the base 56, and ends the number.
public struct NumberTable {
    private var next: UnsafePointer<UInt8>
    private let end: UnsafePointer<UInt8>

    public init(_ text: StaticString) {
        // A StaticString longer than one character is a pointer to bytes that never go away.
        next = text.utf8Start
        end = next + text.utf8CodeUnitCount
    }

    public mutating func number() -> UInt32? {
        var number: UInt32 = 0
        while next < end {
            let digit = UInt32(next.pointee)
            next += 1
            if digit < 0x5D { return number * 56 + digit - 0x24 }
            number = number * 34 + digit - 0x5D
        }
        return nil
    }

    /// Whether a scalar beyond ASCII is of a set, whose table has the lengths of what is alternately outside and inside from U+0080.
    public static func contains(_ scalar: Unicode.Scalar, in set: StaticString) -> Bool {
        var table = NumberTable(set)
        var end: UInt32 = 0x80
        var isInside = false
        while let length = table.number() {
            end += length
            if scalar.value < end { return isInside }
            isInside.toggle()
        }
        return false
    }
}

// The standard library's reading of an integer is 1.5 KB of machine code for every width. This takes its place, and says the
// same, in the files that import `Text`.

/// An optional sign and decimal digits, nothing else; nil for what does not fit into 64 bits as well.
@inline(never)
private func signAndMagnitude(_ text: String) -> (isNegative: Bool, magnitude: UInt64)? {
    var isNegative = false, digits = 0, position = 0
    var magnitude: UInt64 = 0
    for byte in Array(text.utf8) {
        position += 1
        if position == 1, byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") {
            isNegative = byte == UInt8(ascii: "-")
            continue
        }
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        let (tens, isTooLarge) = magnitude.multipliedReportingOverflow(by: 10)
        let (sum, isOver) = tens.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
        if isTooLarge || isOver { return nil }
        magnitude = sum
        digits += 1
    }
    if digits == 0 || isNegative && magnitude > 1 << 63 { return nil }
    return (isNegative, magnitude)
}

@inline(never)
public func signedInteger(_ text: String) -> Int64? {
    guard let (isNegative, magnitude) = signAndMagnitude(text) else { return nil }
    if isNegative { return Int64(truncatingIfNeeded: 0 &- magnitude) }
    return Int64(exactly: magnitude)
}

@inline(never)
public func unsignedInteger(_ text: String) -> UInt64? {
    guard let (isNegative, magnitude) = signAndMagnitude(text), !isNegative || magnitude == 0 else { return nil }
    return magnitude
}

extension FixedWidthInteger {
    /// The number that is written there with an optional sign, or nil.
    public init?(_ text: String) { self.init(written: text) }
    public init?(_ text: Substring) { self.init(written: String(text)) }

    private init?(written text: String) {
        if Self.isSigned {
            guard let value = signedInteger(text) else { return nil }
            self.init(exactly: value)
        } else {
            guard let value = unsignedInteger(text) else { return nil }
            self.init(exactly: value)
        }
    }
}

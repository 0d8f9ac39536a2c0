import Text

/// Decimal numbers as kernels and people write them: `-12`, `21.4`, `1e3`.
enum DecimalText {
    /// nil for anything but one number (white space around it is allowed), for one with more than 64 characters, and for one
    /// that is not finite. Exact to the last bit up to 15 significant digits, close beyond.
    static func parse(_ text: some Sequence<UInt8>) -> Double? {
        parse(Text.trimmed(Array(text)[...]))
    }

    static func parse(_ text: String) -> Double? { parse(text.utf8) }

    static func parse(_ bytes: ArraySlice<UInt8>) -> Double? {
        if bytes.isEmpty || bytes.count > 64 { return nil }
        var rest = bytes
        var negative = false
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            negative = sign == UInt8(ascii: "-")
            rest.removeFirst()
        }
        var mantissa: UInt64 = 0
        var exponent = 0
        var digits = 0
        var afterPoint = false
        while let byte = rest.first {
            if byte == UInt8(ascii: "."), !afterPoint {
                afterPoint = true
            } else if Text.isDigit(byte) {
                digits += 1
                // 18 digits fit; further ones only move the point.
                if mantissa < 100_000_000_000_000_000 {
                    mantissa = mantissa * 10 + UInt64(byte - 48)
                    if afterPoint { exponent -= 1 }
                } else if !afterPoint {
                    exponent += 1
                }
            } else {
                break
            }
            rest.removeFirst()
        }
        if digits == 0 { return nil }
        if let letter = rest.first {
            guard letter == UInt8(ascii: "e") || letter == UInt8(ascii: "E") else { return nil }
            rest.removeFirst()
            var lower = false
            if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
                lower = sign == UInt8(ascii: "-")
                rest.removeFirst()
            }
            if rest.isEmpty { return nil }
            var power = 0
            for byte in rest {
                guard Text.isDigit(byte) else { return nil }
                power = min(power * 10 + Int(byte - 48), 1000)
            }
            exponent += lower ? -power : power
        }
        var value = Double(mantissa)
        // 1e22 is the largest power of ten that a Double holds exactly: one rounding, the right one.
        var steps = exponent < 0 ? -exponent : exponent
        while steps > 0, value != 0, value.isFinite {
            let step = min(steps, 22)
            let power = powerOfTen(step)
            value = exponent < 0 ? value / power : value * power
            steps -= step
        }
        if !value.isFinite { return nil }
        return negative ? -value : value
    }

    private static func powerOfTen(_ exponent: Int) -> Double {
        var power = 1.0
        for _ in 0..<exponent { power *= 10 }
        return power
    }
}

import Text

/// Unicode labels in ASCII (RFC 3492), without the `xn--` in front. glibc does this only where libidn2 is installed, and boards
/// with a small image lack it.
enum Punycode {
    // RFC 3492 §5.
    private static let base: UInt32 = 36
    private static let tMin: UInt32 = 1
    private static let tMax: UInt32 = 26
    private static let skew: UInt32 = 38
    private static let damp: UInt32 = 700
    private static let initialBias: UInt32 = 72
    private static let initialN: UInt32 = 128
    /// Scalars of a label; a longer one cannot fit its 63 bytes. It also bounds the encoder's square cost.
    private static let limit = 63

    /// nil for what cannot be a label.
    static func encode(_ scalars: [Unicode.Scalar]) -> [UInt8]? {
        guard scalars.count <= limit else { return nil }
        var output: [UInt8] = []
        for scalar in scalars where scalar.isASCII { output.append(UInt8(scalar.value)) }
        let basic = UInt32(output.count)
        var handled = basic
        if basic > 0 { output.append(UInt8(ascii: "-")) }
        var n = initialN, delta: UInt32 = 0, bias = initialBias
        while handled < scalars.count {
            // The smallest scalar that is not handled yet.
            var next = UInt32.max
            for scalar in scalars where scalar.value >= n && scalar.value < next { next = scalar.value }
            // 63 scalars below 0x110000 keep the sum under 2³².
            delta += (next - n) * (handled + 1)
            n = next
            for scalar in scalars {
                if scalar.value < n { delta += 1 }
                guard scalar.value == n else { continue }
                var q = delta
                var k = base
                while true {
                    let t = threshold(k, bias)
                    if q < t { break }
                    output.append(digit(t + (q - t) % (base - t)))
                    q = (q - t) / (base - t)
                    k += base
                }
                output.append(digit(q))
                bias = adapt(delta, handled + 1, isFirst: handled == basic)
                delta = 0
                handled += 1
            }
            delta += 1
            n += 1
        }
        return output
    }

    static func decode(_ input: [UInt8]) -> [Unicode.Scalar]? {
        guard input.count <= limit else { return nil }
        var output: [Unicode.Scalar] = []
        var at = 0
        for (index, byte) in input.enumerated() where byte == UInt8(ascii: "-") { at = index + 1 }
        for index in 0..<max(0, at - 1) {
            guard input[index] < 0x80 else { return nil }
            output.append(Unicode.Scalar(input[index]))
        }
        var n = initialN, i: UInt32 = 0, bias = initialBias
        while at < input.count {
            let before = i
            var weight: UInt32 = 1
            var k = base
            while true {
                guard at < input.count, let digit = value(input[at]) else { return nil }
                at += 1
                let (product, tooLarge) = digit.multipliedReportingOverflow(by: weight)
                let (sum, overflow) = i.addingReportingOverflow(product)
                if tooLarge || overflow { return nil }
                i = sum
                let t = threshold(k, bias)
                if digit < t { break }
                let (heavier, tooHeavy) = weight.multipliedReportingOverflow(by: base - t)
                if tooHeavy { return nil }
                weight = heavier
                k += base
            }
            let count = UInt32(output.count) + 1
            bias = adapt(i - before, count, isFirst: before == 0)
            let (next, overflow) = n.addingReportingOverflow(i / count)
            guard !overflow, let scalar = Unicode.Scalar(next) else { return nil }
            n = next
            i %= count
            output.append(scalar)
            for place in stride(from: output.count - 1, to: Int(i), by: -1) { output.swapAt(place, place - 1) }
            i += 1
        }
        return output
    }

    private static func threshold(_ k: UInt32, _ bias: UInt32) -> UInt32 {
        if k <= bias + tMin { return tMin }
        return k >= bias + tMax ? tMax : k - bias
    }

    private static func adapt(_ delta: UInt32, _ count: UInt32, isFirst: Bool) -> UInt32 {
        var delta = isFirst ? delta / damp : delta / 2
        delta += delta / count
        var k: UInt32 = 0
        while delta > (base - tMin) * tMax / 2 {
            delta /= base - tMin
            k += base
        }
        return k + (base - tMin + 1) * delta / (delta + skew)
    }

    private static func digit(_ value: UInt32) -> UInt8 {
        UInt8(truncatingIfNeeded: value < 26 ? value + 97 : value - 26 + 48)
    }

    private static func value(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a"))
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 26
        default: nil
        }
    }
}

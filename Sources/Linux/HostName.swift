import Text

/// Internationalised host names.
public enum HostName {
    /// Octets of one label and of the whole name (RFC 1035 §2.3.4).
    private static let labelLimit = 63, nameLimit = 253

    /// The form DNS, SNI and certificates use: `münchen.example` → `xn--mnchen-3ya.example` (RFC 5890, RFC 3492).
    /// The name is expected in lower case and NFC, as a JID has it. nil when it cannot be a host name.
    public static func ascii(_ name: String) -> String? {
        var labels: [String] = []
        var label: [UInt32] = []
        for scalar in name.unicodeScalars {
            switch scalar.value {
            case 0x2E, 0x3002, 0xFF0E, 0xFF61: // the full stops of RFC 3490 §3.1
                guard let encoded = encode(label) else { return nil }
                labels.append(encoded)
                label = []
            default: label.append(scalar.value)
            }
        }
        if !label.isEmpty { // else a final dot
            guard let encoded = encode(label) else { return nil }
            labels.append(encoded)
        }
        let joined = labels.joined(separator: ".")
        return labels.isEmpty || joined.utf8.count > nameLimit ? nil : joined
    }

    private static func encode(_ label: [UInt32]) -> String? {
        guard !label.isEmpty, label.count <= labelLimit else { return nil }
        var ascii: [UInt8] = []
        for code in label where code < 0x80 {
            // Letters, digits, hyphen; underscore is seen in real names. Nothing that could end the name early.
            guard isHostCharacter(UInt8(code)) else { return nil }
            ascii.append(UInt8(code))
        }
        if ascii.count == label.count { return String(decoding: ascii, as: UTF8.self) }
        guard let encoded = punycode(label, ascii), encoded.count + 4 <= labelLimit else { return nil }
        return "xn--" + String(decoding: encoded, as: UTF8.self)
    }

    private static func isHostCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    // RFC 3492 §5 and §6.3, with its names. At most 63 code points below 2²¹, so `delta` stays below 2²⁸.
    private static func punycode(_ label: [UInt32], _ ascii: [UInt8]) -> [UInt8]? {
        var output = ascii
        if !ascii.isEmpty { output.append(UInt8(ascii: "-")) }
        var n: UInt32 = 128, delta: UInt32 = 0, bias: UInt32 = 72
        var handled = UInt32(ascii.count)
        while handled < UInt32(label.count) {
            guard let next = label.filter({ $0 >= n }).min() else { return nil }
            delta += (next - n) * (handled + 1)
            n = next
            for code in label {
                if code < n { delta += 1 }
                guard code == n else { continue }
                var q = delta
                var k: UInt32 = 36
                while true {
                    let t = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias
                    if q < t { break }
                    output.append(digit(t + (q - t) % (36 - t)))
                    q = (q - t) / (36 - t)
                    k += 36
                }
                output.append(digit(q))
                bias = adapt(delta, handled + 1, isFirst: handled == UInt32(ascii.count))
                delta = 0
                handled += 1
            }
            delta += 1
            n += 1
        }
        return output
    }

    private static func adapt(_ delta: UInt32, _ count: UInt32, isFirst: Bool) -> UInt32 {
        var delta = isFirst ? delta / 700 : delta / 2
        delta += delta / count
        var k: UInt32 = 0
        while delta > 455 {
            delta /= 35
            k += 36
        }
        return k + 36 * delta / (delta + 38)
    }

    private static func digit(_ value: UInt32) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: value)
        return value < 26 ? UInt8(ascii: "a") + value : UInt8(ascii: "0") + (value - 26)
    }
}

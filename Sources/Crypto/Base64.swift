import COpenSSL

/// Base 64 with `+`, `/` and padding (RFC 4648 §4).
public enum Base64 {
    /// OpenSSL counts in `int`, so long input goes in pieces; a multiple of three leaves no padding between them.
    private static let piece = 3 * 4096

    @inline(never)
    public static func encode(_ bytes: [UInt8]) -> String {
        String(decoding: encodeBytes(bytes), as: UTF8.self)
    }

    public static func encodeBytes(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4 + 1)
        var start = 0
        while start < bytes.count {
            let end = min(start + piece, bytes.count)
            // OpenSSL ends what it writes with a NUL.
            let text = [UInt8](unsafeUninitializedCapacity: (end - start + 2) / 3 * 4 + 1) { output, count in
                count = bytes[start..<end].withUnsafeBufferPointer {
                    Int(EVP_EncodeBlock(output.baseAddress, $0.baseAddress, Int32($0.count)))
                }
            }
            result += text
            start = end
        }
        return result
    }

    /// nil for anything but what `encode` writes: no white space, no missing padding, no stray bits.
    public static func decode(_ text: String) -> [UInt8]? { decode(Array(text.utf8)) }

    public static func decode(_ text: [UInt8]) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(text.count / 4 * 3)
        let pieceOfText = piece / 3 * 4
        var start = 0
        while start < text.count {
            let end = min(start + pieceOfText, text.count)
            var length: Int32 = -1
            let bytes = [UInt8](unsafeUninitializedCapacity: (end - start) / 4 * 3) { output, count in
                length = text[start..<end].withUnsafeBufferPointer {
                    EVP_DecodeBlock(output.baseAddress, $0.baseAddress, Int32($0.count))
                }
                count = max(0, Int(length))
            }
            guard length >= 0 else { return nil }
            result += bytes
            start = end
        }
        // OpenSSL decodes padding to zeros and skips white space; whatever does not encode to the same again is refused.
        for byte in text.suffix(2) where byte == UInt8(ascii: "=") && result.popLast() == nil { return nil }
        return encodeBytes(result) == text ? result : nil
    }
}

/// Bytes as lower-case hexadecimal digits, as avatar ids and pins are written.
public enum Hex {
    @inline(never)
    public static func encode(_ bytes: [UInt8]) -> String {
        let digits: StaticString = "0123456789abcdef"
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits.utf8Start[Int(byte >> 4)])
            text.append(digits.utf8Start[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

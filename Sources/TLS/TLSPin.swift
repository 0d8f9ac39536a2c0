import COpenSSL
import Text

/// SHA-256 of a certificate's public key (its SubjectPublicKeyInfo, RFC 7469 §2.4). It stays the same when a certificate
/// is renewed for the same key. Written `sha256:` and base64, as `perch check` prints it.
public struct TLSPin: Equatable, Sendable, CustomStringConvertible {
    private static let prefix = "sha256:"
    private static let size = Int(TLS_PIN_SIZE)

    /// 32 bytes.
    public let digest: [UInt8]

    /// Base64 or hexadecimal, with or without `sha256:`; nil when it is not 32 bytes.
    public init?(_ text: String) {
        let body = text.hasPrefix(TLSPin.prefix) ? text.dropping(TLSPin.prefix.utf8.count) : text
        guard let digest = TLSPin.hexadecimal(body.utf8) ?? TLSPin.base64(Array(body.utf8)) else { return nil }
        self.digest = digest
    }

    /// nil when the certificate has no key that can be written.
    init?(_ certificate: OpaquePointer?) {
        var succeeded = false
        digest = [UInt8](unsafeUninitializedCapacity: TLSPin.size) { buffer, count in
            succeeded = tls_pin(certificate, buffer.baseAddress) == 1
            count = succeeded ? TLSPin.size : 0
        }
        if !succeeded { return nil }
    }

    public var description: String {
        let encoded = [UInt8](unsafeUninitializedCapacity: 48) { buffer, count in
            count = max(0, Int(EVP_EncodeBlock(buffer.baseAddress, digest, Int32(digest.count))))
        }
        return TLSPin.prefix + String(decoding: encoded, as: UTF8.self)
    }

    private static func hexadecimal(_ text: String.UTF8View) -> [UInt8]? {
        guard text.count == size * 2 else { return nil }
        var digest: [UInt8] = []
        var high: UInt8?
        for byte in text {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            if let first = high {
                digest.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return digest
    }

    private static func base64(_ text: [UInt8]) -> [UInt8]? {
        // 32 bytes are 43 characters and one `=`.
        guard text.count == 44, text[43] == UInt8(ascii: "="), text[42] != UInt8(ascii: "=") else { return nil }
        var length: Int32 = -1
        let decoded = [UInt8](unsafeUninitializedCapacity: 33) { buffer, count in
            length = EVP_DecodeBlock(buffer.baseAddress, text, 44) // counts the padding as a zero byte
            count = max(0, Int(length))
        }
        return length == 33 ? Array(decoded[..<size]) : nil
    }
}

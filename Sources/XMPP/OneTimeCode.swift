import Crypto
import Text

/// A code that one person hands to another, who says it once: `7KQF-M2XW-9TRC`.
///
/// 12 symbols of Crockford's base 32 are 60 bits: nobody finds one by guessing, nor from its digest while it is good. What people write
/// differently (small letters, other or no dashes, O for 0, I and L for 1) is the same code.
public enum OneTimeCode {
    /// Without the dashes.
    public static let symbols = 12
    /// Bytes of a secret that codes may be drawn from.
    public static let secretSize = 32
    private static let alphabet: StaticString = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

    /// Another code for each number. nil without a good secret.
    public static func make(secret: [UInt8], number: UInt64) -> String? {
        guard secret.count >= secretSize else { return nil }
        var bytes: [UInt8] = []
        for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(8 * shift))) }
        do throws(CryptoError) {
            var code: [UInt8] = []
            for byte in try HMAC.authenticate(.sha256, key: secret, bytes).prefix(symbols) {
                if code.count == 4 || code.count == 9 { code.append(UInt8(ascii: "-")) }
                code.append(alphabet.utf8Start[Int(byte & 31)])
            }
            return String(decoding: code, as: UTF8.self)
        } catch { return nil }
    }

    /// What may be kept of a code; nil for what cannot be one.
    public static func digest(_ said: String) -> String? {
        var code: [UInt8] = []
        for byte in Array(said.utf8) {
            var symbol = byte
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): break
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): symbol &= 0xDF
            // Blanks, dashes, quotation marks.
            default: continue
            }
            switch symbol {
            case UInt8(ascii: "I"), UInt8(ascii: "L"): symbol = UInt8(ascii: "1")
            case UInt8(ascii: "O"): symbol = UInt8(ascii: "0")
            case UInt8(ascii: "U"): return nil
            default: break
            }
            if code.count == symbols { return nil }
            code.append(symbol)
        }
        guard code.count == symbols else { return nil }
        do throws(CryptoError) { return Base64.encode(try Digest.sha256(code)) } catch { return nil }
    }
}

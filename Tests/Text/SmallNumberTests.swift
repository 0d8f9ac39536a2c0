import Testing
import Text

/// What the standard library says: where this file asks it by the name of the protocol, nothing shadows it.
private func expected<Number: LosslessStringConvertible>(_ text: String, _ type: Number.Type) -> Number? { Number(text) }

@Suite struct `Reading integers` {
    static let texts = [
        "", "0", "-0", "+0", "7", "+7", "-7", "007", " 7", "7 ", "7.0", "--7", "+-7", "-", "+", "seven", "٧", "1_000", "0x10", "127", "128", "-128",
        "-129", "255", "256", "65535", "65536", "2147483647", "2147483648", "-2147483648", "-2147483649", "4294967295", "4294967296",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615",
        "18446744073709551616", "99999999999999999999", "340282366920938463463374607431768211456",
    ]

    @Test(arguments: texts) func `every width reads what the standard library reads`(text: String) {
        #expect(Int8(text) == expected(text, Int8.self))
        #expect(UInt8(text) == expected(text, UInt8.self))
        #expect(UInt16(text) == expected(text, UInt16.self))
        #expect(Int32(text) == expected(text, Int32.self))
        #expect(UInt32(text) == expected(text, UInt32.self))
        #expect(Int64(text) == expected(text, Int64.self))
        #expect(UInt64(text) == expected(text, UInt64.self))
        #expect(Int(text) == expected(text, Int.self))
    }
}

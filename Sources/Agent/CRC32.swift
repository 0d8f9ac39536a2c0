/// The cyclic redundancy check of Ethernet, PNG and zlib (ISO 3309). Bit by bit: a table would cost 1 KiB for
/// what is done a few times a minute.
enum CRC32 {
    static func of(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
        var crc = UInt32.max
        bytes.withUnsafeBufferPointer { buffer in
            for index in range {
                crc ^= UInt32(buffer[index])
                for _ in 0..<8 { crc = (crc >> 1) ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
            }
        }
        return ~crc
    }
}

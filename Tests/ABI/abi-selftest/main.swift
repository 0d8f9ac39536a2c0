import CABI

// Prints one line a check and exits 1 when one differs. C answers first, Swift second.

struct SelfTest {
    var passed = 0
    var failed = 0

    mutating func check<T: Equatable>(_ what: StaticString, _ c: T, _ swift: T, _ describe: (T) -> String) {
        if c == swift {
            passed += 1
        } else {
            failed += 1
            say("differs: \(what): C has \(describe(c)), Swift has \(describe(swift))\n")
        }
    }
    mutating func size(_ what: StaticString, _ c: Int, _ swift: Int) { check(what, c, swift) { "\($0)" } }
    mutating func integer(_ what: StaticString, _ c: Int64, _ swift: Int64) { check(what, c, swift) { "\($0)" } }
    mutating func real(_ what: StaticString, _ c: Double, _ swift: Double) { check(what, c, swift) { "\($0)" } }
}

func say(_ text: String) {
    var text = text
    text.withUTF8 { $0.withMemoryRebound(to: CChar.self) { if let base = $0.baseAddress { abi_print(base, $0.count) } } }
}

/// The eight bytes at `offset`, or -1 where they do not fit.
func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int64 {
    offset + 8 <= bytes.count ? bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self) : -1
}

func layouts(_ test: inout SelfTest) {
    test.size("glibc on Linux", Int(abi_is_linux_glibc()), 1)
    test.size("size of time_t", abi_size_time_t(), MemoryLayout<time_t>.size)
    test.size("size of off_t", abi_size_off_t(), MemoryLayout<off_t>.size)
    test.size("off_t has 64 bits", abi_size_off_t(), 8)
    test.size("size of long", abi_size_long(), MemoryLayout<CLong>.size)
    test.size("size of a pointer", abi_size_pointer(), MemoryLayout<UnsafeRawPointer>.size)
    test.size("size of timespec", abi_size_timespec(), MemoryLayout<timespec>.size)
    test.size("size of stat", abi_size_stat(), MemoryLayout<stat>.size)
    test.size("size of epoll_event", abi_size_epoll_event(), MemoryLayout<epoll_event>.size)
    test.size("size of pollfd", abi_size_pollfd(), MemoryLayout<pollfd>.size)
    test.size("size of sockaddr_storage", abi_size_sockaddr_storage(), MemoryLayout<sockaddr_storage>.size)
    test.size("size of sockaddr_un", abi_size_sockaddr_un(), MemoryLayout<sockaddr_un>.size)
    test.size("alignment of int64_t", abi_align_int64(), MemoryLayout<Int64>.alignment)
    test.size("alignment of double", abi_align_double(), MemoryLayout<Double>.alignment)

    // MemoryLayout.offset(of:) needs key paths, which the subset lacks: Swift writes, C says where to look.
    var status = stat()
    status.st_size = 0x1122_3344_5566
    status.st_mtim.tv_sec = 0x1788_99AA
    withUnsafeBytes(of: &status) { bytes in
        test.integer("offset of stat.st_size", word(bytes, abi_offset_stat_st_size()), 0x1122_3344_5566)
        test.integer("offset of stat.st_mtim", word(bytes, abi_offset_stat_st_mtim()), 0x1788_99AA)
    }
}

func values(_ test: inout SelfTest) {
    test.integer("64-bit integer after a 32-bit one", abi_int64(7, 0x1234_5678_9ABC_DEF0), 0x1234_5678_9ABC_DEF0 - 7)
    test.integer("negative 64-bit integer", abi_int64(-1, Int64.min), Int64.min + 1)
    test.integer("unsigned 64-bit integer", Int64(bitPattern: abi_uint64(0xFEDC_BA98_7654_3210)), 0x0123_4567_89AB_CDEF)
    test.real("double after an integer", abi_double(8, 3.0), 0.375)
    test.real("floats around a double", Double(abi_float(1.5, 2.25, 4)), 10.5)
    test.real("more arguments than registers", abi_many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), 506)
    let pair = abi_pair(CABI.abi_pair(x: 1.25, y: 1 << 40))
    test.real("double in a structure", pair.x, 2.5)
    test.integer("64-bit integer in a structure", pair.y, 3 << 40)
    let small = abi_small(CABI.abi_small(x: 1.5, y: -2.5))
    test.real("two floats in a structure", Double(small.x), -2.5)
    test.real("two floats in a structure, the other", Double(small.y), 1.5)
    let called = abi_callback({ a, b, c in Int64(a) &+ b &+ Int64(c) }, 5, 1 << 33, 0.5 * 8)
    test.integer("a Swift function called from C", called, (1 << 33) + 9)
}

func kernel(_ test: inout SelfTest) {
    var status = stat()
    test.size("stat of /", Int(abi_stat_root(&status)), 0)
    test.integer("stat.st_mtim", abi_stat_mtime(&status), Int64(status.st_mtim.tv_sec))
    test.integer("stat.st_ino", Int64(bitPattern: abi_stat_inode(&status)), Int64(bitPattern: UInt64(status.st_ino)))
    var event = epoll_event()
    test.size("epoll_wait finds one event", Int(abi_epoll_roundtrip(0xFEED_FACE_1234_5678, &event)), 1)
    test.integer("epoll_event.data", Int64(bitPattern: 0xFEED_FACE_1234_5678), Int64(bitPattern: event.data.u64))
    // x86-64 alone packs the structure, so the offset is read from the bytes that the kernel filled.
    withUnsafeBytes(of: &event) { bytes in
        test.integer("offset of epoll_event.data", word(bytes, abi_offset_epoll_event_data()), Int64(bitPattern: 0xFEED_FACE_1234_5678))
    }
}

func run() -> Int32 {
    var test = SelfTest()
    layouts(&test)
    values(&test)
    kernel(&test)
    // `tools/embedded` knows how long time_t is in the suite that this was compiled for.
    let bits = MemoryLayout<time_t>.size * 8
    say("ABI self-test on \(String(cString: abi_machine())), time_t of \(bits) bits: \(test.passed) agree, \(test.failed) differ\n")
    return test.failed == 0 && test.passed > 30 ? 0 : 1
}

if run() != 0 { exit(1) }

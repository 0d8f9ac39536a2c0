import CGPIOD
import CLinux
import Text

/// Why the CGPIOD call that just failed did.
func currentErrno() -> Int32 { cgpiod_errno() }

func isDenied(_ errno: Int32) -> Bool { errno == EACCES || errno == EPERM }
func isBusy(_ errno: Int32) -> Bool { errno == EBUSY }
/// What a chip that the kernel took away answers (drivers/gpio/gpiolib-cdev.c).
func isGone(_ errno: Int32) -> Bool { errno == ENODEV }
func isReadOnly(_ errno: Int32) -> Bool { errno == EROFS }
/// Nothing measured yet, or the channel is switched off.
func isRetry(_ errno: Int32) -> Bool { errno == EAGAIN || errno == EBUSY || errno == ENODATA }
/// Given up by us: see `readFiles` of the worker. Drivers say ETIMEDOUT when a device is silent.
func isLate(_ errno: Int32) -> Bool { errno == ETIME }
func isCrowded(_ errno: Int32) -> Bool { errno == ENOBUFS }
func isAbsent(_ errno: Int32) -> Bool { errno == ENOENT || errno == ENOTDIR || errno == ENODEV || errno == ENXIO }

/// strerror(3), beginning with a small letter.
func words(errno: Int32) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
        guard let start = buffer.baseAddress else { return "" }
        cl_error_text(errno, start, buffer.count)
        return String(cString: start)
    }
}

/// Who we run as, for commands that people paste: the name in /etc/passwd, without the detour over name services.
///
/// - Parameter root: put before /etc, for tests.
func currentUser(root: String = "") -> String {
    let number = cl_user()
    // Bytes: some 1500 accounts.
    if case .bytes(let bytes) = Files.read(root + "/etc/passwd", limit: 128 * 1024) {
        for line in Text.lines(bytes) {
            let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
            if fields.count == 4, fields[2].elementsEqual(String(number).utf8) { return String(decoding: fields[0], as: UTF8.self) }
        }
    }
    guard let name = getenv("USER") else { return "perch" }
    return String(cString: name)
}

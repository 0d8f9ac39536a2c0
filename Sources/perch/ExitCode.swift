/// What the process tells its caller; the numbers from 64 up are those of sysexits.h (product §8).
enum ExitCode: Int32 {
    case success = 0
    case failed = 1
    case usage = 2
    /// The server or the board could not be reached, or refused us.
    case unavailable = 69
    case permission = 77
    case configuration = 78
}

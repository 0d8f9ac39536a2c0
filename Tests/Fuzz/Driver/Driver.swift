// libFuzzer's side: which target is run is said by the environment, PERCH_FUZZ_TARGET.
import Glibc

private let target: FuzzTarget? = {
    guard let name = getenv("PERCH_FUZZ_TARGET").map({ String(cString: $0) }) else { return nil }
    return FuzzTarget.all.first { $0.name == name }
}()

/// Seconds of the processor for one input; the slowest known takes 0.2. libFuzzer itself looks at the clock on the wall, which on a busy
/// machine tells of the other programs.
private let mostSeconds = 5

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let target else {
        say("PERCH_FUZZ_TARGET names no target")
        exit(2)
    }
    do throws(Broken) {
        let before = processorSeconds()
        try target.run(Array(UnsafeBufferPointer(start: start, count: min(count, FuzzTarget.longest))))
        let seconds = processorSeconds() - before
        try require(seconds <= mostSeconds, "\(seconds) seconds of the processor for one input")
    } catch {
        say("\nbroken rule: \(error)")
        abort()
    }
    return 0
}

private func processorSeconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return time.tv_sec
}

private func say(_ text: String) {
    print(text)
    fflush(nil)
}

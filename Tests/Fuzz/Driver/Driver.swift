// libFuzzer's side: which target is run is said by the environment, PERCH_FUZZ_TARGET.
import Glibc

private let target: FuzzTarget? = {
    guard let name = getenv("PERCH_FUZZ_TARGET").map({ String(cString: $0) }) else { return nil }
    return FuzzTarget.all.first { $0.name == name }
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let target else {
        say("PERCH_FUZZ_TARGET names no target")
        exit(2)
    }
    do throws(Broken) {
        try target.run(Array(UnsafeBufferPointer(start: start, count: min(count, FuzzTarget.longest))))
    } catch {
        say("\nbroken rule: \(error)")
        abort()
    }
    return 0
}

private func say(_ text: String) {
    print(text)
    fflush(nil)
}

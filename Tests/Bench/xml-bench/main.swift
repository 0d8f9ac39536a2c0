import CBench
import Text
import XMPP

// xml-bench FILE: the rate of XMPP's stream parser and of bare Expat with empty handlers over the same bytes,
// alternating in one process. FILE is one recorded stream. Prints `expat MB/s`, `perch MB/s`, `ratio`.

/// Bytes a read: what one TLS record of a busy server carries.
let slice = 4096
/// Bytes parsed for one measurement; the best of `repeats` counts, the others met the scheduler.
let goal = 24_000_000
let repeats = 7

func say(_ text: String) {
    var text = text
    text.withUTF8 { $0.withMemoryRebound(to: CChar.self) { if let base = $0.baseAddress { bench_print(base, $0.count) } } }
}

func parse(_ bytes: UnsafeRawBufferPointer, rounds: Int) -> Int {
    var stanzas = 0
    for _ in 0..<rounds {
        let parser = XMLStreamParser()
        var at = 0
        while at < bytes.count {
            let end = min(at + slice, bytes.count)
            parser.feed(UnsafeRawBufferPointer(rebasing: bytes[at..<end]))
            at = end
            do throws(XMLError) {
                while let event = try parser.nextEvent() {
                    if case .element = event { stanzas += 1 }
                }
            } catch {
                return -1
            }
        }
    }
    return stanzas
}

func run(_ path: String) -> Bool {
    var length = 0
    guard let start = bench_read(path, &length) else {
        say("xml-bench: cannot read \(path)\n")
        return false
    }
    let bytes = UnsafeRawBufferPointer(start: start, count: length)
    let rounds = max(1, goal / length)
    var bare = Int64.max
    var ours = Int64.max
    for _ in 0..<repeats {
        var began = bench_nanoseconds()
        guard bench_expat(start, length, slice, Int32(rounds)) > 0 else { return false }
        bare = min(bare, bench_nanoseconds() - began)
        began = bench_nanoseconds()
        guard parse(bytes, rounds: rounds) > 0 else { return false }
        ours = min(ours, bench_nanoseconds() - began)
    }
    let total = Int64(length * rounds) * 1000
    say("expat \(total / bare)\nperch \(total / ours)\nratio \(Double(bare * 100 / ours) / 100)\n")
    return true
}

// The Embedded subset has no CommandLine, so C remembers the argument.
if let path = bench_argument() {
    if !run(String(cString: path)) { say("xml-bench: a parser refused the stream\n") }
} else {
    say("usage: xml-bench FILE\n")
}

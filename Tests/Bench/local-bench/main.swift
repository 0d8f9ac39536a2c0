// How long things take inside the process, on the way that the daemon's take (architecture §5):
//   command  from the bytes of a chat message, as TLS gives them, to the return of the call that sets the line
//   edge     from an edge of an input to the bytes of its report, ready for TLS: through epoll, board, agent and session
//
//     local-bench simulated 32        lines in memory; an edge comes through the control socket and counts from its sending
//     local-bench bench 200           the kernel's lines on the chip with this label of gpio-sim, under /run/gpio-sim (tools/gpio-vm
//                                     --chip bench:200); an edge counts from the time that the kernel gives it
//
// Prints median and 95th percentile of both, in microseconds.
import Board
import CBench
import CLinux
import Linux
import Time

func microseconds(_ times: [Int64]) -> (median: Double, p95: Double) {
    let sorted = times.sorted()
    let at = { (index: Int) -> Double in Double(sorted[min(index, sorted.count - 1)] / 10) / 100 }
    return (at(sorted.count / 2), at(sorted.count * 95 / 100))
}

func show(_ name: String, _ times: [Int64], wanted: Int) {
    guard times.count == wanted else { return print("\(name) failed: \(times.count) of \(wanted)") }
    let result = microseconds(times)
    print("\(name) \(result.median) \(result.p95)")
}

/// Commands are spread over the lines, each going on and off.
func commands(_ board: Board, _ device: Device, lines: Int, count: Int) throws -> [Int64] {
    var times: [Int64] = []
    for number in 0..<count {
        let text = "<message from='alice@example.org/phone' to='\(device.jid)' type='chat' id='m\(number)'>"
            + "<body>line\(number / 2 % lines) \(number % 2 == 0 ? "on" : "off")</body></message>"
        let bytes = Array(text.utf8)
        device.skip(.seconds(2))  // no more than ten commands in ten seconds
        let start = cl_monotonic_ns()
        device.session.receive(bytes, at: device.now)
        try device.drain { line, on in
            let level = try board.set(line, on: on)
            times.append(cl_monotonic_ns() - start)
            return level
        }
    }
    return times
}

/// A process of its own moves the inputs, one at a time, while the loop sleeps.
func edges(_ board: Board, _ device: Device, lines: Int, count: Int, mover: Int32, movedAt: UnsafeMutablePointer<Int64>, socket: String?) throws -> [Int64] {
    let loop = try EventLoop()
    var times: [Int64] = []
    var problem: (any Error)?
    func take(_ edges: [EdgeEvent]) {
        do {
            for edge in edges {
                let reports = try device.report(edge)
                let end = cl_monotonic_ns()
                let start = socket == nil ? Int64(edge.timestamp) : movedAt.pointee
                if reports == 1 { times.append(end - start) }
            }
        } catch { problem = error }
    }
    var control: UnixSocketServer?
    if let socket {
        control = try UnixSocketServer(loop, path: socket) { request in
            let outcome = board.control(request, at: Clock.instant())
            take(outcome.edges)
            return outcome.reply
        }
    }
    for source in board.edgeSources {
        try loop.add(source.descriptor, .read) { _ in
            do { take(try board.edges(line: source.line, at: Clock.instant())) } catch { problem = error }
        }
    }
    let giveUp = loop.makeTimer { loop.stop() }
    for number in 0..<count {
        device.skip(.seconds(10))  // a line reports at most every five seconds, and the server takes 2000 bytes a second
        bench_move(mover, Int32(number % lines), number / lines % 2 == 0)
        giveUp.deadline = Clock.instant() + .seconds(5)
        while times.count == number, problem == nil, giveUp.deadline.map({ Clock.instant() < $0 }) ?? false { try loop.turn(wait: true) }
    }
    control?.close()
    if let problem { throw problem }
    return times
}

func run() throws {
    guard cl_argument_count() >= 3, let chip = cl_argument(1).map({ String(cString: $0) }), let lines = cl_argument(2).flatMap({ Int(String(cString: $0)) }),
        (1...240).contains(lines)
    else { return print("usage: local-bench simulated|LABEL LINES") }
    let isSimulated = chip == "simulated"
    let count = max(2 * lines, 1000), edgeCount = max(2 * lines, 200)
    let pins = (0..<lines).map { "\(chip):\(isSimulated ? $0 + 2 : $0)" }
    let socket = isSimulated ? "/tmp/local-bench.\(cl_pid())" : nil
    let targets = (0..<lines).map { isSimulated ? "line\($0)" : "/run/gpio-sim/sysfs-\(chip)/sim_gpio\($0)/pull" }
    // The other process first, while this one is small.
    var movedAt: UnsafeMutablePointer<Int64>?
    for target in targets { bench_add_target(target) }
    let mover = bench_mover(socket, &movedAt)
    guard mover >= 0, let movedAt else { return print("cannot start the process that moves the inputs") }

    do {
        let board = try Board.open(
            lines: pins.enumerated().map { LineSettings(name: "line\($0)", pin: $1) }, sensors: [], profile: isSimulated ? .simulated : nil)
        let device = try Device(lines: lines, direction: .output, pins: pins)
        show("command", try commands(board, device, lines: lines, count: count), wanted: count)
    }
    let board = try Board.open(
        lines: pins.enumerated().map { LineSettings(name: "line\($0)", pin: $1, direction: .input, bias: .pullDown) }, sensors: [],
        profile: isSimulated ? .simulated : nil)
    let device = try Device(lines: lines, direction: .input, pins: pins)
    show("edge", try edges(board, device, lines: lines, count: edgeCount, mover: mover, movedAt: movedAt, socket: socket), wanted: edgeCount)
    bench_stop(mover)
}

do { try run() } catch { print("failed: \(error)") }

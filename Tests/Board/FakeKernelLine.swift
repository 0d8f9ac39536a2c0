import CGPIOD
import Time

@testable import Board

/// A line in a kernel whose buffer of edges is small: as drivers/gpio/gpiolib-cdev.c keeps them.
struct FakeKernelLine {
    /// uAPI v1 drops the newest edges of a full buffer and has no numbers; v2 drops the oldest.
    let dropsNewest: Bool
    let capacity: Int
    var level = false
    var time: UInt64 = 1
    private(set) var dropped = 0
    /// Rises that were not dropped before somebody took them.
    private(set) var risesTaken = 0
    private var number: UInt32 = 0
    private var waiting: [cgpiod_edge_event] = []
    /// Interrupts whose thread has not run yet.
    private var pending = 0

    init(dropsNewest: Bool, capacity: Int) {
        self.dropsNewest = dropsNewest
        self.capacity = capacity
    }

    var isEmpty: Bool { waiting.isEmpty && pending == 0 }

    /// The contact moves. The interrupt's thread may be late, and then finds the level of that time.
    mutating func toggle(isLate: Bool) {
        level.toggle()
        time += 100_000
        pending += 1
        if !isLate { runThread() }
    }

    mutating func runThread() {
        while pending > 0 {
            pending -= 1
            number &+= 1
            let edge = cgpiod_edge_event(timestamp_ns: time, sequence: dropsNewest ? 0 : number, rising: level)
            if waiting.count == capacity {
                dropped += 1
                if dropsNewest { continue }
                waiting.removeFirst()
            }
            waiting.append(edge)
        }
    }

    /// One by one, as the kernel copies them: meanwhile the contact moves on.
    mutating func read(bounces: () -> Bool) -> [cgpiod_edge_event] {
        runThread()
        var batch: [cgpiod_edge_event] = []
        while batch.count < LineRequest.batch, !waiting.isEmpty {
            batch.append(waiting.removeFirst())
            while bounces() { toggle(isLate: bounces()) }
        }
        for edge in batch where edge.rising { risesTaken += 1 }
        return batch
    }
}

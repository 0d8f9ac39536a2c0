import CLinux
import Text
import Time

/// One thread, one epoll, one timer. Level-triggered: a handler that leaves data unread is called again.
///
/// Handlers may add, change and remove any descriptor, also their own, while they run; an event that the
/// kernel reported before the removal is dropped. The loop never closes a descriptor: remove it, then close it.
/// It holds its handlers (and what they hold) until they are removed.
public final class EventLoop {
    public struct Interest: OptionSet, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        public static let read = Interest(rawValue: 1)
        public static let write = Interest(rawValue: 4)
    }

    public struct Readiness: Equatable, Sendable {
        public var readable: Bool
        public var writable: Bool
        /// Error or hang-up. Reading tells which; a handler that ignores it is called again at once.
        public var failed: Bool
    }

    public typealias Handler = (Readiness) -> Void

    private static let timerTag = UInt64.max

    /// Events taken from the kernel in one call; more wait for the next turn.
    private static let batch = 16

    private struct Entry {
        var generation: UInt32
        var handler: Handler?
    }

    private let epoll: FileDescriptor
    private let timer: FileDescriptor
    private var entries: [Entry] = []
    private var timers: [LoopTimer] = []
    private var armed: Instant?
    private var stopped = false
    /// Readable after a CONT; set by `Signals`.
    var continued: Int32 = -1
    /// Nanoseconds that the machine has slept since it started.
    private var slept = EventLoop.sleptNanoseconds()
    /// Shared by all readers of one turn; its contents are valid only inside a handler.
    let readBuffer: UnsafeMutableRawBufferPointer

    /// One TLS record with its overhead comes in two reads at most.
    static let readBufferSize = 16 * 1024

    public init() throws(SystemError) {
        epoll = FileDescriptor(owning: try check(cl_epoll(), "create an event loop"))
        timer = FileDescriptor(owning: try check(cl_timer(), "create a timer"))
        readBuffer = .allocate(byteCount: EventLoop.readBufferSize, alignment: 16)
        // Known by its tag instead of a handler, which would keep the loop alive for ever.
        try check(cl_epoll_add(epoll.raw, timer.raw, Interest.read.rawValue, EventLoop.timerTag), "wait for", "a timer")
    }

    deinit { readBuffer.deallocate() }

    /// Watches a descriptor. Errors: `EEXIST` when it is watched already, `EPERM` for files that cannot be waited for.
    public func add(_ fd: Int32, _ interest: Interest, _ handler: @escaping Handler) throws(SystemError) {
        guard fd >= 0 else { throw SystemError(operation: "wait for", errno: EBADF, object: filled("descriptor %", String(Int(fd)))) }
        let index = Int(fd)
        while entries.count <= index { entries.append(Entry(generation: 0, handler: nil)) }
        let generation = entries[index].generation &+ 1
        try check(cl_epoll_add(epoll.raw, fd, interest.rawValue, EventLoop.tag(fd, generation)), "wait for", filled("descriptor %", String(Int(fd))))
        entries[index] = Entry(generation: generation, handler: handler)
    }

    /// Changes what is waited for; the handler stays. An empty interest still reports failures.
    public func modify(_ fd: Int32, _ interest: Interest) throws(SystemError) {
        guard fd >= 0, Int(fd) < entries.count, entries[Int(fd)].handler != nil else {
            throw SystemError(operation: "wait for", errno: ENOENT, object: filled("descriptor %", String(Int(fd))))
        }
        try check(
            cl_epoll_modify(epoll.raw, fd, interest.rawValue, EventLoop.tag(fd, entries[Int(fd)].generation)),
            "wait for", filled("descriptor %", String(Int(fd))))
    }

    /// Forgets a descriptor and its handler; nothing happens when it is not watched.
    public func remove(_ fd: Int32) {
        guard fd >= 0, Int(fd) < entries.count, entries[Int(fd)].handler != nil else { return }
        let handler = entries[Int(fd)].handler
        entries[Int(fd)].handler = nil
        _ = cl_epoll_remove(epoll.raw, fd)
        // Let go only now: what the handler held may come back here from its deinit.
        withExtendedLifetime(handler) {}
    }

    /// A deadline that shares the kernel's one timer. Alive until `LoopTimer.cancel`.
    public func makeTimer(_ handler: @escaping () -> Void) -> LoopTimer {
        let timer = LoopTimer()
        timer.handler = handler
        timers.append(timer)
        return timer
    }

    /// Called when the process was stopped or the machine slept, and before anything that came meanwhile is handled.
    public var onWake: () -> Void = {}

    /// A turn that comes so much later than it was asked for means that nobody let us run.
    private static let lateTurn: Duration = .seconds(5)
    /// Two clocks that are read one after the other are never quite the same.
    private static let shortestSleep: Int64 = 1_000_000_000

    private static func sleptNanoseconds() -> Int64 { cl_boottime_ns() - cl_monotonic_ns() }

    /// To be called between reading something and acting on it: the process may have been stopped since the turn began.
    func checkForWake(isLate: Bool = false) {
        let hasContinued = continued >= 0 && cl_signal_next(continued) > 0
        let known = slept
        slept = EventLoop.sleptNanoseconds()
        if isLate || hasContinued || slept - known > EventLoop.shortestSleep { onWake() }
    }

    /// Runs until `stop`. `beforeWait` is called each time before waiting, where a driver flushes and sets its deadline.
    public func run(beforeWait: () -> Void = {}) throws(SystemError) {
        stopped = false
        while !stopped {
            beforeWait()
            if stopped { return }
            try turn(wait: true)
        }
    }

    public func stop() { stopped = true }

    /// One wait and the handlers of what it brought. Without `wait` only what is ready now.
    public func turn(wait: Bool) throws(SystemError) {
        arm()
        let expected = armed.map { max($0, Clock.instant()) }
        let epollDescriptor = epoll.raw
        var failure: Int32 = 0
        withUnsafeTemporaryAllocation(of: cl_event.self, capacity: EventLoop.batch) { events in
            let count = cl_epoll_wait(epollDescriptor, events.baseAddress, Int32(EventLoop.batch), wait ? -1 : 0)
            if count < 0 { failure = count }
            checkForWake(isLate: expected.map { Clock.instant() - $0 > EventLoop.lateTurn } ?? false)
            var i = 0
            while i < Int(count) {
                deliver(events[i])
                i += 1
            }
        }
        try check(failure, "wait for events")
    }

    private func deliver(_ event: cl_event) {
        if event.data == EventLoop.timerTag { return timerFired() }
        let index = Int(event.data & 0xFFFF_FFFF)
        let generation = UInt32(event.data >> 32)
        guard index < entries.count, entries[index].generation == generation, let handler = entries[index].handler else {
            return
        }
        handler(
            Readiness(
                readable: event.events & UInt32(CL_IN) != 0,
                writable: event.events & UInt32(CL_OUT) != 0,
                failed: event.events & UInt32(CL_ERROR | CL_HANGUP) != 0))
    }

    private static func tag(_ fd: Int32, _ generation: UInt32) -> UInt64 {
        UInt64(generation) << 32 | UInt64(UInt32(bitPattern: fd))
    }

    // MARK: Timers

    /// Sets the kernel's timer to the earliest deadline, when that is not what it is set to.
    private func arm() {
        timers.removeAll { $0.isCancelled }
        var earliest: Instant?
        for timer in timers {
            guard let deadline = timer.deadline else { continue }
            if let known = earliest, known <= deadline { continue }
            earliest = deadline
        }
        if earliest == armed { return }
        armed = earliest
        _ = cl_timer_set(timer.raw, earliest.map { max(1, $0.nanoseconds) } ?? -1)
    }

    private func timerFired() {
        cl_drain(timer.raw)
        armed = nil
        let now = Clock.instant()
        // Earliest first, also when we are late for several. A handler may move on or cancel the next ones, and one that is
        // set into the past again waits for the next turn, so that descriptors get theirs.
        var due = timers.filter { $0.deadline.map { $0 <= now } ?? false }
        due.sort { ($0.deadline ?? now) < ($1.deadline ?? now) }
        for timer in due {
            guard let deadline = timer.deadline, deadline <= now else { continue }
            timer.deadline = nil
            timer.handler?()
        }
    }
}

/// A deadline in an `EventLoop`.
public final class LoopTimer {
    /// When the handler is called; it is set back to nil before that.
    public var deadline: Instant?
    fileprivate(set) var handler: (() -> Void)?
    fileprivate(set) var isCancelled = false

    fileprivate init() {}

    /// Ends the timer for good and lets go of its handler.
    public func cancel() {
        isCancelled = true
        deadline = nil
        handler = nil
    }
}

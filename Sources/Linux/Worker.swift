import CLinux
import Text
import Time

/// Does what can block on threads of its own (worker.c) and answers from the loop. One for a process, alive as long
/// as it. No thread exists before the first job.
public final class Worker {
    /// A job under way; `Worker.abandon` takes it.
    public typealias Job = Int64

    public enum FileOutcome: Equatable {
        case bytes([UInt8])
        case failed(SystemError)
    }

    indirect enum Completion {
        case services((ServiceAnswer) -> Void)
        case addresses(host: String, (AddressAnswer) -> Void)
        case files([String], ([FileOutcome]) -> Void)
        case written(String, (SystemError?) -> Void)
    }

    private final class Pending {
        let job: Job
        var expires: Instant
        let timeout: Duration
        let completion: Completion

        init(_ job: Job, expires: Instant, timeout: Duration, _ completion: Completion) {
            self.job = job
            self.expires = expires
            self.timeout = timeout
            self.completion = completion
        }
    }

    private let loop: EventLoop
    private let worker: OpaquePointer
    private var pending: [Pending] = []
    private var timer: LoopTimer?
    private var reliefTimer: LoopTimer?
    /// How long a file waits for others before it gets a thread of its own.
    static let patience: Duration = .milliseconds(50)
    /// Jobs the worker did not take get numbers below zero and their answer with the next tick.
    private var lastRefused: Job = 0

    public init(_ loop: EventLoop) throws(SystemError) {
        var error: Int32 = 0
        guard let worker = cl_worker_new(&error) else {
            throw SystemError(operation: "create", errno: 0 &- error, object: "the worker")
        }
        self.worker = worker
        self.loop = loop
        timer = loop.makeTimer { [self] in expire() }
        reliefTimer = loop.makeTimer { [self] in
            if cl_relieve(self.worker) { reliefTimer?.deadline = Clock.instant() + Worker.patience }
        }
        let event = cl_worker_event(worker)
        try loop.add(event, .read) { [self] _ in
            cl_drain(event)
            collect()
        }
    }

    /// Reads small files, each with one open and one read(2), at most `bytesEach` of each (what is longer is cut).
    /// The outcomes come in the order of the paths, from the loop. When it takes longer than `timeout`, counted from the first file, each is `ETIME`
    /// and the late result is dropped; also what waits for a bus that hangs. A full queue, or too many that hang, give `ENOBUFS`. At most 16 paths,
    /// else `EINVAL`.
    ///
    /// - Parameter bus: what cannot do two things at once, such as the folder of a device; nil: the first file.
    @discardableResult
    public func readFiles(
        _ paths: [String], bus: String? = nil, bytesEach: Int = 4096, timeout: Duration = .seconds(10),
        _ completion: @escaping ([FileOutcome]) -> Void
    ) -> Job {
        var list: [UInt8] = []
        for path in paths {
            list += path.utf8.prefix { $0 != 0 }
            list.append(0)
        }
        // FNV-1a. Two buses with the same number only wait for each other.
        var busNumber: UInt32 = 2_166_136_261
        for byte in Array((bus ?? paths.first ?? "").utf8) { busNumber = (busNumber ^ UInt32(byte)) &* 16_777_619 }
        let number = list.withUnsafeBytes { buffer in
            cl_submit_files(worker, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(truncatingIfNeeded: paths.count), bytesEach, busNumber)
        }
        if reliefTimer?.deadline == nil { reliefTimer?.deadline = Clock.instant() + Worker.patience }
        return submitted(number, .files(paths, completion), timeout)
    }

    /// Writes to a small file, which is made with mode 0600 when it is not there.
    ///
    /// Without an `offset` it is replaced so that after a power cut either the old or the new contents are there. Else the bytes, which
    /// may be none, go to where the file ends, or ended before a write that failed; `isSynced`: and are on the medium when this is over.
    /// The completion gets nil or why nothing was written: `ESTALE` when the file is shorter than `offset`. There is no timeout: two
    /// writers of one file would be worse.
    @discardableResult
    public func write(_ path: String, _ bytes: [UInt8], at offset: Int?, isSynced: Bool, _ completion: @escaping (SystemError?) -> Void) -> Job {
        let number = bytes.withUnsafeBytes { cl_submit_write(worker, path, $0.baseAddress, $0.count, Int64(offset ?? -1), isSynced) }
        return submitted(number, .written(path, completion), .seconds(100 * 365 * 86_400 as Int64))
    }

    /// Nobody waits for it any more: its completion is not called.
    public func abandon(_ job: Job) {
        guard let index = pending.firstIndex(where: { $0.job == job }) else { return }
        _ = pending.remove(at: index)
        if job > 0 { cl_abandon(worker, job) }
        arm()
    }

    func lookUpServices(_ first: String, _ second: String, _ timeout: Duration, _ completion: @escaping (ServiceAnswer) -> Void) -> Job {
        submitted(cl_submit_services(worker, first, second), .services(completion), timeout)
    }

    func lookUpAddresses(_ host: String, _ port: UInt16, _ timeout: Duration, _ completion: @escaping (AddressAnswer) -> Void) -> Job {
        submitted(cl_submit_addresses(worker, host, port), .addresses(host: host, completion), timeout)
    }

    /// Answers with the next tick, for what needs no thread.
    func answerLater(_ host: String, _ addresses: [SocketAddress], _ completion: @escaping (AddressAnswer) -> Void) -> Job {
        submitted(0, .addresses(host: host) { _ in completion(.addresses(addresses)) }, .zero)
    }

    private func submitted(_ result: Int64, _ completion: Completion, _ timeout: Duration) -> Job {
        let now = Clock.instant()
        if result > 0 {
            pending.append(Pending(result, expires: now + timeout, timeout: timeout, completion))
            arm()
            return result
        }
        lastRefused -= 1
        // The completion must not run inside the call, so a refusal is a job that has expired.
        let refused = Pending(lastRefused, expires: now, timeout: timeout, completion)
        pending.append(refused)
        refusals.append((lastRefused, Int32(truncatingIfNeeded: 0 - result)))
        arm()
        return refused.job
    }
    private var refusals: [(job: Job, errno: Int32)] = []

    private func arm() {
        timer?.deadline = pending.map { $0.expires }.min()
        for item in pending { if case .files = item.completion { return } }
        reliefTimer?.deadline = nil
    }

    /// When a file that has been waited for as long as it may is to be given up; nil: now.
    private func extended(_ item: Pending, _ now: Instant) -> Instant? {
        guard item.job > 0, case .files = item.completion else { return nil }
        let started = cl_started(worker, item.job)
        if started < 0 { return nil }
        let end = (started == 0 ? now : Instant(nanoseconds: started)) + item.timeout
        return end > now ? end : nil
    }

    private func collect() {
        while let job = cl_collect(worker) {
            let number = cl_job_number(job)
            if let index = pending.firstIndex(where: { $0.job == number }) {
                let completion = pending.remove(at: index).completion
                finish(completion, job)
            } else {
                cl_job_free(job)
            }
        }
        arm()
    }

    private func expire() {
        let now = Clock.instant()
        for item in pending where item.expires <= now {
            if let later = extended(item, now) { item.expires = later }
        }
        let expired = pending.filter { $0.expires <= now }
        pending.removeAll { $0.expires <= now }
        for item in expired {
            var errno = ETIME
            if item.job > 0 {
                cl_abandon(worker, item.job)
            } else if let index = refusals.firstIndex(where: { $0.job == item.job }) {
                errno = refusals.remove(at: index).errno
            }
            fail(item.completion, errno)
        }
        arm()
    }

    private func fail(_ completion: Completion, _ errno: Int32) {
        switch completion {
        case .services(let handler): handler(.failed)
        case .addresses(let host, let handler):
            handler(.failed(AddressError(host: host, reason: errno == ETIME ? "no answer from DNS" : SystemError.words(errno), isTemporary: true)))
        case .files(let paths, let handler):
            handler(paths.map { .failed(SystemError(operation: "read", errno: errno, object: $0)) })
        case .written(let path, let handler): handler(SystemError(operation: "write", errno: errno, object: path))
        }
    }

    /// Frees the job before the handler runs.
    private func finish(_ completion: Completion, _ job: OpaquePointer) {
        switch completion {
        case .services(let handler):
            let answer = ServiceAnswer(job)
            cl_job_free(job)
            handler(answer)
        case .addresses(let host, let handler):
            let answer = AddressAnswer(job, host)
            cl_job_free(job)
            handler(answer)
        case .files(let paths, let handler):
            var outcomes: [FileOutcome] = []
            for (index, path) in paths.enumerated() {
                var outcome: Int64 = 0
                let bytes = cl_job_file(job, Int32(index), &outcome)
                if outcome < 0 {
                    let error = SystemError(operation: "read", errno: Int32(truncatingIfNeeded: 0 - outcome), object: path)
                    outcomes.append(.failed(error))
                } else {
                    outcomes.append(.bytes(Array(UnsafeBufferPointer(start: bytes, count: Int(outcome)))))
                }
            }
            cl_job_free(job)
            handler(outcomes)
        case .written(let path, let handler):
            let outcome = cl_job_write_outcome(job)
            cl_job_free(job)
            handler(outcome < 0 ? SystemError(operation: "write", errno: 0 - outcome, object: path) : nil)
        }
    }

    /// For the test that chooses the stack's size: bytes of stack that the class's thread has touched.
    func stackUsed(files: Bool) -> Int { cl_worker_stack_used(worker, Int32(files ? CL_CLASS_FILES : CL_CLASS_RESOLVER)) }
}

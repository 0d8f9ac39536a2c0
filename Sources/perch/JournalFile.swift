import Agent
import CLinux
import Linux
import Text
import Time

/// Writes the journal on the worker's thread: a memory card may take a second, and no command shall wait for it. One write at a
/// time; what comes meanwhile is written together.
final class JournalFile {
    /// What is not urgent may be lost in a power cut for this long; the card is spared as much.
    static let syncInterval: Duration = .seconds(60)

    private let worker: Worker
    private let path: String
    private let onOutcome: (StorageFailure?) -> Void
    private var timer: LoopTimer?
    /// Bytes that are surely in the file.
    private var length: Int
    private var waiting: [UInt8] = []
    private var isReplacement = false
    private var needsSync = false
    private var isBusy = false
    /// After a failure the agent writes everything anew: till then nothing that is added to the end makes sense.
    private var hasFailed = false
    /// Called once everything is written.
    var onIdle: (() -> Void)? { didSet { if !isBusy { onIdle?() } } }

    /// - Parameter length: of the file as it was loaded.
    init(_ loop: EventLoop, _ worker: Worker, path: String, length: Int, onOutcome: @escaping (StorageFailure?) -> Void) {
        self.worker = worker
        self.path = path
        self.length = length
        self.onOutcome = onOutcome
        timer = loop.makeTimer { [self] in
            needsSync = true
            begin()
        }
    }

    func append(_ bytes: [UInt8], isUrgent: Bool) {
        if hasFailed { return }
        waiting += bytes
        if isUrgent { needsSync = true }
        begin()
    }

    func replace(_ bytes: [UInt8]) {
        waiting = bytes
        isReplacement = true
        hasFailed = false
        begin()
    }

    private func begin() {
        guard !isBusy, isReplacement || needsSync || !waiting.isEmpty else { return }
        isBusy = true
        var bytes: [UInt8] = []
        swap(&bytes, &waiting)
        let isReplacement = isReplacement, isSynced = needsSync || isReplacement
        self.isReplacement = false
        needsSync = false
        let end = (isReplacement ? 0 : length) + bytes.count
        worker.write(path, bytes, at: isReplacement ? nil : length, isSynced: isSynced) { [self] error in
            isBusy = false
            if let error {
                failed(error)
            } else {
                length = end
                if isSynced { timer?.deadline = nil }
                else if timer?.deadline == nil { timer?.deadline = Clock.instant() + Self.syncInterval }
                onOutcome(nil)
            }
            begin()
            if !isBusy { onIdle?() }
        }
    }

    private func failed(_ error: SystemError) {
        timer?.deadline = nil
        if !isReplacement {
            hasFailed = true
            waiting = []
            needsSync = false
        }
        let status: String
        switch error.errno {
        case ENOSPC, EDQUOT, EFBIG: status = "disk full"
        case EROFS: status = "disk is read-only"
        default: status = "disk cannot be written"
        }
        onOutcome(StorageFailure(status: status, text: error.description))
    }
}

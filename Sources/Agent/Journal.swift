import Text

/// The reports that are not delivered yet, oldest first, and what the file in the state directory holds of them.
///
/// A plain value: it says what to write, the driver writes. The file is a header and records (`Report`); delivered ones are
/// marked by a record appended behind, and the file is written anew when all are, or when it has grown too long.
struct Journal {
    static let fileName = "journal"
    static let header: StaticString = "perch-journal 1\n"
    /// Bytes of reports in memory and on disk: about 2,500 readings, a day of a board with two sensors that change every minute.
    static let maximumBytes = 192 * 1024
    /// Bytes of the file, marks included; `StateDirectory` reads no longer one.
    static let maximumFile = 250 * 1024
    /// What is left of a full journal after it was thinned.
    static let thinnedBytes = maximumBytes / 4 * 3

    indirect enum Write: Equatable {
        case append([UInt8])
        /// Replace the file.
        case store([UInt8])
    }

    /// What was wrong with a file.
    enum Fault: Equatable {
        /// Bytes that made no sense, at the end or also before it.
        case damaged(bytes: Int, isTail: Bool)
    }

    /// The records.
    private(set) var bytes: [UInt8] = []
    /// Of `bytes`: handed out for sending.
    var sent = 0
    /// Of `bytes`: in the file.
    private(set) var saved = 0
    /// Of the file; 0: what it holds, if anything, is to be replaced.
    private(set) var fileLength = 0
    /// The last delivered report, while the file does not say so.
    private var unmarked: Report.Name?

    init() {}

    var isEmpty: Bool { bytes.isEmpty }
    var isSaved: Bool { saved == bytes.count }
    var isSent: Bool { sent == bytes.count }
    var needsMark: Bool { unmarked != nil }
    var hasFile: Bool { fileLength > 0 }

    // MARK: In memory

    /// - Returns: how many reports had to go to make room.
    mutating func add(_ report: Report) -> Int {
        let record = report.record
        var thinned = 0
        if bytes.count + record.count > Journal.maximumBytes {
            thinned = thin(to: Journal.thinnedBytes)
            // The file has reports that are no longer here.
            saved = 0
            fileLength = 0
        }
        bytes += record
        return thinned
    }

    /// All reports before this offset have been delivered.
    /// - Returns: what to write at once.
    mutating func deliver(upTo offset: Int) -> Write? {
        guard offset > 0, offset <= sent else { return nil }
        var at = 0, wasSaved = false
        while at < offset, let (record, end) = Report.record(bytes, at: at) {
            if end <= saved, case .report(_, let name, _) = record {
                unmarked = name
                wasSaved = true
            }
            at = end
        }
        if offset == bytes.count { bytes = [] } else { bytes.removeFirst(offset) }
        sent -= offset
        saved = max(0, saved - offset)
        guard fileLength > 0, saved == 0, wasSaved else { return nil }
        fileLength = 0
        unmarked = nil
        return .store([])
    }

    /// Takes out every second reading of each source, the oldest first; then all of them, then changes of lines, then alarms. What
    /// has been sent stays: its acknowledgement is under way.
    private mutating func thin(to target: Int) -> Int {
        var count = 0
        var kind = Report.Kind.reading, every = false
        while bytes.count > target {
            let dropped = drop(kind, every: every, to: target)
            count += dropped
            if dropped > 0 { continue }
            if !every, kind == .reading { every = true; continue }
            every = true
            switch kind {
            case .reading: kind = .line
            case .line: kind = .alarm
            case .alarm: return count
            }
        }
        return count
    }

    private mutating func drop(_ kind: Report.Kind, every: Bool, to target: Int) -> Int {
        var kept = Array(bytes[..<sent])
        var excess = bytes.count - target, count = 0, at = sent
        // Sources whose next reading goes.
        var next: [UInt32] = []
        while at < bytes.count, let (record, end) = Report.record(bytes, at: at) {
            var goes = false
            if excess > 0, case .report(kind, _, let source) = record {
                if every {
                    goes = true
                } else if let index = next.firstIndex(of: source) {
                    next.remove(at: index)
                    goes = true
                } else {
                    next.append(source)
                }
            }
            if goes {
                excess -= end - at
                count += 1
            } else {
                kept += bytes[at..<end]
            }
            at = end
        }
        bytes = kept
        return count
    }

    // MARK: On disk

    /// Everything that the file lacks.
    mutating func save() -> Write? {
        if isSaved { return nil }
        let more = bytes.count - saved
        if fileLength == 0 || fileLength + more > Journal.maximumFile { return rewrite() }
        let new = Array(bytes[saved...])
        saved = bytes.count
        fileLength += more
        return .append(new)
    }

    /// What was delivered since the last mark.
    mutating func markDelivered() -> Write? {
        guard let name = unmarked, fileLength > 0 else {
            unmarked = nil
            return nil
        }
        let mark = Report.mark(name)
        if fileLength + mark.count > Journal.maximumFile { return rewrite() }
        unmarked = nil
        fileLength += mark.count
        return .append(mark)
    }

    /// The file anew.
    mutating func rewrite() -> Write {
        var file: [UInt8] = []
        file.append(contentsOf: UnsafeBufferPointer(start: Journal.header.utf8Start, count: Journal.header.utf8CodeUnitCount))
        file += bytes
        saved = bytes.count
        fileLength = file.count
        unmarked = nil
        return .store(file)
    }

    /// A write has failed: nothing is known of the file.
    mutating func lostFile() {
        saved = 0
        fileLength = 0
        unmarked = nil
    }

    /// Reads a file. Whatever is whole in it is taken, also behind a damaged place: each record has its checksum.
    init(_ file: [UInt8], fault: inout Fault?) {
        guard !file.isEmpty else { return }
        var at = 0
        if Journal.begins(file, with: Journal.header) { at = Journal.header.utf8CodeUnitCount }
        // Where each report ends in `bytes`.
        var ends: [(name: Report.Name, end: Int)] = []
        var lost = 0, lastLost = 0
        while at < file.count {
            guard let (record, end) = Report.record(file, at: at) else {
                lost += 1
                at += 1
                lastLost = at
                continue
            }
            switch record {
            case .report(_, let name, _):
                bytes += file[at..<end]
                ends.append((name, bytes.count))
            case .mark(let name):
                if let index = ends.lastIndex(where: { $0.name == name }) {
                    let delivered = ends[index].end
                    bytes.removeFirst(delivered)
                    ends.removeFirst(index + 1)
                    for index in ends.indices { ends[index].end -= delivered }
                }
            }
            at = end
        }
        saved = bytes.count
        fileLength = file.count
        if lost > 0 {
            fault = .damaged(bytes: lost, isTail: lastLost == file.count)
            fileLength = 0
        }
    }

    private static func begins(_ file: [UInt8], with text: StaticString) -> Bool {
        guard file.count >= text.utf8CodeUnitCount else { return false }
        for index in 0..<text.utf8CodeUnitCount where file[index] != text.utf8Start[index] { return false }
        return true
    }

    /// How many reports wait.
    var count: Int {
        var count = 0, at = 0
        while let (_, end) = Report.record(bytes, at: at) {
            count += 1
            at = end
        }
        return count
    }
}

import Text
import Time

/// A command whose answer waits for the board.
final class Errand {
    /// One line of the answer; its text comes with the outcome.
    final class Part {
        let line: LineIndex
        var text: String?
        /// Said after the text: what else was switched for it.
        var note = ""

        init(_ line: LineIndex) { self.line = line }
    }

    enum Kind: Equatable {
        case switching
        case reading([Target])
        case status
    }

    let id: UInt32
    let asker: Asker
    let kind: Kind
    var deadline: Instant
    var parts: [Part] = []
    /// Sensors whose reading is awaited.
    var sensors: [SensorIndex] = []
    /// Lines that are being read.
    var tickets: [Ticket] = []
    /// How long the new level was asked to last.
    var duration: Duration?
    /// Said before the outcomes: what was refused.
    var before: [String] = []
    /// Said after them: `Really open gate? …`
    var question: String?

    init(id: UInt32, asker: Asker, kind: Kind, deadline: Instant) {
        self.id = id
        self.asker = asker
        self.kind = kind
        self.deadline = deadline
    }

    var isComplete: Bool { sensors.isEmpty && tickets.isEmpty && parts.allSatisfy { $0.text != nil } }
}

/// The commands that wait, at most a few dozen.
struct Errands {
    /// Beyond this people are asked to wait; each is a few hundred bytes and lives for seconds.
    static let capacity = 32
    /// How long a question waits for slow sensors.
    static let readingPatience: Duration = .seconds(5)

    private var waiting: [Errand] = []
    private var lastID: UInt32 = 0

    var isFull: Bool { waiting.count >= Errands.capacity }

    mutating func nextID() -> UInt32 {
        lastID &+= 1
        return lastID
    }

    func duration(of id: UInt32?) -> Duration? {
        for errand in waiting where errand.id == id { return errand.duration }
        return nil
    }

    mutating func add(_ errand: Errand) { waiting.append(errand) }

    /// Changes the errand with this id; returns it when that completed it.
    mutating func update(_ id: UInt32, _ change: (Errand) -> Void) -> Errand? {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return nil }
        change(waiting[index])
        return waiting[index].isComplete ? waiting.remove(at: index) : nil
    }

    /// The errands that waited for this sensor only.
    mutating func sensorAnswered(_ sensor: SensorIndex) -> [Errand] {
        for errand in waiting { errand.sensors.removeAll { $0 == sensor } }
        return takeComplete()
    }

    mutating func takeComplete() -> [Errand] { take { $0.isComplete } }
    mutating func takeOverdue(at now: Instant) -> [Errand] { take { $0.deadline <= now } }
    mutating func takeAll() -> [Errand] { take { _ in true } }

    private mutating func take(_ isWanted: (Errand) -> Bool) -> [Errand] {
        var taken: [Errand] = [], kept: [Errand] = []
        for errand in waiting { if isWanted(errand) { taken.append(errand) } else { kept.append(errand) } }
        waiting = kept
        return taken
    }

    var nextDeadline: Instant? {
        var next = Earliest()
        for errand in waiting { next.consider(errand.deadline) }
        return next.instant
    }
}

import Text
import Time
import XMPP

/// What was said and is not known to have arrived: reports, which outlast the program, and answers, which do not.
///
/// Each message has an id of its own and keeps it when it is sent again, so that a receiver sees it once (XEP-0359).
final class Outbox {
    /// Messages of reports that the server has not taken over yet. The session's own limit is 1000.
    static let maximumUnacknowledged = 64
    /// A report that is not delivered by then goes to disk, even while online: the link may be dead without knowing it.
    static let saveAfter: Duration = .seconds(10)
    /// Between two marks of what was delivered.
    static let markInterval: Duration = .seconds(1)
    /// Between two attempts to write to a disk that failed.
    static let diskRetry: Duration = .seconds(30)
    /// Answers that wait for the server or for a connection; a person who asks more sees the latest.
    static let maximumReplies = 16
    /// Bytes of their texts.
    static let maximumReplyBytes = 32 * 1024
    /// Older answers are of no use any more.
    static let replyMemory: Duration = .seconds(300)
    /// Younger reports go without a stamp: they are news.
    static let freshAge: Duration = .seconds(1)

    /// One message of a report that was handed to the session.
    final class Flight {
        /// Of the report in the journal.
        var offset: Int
        /// Hash of the receiver's address.
        let receiver: UInt32
        /// false: it is to be sent again.
        var isSent = true

        init(offset: Int, receiver: UInt32) {
            self.offset = offset
            self.receiver = receiver
        }
    }

    final class Reply {
        let message: OutgoingMessage
        let at: Moment
        var isSent = false
        /// Bytes of its text.
        var size: Int { message.body?.utf8.count ?? 0 }

        init(_ message: OutgoingMessage, at: Moment) {
            self.message = message
            self.at = at
        }
    }

    var journal = Journal()
    var flights: [Flight] = []
    var replies: [Reply] = []
    var bucket = TokenBucket()
    /// This start of the program.
    let run: UInt32
    private var lastNumber: UInt32 = 0
    private var lastReply: UInt32 = 0
    /// Since when a report waits for being written; nil: none does.
    private(set) var unsavedSince: Instant?
    /// What is unsaved must not be lost.
    private(set) var isUrgent = false
    var markDue: Instant?
    /// Why the last write failed, as presence shows it, and when the next is tried.
    var trouble: String?
    var retryDisk: Instant?
    /// A message could not be handed over though the link seemed up: wait for what is told about it.
    var isStalled = false
    /// Thinned since it was empty, which is told once.
    var toldThinned = false

    init(run: UInt32) { self.run = run }

    // MARK: Reports

    /// - Returns: how many others had to go.
    func add(_ kind: Report.Kind, source: String, _ text: String, _ measure: [UInt8], _ now: Moment) -> Int {
        lastNumber &+= 1
        let thinned = journal.add(
            Report(
                kind: kind, name: Report.Name(run: run, number: lastNumber), time: now.timestamp, source: Outbox.hash(source), text: text,
                measure: measure))
        if unsavedSince == nil { unsavedSince = now.instant }
        if kind != .reading || thinned > 0 { isUrgent = true }
        return thinned
    }

    static func hash(_ text: String) -> UInt32 { UInt32(truncatingIfNeeded: RecentMessages.hash(text, seed: 0)) }

    func id(_ name: Report.Name, _ receiver: UInt32) -> String { say("$1-$2-$3", Outbox.hex(name.run), String(Int(name.number)), Outbox.hex(receiver)) }

    static func hex(_ value: UInt32) -> String {
        var digits: [UInt8] = []
        for index in 0..<8 {
            let digit = UInt8(truncatingIfNeeded: value >> UInt32(28 - 4 * index) & 15)
            digits.append(digit < 10 ? digit + 48 : digit + 87)
        }
        return String(decoding: digits, as: UTF8.self)
    }

    /// The server has this message.
    /// - Returns: whether it was one of ours.
    func acknowledge(_ id: String) -> Bool {
        for index in replies.indices where replies[index].message.id == id {
            replies.remove(at: index)
            return true
        }
        for index in flights.indices where isReport(id, flights[index]) {
            flights.remove(at: index)
            return true
        }
        return false
    }

    /// Whether the message with this id is the one.
    private func isReport(_ id: String, _ flight: Flight) -> Bool {
        guard case (.report(_, let name, _), _)? = Report.record(journal.bytes, at: flight.offset) else { return false }
        return self.id(name, flight.receiver) == id
    }

    /// Forgets what is delivered.
    /// - Returns: what to write at once.
    func settle(_ now: Instant) -> Journal.Write? {
        // In the order of the journal: nothing before the first that is under way is left.
        let delivered = flights.first?.offset ?? journal.sent
        let write = journal.deliver(upTo: delivered)
        if delivered > 0 { for flight in flights { flight.offset -= delivered } }
        if flights.isEmpty { flights = [] }
        if journal.isSaved {
            unsavedSince = nil
            isUrgent = false
        }
        if journal.isEmpty { toldThinned = false }
        if journal.needsMark, markDue == nil { markDue = now + Outbox.markInterval }
        return write
    }

    /// What is to be written now, and whether it must be safe soon.
    func write(isOffline: Bool, _ now: Instant) -> (Journal.Write, isUrgent: Bool)? {
        if let retryDisk {
            guard retryDisk <= now else { return nil }
            self.retryDisk = now + Outbox.diskRetry
            unsavedSince = nil
            return (journal.rewrite(), true)
        }
        if let since = unsavedSince, isOffline || since + Outbox.saveAfter <= now {
            defer { isUrgent = false }
            unsavedSince = nil
            if let write = journal.save() { return (write, isUrgent) }
        }
        if let due = markDue, due <= now || isOffline {
            markDue = nil
            if let write = journal.markDelivered() { return (write, false) }
        }
        return nil
    }

    // MARK: Answers

    /// - Returns: the message with an id.
    func add(_ message: OutgoingMessage, _ now: Moment) -> Reply {
        lastReply &+= 1
        var message = message
        message.id = say("$1-r$2", Outbox.hex(run), String(Int(lastReply)))
        message.originID = true
        dropReplies(now.instant)
        let reply = Reply(message, at: now)
        var size = reply.size
        for reply in replies { size += reply.size }
        while !replies.isEmpty, replies.count >= Outbox.maximumReplies || size > Outbox.maximumReplyBytes {
            size -= replies.removeFirst().size
        }
        replies.append(reply)
        return reply
    }

    func dropReplies(_ now: Instant) {
        while let first = replies.first, now - first.at.instant >= Outbox.replyMemory { replies.removeFirst() }
        if replies.isEmpty { replies = [] }
    }

    // MARK: The link

    /// A new session knows nothing of what the last one sent.
    func sendAgain() {
        for flight in flights { flight.isSent = false }
        for reply in replies { reply.isSent = false }
    }

    /// This message did not leave.
    func unsent(_ id: String) {
        isStalled = true
        for reply in replies where reply.message.id == id { reply.isSent = false }
        for flight in flights where isReport(id, flight) { flight.isSent = false }
    }

    private var hasUnsent: Bool {
        for flight in flights where !flight.isSent { return true }
        for reply in replies where !reply.isSent { return true }
        return !journal.isSent && flights.count < Outbox.maximumUnacknowledged
    }

    func nextDeadline(isOnline: Bool, isOffline: Bool, after now: Instant) -> Instant? {
        var next = Earliest()
        if retryDisk != nil {
            next.consider(retryDisk)
        } else {
            if let unsavedSince { next.consider(isOffline ? now : unsavedSince + Outbox.saveAfter) }
            next.consider(markDue)
        }
        if isOnline, !isStalled, hasUnsent { next.consider(bucket.opens(after: now)) }
        if let first = replies.first { next.consider(first.at.instant + Outbox.replyMemory) }
        return next.instant
    }
}

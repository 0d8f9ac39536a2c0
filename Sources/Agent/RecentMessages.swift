import Text
import Time
import XMPP

/// Which messages were acted on lately, so that none is executed twice.
///
/// Only hashes are kept: ids are chosen by the sender and may be as long as a stanza. Those of messages that were acted on
/// are also written to a file: a header and, for each id, its hash, that of the words, and milliseconds of wall-clock time.
struct RecentMessages {
    static let fileName = "acted"
    static let header: StaticString = "perch-acted 1\n"
    /// Bytes of one id in the file.
    private static let savedSize = 24
    /// Ids in the file before it is written anew, which the command at hand has to wait for: 96 KiB, seldom reached by people.
    static let maximumSaved = 4096
    /// Ids in the file from which on a start writes it anew.
    static let longSaved = 512

    /// Two hours of a person who talks without pause; 256 × 32 bytes.
    static let capacity = 256
    /// A client that counts its ids from 1 after each start would otherwise be ignored for ever.
    static let memory: Duration = .seconds(24 * 3600)

    enum Sighting: Equatable {
        case new
        /// The same words under the same id: delivered twice.
        case again
        /// Other words under an id that was used before.
        case sameIDOtherWords
    }

    private struct Entry: Equatable {
        var key: UInt64
        var body: UInt64
        var at: Instant
        /// A line was switched, or asked to be, because of it.
        var acted: Bool
        /// It is in the file.
        var isSaved = false
        /// From before a restart. Clients count anew after theirs, so only the same words make it the same message.
        var isOld = false
    }

    /// The file's ids, at least 1 once it has its header.
    private var savedCount = 0

    /// A ring: `next` is the oldest once it is full.
    private var entries: [Entry] = []
    private var next = 0

    /// Remembers the message under its id and its origin-id.
    mutating func see(_ message: Message, at now: Instant) -> Sighting {
        let body = RecentMessages.hash(message.body ?? "", seed: 0)
        var sighting = Sighting.new
        for key in keys(of: message) {
            if let index = index(of: key, at: now) {
                if entries[index].body != body {
                    if entries[index].isOld { continue }
                    sighting = .sameIDOtherWords
                } else if sighting == .new {
                    sighting = .again
                }
            }
        }
        guard sighting == .new else { return sighting }
        for key in keys(of: message) { append(Entry(key: key, body: body, at: now, acted: false)) }
        return .new
    }

    /// What the message did counts for corrections of it.
    mutating func markActed(_ message: Message) {
        for key in keys(of: message) { mark(key) }
        if let replaces = message.replaces { mark(key(message.from, replaces)) }
    }

    // MARK: The file

    /// - Returns: what makes the message known after a restart; nil when it has no id.
    mutating func save(_ message: Message, _ now: Moment) -> Effect? {
        let keys = keys(of: message)
        if keys.isEmpty { return nil }
        for key in keys { for index in entries.indices where entries[index].key == key { entries[index].isSaved = true } }
        if savedCount + keys.count <= RecentMessages.maximumSaved {
            let count = savedCount
            savedCount += keys.count
            var bytes = count == 0 ? Array(RecentMessages.header.description.utf8) : []
            let body = RecentMessages.hash(message.body ?? "", seed: 0)
            for key in keys { RecentMessages.write(key, body, now.timestamp, &bytes) }
            return .append(name: RecentMessages.fileName, bytes: bytes, isUrgent: false)
        }
        return rewrite(now)
    }

    private mutating func rewrite(_ now: Moment) -> Effect {
        // The oldest first, as in the ring.
        var bytes = Array(RecentMessages.header.description.utf8)
        var saved: [Entry] = []
        for index in entries.indices {
            let entry = entries[(next + index) % entries.count]
            if entry.isSaved { saved.append(entry) }
        }
        for entry in saved { RecentMessages.write(entry.key, entry.body, now.timestamp - (now.instant - entry.at), &bytes) }
        savedCount = max(saved.count, 1)  // the header is there
        return .store(name: RecentMessages.fileName, bytes: bytes)
    }

    private static func write(_ key: UInt64, _ body: UInt64, _ at: Timestamp, _ bytes: inout [UInt8]) {
        appendInteger(key, 8, &bytes)
        appendInteger(body, 8, &bytes)
        appendInteger(UInt64(bitPattern: at.milliseconds), 8, &bytes)
    }

    /// Takes the file of the last run. What was not written whole is left out; anything else is only an id that nobody uses.
    /// - Returns: what is to be written at once.
    mutating func load(_ file: [UInt8]?, _ now: Moment) -> Effect? {
        let start = RecentMessages.header.utf8CodeUnitCount
        savedCount = 0
        guard let file, !file.isEmpty else { return nil }
        guard file.count >= start, Array(file[..<start]) == Array(RecentMessages.header.description.utf8) else { return rewrite(now) }
        var at = start
        let count = (file.count - start) / RecentMessages.savedSize
        savedCount = max(count, 1)
        at += max(0, count - RecentMessages.capacity) * RecentMessages.savedSize
        while at + RecentMessages.savedSize <= file.count {
            let saved = Timestamp(milliseconds: Int64(bitPattern: readInteger(file, at + 16, 8)))
            // A clock that is not set yet makes nothing older than it is.
            let age = saved < now.timestamp && Spoken.isClockSet(saved) ? now.timestamp - saved : .zero
            if age < RecentMessages.memory {
                let key = readInteger(file, at, 8), body = readInteger(file, at + 8, 8)
                append(Entry(key: key, body: body, at: now.instant - age, acted: true, isSaved: true, isOld: true))
            }
            at += RecentMessages.savedSize
        }
        // Behind a piece of one, appended ones could not be found.
        return at < file.count || count > RecentMessages.longSaved ? rewrite(now) : nil
    }

    private mutating func mark(_ key: UInt64) {
        for index in entries.indices where entries[index].key == key { entries[index].acted = true }
    }

    /// Whether the message that `message` corrects was acted on; nil when it is not remembered.
    func correctedWasActedOn(_ message: Message, at now: Instant) -> Bool? {
        guard let replaces = message.replaces, let index = index(of: key(message.from, replaces), at: now) else { return nil }
        return entries[index].acted
    }

    private func index(of key: UInt64, at now: Instant) -> Int? {
        entries.lastIndex { $0.key == key && now - $0.at < RecentMessages.memory }
    }

    private mutating func append(_ entry: Entry) {
        if entries.count < RecentMessages.capacity {
            entries.append(entry)
        } else {
            entries[next] = entry
            next = (next + 1) % RecentMessages.capacity
        }
    }

    private func keys(of message: Message) -> [UInt64] {
        var keys: [UInt64] = []
        if let id = message.id { keys.append(key(message.from, id)) }
        if let origin = message.originID, origin != message.id { keys.append(key(message.from, origin)) }
        return keys
    }

    /// Ids count per person, not per client: a message may be sent again after a reconnect, from another resource.
    private func key(_ sender: JID, _ id: String) -> UInt64 {
        RecentMessages.hash(id, seed: RecentMessages.hash(sender.bare.description, seed: 0))
    }

    /// FNV-1a, 64 bit. A person could forge a collision, but only against himself.
    static func hash(_ text: String, seed: UInt64) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ seed
        for byte in Array(text.utf8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return hash
    }
}

import Text
import Time
import XMPP

/// Which messages were acted on lately, so that none is executed twice.
///
/// Only hashes are kept: ids are chosen by the sender and may be as long as a stanza.
struct RecentMessages {
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

    private struct Entry {
        var key: UInt64
        var body: UInt64
        var at: Instant
        /// A line was switched, or asked to be, because of it.
        var acted: Bool
    }

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
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return hash
    }
}

import Text
import Time
import XMPP

/// What our presence says, and when it may be sent again (product §4).
struct PresenceStatus {
    /// At most one presence in this time: every contact's server gets each.
    static let shortestInterval: Duration = .seconds(10)
    /// Characters of the status text; rosters show one line.
    static let maximumCharacters = 120
    static let separator = " · "

    /// What was sent last in this session; nil before the first.
    private(set) var sent: OwnPresence?
    private var sentAt: Instant?
    /// Something that presence shows may have changed.
    var isDirty = true

    /// The presence to send now, if any.
    mutating func due(_ wanted: @autoclosure () -> OwnPresence, at now: Instant) -> OwnPresence? {
        guard isDirty else { return nil }
        if let sentAt, now - sentAt < PresenceStatus.shortestInterval, sent != nil { return nil }
        isDirty = false
        let wanted = wanted()
        guard wanted != sent else { return nil }
        sent = wanted
        sentAt = now
        return wanted
    }

    /// A new session: everybody must be told, even what they knew before.
    mutating func reset() {
        sent = nil
        isDirty = true
    }

    var nextDeadline: Instant? {
        guard isDirty, sent != nil, let sentAt else { return nil }
        return sentAt + PresenceStatus.shortestInterval
    }

    /// As many of the items as fit, whole, with "…" where some are left out; a first item that is too long is cut inside.
    static func join(_ items: [String], limit: Int = maximumCharacters) -> String {
        var text = ""
        var count = 0
        for (index, item) in items.enumerated() {
            let isLast = index == items.count - 1
            let length = item.scalars.count + (index == 0 ? 0 : separator.scalars.count)
            // Room for " · …" unless nothing follows.
            let reserve = isLast ? 0 : separator.scalars.count + 1
            if count + length + reserve > limit {
                if index == 0 { return item.cut(to: limit - 1) + "…" }
                return text + separator + "…"
            }
            text += index == 0 ? item : separator + item
            count += length
        }
        return text
    }
}

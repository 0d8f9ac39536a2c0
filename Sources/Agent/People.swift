import XMPP

/// What a person may do; each role includes the ones before it.
public enum Role: Int, Comparable, Sendable {
    /// Reads.
    case viewer
    /// Also switches outputs.
    case `operator`
    /// Also changes people.
    case admin

    /// In the order of `rawValue`.
    static let names = ["viewer", "operator", "admin"]
    var name: String { Role.names[rawValue] }

    public static func < (a: Role, b: Role) -> Bool { a.rawValue < b.rawValue }
}

/// `[people]`: who may do what. Nobody by default; an empty list means nobody.
public struct People: Equatable {
    /// One line of the section: an exact bare JID, or `*@domain`.
    public final class Entry: Equatable {
        /// nil: everybody at `domain`.
        public let local: String?
        public let domain: String
        public let role: Role
        public init(local: String?, domain: String, role: Role) {
            self.local = local
            self.domain = domain
            self.role = role
        }

        public static func == (a: Entry, b: Entry) -> Bool { a.local == b.local && a.domain == b.domain && a.role == b.role }
    }

    public var entries: [Entry]

    public init(_ entries: [Entry] = []) { self.entries = entries }

    /// What stands here for this very person.
    func exactRole(of person: JID) -> Role? {
        for entry in entries where entry.local != nil && entry.local == person.local && entry.domain == person.domain { return entry.role }
        return nil
    }

    /// The role of the bare JID of `person`: an exact entry beats a pattern; nil for strangers.
    public func role(of person: JID) -> Role? {
        var pattern: Role?
        for entry in entries where entry.domain == person.domain {
            if let local = entry.local {
                if local == person.local { return entry.role }
            } else if person.local != nil {
                pattern = entry.role
            }
        }
        return pattern
    }
}

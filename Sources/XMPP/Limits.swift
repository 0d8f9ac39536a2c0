/// Bounds of a session, each with its unit and reason. Those of the XML itself are in `XMLLimits`.
enum Limits {
    /// Requests of ours without an answer yet. Perch asks for little at a time (roster, ping, a publish for
    /// each reading); more than this means that the server does not answer.
    static let outstandingRequests = 64
    /// Mechanism names read from one `<mechanisms/>`; the IANA registry has about 60, servers offer 3 to 8.
    static let mechanisms = 64
    /// Entries taken from one roster result. 300 bytes each: more would be 1.2 MB on a board.
    static let rosterItems = 4096
    /// Stanzas between two `<r/>` of ours (XEP-0198 §5): one 28-byte nonza for each ten.
    static let stanzasPerAcknowledgement: UInt32 = 10
    /// Stanzas sent without an acknowledgement before the link counts as dead: a minute of a shaped server at 3000 B/s.
    static let unacknowledgedStanzas: UInt32 = 1000
    /// Characters of one name or text that a server's error tells and that we keep for the log.
    static let errorText = 256
    /// Wait for the server's `</stream:stream>` after ours: a stop must take less than 2 s.
    static let closeTimeout: Duration = .milliseconds(1500)
}

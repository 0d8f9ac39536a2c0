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
    /// Bytes of the stanzas that are kept until the server has acknowledged them: more than a minute of a shaped server at 3000 B/s sends,
    /// or two readings with all their lines. When there are more, the session cannot be resumed any more.
    static let unacknowledgedBytes = 128 * 1024
    /// Bytes of the server's name for a session: XEP-0198 §5 says that it should not be longer.
    static let resumptionID = 4000
    /// Bytes of the place that a server wants to be reconnected to: a domain name has 255 at most, a port five and a colon.
    static let location = 261
    /// A lost session is not taken up again after this time, whatever the server promises; also what servers keep one that do not say.
    static let resumptionTime: Duration = .seconds(600)
    /// The server notices later than we do that a connection is dead. Asking it in vain costs one round trip and tells what had arrived.
    static let resumptionGrace: Duration = .seconds(300)
    /// Characters of one name or text that a server's error tells and that we keep for the log.
    static let errorText = 256
    /// Wait for the server's `</stream:stream>` after ours: a stop must take less than 2 s.
    static let closeTimeout: Duration = .milliseconds(1500)
}

import Time
import XMPP

/// Which output or input: an index into `Configuration.lines`.
public typealias LineIndex = Int
/// Which sensor: an index into `Configuration.sensors`.
public typealias SensorIndex = Int
/// Pairs a `setLine` or `readLine` effect with its outcome.
public typealias Ticket = UInt32

/// What happens to the device. Always handed in together with a `Moment`.
public indirect enum Event: Equatable {
    /// The board is claimed and the loop is about to run. `levels` has each line as read, nil where reading failed.
    /// `duties` has the per mille of each PWM line that is on.
    case started(levels: [Bool?], duties: [Int?] = [])
    /// A session is bound; `resumed` when the old one lives on (XEP-0198).
    case online(jid: JID, resumed: Bool)
    case offline(reason: String)
    case roster([RosterItem])
    case rosterChanged(RosterItem)
    case message(Message)
    case presence(Presence)
    case subscription(SubscriptionVerb, from: JID)
    /// An input changed (after debounce), or an output was seen to differ.
    /// - `at`: nanoseconds of CLOCK_MONOTONIC when the kernel saw the edge; 0: not known.
    /// - `missed`: edges that the kernel is known to have dropped before it.
    case lineChanged(LineIndex, on: Bool, at: UInt64 = 0, missed: UInt32 = 0)
    /// An input that a counter reads (`LineConfiguration.isCounted`) has gone on `count` times since the last event and is `on` now.
    /// `missed` as above, not in `count`; `first` and `last` are when the first and the last of these pulses came, as `at` above.
    case pulses(LineIndex, count: UInt32, missed: UInt32, on: Bool, first: UInt64 = 0, last: UInt64 = 0)
    /// The chip of a line has gone, e.g. an expander that was unplugged: it is neither read nor driven until `lineBack`. `why` in words. Told again
    /// with another reason; before `started` for a line that is not there from the beginning.
    case lineLost(LineIndex, why: String)
    /// A lost line is claimed again, with its `Agent.initialLevel`; `on` as read.
    case lineBack(LineIndex, on: Bool)
    /// The outcome of `setLine` or `readLine`: the level that was read back, or why not, in words.
    case lineOutcome(Ticket, LineOutcome)
    case reading(SensorIndex, SensorOutcome)
    /// `Agent.nextDeadline` has come.
    case tick
    /// The server has taken these messages over: their ids.
    case acknowledged([String])
    /// The message with this id could not be handed to a session.
    case unsent(String)
    /// The outcome of writing the journal; nil: it is in the file.
    case journalWritten(StorageFailure?)
    /// Another file of the state directory could not be written, and why, in words.
    case notStored(name: String, why: String)
    /// A changed configuration was checked and its lines are claimed.
    case reloaded(Configuration, levels: [Bool?], duties: [Int?] = [])
    /// The process is asked to stop; the effects that follow are the last ones.
    case stopping(reason: String)
}

/// Why a file of the state directory could not be written.
public final class StorageFailure: Equatable, Sendable {
    /// For presence, in a few words: "disk full".
    public let status: String
    /// For the log, with file and reason.
    public let text: String

    public init(status: String, text: String) {
        self.status = status
        self.text = text
    }

    public static func == (a: StorageFailure, b: StorageFailure) -> Bool { a.status == b.status && a.text == b.text }
}

public indirect enum LineOutcome: Equatable {
    case on, off
    /// Of a PWM line, per mille as read back.
    case duty(Int)
    /// In words that a gardener understands, e.g. "the line is in use by gpio-fan".
    case failed(String)
}

public indirect enum SensorOutcome: Equatable {
    /// In the sensor's own unit, after the reader's scale and offset.
    case value(Double)
    case failed(String)
}

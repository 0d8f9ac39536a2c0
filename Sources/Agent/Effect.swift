import XMPP

/// What the device wants done. Plain values: the driver in `perch` carries them out in order.
public indirect enum Effect: Equatable {
    case send(OutgoingMessage)
    case presence(OwnPresence)
    case subscription(SubscriptionVerb, to: JID)
    case removeContact(JID)
    /// Publish one item to a node of the account's own PEP service (XEP-0163); `item` is serialised XML.
    case publish(node: String, id: String, item: [UInt8])
    /// Drive an output, read it back, and answer with `Event.lineOutcome`.
    case setLine(LineIndex, on: Bool, Ticket)
    /// Drive a PWM line, 0…1000 of what its `pwm-range` allows, read it back, and answer with `LineOutcome.duty`. 0 is off for a line
    /// whose range begins with no pulse.
    case setDuty(LineIndex, permille: Int, Ticket)
    case readLine(LineIndex, Ticket)
    /// Start one reading; `Event.reading` follows, later for slow sensors.
    case readSensor(SensorIndex)
    /// Replace the named file in the state directory atomically.
    /// For the journal, an `Event.journalWritten` follows; for others an `Event.notStored` when that failed.
    case store(name: String, bytes: [UInt8])
    /// Add to the end of the named file in the state directory, which is made when it is not there. Urgent: it must outlast a power cut from
    /// a moment later on, else from a minute later on. For the journal, an `Event.journalWritten` follows.
    case append(name: String, bytes: [UInt8], isUrgent: Bool)
    case log(LogLevel, String)
}

/// The syslog levels that Perch uses (sd-daemon(3)).
public enum LogLevel: Equatable, Sendable { case error, warning, notice, info, debug }

/// What somebody said, understood. A plain value: nothing is looked up or allowed yet.
indirect enum Command: Equatable {
    case help
    /// About one line, sensor, group or command.
    case helpAbout(Target)
    case helpOn(CommandTopic)
    case status
    case switchLines([Target], Switching, duration: Duration?)
    case pulse([Target], Duration)
    /// The frequency in millihertz.
    case blink([Target], Int?, duration: Duration?)
    case dim([Target], Dimming, duration: Duration?)
    case read([Target])
    /// Of everything, of one line, or of a group.
    case log(Target?)
    case who
    case people
    /// The words after the first one: they are looked at when the person may say them.
    case allow([String])
    case deny([String])
    case invite([String])
    case cancelInvites
    case about
    case uptime
    case ping
    /// `yes 4821`; empty without a code.
    case confirm(String)
    case decline
    case greeting
    case thanks
}

enum Switching: Equatable {
    case on, off, toggle
}

/// Why something said was not understood, with what a helpful answer needs.
indirect enum Misunderstanding: Error, Equatable {
    case empty
    /// Not a name here; the nearest one that is.
    case unknownName(String, nearest: String?)
    /// Nothing I know at all; the nearest command or name.
    case unknownWord(String, nearest: String?)
    /// The rest was understood, this word was not; the thing it was about.
    case strayWord(String, about: Target?)
    /// One word that names several things.
    case ambiguous(String)
    /// "on" without saying what.
    case missingName(String)
    /// "turn the lamp" without saying on or off.
    case missingState(Target)
    case missingDuration(Target?)
    /// Not a time; as written.
    case badDuration(String)
    /// Longer than a year, or zero.
    case durationOutOfRange(String)
    /// Not a frequency, or none that a line blinks at; as written.
    case badFrequency(String)
    /// Not from 0 to 100; as written.
    case badPercent(String)
    case missingPercent(Target)
    case severalCommands
    /// "do not switch the lamp on".
    case negated
    /// In the product, not in this version.
    case notYet(Feature, about: Target?)
}

/// Parts of the product that this version does not have yet: it says so, and what it can do instead.
enum Feature: Int {
    case watch, alerts, history, plot, schedules
}

/// Something that has a help text of its own.
enum CommandTopic: Int {
    case help, status, switching, toggle, timed, pulse, blink, dim, read, log, who, people, allow, invite, about, uptime, ping, confirm
}

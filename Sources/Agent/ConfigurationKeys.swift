import Text

/// Every section, key and word that perch.conf may contain; perch.conf(5) describes each of them.
/// These lists are what the parser accepts and what it offers for a mistyped one.
public enum ConfigurationKeys {
    public static var sections: [String] { wordList("account people board line sensor reports") }
    /// In the specification, but not in this version: refused by name instead of silently ignored.
    static var laterSections: [String] { wordList("rule schedule") }
    /// Sections with a name of the owner's choice.
    static var namedSections: [String] { wordList("line sensor rule schedule") }

    public static var account: [String] { wordList("jid password-file server tls-ca tls-pin certificate allow-plain offline-after") }
    public static var board: [String] { wordList("profile control") }
    public static var reports: [String] { wordList("to pubsub") }

    public static var line: [String] { wordList("pin part direction bias active-low when-on when-off tags") + output + input }
    /// Only for outputs.
    public static var output: [String] { wordList("initial on-exit on-disconnect max-on min-off interlock confirm pwm pwm-range") }
    /// Only for inputs.
    public static var input: [String] { wordList("debounce report long-press double-press") }

    public static var sensor: [String] { wordList("source part unit unit-per-pulse scale offset digits report alarm tags") }

    /// The section [part] of a part's file.
    public static var partCard: [String] { wordList("title enable driver device new-device chip") }
    /// Only in a part's section [sensor]: the kind of source that the part is read through.
    public static var part: [String] { wordList("source-kind") }

    public static var sources: [String] { wordList("w1 iio hwmon thermal file system counter simulated") }

    /// What people write instead, where the spelling alone does not lead to the right key, each with the right one behind it.
    static var synonyms: [String] { wordList(
        """
        password password-file host server port server user jid username jid gpio pin pull bias pull-up bias mode direction \
        invert active-low default initial interval report every report type source
        """) }

    /// Words of the chat; a line, sensor or tag of that name could not be addressed.
    static var reservedNames: [String] { wordList(
        """
        a about alert alerts all allow an and at blink cancel confirm deny every everything for forget help history in invite is list log \
        me no not of off on out people ping please plot pulse read schedule schedules sensor sensors set show status switch tell the then \
        to toggle turn until unwatch uptime version watch what when who yes line lines
        """) }
}

extension Configuration {
    /// More lines than any board has: a Raspberry Pi has 28, five expanders of 16 add 80.
    public static let maximumLines = 256
    /// A w1 bus carries about 100 sensors at best.
    public static let maximumSensors = 256
    /// Entries of `[people]`; each message from a stranger is compared with all of them.
    public static let maximumPeople = 512
    /// Addresses in `to`: each report is sent once to each of them.
    public static let maximumRecipients = 32
    /// Tags of one line or sensor.
    public static let maximumTags = 8
    /// Different tags of the whole board.
    public static let maximumDistinctTags = 64
    /// Letters of the name of a line, a sensor or a tag: it must fit into a presence of 120 characters.
    public static let maximumNameLength = 32
    /// Letters of `when-on`, `when-off` and `unit`, for the same reason.
    public static let maximumWordLength = 24
    /// Bytes of the path of a Unix socket, `sun_path` of unix(7) without its NUL.
    public static let maximumSocketPath = 107
    /// Bytes of any other path, PATH_MAX without its NUL.
    public static let maximumPath = 4095
    /// Mistakes listed in one go.
    public static let maximumProblems = 100
}

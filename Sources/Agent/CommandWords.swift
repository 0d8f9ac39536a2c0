import Text

/// The fixed words of the chat, all folded to lower case.
enum CommandWords {
    /// Longest message that is looked at word by word; a command has fewer than a dozen.
    static let maximumWords = 40

    // Lists stand in one text each, their words with a space between them and their groups with a comma: a table of strings would be a
    // pointer to be relocated for every word.

    /// Words that change nothing, wherever they stand.
    static let polite: StaticString = """
        please pls plz kindly the my our me us now just to of hey ok okay can could would will you perch again its it's line sensor state value there
        """
    static let greetings: StaticString = "hello hi hallo moin good morning evening thanks thank thx cheers"
    static let joins: StaticString = "and & + plus both"
    static let everything: StaticString = "all everything"
    static let invitations: StaticString = "invites invite invitations invitation codes code"
    /// Between an address and a role.
    static let roleFillers: StaticString = "as a an for new role with"
    static let queries: StaticString = "read show get check tell list display measure what whats what's is are was how hows how's"

    /// What a sentence about lines and sensors is made of, each with its words in `keywords`.
    enum Keyword: Int { case on, off, `for`, `in`, log, status, comparison, negation, toggle, pulse, blink, dim, switching }
    private static let keywords: StaticString = """
        on,off,for,in,log,status,> < >= <=,not don't dont never no without except but,toggle flip,pulse,blink flash,dim fade,turn switch set put
        """

    static func keyword(_ word: String) -> Keyword? { group(of: word, in: keywords).flatMap { Keyword(rawValue: $0) } }

    /// Commands that are known by their first word, each with its words in `openings`.
    enum Opening: Int { case help, status, log, who, people, allow, deny, invite, cancel, about, uptime, ping, no, hello, thanks, yes }
    private static let openings: StaticString = """
        help commands menu,status state overview,log,who,people,allow,deny,invite,cancel,about version,uptime,ping,no nope,\
        hello hi hallo moin hey good morning evening,thanks thank thx cheers,yes
        """

    static func opening(_ word: String) -> Opening? { group(of: word, in: openings).flatMap { Opening(rawValue: $0) } }

    /// What the product describes and this version lacks, in the order of `Feature`.
    private static let features: StaticString = """
        watch unwatch follow,when if alert alerts forget notify warn,history,plot graph chart,\
        in at every daily until till after before tomorrow tonight weekday weekdays schedule schedules cancel
        """

    static func feature(_ word: String) -> Feature? { group(of: word, in: features).flatMap { Feature(rawValue: $0) } }

    /// Commands that begin with a word of their own, in the order of `CommandTopic`; also what a mistyped first word is compared with.
    static let topics: StaticString = """
        help,status,on off turn switch,toggle,for,pulse,blink flash,dim fade,read,log,who,people,allow deny,invite,about,uptime,ping,yes
        """

    static func topic(_ word: String) -> CommandTopic? { group(of: word, in: topics).flatMap { CommandTopic(rawValue: $0) } }

    /// "open" for a line that is "opened" by switching it.
    static func verb(_ state: String) -> String? {
        group(of: state, in: "open opened,closed close shut,locked,unlocked,running started,stopped").map {
            String("open close lock unlock start stop".split(separator: " ")[$0])
        }
    }

    static func contains(_ words: StaticString, _ word: String) -> Bool { group(of: word, in: words) != nil }

    /// In which group of a list the word stands, from 0 on.
    @inline(never)
    private static func group(of word: String, in words: StaticString) -> Int? {
        let wanted = Array(word.utf8), count = words.utf8CodeUnitCount
        if wanted.isEmpty { return nil }
        var group = 0, same = 0
        for at in 0...count {
            let byte = at < count ? words.utf8Start[at] : UInt8(ascii: " ")
            if byte == UInt8(ascii: " ") || byte == UInt8(ascii: ",") {
                if same == wanted.count { return group }
                if byte == UInt8(ascii: ",") { group += 1 }
                same = 0
            } else if same >= 0 {
                same = same < wanted.count && wanted[same] == byte ? same + 1 : -1
            }
        }
        return nil
    }
}

extension Command {
    /// Words that the configuration must not use as the name of a line, sensor or tag, since a sentence with
    /// such a name could not be understood.
    static func isReserved(_ name: String) -> Bool {
        let word = name.lowercased()
        if let keyword = CommandWords.keyword(word), keyword != .comparison { return true }
        return word == "percent" || CommandWords.contains(CommandWords.polite, word) || CommandWords.contains(CommandWords.queries, word)
            || CommandWords.contains(CommandWords.joins, word) || CommandWords.contains(CommandWords.everything, word)
            || CommandWords.topic(word) != nil || CommandWords.feature(word) != nil
    }
}

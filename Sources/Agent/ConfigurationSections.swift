import Text
import XMPP

extension AccountConfiguration {
    /// The roster must not show a board without power longer than a day, nor offline at every hiccup.
    static let offlineAfterRange: ClosedRange<Milliseconds> = 10_000...86_400_000

    @inline(never)
    mutating func apply(_ key: String, _ value: String) throws(Complaint) {
        switch key {
        case "password-file": passwordFile = try ConfigurationValue.path(value)
        case "server": server = try ConfigurationValue.server(value)
        case "tls-ca": tlsCA = try ConfigurationValue.path(value)
        case "tls-pin": tlsPin = try ConfigurationValue.pin(value)
        case "certificate": certificate = try ConfigurationValue.path(value)
        case "allow-plain": allowPlain = try ConfigurationValue.yesNo(value)
        case "offline-after": offlineAfter = try ConfigurationValue.duration(value, Self.offlineAfterRange)
        default: break
        }
    }
}

extension BoardConfiguration {
    @inline(never)
    mutating func apply(_ key: String, _ value: String) throws(Complaint) {
        switch key {
        case "profile":
            // It becomes a file's name.
            if !ConfigurationValue.isPlain(value) { throw Complaint("\"%\" is not the name of a board; it has letters, digits, \"-\" and \"_\"", value) }
            profile = value
        case "control": control = try ConfigurationValue.path(value, longest: Configuration.maximumSocketPath)
        default: break
        }
    }
}

extension ReportsConfiguration {
    @inline(never)
    mutating func apply(_ key: String, _ value: String) throws(Complaint) {
        switch key {
        case "to":
            for text in ConfigurationValue.list(value) {
                let jid = try ConfigurationValue.address(text)
                if to.contains(jid) { throw Complaint("% stands twice", text) }
                if to.count == Configuration.maximumRecipients { throw Complaint("there are more than % addresses", String(Configuration.maximumRecipients)) }
                to.append(jid)
            }
        case "pubsub": pubsub = try ConfigurationValue.yesNo(value)
        default: break
        }
    }
}

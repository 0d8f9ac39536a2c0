import Text
import XMPP

extension AccountConfiguration {
    /// The roster must not show a board without power longer than a day, nor offline at every hiccup.
    static let offlineAfterRange = Duration.seconds(10)...Duration.seconds(86_400)

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
    mutating func apply(_ key: String, _ value: String) throws(Complaint) {
        switch key {
        case "profile":
            // It becomes a file's name.
            let valid = value.utf8.allSatisfy {
                ConfigurationValue.isLetter($0) || ConfigurationValue.isDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
            }
            if !valid { throw Complaint("\"\(value)\" is not the name of a board; it has letters, digits, \"-\" and \"_\"") }
            profile = value
        case "control": control = try ConfigurationValue.path(value, longest: Configuration.maximumSocketPath)
        default: break
        }
    }
}

extension ReportsConfiguration {
    mutating func apply(_ key: String, _ value: String) throws(Complaint) {
        switch key {
        case "to":
            for text in ConfigurationValue.list(value) {
                let jid = try ConfigurationValue.address(text)
                if to.contains(jid) { throw Complaint("\(text) stands twice") }
                if to.count == Configuration.maximumRecipients { throw Complaint("there are more than \(Configuration.maximumRecipients) addresses") }
                to.append(jid)
            }
        case "pubsub": pubsub = try ConfigurationValue.yesNo(value)
        default: break
        }
    }
}

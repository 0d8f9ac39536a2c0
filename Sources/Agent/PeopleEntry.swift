import Text
import XMPP

extension People.Entry {
    /// `alice@example.org = admin` or `*@family.example.org = viewer`. A group chat is written like a person.
    static func read(_ address: String, _ role: String) throws(Complaint) -> People.Entry {
        let pattern = address.hasPrefix("*@")
        let local: String?
        let domain: String
        if pattern {
            let text = address.dropping(2)
            let jid: JID
            do throws(JIDError) { jid = try JID(text) } catch {
                throw Complaint(say("\"$1\" is not \"*@\" and a domain: $2", address, error.description))
            }
            if jid.local != nil || !jid.isBare { throw Complaint(say("\"$1\" is not a domain; write *@example.org", text)) }
            local = nil
            domain = jid.domain
        } else {
            if address == "*" || address.hasPrefix("@") { throw Complaint(say("\"$1\" is nobody; write name@domain, or *@domain for all of a domain", address)) }
            let jid = try ConfigurationValue.address(address)
            // A localpart may contain "*" after RFC 7622, but whoever writes one here means a pattern.
            if let name = jid.local, name.utf8.contains(UInt8(ascii: "*")) {
                throw Complaint(say("\"$1\": \"*\" stands only for the whole name, as in *@$2", address, jid.domain))
            }
            local = jid.local
            domain = jid.domain
        }
        do throws(Complaint) {
            let index = try ConfigurationValue.choice(role, Role.names)
            return People.Entry(local: local, domain: domain, role: Role(rawValue: index) ?? .viewer)
        } catch {
            throw Complaint(say("the role of $1: $2", address, error.text))
        }
    }
}

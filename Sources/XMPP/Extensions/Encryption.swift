/// Signs that the words of a message are not in its body: XEP-0380, OMEMO (XEP-0384, old and new), OpenPGP (XEP-0373 and XEP-0027).
enum Encryption {
    static func isSign(_ element: Element) -> Bool {
        element.is("encryption", "urn:xmpp:eme:0") || element.is("encrypted", "eu.siacs.conversations.axolotl")
            || element.is("encrypted", "urn:xmpp:omemo:2") || element.is("encrypted", "urn:xmpp:omemo:1")
            || element.is("openpgp", "urn:xmpp:openpgp:0") || element.is("x", "jabber:x:encrypted")
    }
}

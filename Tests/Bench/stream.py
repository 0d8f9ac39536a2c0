"""The stream that xml-bench parses: a login, a roster, then presence, messages, IQs and readings as a board gets them."""

HEADER = (
    "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
    "id='a1b2c3' from='garden.example' xml:lang='en' version='1.0'>")


def stream(stanzas=2000):
    parts = [HEADER, "<iq type='result' id='r1' to='board@garden.example/perch'><query xmlns='jabber:iq:roster' ver='7'>"]
    parts += [f"<item jid='person{i}@garden.example' name='Person {i}' subscription='both'><group>Family</group></item>" for i in range(40)]
    parts.append("</query></iq>")
    for i in range(stanzas):
        who = f"person{i % 40}@garden.example/phone.{i % 7}"
        kind = i % 4
        if kind == 0:
            parts.append(
                f"<presence from='{who}' to='board@garden.example'><show>away</show><status>Out for a walk — back at {i % 24}:00</status>"
                "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://example.org/client' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/>"
                "<x xmlns='vcard-temp:x:update'><photo>0123456789abcdef0123456789abcdef01234567</photo></x></presence>")
        elif kind == 1:
            parts.append(
                f"<message from='{who}' to='board@garden.example/perch' type='chat' id='m{i}' xml:lang='en'><body>turn on the lamp &amp; the fan for {i % 60}min</body>"
                f"<request xmlns='urn:xmpp:receipts'/><active xmlns='http://jabber.org/protocol/chatstates'/>"
                f"<origin-id xmlns='urn:xmpp:sid:0' id='m{i}'/><stanza-id xmlns='urn:xmpp:sid:0' by='board@garden.example' id='s{i}'/></message>")
        elif kind == 2:
            parts.append(f"<iq from='{who}' to='board@garden.example/perch' type='get' id='q{i}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq><r xmlns='urn:xmpp:sm:3'/>")
        else:
            parts.append(
                f"<message from='{who}' to='board@garden.example/perch' type='headline'><event xmlns='http://jabber.org/protocol/pubsub#event'>"
                f"<items node='urn:example:readings'><item id='i{i}'><sensml xmlns='urn:ietf:params:xml:ns:senml'><senml bn='air' u='Cel' v='{20 + i % 10}.5' bt='17{i:08}'/></sensml>"
                "</item></items></event></message>")
    return "".join(parts)

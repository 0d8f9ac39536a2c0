// Prints how fast stanzas are parsed, next to Expat with empty handlers over the same bytes in the same reads.
import CExpat
import Glibc
import XMPP

/// What a TLS record brings at most.
let readBytes = 16 * 1024
let rounds = 9

let header = "<stream:stream from='example.org' id='7' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
let stanzas = [
    """
    <message from='alice@example.org/phone.4fE2' to='greenhouse@example.org/perch' type='chat' id='5f1c2c1e-5b1b-4a55-9d5f-0a7a'>\
    <body>turn on the lamp for 10min</body><active xmlns='http://jabber.org/protocol/chatstates'/><request xmlns='urn:xmpp:receipts'/>\
    <origin-id xmlns='urn:xmpp:sid:0' id='5f1c2c1e-5b1b-4a55-9d5f-0a7a'/></message>
    """,
    """
    <presence from='alice@example.org/phone.4fE2' to='greenhouse@example.org/perch'><show>away</show><status>Im Garten &amp; weg</status>\
    <c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://conversations.im' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/>\
    <x xmlns='vcard-temp:x:update'><photo>9a1ab1b9bcbc1f9a2cc1b6ba4fcb1dd6ed3bba1a</photo></x></presence>
    """,
    """
    <iq from='greenhouse@example.org' to='greenhouse@example.org/perch' type='result' id='r1'><query xmlns='jabber:iq:roster' ver='12'>\
    <item jid='alice@example.org' subscription='both' name='Alice'><group>Family</group></item>\
    <item jid='bob@example.org' subscription='from'/><item jid='carol@family.example.org' subscription='none' ask='subscribe'/></query></iq>
    """,
    "<r xmlns='urn:xmpp:sm:3'/>",
    """
    <message from='garden@rooms.example.org/anna' to='greenhouse@example.org/perch' type='groupchat' id='x9'><body>greenhouse: status</body>\
    <delay xmlns='urn:xmpp:delay' stamp='2024-05-04T10:11:12Z' from='garden@rooms.example.org'/>\
    <stanza-id xmlns='urn:xmpp:sid:0' by='garden@rooms.example.org' id='28482-98726-73623'/></message>
    """,
]

let body = Array(String(repeating: stanzas.joined(), count: 4000).utf8)
let reads = stride(from: 0, to: body.count, by: readBytes).map { body[$0..<min($0 + readBytes, body.count)] }

func seconds(_ work: () -> Void) -> Double {
    var from = timespec(), to = timespec()
    clock_gettime(CLOCK_MONOTONIC, &from)
    work()
    clock_gettime(CLOCK_MONOTONIC, &to)
    return Double(to.tv_sec - from.tv_sec) + Double(to.tv_nsec - from.tv_nsec) / 1e9
}

func bareExpat() {
    let expat = XML_ParserCreateNS("UTF-8", 0x0C)
    _ = XML_SetReparseDeferralEnabled(expat, XML_Bool(XML_FALSE))
    XML_SetElementHandler(expat, { _, _, _ in }, { _, _ in })
    XML_SetCharacterDataHandler(expat) { _, _, _ in }
    _ = header.withCString { XML_Parse(expat, $0, Int32(header.utf8.count), 0) }
    for read in reads {
        read.withUnsafeBytes { _ = XML_Parse(expat, $0.baseAddress!.assumingMemoryBound(to: CChar.self), Int32($0.count), 0) }
    }
    XML_ParserFree(expat)
}

func perch() {
    let parser = XMLStreamParser()
    parser.feed(Array(header.utf8))
    var count = 0
    do throws(XMLError) {
        while try parser.nextEvent() != nil {}
        for read in reads {
            parser.feed(read)
            while let event = try parser.nextEvent() {
                if case .element = event { count += 1 }
            }
        }
    } catch {
        print("error: \(error.description)")
    }
    if count != 4000 * stanzas.count { print("error: \(count) stanzas") }
}

func main() {
    // Alternating, so that a busy machine slows both.
    var bare: [Double] = [], ours: [Double] = []
    for _ in 0..<rounds {
        bare.append(seconds(bareExpat))
        ours.append(seconds(perch))
    }
    bare.sort()
    ours.sort()
    let megabytes = Double(body.count) / 1e6
    let (alone, perch) = (bare[rounds / 2], ours[rounds / 2])
    func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
    print(
        "XML: Expat alone \(rounded(megabytes / alone)) MB/s, Perch \(rounded(megabytes / perch)) MB/s, "
            + "ratio \(rounded(alone / perch)) (median of \(rounds))")
}

main()

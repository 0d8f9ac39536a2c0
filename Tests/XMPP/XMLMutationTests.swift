import Testing
import XMPP

@Suite struct XMLMutationTests {
    /// Whatever the bytes, the parser neither traps nor depends on how reads were cut.
    @Test func `damaged streams give the same events however they arrive`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix(state: seed)
        let original = Array(
            ("<?xml version='1.0'?>" + streamOpen
                + "<message from='a@b/c' xml:lang='de'><body>1 &lt; 2 &#x1F331; <![CDATA[x]]></body><p:x xmlns:p='urn:p' p:y='1'/></message> <iq/></stream:stream>").utf8)
        let splices: [[UInt8]] = [
            Array("<!--".utf8), Array("<!DOCTYPE a>".utf8), Array("<?p?>".utf8), Array("&x;".utf8), Array("]]>".utf8), Array("</".utf8), Array("/>".utf8), [0], [0xFF],
            [0x0C], Array("xmlns=''".utf8), Array("<a>".utf8), Array("'".utf8),
        ]
        for round in 0..<3000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: at)
                case 2: bytes.insert(contentsOf: splices.randomElement(using: &random)!, at: at)
                default: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...20, using: &random)))
                }
            }
            let whole = parse([bytes[...]])
            var pieces: [ArraySlice<UInt8>] = []
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + Int.random(in: 1...40, using: &random))
                pieces.append(bytes[start..<end])
                start = end
            }
            // Which of two rules that a text breaks is seen first may depend on the reads (Expat tells text before the damage behind it).
            let inPieces = parse(pieces)
            #expect(inPieces.events == whole.events && (inPieces.error == nil) == (whole.error == nil), "seed \(seed) round \(round)")
        }
    }
}

import Testing
import XMPP

@Suite struct XMLWriterTests {
    func written(_ body: (inout XMLWriter) -> Void) -> String {
        var writer = XMLWriter()
        body(&writer)
        return String(decoding: writer.take(), as: UTF8.self)
    }

    @Test func `nested elements close in order`() {
        let xml = written {
            $0.open("iq")
            $0.attribute("type", "get")
            $0.attribute("to", nil)
            $0.open("query", "jabber:iq:version")
            $0.element("name", text: "Perch")
            $0.element("os", text: nil)
            $0.empty("x")
            $0.close()
            $0.close()
        }
        #expect(xml == "<iq type='get'><query xmlns='jabber:iq:version'><name>Perch</name><x/></query></iq>")
    }

    @Test func `markup in values and texts is escaped`() {
        let xml = written {
            $0.open("a")
            $0.attribute("v", "<&>'\"\n\t\r")
            $0.text("]]><b attr='x'>&\r\n")
            $0.close()
        }
        #expect(xml == "<a v='&lt;&amp;&gt;&apos;\"&#10;&#9;&#13;'>]]&gt;&lt;b attr='x'&gt;&amp;&#13;\n</a>")
    }

    @Test func `characters that XML forbids are dropped`() {
        let xml = written { $0.element("a", text: "1\u{0}2\u{8}3\u{B}4\u{1F}5\u{FFFE}6\u{FFFF}7\u{7F}8\u{FFFD}9🌱") }
        #expect(xml == "<a>1234567\u{7F}8\u{FFFD}9🌱</a>")
    }

    @Test func `any text survives writing and parsing`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix(state: seed)
        for round in 0..<300 {
            var text = ""
            for _ in 0..<Int.random(in: 0...20, using: &random) {
                let scalar = [0x20, 0x26, 0x27, 0x3C, 0x3E, 0x22, 0x0A, 0x0D, 0x09, 0x5D, 0xE4, 0x4E2D, 0x1F331, 0xFFFD].randomElement(using: &random)!
                text.unicodeScalars.append(Unicode.Scalar(UInt32(scalar))!)
            }
            let xml = written {
                $0.open("a")
                $0.attribute("v", text)
                $0.text(text)
                $0.close()
            }
            let read = try element(xml)
            #expect(Array(read.text.utf8) == Array(text.utf8), "seed \(seed) round \(round)")
            #expect(read.attribute("v").map { Array($0.utf8) } == Array(text.utf8), "seed \(seed) round \(round)")
        }
    }

    @Test func `closing more than was opened writes nothing`() {
        #expect(written { $0.close() } == "")
        #expect(written { $0.empty("a"); $0.close() } == "<a/>")
    }

    @Test func `the stream's header is written raw`() {
        let xml = written {
            $0.raw("<stream:stream to='")
            $0.rawAttributeValue("a'b")
            $0.raw("'>")
        }
        #expect(xml == "<stream:stream to='a&apos;b'>")
    }
}

/// A random source that a printed seed repeats.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

import Testing
import XMPP

@Suite struct ElementTests {
    @Test func `children are found by name and namespace`() throws {
        let message = try element(
            "<message><body>one</body><x xmlns='urn:a'><body>inner</body></x><x xmlns='urn:b'/>text<body>two</body></message>")
        #expect(message.is("message", "jabber:client"))
        #expect(!message.is("message", "jabber:server"))
        #expect(!message.is("messag", "jabber:client"))
        #expect(message.child("body", "jabber:client")?.text == "one")
        #expect(message.child("x", "urn:b")?.children.map(\.name) == [])
        #expect(message.child("x", "urn:c") == nil)
        #expect(message.children.map(\.name) == ["body", "x", "x", "body"])
        #expect(message.text == "text")
    }

    @Test func `attributes are read by name`() throws {
        let iq = try element("<iq type='set' id='&lt;1&gt;' xml:lang='en'/>")
        #expect(iq.attribute("id") == "<1>")
        #expect(iq.attribute("to") == nil)
        #expect(iq.attribute("type", equals: "set"))
        #expect(!iq.attribute("type", equals: "get"))
        #expect(!iq.attribute("to", equals: ""))
        #expect(iq.attributes.map(\.name).sorted() == ["id", "lang", "type"])
    }

    @Test func `text leaves out the texts of children`() throws {
        #expect(try element("<a>one<b>two</b>three</a>").text == "onethree")
        #expect(try element("<a/>").text == "")
    }

    @Test(arguments: [
        "<a xmlns='jabber:client' b='1'><c xmlns='urn:c'>x<d/>y</c><e/></a>",
        "<a xmlns='jabber:client'><b xmlns=''><c/></b></a>",
        "<a xmlns='jabber:client' xml:lang='de'>&lt;&amp;</a>",
    ])
    func `an element is written as it was read`(xml: String) throws {
        #expect(try element(xml).description == xml)
    }

    @Test func `an attribute with a namespace keeps it`() throws {
        let read = try element("<a xmlns:p='urn:p' p:b='1' b='2'/>")
        #expect(try element(read.description) == read)
        #expect(read.attribute("b", "urn:p") == "1")
        #expect(read.attribute("b") == "2")
    }

    @Test func `a child can be written alone`() throws {
        let child = try #require(try element("<a><b><c/></b></a>").child("b", "jabber:client"))
        #expect(child.description == "<b xmlns='jabber:client'><c/></b>")
    }

    @Test func `elements are equal when their XML means the same`() throws {
        let one = try element("<a b='1' c='2'><p:d xmlns:p='urn:d'>x</p:d></a>")
        #expect(try element("<a c='2' b='1'><d xmlns='urn:d'>x</d></a>") == one)
        #expect(try element("<a b='1' c='3'><d xmlns='urn:d'>x</d></a>") != one)
        #expect(try element("<a b='1' c='2'><d xmlns='urn:d'>y</d></a>") != one)
        #expect(try element("<a b='1' c='2'><d>x</d></a>") != one)
        #expect(try element("<a b='1' c='2'><d xmlns='urn:d'>x</d><e/></a>") != one)
    }
}

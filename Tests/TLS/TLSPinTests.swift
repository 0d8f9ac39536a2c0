import Testing

@testable import TLS

@Suite struct TLSPinTests {
    @Test func `a pin reads as it is written`() throws {
        let pin = try #require(Identity("a").pin)
        #expect(pin.digest.count == 32)
        #expect(TLSPin(pin.description) == pin)
        #expect(TLSPin(String(pin.description.dropFirst(7))) == pin)
        let hexadecimal = pin.digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(TLSPin("sha256:" + hexadecimal.uppercased()) == pin)
    }

    @Test func `the same key has the same pin in every certificate`() throws {
        let identity = Identity("a")
        #expect(identity.pin == identity.pin)
        #expect(identity.pin != Identity("a").pin)
    }

    @Test(arguments: [
        "", "sha256:", "sha1:abc", "sha256:AAAA", "sha256:" + String(repeating: "A", count: 44), "sha256:" + String(repeating: "=", count: 44),
        String(repeating: "g", count: 64), String(repeating: "*", count: 43) + "=",
    ]) func `what is not a pin is refused`(text: String) {
        #expect(TLSPin(text) == nil)
    }
}

@testable import XMPP

/// Addresses: what is taken is prepared, so it is taken again and stays the same; its parts are bounded.
func fuzzJID(_ input: [UInt8]) throws(Broken) {
    let text = String(decoding: input, as: UTF8.self)
    guard let jid = address(text) else { return }
    try require(address(jid.description) == jid, "\(jid) is not taken again as itself")
    try require(jid.bare.bare == jid.bare && jid.bare.isBare && address(jid.bare.description) == jid.bare, "the bare address of \(jid)")
    for part in [jid.local, jid.domain, jid.resource] {
        guard let part else { continue }
        try require((1...JID.partLimit).contains(part.utf8.count), "a part of \(part.utf8.count) bytes")
        try require(!part.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "a control character in \(jid)")
    }
    try require(!(jid.local?.utf8.contains { $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: "/") } ?? false), "a separator in the name of \(jid)")
    try require(!jid.domain.utf8.contains(UInt8(ascii: "@")) && !jid.domain.utf8.contains(UInt8(ascii: "/")), "a separator in the domain of \(jid)")
    let ascii = jid.asciiDomain
    try require(ascii.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "an ASCII domain that is none: \(ascii)")
    if ascii.utf8.count <= JID.partLimit { try require(address(ascii)?.domain == jid.domain, "\(ascii) is another domain than \(jid.domain)") }
    if let resource = jid.resource {
        let again: JID?
        do throws(JIDError) { again = try jid.bare.with(resource: resource) } catch { again = nil }
        try require(again == jid, "\(jid) put together again")
    }
}

private func address(_ text: String) -> JID? {
    do throws(JIDError) { return try JID(text) } catch { return nil }
}

import Testing

@testable import XMPP

/// Links that register an account: XEP-0445 §2, XEP-0401, XEP-0379, RFC 5122.
@Suite struct AccountInvitationTests {
    private func read(_ link: String) -> String {
        do throws(InvitationProblem) {
            let invitation = try AccountInvitation(link)
            return "\(invitation.local ?? "-") \(invitation.domain) \(invitation.token ?? "-")"
        } catch {
            return error.description
        }
    }

    @Test(arguments: [
        ("xmpp:juliet@example.com?register;preauth=TOKEN", "juliet example.com TOKEN"),
        ("xmpp:example.com?register;preauth=TOKEN", "- example.com TOKEN"),
        ("xmpp:romeo@example.com?roster;preauth=TOKEN;ibr=y", "- example.com TOKEN"),
        ("xmpp:marlowe.shakespeare.lit?register", "- marlowe.shakespeare.lit -"),
    ])
    func `the links of the specifications are read`(link: String, meaning: String) { #expect(read(link) == meaning) }

    @Test(arguments: [
        ("  XMPP:Example.ORG?Register;PREAUTH=Ab-_1\n", "- example.org Ab-_1"),
        ("xmpp:caf%C3%A9@example.org?register;preauth=a%2Bb%3D", "café example.org a+b="),
        ("xmpp:example.org?register;preauth=a+b", "- example.org a+b"),
        ("xmpp:example.org?register;name=Romeo%20M;preauth=a=b;preauth=c", "- example.org a=b"),
        ("xmpp:example.org/somewhere?register;preauth=T#top", "- example.org T"),
        ("xmpp:r%C3%B6meo%20x@example.org?roster;ibr=y;preauth=T", "the invitation's address: the name of the address must not have a space here"),
        ("xmpp:[::1]?register", "- [::1] -"),
    ])
    func `they are read as people and programs write them`(link: String, meaning: String) { #expect(read(link) == meaning) }

    @Test(arguments: [
        ("https://example.org/invite/#TOKEN", InvitationProblem.webPage),
        ("HTTP://example.org/", .webPage),
        ("", .notALink), ("TOKEN", .notALink), ("mailto:me@example.org", .notALink), ("me@example.org", .notALink),
        ("xmpp://guest@example.org/friend@example.org?register", .notALink),
        ("xmpp:?register", .address(.emptyDomain)), ("xmpp:@example.org?register", .address(.emptyLocal)),
        ("xmpp:example.org", .noRegistration), ("xmpp:example.org?", .noRegistration), ("xmpp:example.org?message;body=x", .noRegistration),
        ("xmpp:example.org?preauth=TOKEN", .noRegistration),
        ("xmpp:romeo@example.com?roster;preauth=TOKEN", .contactOnly), ("xmpp:romeo@example.com?roster;preauth=TOKEN;ibr=n", .contactOnly),
        ("xmpp:romeo@example.com?roster;ibr=y", .contactOnly),
        ("xmpp:example.org?register;preauth=", .badToken), ("xmpp:example.org?register;preauth", .badToken),
        ("xmpp:example.org?register;preauth=a%0Ab", .badToken), ("xmpp:example.org?register;preauth=a%20b", .badToken),
        ("xmpp:example.org?register;preauth=a%", .badEscape), ("xmpp:example.org?register;preauth=%4", .badEscape),
        ("xmpp:example.org?register;preauth=%zz", .badEscape), ("xmpp:ex%ffmple.org?register", .badEscape),
        ("xmpp:example.org?register;preauth=" + String(repeating: "a", count: 3000), .tooLong),
    ])
    func `whatever registers nothing is refused with what to do`(link: String, problem: InvitationProblem) {
        #expect(throws: problem) { () throws(InvitationProblem) in try AccountInvitation(link) }
        #expect(!problem.description.isEmpty)
    }

    @Test func `no prefix and no change of a link traps`() {
        let link = Array("xmpp:me@example.org?register;preauth=a%2Bb;ibr=y".utf8)
        for count in 0...link.count { _ = read(String(decoding: link[..<count], as: UTF8.self)) }
        for at in link.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = link
                changed[at] = byte
                _ = read(String(decoding: changed, as: UTF8.self))
            }
        }
    }
}

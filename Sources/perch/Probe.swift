import Linux
import TLS
import Text
import Time
import XMPP

/// `perch check --connect`: logs in once and tells what was found. `perch init`, quietly: whether a password is right.
final class Probe {
    /// For all of it; a person waits.
    static let timeout: Duration = .seconds(30)

    private let loop: EventLoop
    private var connection: Connection?
    private var failure: Failure?

    static func run(_ login: Login, isQuiet: Bool = false) throws(Failure) {
        let probe: Probe
        do throws(SystemError) { probe = try Probe(isQuiet: isQuiet) } catch { throw Failure(.failed, error.description) }
        try probe.run(login)
    }

    private let isQuiet: Bool

    private init(isQuiet: Bool) throws(SystemError) {
        loop = try EventLoop()
        self.isQuiet = isQuiet
    }

    private func run(_ login: Login) throws(Failure) {
        do throws(SystemError) {
            let appearance = Login.Appearance(
                identity: Identity(), resource: nil, isTrusted: { _ in false }, requestsRoster: false)
            let connection = Connection(
                loop, Resolver(try Worker(loop)), login.settings(appearance, reconnects: false)
            ) { [self] in handle($0, login) }
            self.connection = connection
            let deadline = loop.makeTimer { [self] in
                failure = Failure(.unavailable, filled("no login within % s", String(Self.timeout.components.seconds)))
                loop.stop()
            }
            deadline.deadline = Clock.instant() + Self.timeout
            connection.start()
            try loop.run()
        } catch {
            throw Failure(.failed, error.description)
        }
        if let failure { throw failure }
    }

    private func handle(_ event: Connection.Event, _ login: Login) {
        switch event {
        case .session(.online(let jid, _)):
            if !isQuiet { report(jid) }
            if connection?.stop() != true { loop.stop() }
        case .session: break
        case .down(let reason, let end, _):
            if case .session(.closedByUs) = end { return loop.stop() }
            failure = Failure(.unavailable, reason)
            loop.stop()
        }
    }

    private func report(_ jid: JID) {
        guard let link = connection?.link else { return }
        Console.print(filled("logged in as %", jid.description))
        if let tls = link.tlsSummary {
            Console.print(filled("encryption: %, %; the certificate is valid until %", tls.version, tls.cipher, tls.validUntil))
            note("the server's", tls.endsSoon, "ask its owner to renew it")
            note("this board's own", tls.ownEndsSoon, "make a new one")
            if let pin = tls.peerPin { Console.print(filled("server's key: tls-pin = %", pin.description)) }
        }
        let login = link.session.loginReport
        Console.print(filled("login: %, of %", login.mechanism, login.offered.joined(separator: ", ")))
        Console.print(filled("channel binding: %", login.bindings.isEmpty ? "not announced" : login.bindings.joined(separator: ", ")))
        Console.print(filled("login in one step (SASL2): %, with tokens (FAST): %", login.hasSASL2 ? "yes" : "no", login.hasTokens ? "yes" : "no"))
        Console.print(filled("stream management: %", login.hasStreamManagement ? "yes" : "no"))
    }

    private func note(_ whose: String, _ days: Int32, _ remedy: String) {
        if days < 0 { return }
        Console.print(filled("note: % certificate is valid for only % more days: %, else this board cannot log in after that", whose, String(days), remedy))
    }
}

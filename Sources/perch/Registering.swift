import Agent
import Crypto
import Linux
import Text
import Time
import XMPP

/// A new account, made in-band (XEP-0077) by the server that will have it.
final class Registering {
    private let loop: EventLoop
    private var connection: Connection?
    private var failure: Failure?

    /// Registers the name and domain of the account's address with `password` over verified TLS, and ends the stream.
    /// Blocks for `timeout` at most.
    /// - Parameter token: of an invitation (XEP-0445).
    static func register(_ account: AccountConfiguration, token: String?, password: String, timeout: Duration) throws(Failure) {
        let login = try Login(account, password: password)
        let registering: Registering
        do throws(SystemError) { registering = try Registering() } catch { throw Failure(.failed, error.description) }
        try registering.run(login, token, timeout)
    }

    private init() throws(SystemError) { loop = try EventLoop() }

    private func run(_ login: Login, _ token: String?, _ timeout: Duration) throws(Failure) {
        let settings = login.settings(
            Login.Appearance(identity: Identity(), resource: nil, isTrusted: { _ in false }), reconnects: false)
        let makeOptions = settings.makeOptions
        settings.makeOptions = { memory throws(CryptoError) in
            let options = try makeOptions(memory)
            options.registration = Registration(token: token)
            return options
        }
        do throws(SystemError) {
            let connection = Connection(loop, Resolver(try Worker(loop)), settings) { [self] event in
                guard case .down(let reason, let end, _) = event else { return }
                switch end {
                case .session(.registered): failure = nil
                // The deadline: why is said already.
                case .session(.closedByUs): break
                case .session(.registration(_, true)): fail(reason, isUncertain: true)
                default: fail(reason)
                }
                loop.stop()
            }
            self.connection = connection
            let deadline = loop.makeTimer { [self] in
                fail(filled("no answer within % s", String(timeout.components.seconds)))
                // What was under way has something more particular to say.
                connection.link?.use { session, now in session.close(at: now) }
                loop.stop()
            }
            deadline.deadline = Clock.instant() + timeout
            connection.start()
            try loop.run()
        } catch {
            throw Failure(.failed, error.description)
        }
        if let failure { throw failure }
    }

    private func fail(_ reason: String, isUncertain: Bool = false) {
        failure = Failure(.unavailable, [reason], isUncertain: isUncertain)
    }
}

import Agent
import Linux
import Text
import Time
import XMPP

/// What the links of one connection hand on to each other, and what they may promise of the roster.
final class Resuming {
    /// A server whose owner may have changed something meanwhile is asked again, when a new login is due anyway.
    static let memory: Duration = .seconds(24 * 3600)

    /// As configured; nil: nothing is promised, and nothing resumed (`perch chat`, `perch check`).
    let offlineAfter: Duration?
    private(set) var liveness: Liveness
    private var continuation: Continuation?
    /// Where the server wants to be connected to; tried once.
    private var location: String?
    /// The server has said what it keeps, and that was acceptable.
    private var isKnown = false
    private var refusedAt: Instant?
    private(set) var kept: Duration?

    /// - Parameter accepts: what the last login taught.
    init(offlineAfter: Duration?, accepts: Bool?) {
        self.offlineAfter = offlineAfter
        liveness = Liveness(listening: offlineAfter.map { LinkFacts.listening(within: $0) })
        // What was fine then is not waited for again: should it be too long by now, the session ends when that is told.
        isKnown = accepts == true
        if accepts == false { refusedAt = Clock.instant() }
    }

    /// What the next session goes by.
    func prepare(_ options: SessionOptions, at now: Instant) {
        options.liveness = liveness
        kept = nil
        if let refusedAt, now - refusedAt < Self.memory { return }
        options.resumption = offlineAfter.map { LinkFacts.resumption(within: $0) }
        options.awaitsResumption = !isKnown
        if let continuation, continuation.expires <= now { self.continuation = nil }
        options.continuation = continuation
    }

    func take(from session: Session) {
        liveness = session.liveness
        if continuation !== session.continuation { location = session.continuation?.location }
        continuation = session.continuation
    }

    func takeLocation() -> Endpoint? {
        guard let place = location else { return nil }
        location = nil
        do throws(Complaint) {
            let server = try ConfigurationValue.server(place)
            return Endpoint(host: server.host, port: server.port, isDirectTLS: server.directTLS)
        } catch {
            Log.debug(filled("the server's location: %", error.text))
            return nil
        }
    }

    func isOnline(_ report: LoginReport) {
        isKnown = true
        refusedAt = nil
        kept = report.isResumable ? report.resumptionLimit : nil
    }

    /// The server keeps lost sessions too long for the promise.
    /// - Returns: what to log.
    func refuse(_ limit: Duration?, at now: Instant) -> String {
        refusedAt = now
        isKnown = false
        kept = nil
        continuation = nil
        let most = offlineAfter.map { LinkFacts.resumption(within: $0) } ?? .zero
        let seconds = most.components.seconds
        return filled("the server keeps a lost session %; ", limit.map { "for " + DurationText.format($0) } ?? "without saying how long")
            + filled("offline-after leaves % for that, so sessions are not resumed. Its owner can change that: ", DurationText.format(most))
            + filled("smacks_hibernation_time = % (Prosody), resume_timeout: % (ejabberd); see docs/servers.md", String(seconds), String(seconds))
    }

    /// - Parameter session: the one that goes on now.
    func facts(_ session: Session?) -> LinkFacts? {
        guard let offlineAfter else { return nil }
        let liveness = session?.liveness ?? liveness
        return LinkFacts(offlineAfter: offlineAfter, kept: kept, notices: liveness.serverNotices, unbroken: liveness.unbroken)
    }
}

import Text
import Time

/// A place where an XMPP server may be.
public struct Endpoint: Equatable, Sendable, CustomStringConvertible {
    public var host: String
    public var port: UInt16
    /// TLS begins with the first byte (XEP-0368); else STARTTLS.
    public var isDirectTLS: Bool

    public init(host: String, port: UInt16, isDirectTLS: Bool) {
        self.host = host
        self.port = port
        self.isDirectTLS = isDirectTLS
    }

    public var description: String { filled("%:%", host, String(Int(port))) }
}

/// From a domain to a connection: SRV records, addresses, attempts, one endpoint after another (RFC 6120 §3.2, XEP-0368).
/// Alive until `cancel` or until its completion said `failed`.
public final class Dialer {
    public enum Destination: Equatable {
        /// Looked up by SRV; without records its own address and port 5222.
        case domain(String)
        /// As configured; nothing is looked up but its address.
        case server(Endpoint)
        /// As a server told it, which does not say whether TLS comes first: as given, and then the other way.
        case told(Endpoint)
    }

    public enum Outcome {
        case connected(TCPConnection, Endpoint)
        /// In words, e.g. `cannot reach the server of example.org: cannot connect: 192.0.2.1:5222 connection refused`.
        case failed(String)
        /// The endpoint that was connected has had its time, and others are left: `tryNext` when it has shown nothing yet.
        case impatient
    }

    /// What an endpoint has, from its name's lookup to its secured stream, while others are left.
    public static let patience: Duration = .seconds(10)

    private let loop: EventLoop
    private let resolver: Resolver
    private let timeout: Duration
    private let patience: Duration
    private let seed: UInt64
    private var name = ""
    private var endpoints: [Endpoint] = [] // last one first
    private var reasons: [String] = []
    private var job: Worker.Job?
    private var connector: TCPConnector?
    private var impatience: LoopTimer?
    private var current: Endpoint?
    private var completion: ((Outcome) -> Void)?

    /// `timeout` is for the last endpoint's connection, `patience` for that of all before. `seed` decides among SRV records of equal priority.
    /// The completion is called from the loop, never from here.
    public init(
        _ loop: EventLoop, _ resolver: Resolver, to destination: Destination, seed: UInt64, timeout: Duration = .seconds(30),
        patience: Duration = Dialer.patience, _ completion: @escaping (Outcome) -> Void
    ) {
        self.loop = loop
        self.resolver = resolver
        self.timeout = timeout
        self.patience = patience
        self.seed = seed
        self.completion = completion
        impatience = loop.makeTimer { [self] in grownImpatient() }
        switch destination {
        case .server(let endpoint):
            name = endpoint.description
            endpoints = [endpoint]
            tryNext()
        case .told(let endpoint):
            name = endpoint.description
            endpoints = [Endpoint(host: endpoint.host, port: endpoint.port, isDirectTLS: !endpoint.isDirectTLS), endpoint]
            tryNext()
        case .domain(let domain):
            name = "the server of " + domain
            if let ascii = HostName.ascii(domain), SocketAddress(domain, port: 0) == nil, !Dialer.isLocal(ascii) {
                job = resolver.services(of: ascii) { [self] answer in
                    job = nil
                    found(answer, ascii)
                }
            } else {
                endpoints = [Dialer.fallback(domain)]
                tryNext()
            }
        }
    }

    /// Goes on with the next endpoint: for one that connected but then did not speak TLS or XMPP. Completes as before.
    public func tryNext() {
        if let job { resolver.abandon(job) }
        job = nil
        connector?.cancel()
        connector = nil
        guard completion != nil else { return }
        guard let endpoint = endpoints.popLast() else { return fail() }
        current = endpoint
        impatience?.deadline = endpoints.isEmpty ? nil : Clock.instant() + patience
        let host = HostName.ascii(endpoint.host) ?? endpoint.host
        job = resolver.addresses(of: host, port: endpoint.port) { [self] answer in
            job = nil
            switch answer {
            case .addresses(let addresses): connect(endpoint, addresses)
            case .failed(let error):
                reasons.append(error.description)
                tryNext()
            }
        }
    }

    /// Ends what is under way; the completion is not called any more. A connection handed out already stays.
    public func cancel() {
        if let job { resolver.abandon(job) }
        job = nil
        connector?.cancel()
        connector = nil
        impatience?.cancel()
        impatience = nil
        completion = nil
    }

    private func grownImpatient() {
        if job == nil, connector == nil { return completion?(.impatient) ?? () }
        if let current { reasons.append(filled("% does not answer", current.description)) }
        tryNext()
    }

    private static func fallback(_ domain: String) -> Endpoint { Endpoint(host: domain, port: 5222, isDirectTLS: false) }

    /// RFC 6761 §6.3: such names never leave the machine, so DNS is not asked.
    private static func isLocal(_ domain: String) -> Bool { domain == "localhost" || domain.hasSuffix(".localhost") }

    private func found(_ answer: ServiceAnswer, _ domain: String) {
        switch answer {
        case .records(let records):
            endpoints = ServiceRecord.ordered(records, seed: seed).reversed().map {
                Endpoint(host: $0.target, port: $0.port, isDirectTLS: $0.isDirectTLS)
            }
        case .none: endpoints = [Dialer.fallback(domain)]
        case .notOffered: reasons.append("the domain says in DNS that it has no XMPP service")
        case .failed:
            // Some home routers cannot do SRV at all: the plain address may still work.
            reasons.append("no answer from DNS for its SRV records")
            endpoints = [Dialer.fallback(domain)]
        }
        tryNext()
    }

    private func connect(_ endpoint: Endpoint, _ addresses: [SocketAddress]) {
        connector = TCPConnector(loop, to: addresses, timeout: timeout) { [self] outcome in
            connector = nil
            switch outcome {
            case .connected(let connection): completion?(.connected(connection, endpoint))
            case .failed(let error):
                reasons.append(error.description)
                tryNext()
            }
        }
    }

    private func fail() {
        let completion = completion
        let reasons = reasons.isEmpty ? ["no endpoint left"] : reasons
        cancel()
        completion?(.failed(filled("cannot reach %: %", name, reasons.joined(separator: "; "))))
    }
}

import CLinux
import Text

public enum ServiceAnswer: Equatable {
    /// Of both services, in no order: see `ServiceRecord.ordered`.
    case records([ServiceRecord])
    /// The domain has no SRV records: RFC 6120 §3.2.2 falls back to its address and port 5222.
    case none
    /// The domain says that it has no such service (target `.`).
    case notOffered
    /// DNS did not answer, or nonsense.
    case failed

    init(_ job: OpaquePointer) {
        var records: [ServiceRecord] = []
        var hasFailed = false
        for which: Int32 in 0..<2 {
            if cl_job_srv_outcome(job, which) == Int32(CL_SRV_FAILED) { hasFailed = true }
            for index in 0..<max(0, cl_job_srv_count(job, which)) {
                if let srv = cl_job_srv(job, which, index) { records.append(ServiceRecord(srv.pointee, isDirectTLS: which == 0)) }
            }
        }
        self.init(records, hasFailed: hasFailed)
    }

    /// A record without a target refuses its service. A domain without direct TLS still has its own port for STARTTLS.
    init(_ records: [ServiceRecord], hasFailed: Bool) {
        let usable = records.filter { !$0.target.isEmpty }
        if !usable.isEmpty { self = .records(usable) }
        else if hasFailed { self = .failed }
        else { self = records.contains { !$0.isDirectTLS } ? .notOffered : .none }
    }
}

public final class AddressError: Error, Equatable, CustomStringConvertible {
    public let host: String
    public let reason: String
    /// Whether it is the network's or the resolver's mood rather than the name.
    public let isTemporary: Bool

    init(host: String, reason: String, isTemporary: Bool) {
        self.host = host
        self.reason = reason
        self.isTemporary = isTemporary
    }

    public static func == (a: AddressError, b: AddressError) -> Bool { a.host == b.host && a.reason == b.reason && a.isTemporary == b.isTemporary }

    public var description: String { filled("cannot look up %: %", host, reason) }
}

public enum AddressAnswer: Equatable {
    /// In the order of RFC 6724; at most 16.
    case addresses([SocketAddress])
    case failed(AddressError)

    init(_ job: OpaquePointer, _ host: String) {
        let code = cl_job_address_error(job)
        var addresses: [SocketAddress] = []
        for index in 0..<max(0, cl_job_address_count(job)) {
            if let address = cl_job_address(job, index) { addresses.append(SocketAddress(address.pointee)) }
        }
        if code == 0, !addresses.isEmpty {
            self = .addresses(addresses)
        } else {
            let words = code == 0 ? "it has no address" : AddressAnswer.words(code)
            self = .failed(AddressError(host: host, reason: words, isTemporary: cl_address_error_is_temporary(code)))
        }
    }

    private static func words(_ code: Int32) -> String {
        if cl_address_error_is_absence(code) { return "there is no such name in DNS" }
        if cl_address_error_is_temporary(code) { return "no answer from DNS (is the network up?)" }
        return cl_address_error_text(code).map { String(cString: $0) } ?? filled("error %", String(Int(code)))
    }
}

/// Names to services and addresses, through glibc (so /etc/hosts, mDNS and resolv.conf count) on a worker's thread.
public final class Resolver {
    /// glibc asks each server twice for 5 s.
    public static let timeout: Duration = .seconds(25)

    private let worker: Worker

    public init(_ worker: Worker) { self.worker = worker }

    /// Asks for `_xmpps-client._tcp` and `_xmpp-client._tcp` of a domain in ASCII form (see `HostName.ascii`).
    @discardableResult
    public func services(of domain: String, _ completion: @escaping (ServiceAnswer) -> Void) -> Worker.Job {
        worker.lookUpServices("_xmpps-client._tcp." + domain, "_xmpp-client._tcp." + domain, Resolver.timeout, completion)
    }

    /// Literals are answered without asking anybody.
    @discardableResult
    public func addresses(of host: String, port: UInt16, _ completion: @escaping (AddressAnswer) -> Void) -> Worker.Job {
        if let literal = SocketAddress(host, port: port) { return worker.answerLater(host, [literal], completion) }
        return worker.lookUpAddresses(host, port, Resolver.timeout, completion)
    }

    public func abandon(_ job: Worker.Job) { worker.abandon(job) }
}

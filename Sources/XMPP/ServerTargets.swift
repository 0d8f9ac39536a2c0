/// One SRV record (RFC 2782).
public struct SRVRecord: Equatable, Sendable {
    public var priority: UInt16
    public var weight: UInt16
    public var port: UInt16
    /// Without the trailing dot; empty or "." says that the service is not offered.
    public var target: String

    public init(priority: UInt16, weight: UInt16, port: UInt16, target: String) {
        self.priority = priority
        self.weight = weight
        self.port = port
        self.target = target
    }

    var isRefusal: Bool { target.isEmpty || target == "." }
}

/// Where to connect to.
public struct ServerTarget: Equatable, Sendable {
    public var host: String
    public var port: UInt16
    /// TLS from the first byte (XEP-0368) instead of STARTTLS.
    public var directTLS: Bool

    public init(host: String, port: UInt16, directTLS: Bool) {
        self.host = host
        self.port = port
        self.directTLS = directTLS
    }
}

public enum ServerTargets {
    /// RFC 6120 §3.2.2.
    public static let defaultPort: UInt16 = 5222
    /// Records of one name that are looked at: a UDP answer holds fewer, and each is a connection attempt.
    public static let mostRecords = 32

    /// The targets of a domain in the order in which they are to be tried.
    ///
    /// Both services are one set ordered by priority (XEP-0368 §3); at the same priority direct TLS comes
    /// first, since it saves round trips and cannot be stripped; within that, RFC 2782's weighted choice.
    /// - Parameters:
    ///   - direct: answer for `_xmpps-client._tcp`; empty when there is none.
    ///   - startTLS: answer for `_xmpp-client._tcp`.
    ///   - random: seed of the weighted choice.
    /// - Returns: empty when the domain says with a "." record that it offers no service; the domain itself on port 5222 when it says nothing.
    public static func order(domain: String, direct: [SRVRecord], startTLS: [SRVRecord], random: UInt64) -> [ServerTarget] {
        var source = WeightedChoice(state: random)
        var candidates: [(priority: UInt16, target: ServerTarget)] = []
        for (records, isDirect) in [(direct, true), (startTLS, false)] {
            let usable = records.prefix(mostRecords).filter { !$0.isRefusal }
            for record in source.order(usable) {
                let target = ServerTarget(host: record.target, port: record.port, directTLS: isDirect)
                candidates.append((record.priority, target))
            }
        }
        if candidates.isEmpty {
            // A refusal of the plain service is one of XMPP; one of direct TLS alone says nothing about the other (XEP-0368 §3).
            if !startTLS.isEmpty { return [] }
            return [ServerTarget(host: domain, port: defaultPort, directTLS: false)]
        }
        // A stable merge: `candidates` has direct TLS first, each service in its own order.
        var result: [ServerTarget] = []
        var priorities = candidates.map { $0.priority }
        priorities.sort()
        var previous: UInt16?
        for priority in priorities where priority != previous {
            previous = priority
            for candidate in candidates where candidate.priority == priority { result.append(candidate.target) }
        }
        return result
    }
}

/// RFC 2782: among records of one priority, each is drawn with a chance proportional to its weight.
private struct WeightedChoice {
    var state: UInt64

    /// SplitMix64: the choice needs spread, not secrecy.
    mutating func draw() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func order(_ records: [SRVRecord]) -> [SRVRecord] {
        var rest = records
        // Zero weights first, as the RFC says, so that they keep a small chance.
        rest.sort { a, b in a.priority != b.priority ? a.priority < b.priority : a.weight < b.weight }
        var result: [SRVRecord] = []
        while let first = rest.first {
            let group = rest.prefix { $0.priority == first.priority }
            let total = group.reduce(UInt64(0)) { $0 + UInt64($1.weight) }
            let drawn = draw() % (total + 1)
            var sum: UInt64 = 0
            var chosen = 0
            for (index, record) in group.enumerated() {
                sum += UInt64(record.weight)
                if sum >= drawn {
                    chosen = index
                    break
                }
            }
            result.append(rest.remove(at: chosen))
        }
        return result
    }
}

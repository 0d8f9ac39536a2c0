import CLinux
import Text

/// One SRV record of an XMPP domain (RFC 2782, XEP-0368).
public final class ServiceRecord: Equatable, Sendable {
    public let priority: UInt16
    public let weight: UInt16
    public let port: UInt16
    /// Without the final dot; empty when the service is decidedly not offered.
    public let target: String
    /// From `_xmpps-client`: TLS begins with the first byte.
    public let isDirectTLS: Bool

    public init(priority: UInt16, weight: UInt16, port: UInt16, target: String, isDirectTLS: Bool) {
        self.priority = priority
        self.weight = weight
        self.port = port
        self.target = target
        self.isDirectTLS = isDirectTLS
    }

    /// The order to try them in. Both services are one list ordered by priority (XEP-0368 §3); within one priority direct TLS
    /// comes first, since it saves round trips and cannot be stripped, and among equals the weight decides by chance (RFC 2782).
    public static func ordered(_ records: [ServiceRecord], seed: UInt64) -> [ServiceRecord] {
        var state = seed
        var rest = records.filter { !$0.target.isEmpty }
        rest.sort { ($0.priority, $0.isDirectTLS ? 0 : 1) < ($1.priority, $1.isDirectTLS ? 0 : 1) }
        var ordered: [ServiceRecord] = []
        while let first = rest.first {
            let equals = rest.prefix { $0.priority == first.priority && $0.isDirectTLS == first.isDirectTLS }
            let total = equals.reduce(UInt64(0)) { $0 + UInt64($1.weight) }
            var pick = 0
            if total > 0 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407 // Knuth's MMIX
                var chance = (state >> 33) % total
                while chance >= UInt64(rest[pick].weight) {
                    chance -= UInt64(rest[pick].weight)
                    pick += 1
                }
            }
            ordered.append(rest.remove(at: pick))
        }
        return ordered
    }

    /// Reads the SRV records of a DNS answer; nil when the bytes are not one. At most 16.
    static func parse(_ answer: [UInt8], isDirectTLS: Bool) -> [ServiceRecord]? {
        withUnsafeTemporaryAllocation(of: cl_srv.self, capacity: Int(CL_SRV_LIMIT)) { buffer in
            let count = cl_srv_parse(answer, answer.count, buffer.baseAddress, Int32(CL_SRV_LIMIT))
            guard count >= 0 else { return nil }
            return (0..<Int(count)).map { ServiceRecord(buffer[$0], isDirectTLS: isDirectTLS) }
        }
    }

    convenience init(_ raw: cl_srv, isDirectTLS: Bool) {
        let target = withUnsafeBytes(of: raw.target) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        self.init(priority: raw.priority, weight: raw.weight, port: raw.port, target: target, isDirectTLS: isDirectTLS)
    }

    public static func == (a: ServiceRecord, b: ServiceRecord) -> Bool {
        a.priority == b.priority && a.weight == b.weight && a.port == b.port && a.target == b.target && a.isDirectTLS == b.isDirectTLS
    }
}

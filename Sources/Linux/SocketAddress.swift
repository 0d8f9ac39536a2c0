import CLinux
import Text

/// An IPv4 or IPv6 address and a TCP port.
public struct SocketAddress: Equatable, Sendable, CustomStringConvertible {
    var raw: cl_address

    init(_ raw: cl_address) { self.raw = raw }

    /// A literal such as `192.0.2.1`, `2001:db8::1`, `fe80::1%eth0`, with or without the brackets; nil when it is a name.
    public init?(_ literal: String, port: UInt16) {
        var text = literal
        if text.utf8.first == UInt8(ascii: "["), text.utf8.last == UInt8(ascii: "]") { text = text.dropping(1).droppingLast(1) }
        var raw = cl_address()
        guard cl_address_parse(text, port, &raw) else { return nil }
        self.raw = raw
    }

    public var isIPv6: Bool { withUnsafePointer(to: raw) { cl_address_is_ipv6($0) } }
    public var port: UInt16 { withUnsafePointer(to: raw) { cl_address_port($0) } }

    /// `192.0.2.1:5222` or `[2001:db8::1]:5222`.
    public var description: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            withUnsafePointer(to: raw) { cl_address_text($0, start, buffer.count) }
            return String(cString: start)
        }
    }

    public static func == (a: SocketAddress, b: SocketAddress) -> Bool {
        withUnsafeBytes(of: a.raw) { x in withUnsafeBytes(of: b.raw) { y in x.elementsEqual(y) } }
    }

    /// The order of RFC 8305 §4: families alternate, beginning with that of the resolver's first choice; inside a family
    /// the resolver's order (RFC 6724) stays.
    public static func happyEyeballsOrder(_ addresses: [SocketAddress]) -> [SocketAddress] {
        guard let first = addresses.first else { return [] }
        let ours = addresses.filter { $0.isIPv6 == first.isIPv6 }
        let others = addresses.filter { $0.isIPv6 != first.isIPv6 }
        var ordered: [SocketAddress] = []
        for i in 0..<max(ours.count, others.count) {
            if i < ours.count { ordered.append(ours[i]) }
            if i < others.count { ordered.append(others[i]) }
        }
        return ordered
    }
}

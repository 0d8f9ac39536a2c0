import CLinux
import Foundation
import Testing
import Time

@testable import Linux

@Suite struct NetworkMonitorTests {
    /// One netlink message as rtnetlink(7) has it: header, fixed part, attributes; all little endian as on every board.
    func message(_ type: UInt16, _ body: [UInt8], attributes: [(UInt16, [UInt8])] = []) -> [UInt8] {
        var payload = body
        for (type, bytes) in attributes {
            payload += little(UInt16(bytes.count + 4)) + little(type) + bytes
            payload += [UInt8](repeating: 0, count: (4 - payload.count % 4) % 4)
        }
        return little(UInt32(payload.count + 16)) + little(type) + [UInt8](repeating: 0, count: 10) + payload
    }

    func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }

    func link(_ type: UInt16 = 16, flags: UInt32 = 0x1_1043, attributes: [(UInt16, [UInt8])] = []) -> [UInt8] {
        message(type, [0, 0] + little(UInt16(1)) + little(Int32(2)) + little(flags) + little(UInt32.max), attributes: attributes)
    }

    func address(_ type: UInt16 = 20, flags: UInt8 = 0x80, scope: UInt8 = 0, created: UInt32? = nil, updated: UInt32 = 0) -> [UInt8] {
        let times = created.map { [(UInt16(6), little(UInt32(3600)) + little(UInt32(7200)) + little($0) + little(updated))] } ?? []
        return message(type, [10, 64, flags, scope] + little(UInt32(2)), attributes: [(1, [UInt8](repeating: 1, count: 16))] + times)
    }

    func route(_ type: UInt16 = 24, table: UInt8 = 254, kind: UInt8 = 1, flags: UInt32 = 0) -> [UInt8] {
        message(type, [10, 0, 0, 0, table, 3, 0, kind] + little(flags))
    }

    func matters(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { cl_network_matters($0.baseAddress, $0.count) } }

    @Test func `links, addresses and routes that come and go matter`() {
        for bytes in [link(), link(17), address(), address(21), address(created: 500, updated: 500), route(), route(25)] { #expect(matters(bytes)) }
        #expect(matters(route(kind: 2) + link()))
    }

    @Test func `loopback, renewed lifetimes, local and cached routes, scans and neighbours do not`() {
        let quiet = [
            link(flags: 0x1_0049), link(attributes: [(11, [1, 2, 3, 4])]), address(scope: 254), address(flags: 0xC0), address(created: 500, updated: 90_500),
            route(table: 255), route(kind: 2), route(kind: 5), route(flags: 0x200), message(28, [UInt8](repeating: 0, count: 12)),
        ]
        for bytes in quiet { #expect(!matters(bytes)) }
        #expect(!matters(quiet.flatMap { $0 }))
    }

    @Test func `damaged messages are survived`() {
        var random = SystemRandomNumberGenerator()
        for bytes in [link(attributes: [(11, [1])]), address(created: 1, updated: 2), route()] {
            for count in 0...bytes.count { _ = matters(Array(bytes[..<count])) }
            for _ in 0..<2000 {
                var damaged = bytes + bytes
                for _ in 0..<3 { damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
                _ = matters(damaged)
            }
        }
    }

    @Test func `a machine has the address that it is connected from`() throws {
        let listener = Listener()
        defer { listener.close() }
        let loop = try EventLoop()
        var connected: TCPConnection?
        let connector = TCPConnector(loop, to: [listener.address]) { if case .connected(let tcp) = $0 { connected = tcp } }
        try run(loop) { connected != nil }
        #expect(connected?.hasAddress == true)
        connected?.close()
        withExtendedLifetime(connector) {}
    }

    @Test func `it watches without being asked again`() throws {
        let loop = try EventLoop()
        var changes = 0
        let monitor = try NetworkMonitor(loop) { changes += 1 }
        try loop.turn(wait: false)
        #expect(changes == 0)
        withExtendedLifetime(monitor) {}
    }
}

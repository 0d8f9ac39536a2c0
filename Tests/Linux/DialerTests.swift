import Foundation
import Testing
import Time

@testable import Linux

@Suite struct DialerTests {
    func dial(_ destination: Dialer.Destination, _ outcome: @escaping (Dialer.Outcome) -> Void) throws -> (EventLoop, Dialer) {
        let loop = try EventLoop()
        let worker = try Worker(loop)
        return (loop, Dialer(loop, Resolver(worker), to: destination, seed: 1, timeout: .seconds(5), outcome))
    }

    @Test func `a configured server is connected to without asking DNS for services`() throws {
        let listener = Listener()
        defer { listener.close() }
        let endpoint = Endpoint(host: "127.0.0.1", port: listener.address.port, isDirectTLS: true)
        var connected: (TCPConnection, Endpoint)?
        let (loop, dialer) = try dial(.server(endpoint)) { if case .connected(let c, let e) = $0 { connected = (c, e) } }
        try run(loop) { connected != nil }
        #expect(connected?.1 == endpoint)
        connected?.0.close()
        dialer.cancel()
    }

    @Test func `when no endpoint is left the reasons are one sentence`() throws {
        let listener = Listener(listening: false)
        defer { listener.close() }
        let endpoint = Endpoint(host: "127.0.0.1", port: listener.address.port, isDirectTLS: false)
        var reason: String?
        let (loop, _) = try dial(.server(endpoint)) { if case .failed(let words) = $0 { reason = words } }
        try run(loop) { reason != nil }
        #expect(reason == "cannot reach \(endpoint): cannot connect: \(listener.address) connection refused")
    }

    @Test func `trying the next after the last fails in words`() throws {
        let listener = Listener()
        defer { listener.close() }
        var connections = 0
        var reason: String?
        let (loop, dialer) = try dial(.server(Endpoint(host: "127.0.0.1", port: listener.address.port, isDirectTLS: false))) {
            switch $0 {
            case .connected(let connection, _):
                connection.close()
                connections += 1
            case .failed(let words): reason = words
            case .impatient: break
            }
        }
        try run(loop) { connections == 1 }
        dialer.tryNext()
        try run(loop) { reason != nil }
        #expect(reason?.hasSuffix("no endpoint left") == true)
    }

    @Test func `a cancelled dialer says nothing`() throws {
        let listener = Listener()
        defer { listener.close() }
        var outcomes = 0
        let (loop, dialer) = try dial(.server(Endpoint(host: "127.0.0.1", port: listener.address.port, isDirectTLS: false))) { _ in outcomes += 1 }
        dialer.cancel()
        dialer.tryNext()
        var isOver = false
        let timer = loop.makeTimer { isOver = true }
        timer.deadline = Clock.instant() + .milliseconds(20)
        try run(loop) { isOver }
        #expect(outcomes == 0)
    }

    @Test func `what a server told is tried with both kinds of TLS`() throws {
        let listener = Listener()
        defer { listener.close() }
        var kinds: [Bool] = []
        var reason: String?
        let endpoint = Endpoint(host: "127.0.0.1", port: listener.address.port, isDirectTLS: true)
        let (loop, dialer) = try dial(.told(endpoint)) {
            switch $0 {
            case .connected(let connection, let endpoint):
                connection.close()
                kinds.append(endpoint.isDirectTLS)
            case .failed(let words): reason = words
            case .impatient: Issue.record("nobody was waited for")
            }
        }
        try run(loop) { kinds.count == 1 }
        dialer.tryNext()
        try run(loop) { kinds.count == 2 }
        dialer.tryNext()
        try run(loop) { reason != nil }
        #expect(kinds == [true, false])
    }

    @Test func `an endpoint that does nothing has little time while another one is left, and its own when it is the last`() throws {
        let listener = Listener()
        defer { listener.close() }
        var log: [String] = []
        let loop = try EventLoop()
        let endpoint = Endpoint(host: "127.0.0.1", port: listener.address.port, isDirectTLS: false)
        let dialer = Dialer(loop, Resolver(try Worker(loop)), to: .told(endpoint), seed: 1, patience: .milliseconds(50)) {
            switch $0 {
            case .connected(_, let endpoint): log.append(endpoint.isDirectTLS ? "direct" : "STARTTLS")
            case .failed: log.append("failed")
            case .impatient: log.append("impatient")
            }
        }
        try run(loop) { log == ["STARTTLS", "impatient"] }
        dialer.tryNext()
        try run(loop) { log == ["STARTTLS", "impatient", "direct"] }
        var isOver = false
        let timer = loop.makeTimer { isOver = true }
        timer.deadline = Clock.instant() + .milliseconds(200) // a negative needs a window
        try run(loop) { isOver }
        #expect(log.count == 3)
        dialer.cancel()
    }

    @Test func `an endpoint that does not even connect is left as soon`() throws {
        // 192.0.2.0/24 is nobody's (RFC 5737): where it is unreachable at once, the same end comes sooner.
        let loop = try EventLoop()
        var reason: String?
        let endpoint = Endpoint(host: "192.0.2.1", port: 5222, isDirectTLS: true)
        let dialer = Dialer(loop, Resolver(try Worker(loop)), to: .told(endpoint), seed: 1, timeout: .milliseconds(50), patience: .milliseconds(50)) {
            if case .failed(let words) = $0 { reason = words }
        }
        try run(loop) { reason != nil }
        #expect(reason?.hasPrefix("cannot reach 192.0.2.1:5222: ") == true)
        dialer.cancel()
    }
}

import Foundation
import Testing
import Time

@testable import Linux

@Suite struct TCPTests {
    func connect(_ loop: EventLoop, _ addresses: [SocketAddress], timeout: Duration = .seconds(5)) throws -> TCPConnector.Outcome {
        var outcome: TCPConnector.Outcome?
        _ = TCPConnector(loop, to: addresses, timeout: timeout) { outcome = $0 }
        #expect(outcome == nil, "the completion comes from the loop")
        try run(loop) { outcome != nil }
        return try #require(outcome)
    }

    func connection(_ outcome: TCPConnector.Outcome) throws -> TCPConnection {
        switch outcome {
        case .connected(let connection): return connection
        case .failed(let error): throw error
        }
    }

    @Test func `families alternate, beginning with the resolver's first choice`() throws {
        func address(_ text: String) -> SocketAddress { SocketAddress(text, port: 5222)! }
        let six = ["2001:db8::1", "2001:db8::2", "2001:db8::3"].map(address)
        let four = ["192.0.2.1", "192.0.2.2"].map(address)
        #expect(SocketAddress.happyEyeballsOrder(six + four) == [six[0], four[0], six[1], four[1], six[2]])
        #expect(SocketAddress.happyEyeballsOrder(four + six) == [four[0], six[0], four[1], six[1], six[2]])
        #expect(SocketAddress.happyEyeballsOrder(four) == four)
        #expect(SocketAddress.happyEyeballsOrder([]) == [])
    }

    @Test func `literals are read and written`() {
        #expect(SocketAddress("192.0.2.1", port: 5222)?.description == "192.0.2.1:5222")
        #expect(SocketAddress("[2001:db8::1]", port: 5223)?.description == "[2001:db8::1]:5223")
        #expect(SocketAddress("::1", port: 1)?.isIPv6 == true)
        #expect(SocketAddress("::1", port: 7)?.port == 7)
        for name in ["", "example.org", "1.2.3", "1.2.3.4.5", "::1%nowhere", "[::1", String(repeating: "1", count: 300)] {
            #expect(SocketAddress(name, port: 1) == nil, "\(name)")
        }
    }

    @Test func `the first address refuses and the second answers`() throws {
        let loop = try EventLoop()
        let refusing = Listener(listening: false), accepting = Listener()
        defer { refusing.close(); accepting.close() }
        let connection = try connection(try connect(loop, [refusing.address, accepting.address]))
        #expect(connection.peer == accepting.address)
        connection.close()
    }

    /// A listener whose queue is full, so that the kernel drops what comes: as silent as a firewall.
    func silent(_ loop: EventLoop) throws -> (Listener, TCPConnection) {
        let listener = Listener(backlog: 0)
        return (listener, try connection(try connect(loop, [listener.address])))
    }

    @Test func `a silent address does not hold up the next one`() throws {
        let loop = try EventLoop()
        let (silent, filler) = try silent(loop)
        let accepting = Listener()
        defer { silent.close(); filler.close(); accepting.close() }
        let before = Clock.instant()
        let connection = try connection(try connect(loop, [silent.address, accepting.address]))
        #expect(connection.peer == accepting.address)
        #expect(Clock.instant() - before >= TCPConnector.stagger)
        connection.close()
    }

    @Test func `silence has an end, and is named`() throws {
        let loop = try EventLoop()
        let (silent, filler) = try silent(loop)
        defer { silent.close(); filler.close() }
        guard case .failed(let error) = try connect(loop, [silent.address], timeout: .milliseconds(50)) else {
            Issue.record("connected")
            return
        }
        #expect(error.description == "cannot connect: \(silent.address) connection timed out")
    }

    @Test func `when nobody answers each address and its reason are in one sentence`() throws {
        let loop = try EventLoop()
        let one = Listener(listening: false), two = Listener(listening: false)
        defer { one.close(); two.close() }
        guard case .failed(let error) = try connect(loop, [one.address, two.address]) else {
            Issue.record("connected")
            return
        }
        #expect(error.description == "cannot connect: \(one.address) connection refused, \(two.address) connection refused")
        guard case .failed(let nothing) = try connect(loop, []) else {
            Issue.record("connected to nothing")
            return
        }
        #expect(nothing.description == "cannot connect: no address")
    }

    @Test func `a cancelled connector says nothing`() throws {
        let loop = try EventLoop()
        let listener = Listener()
        defer { listener.close() }
        var outcomes = 0
        let connector = TCPConnector(loop, to: [listener.address]) { _ in outcomes += 1 }
        connector.cancel()
        var isOver = false
        let timer = loop.makeTimer { isOver = true }
        timer.deadline = Clock.instant() + .milliseconds(20)
        try run(loop) { isOver }
        #expect(outcomes == 0)
    }

    @Test func `bytes go both ways and the end is seen after the last of them`() throws {
        let loop = try EventLoop()
        let listener = Listener()
        defer { listener.close() }
        let connection = try connection(try connect(loop, [listener.address]))
        let peer = listener.accept()
        var received: [UInt8] = []
        var end: TCPConnection.End?
        connection.onBytes = { received += $0 }
        connection.onEnd = { end = $0 }
        try connection.send(Array("hello".utf8))
        var buffer = [UInt8](repeating: 0, count: 16)
        #expect(read(peer, &buffer, 16) == 5)
        write(peer, "world", 5)
        close(peer)
        try run(loop) { end != nil }
        #expect(received == Array("world".utf8))
        #expect(end == .closedByPeer)
        #expect(!connection.isOpen)
        #expect(throws: SystemError(operation: "send to", errno: ENOTCONN, object: listener.address.description)) {
            try connection.send([1])
        }
    }

    @Test func `a peer that does not read fills a bounded queue, which then drains in order`() throws {
        let loop = try EventLoop()
        let listener = Listener()
        defer { listener.close() }
        let connection = try connection(try connect(loop, [listener.address]))
        let peer = listener.accept()
        defer { close(peer) }
        let piece = (0..<65536).map { UInt8(truncatingIfNeeded: $0 / 251) }
        var sent: [UInt8] = []
        var refusal: SystemError?
        while refusal == nil {
            do throws(SystemError) {
                try connection.send(piece)
                sent += piece
            } catch { refusal = error }
        }
        #expect(refusal?.errno == ENOBUFS)
        #expect(connection.queuedBytes <= TCPConnection.queueLimit)
        #expect(connection.queuedBytes > 0)
        _ = fcntl(peer, F_SETFL, O_NONBLOCK)
        var received: [UInt8] = []
        try loop.add(peer, .read) { _ in
            var buffer = [UInt8](repeating: 0, count: 65536)
            let count = read(peer, &buffer, buffer.count)
            if count > 0 { received += buffer[..<count] }
        }
        try run(loop) { received.count >= sent.count }
        #expect(received == sent)
        #expect(connection.queuedBytes == 0)
        loop.remove(peer)
        connection.close()
    }

    @Test func `a reset connection ends with its error`() throws {
        let loop = try EventLoop()
        let listener = Listener()
        defer { listener.close() }
        let connection = try connection(try connect(loop, [listener.address]))
        try connection.setUserTimeout(.seconds(30))
        let peer = listener.accept()
        var end: TCPConnection.End?
        connection.onEnd = { end = $0 }
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(peer, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        close(peer)
        try run(loop) { end != nil }
        guard case .failed(let error) = end else {
            Issue.record("ended with \(String(describing: end))")
            return
        }
        #expect(error.errno == ECONNRESET)
        #expect(error.description == "cannot receive from \(listener.address): connection reset by peer")
    }
}

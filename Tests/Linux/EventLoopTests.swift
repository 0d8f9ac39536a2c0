import Foundation
import Testing
import Time

@testable import Linux

@Suite struct EventLoopTests {
    @Test func `a readable descriptor calls its handler until it is read`() throws {
        let loop = try EventLoop()
        let (a, b) = socketPair()
        defer { close(a); close(b) }
        var calls = 0
        try loop.add(a, .read) { readiness in
            #expect(readiness.readable)
            calls += 1
            if calls == 2 {
                var byte: UInt8 = 0
                read(a, &byte, 1)
            }
        }
        try loop.turn(wait: false)
        #expect(calls == 0)
        write(b, "x", 1)
        try run(loop) { calls == 2 }
        try loop.turn(wait: false)
        #expect(calls == 2)
    }

    @Test func `interest in writing can be switched on and off`() throws {
        let loop = try EventLoop()
        let (a, b) = socketPair()
        defer { close(a); close(b) }
        var writable = 0
        try loop.add(a, .read) { if $0.writable { writable += 1 } }
        try loop.turn(wait: false)
        #expect(writable == 0)
        try loop.modify(a, [.read, .write])
        try loop.turn(wait: false)
        #expect(writable == 1)
        try loop.modify(a, .read)
        try loop.turn(wait: false)
        #expect(writable == 1)
    }

    @Test func `a hang-up is reported`() throws {
        let loop = try EventLoop()
        let (a, b) = socketPair()
        defer { close(a) }
        var hasFailed = false
        try loop.add(a, .read) { hasFailed = $0.failed }
        close(b)
        try run(loop) { hasFailed }
        #expect(hasFailed)
    }

    @Test func `a handler may remove itself and others, whose events are then dropped`() throws {
        let loop = try EventLoop()
        let (a, b) = socketPair()
        let (c, d) = socketPair()
        defer { [a, b, c, d].forEach { close($0) } }
        var calls = 0
        for descriptor in [a, c] {
            try loop.add(descriptor, .read) { _ in
                calls += 1
                loop.remove(a)
                loop.remove(c)
            }
        }
        write(b, "x", 1)
        write(d, "x", 1)
        try loop.turn(wait: true)
        try loop.turn(wait: false)
        #expect(calls == 1)
    }

    @Test func `a descriptor's number used anew in the same turn does not get the old one's event`() throws {
        let loop = try EventLoop()
        let (a, b) = socketPair()
        let (c, d) = socketPair()
        defer { [a, b, c, d].forEach { close($0) } }
        var first: Int32 = -1
        var strangers = 0
        for descriptor in [a, c] {
            try loop.add(descriptor, .read) { _ in
                if first < 0 {
                    first = descriptor
                    let other = descriptor == a ? c : a
                    loop.remove(other)
                    try? loop.add(other, .write) { _ in strangers += 1 }
                    loop.remove(other)
                    try? loop.add(other, []) { _ in strangers += 1 }
                }
            }
        }
        write(b, "x", 1)
        write(d, "x", 1)
        try loop.turn(wait: true)
        #expect(first >= 0)
        #expect(strangers == 0)
    }

    @Test func `what cannot be waited for is an error`() throws {
        let loop = try EventLoop()
        #expect(throws: SystemError(operation: "wait for", errno: EBADF, object: "descriptor -1")) {
            try loop.add(-1, .read) { _ in }
        }
        let folder = Folder()
        let descriptor = open(folder.file("plain", "x"), O_RDONLY)
        defer { close(descriptor) }
        #expect(throws: SystemError(operation: "wait for", errno: EPERM, object: "descriptor \(descriptor)")) {
            try loop.add(descriptor, .read) { _ in }
        }
        let (a, b) = socketPair()
        defer { close(a); close(b) }
        try loop.add(a, .read) { _ in }
        #expect(throws: SystemError(operation: "wait for", errno: EEXIST, object: "descriptor \(a)")) {
            try loop.add(a, .read) { _ in }
        }
    }

    @Test func `the deadline fires once, and not before its time`() throws {
        let loop = try EventLoop()
        var fired: [Instant] = []
        let timer = loop.makeTimer { fired.append(Clock.instant()) }
        let deadline = Clock.instant() + .milliseconds(30)
        timer.deadline = deadline
        try run(loop) { !fired.isEmpty }
        #expect(fired.count == 1)
        #expect(fired[0] >= deadline)
        try loop.turn(wait: false)
        #expect(fired.count == 1)
    }

    @Test func `a deadline in the past fires in the next turn, none never`() throws {
        let loop = try EventLoop()
        var fired = 0
        let timer = loop.makeTimer { fired += 1 }
        timer.deadline = Instant(.seconds(-5))
        try loop.turn(wait: true)
        #expect(fired == 1)
        timer.deadline = Clock.instant()
        timer.deadline = nil
        try loop.turn(wait: false)
        #expect(fired == 1)
    }

    @Test func `timers fire in the order of their deadlines, and a cancelled one does not`() throws {
        let loop = try EventLoop()
        var order: [Int] = []
        let now = Clock.instant()
        let late = loop.makeTimer { order.append(3) }
        let early = loop.makeTimer { order.append(1) }
        let cancelled = loop.makeTimer { order.append(2) }
        late.deadline = now + .milliseconds(20)
        early.deadline = now + .milliseconds(5)
        cancelled.deadline = now + .milliseconds(10)
        cancelled.cancel()
        try run(loop) { order.contains(3) }
        #expect(order == [1, 3])
    }

    @Test func `timers that are late fire in order, too, and one stops another`() throws {
        let loop = try EventLoop()
        var order: [Int] = []
        let second = loop.makeTimer { order.append(2) }
        let stopped = loop.makeTimer { order.append(3) }
        let first = loop.makeTimer {
            order.append(1)
            stopped.deadline = nil
        }
        second.deadline = Instant(.seconds(2))
        stopped.deadline = Instant(.seconds(3))
        first.deadline = Instant(.seconds(1))
        try loop.turn(wait: true)
        #expect(order == [1, 2])
    }

    @Test func `a deadline beyond all time is harmless`() throws {
        let loop = try EventLoop()
        var fired = 0
        let timer = loop.makeTimer { fired += 1 }
        timer.deadline = Instant(.seconds(Int64.max))
        try loop.turn(wait: false)
        #expect(fired == 0)
    }

    @Test func `run ends when a handler says stop`() throws {
        let loop = try EventLoop()
        var turns = 0
        let timer = loop.makeTimer { loop.stop() }
        timer.deadline = Clock.instant()
        try loop.run { turns += 1 }
        #expect(turns >= 1)
    }
}

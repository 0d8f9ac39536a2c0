import Testing

@testable import Linux

@Suite struct ServiceRecordTests {
    /// The answer of a name server for `_xmpp-client._tcp.example.org`: a CNAME on the way, two SRV records, one of them with a
    /// compressed target.
    static let answer: [UInt8] = {
        var bytes: [UInt8] = [0x12, 0x34, 0x81, 0x80, 0, 1, 0, 3, 0, 0, 0, 0]
        bytes += name("_xmpp-client", "_tcp", "example", "org") + [0, 33, 0, 1] // at 12; "example" is at 12 + 13 + 5 = 30
        bytes += [0xC0, 12] + [0, 5, 0, 1, 0, 0, 1, 44, 0, 2, 0xC0, 30]
        let first: [UInt8] = [0, 5, 0, 10, 0x14, 0x66] + name("xmpp", "example", "org")
        bytes += [0xC0, 12] + [0, 33, 0, 1, 0, 0, 1, 44, 0, UInt8(first.count)] + first
        let second: [UInt8] = [0, 10, 0, 0, 0x14, 0x67, 2] + Array("x2".utf8) + [0xC0, 30]
        bytes += [0xC0, 12] + [0, 33, 0, 1, 0, 0, 1, 44, 0, UInt8(second.count)] + second
        return bytes
    }()

    static func name(_ labels: String...) -> [UInt8] {
        labels.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }

    @Test func `an answer is read`() {
        #expect(ServiceRecord.parse(Self.answer, isDirectTLS: false) == [
            ServiceRecord(priority: 5, weight: 10, port: 5222, target: "xmpp.example.org", isDirectTLS: false),
            ServiceRecord(priority: 10, weight: 0, port: 5223, target: "x2.example.org", isDirectTLS: false),
        ])
    }

    @Test func `a service that is decidedly not offered has an empty target`() {
        var bytes: [UInt8] = [0, 0, 0x81, 0x80, 0, 0, 0, 1, 0, 0, 0, 0]
        bytes += Self.name("a") + [0, 33, 0, 1, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0]
        #expect(ServiceRecord.parse(bytes, isDirectTLS: true)?.map(\.target) == [""])
    }

    @Test func `no cut answer is read as a whole one`() {
        for length in 0..<Self.answer.count {
            #expect(ServiceRecord.parse(Array(Self.answer[..<length]), isDirectTLS: false) == nil, "\(length) bytes")
        }
    }

    @Test func `a target that is its own beginning, or reaches beyond its record, is refused`() {
        let header: [UInt8] = [0, 0, 0x81, 0x80, 0, 0, 0, 1, 0, 0, 0, 0]
        let record: [UInt8] = [0, 0, 33, 0, 1, 0, 0, 0, 0, 0]
        let loop = header + record + [8, 0, 0, 0, 0, 0, 0, 0xC0, 12 + 17]
        #expect(ServiceRecord.parse(loop, isDirectTLS: false) == nil)
        let long = header + record + [8, 0, 0, 0, 0, 0, 0, 3] + Array("abc".utf8) + [0]
        #expect(ServiceRecord.parse(long, isDirectTLS: false) == nil)
        let short = header + record + [6, 0, 0, 0, 0, 0, 0]
        #expect(ServiceRecord.parse(short, isDirectTLS: false) == nil)
        let beyond = header + record + [8, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        #expect(ServiceRecord.parse(beyond, isDirectTLS: false) == nil)
    }

    @Test func `counts that promise more than there is are refused, more than the limit is cut`() {
        var promising = Self.answer
        promising[7] = 200
        #expect(ServiceRecord.parse(promising, isDirectTLS: false) == nil)
        var many: [UInt8] = [0, 0, 0x81, 0x80, 0, 0, 0, 100, 0, 0, 0, 0]
        for _ in 0..<100 { many += [0, 0, 33, 0, 1, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0] }
        #expect(ServiceRecord.parse(many, isDirectTLS: false)?.count == 16)
    }

    @Test func `damaged answers never trap`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var state = seed
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        var parsed = 0
        for _ in 0..<20_000 {
            var bytes = Self.answer
            for _ in 0...random(6) { bytes[random(bytes.count)] = UInt8(random(256)) }
            if random(4) == 0 { bytes.removeLast(random(bytes.count)) }
            if let records = ServiceRecord.parse(bytes, isDirectTLS: false) {
                parsed += 1
                #expect(records.count <= 16)
            }
        }
        #expect(parsed > 0)
    }

    @Test func `lower priorities come first, direct TLS first among equals`() {
        func record(_ priority: UInt16, _ weight: UInt16, _ target: String, tls: Bool = false) -> ServiceRecord {
            ServiceRecord(priority: priority, weight: weight, port: 1, target: target, isDirectTLS: tls)
        }
        let records = [record(10, 0, "c"), record(5, 0, "b"), record(5, 0, "a", tls: true), record(5, 0, "")]
        #expect(ServiceRecord.ordered(records, seed: 1).map(\.target) == ["a", "b", "c"])
        #expect(ServiceRecord.ordered([], seed: 1) == [])
    }

    @Test func `a heavy weight does not put STARTTLS before direct TLS of the same priority`() {
        let direct = ServiceRecord(priority: 5, weight: 0, port: 5223, target: "direct", isDirectTLS: true)
        let heavy = ServiceRecord(priority: 5, weight: 65535, port: 5222, target: "heavy", isDirectTLS: false)
        for seed: UInt64 in 0..<50 { #expect(ServiceRecord.ordered([heavy, direct], seed: seed).map(\.target) == ["direct", "heavy"]) }
    }

    @Test func `a dot refuses its own service only`() {
        func record(_ target: String, tls: Bool = false) -> ServiceRecord {
            ServiceRecord(priority: 0, weight: 0, port: 5222, target: target, isDirectTLS: tls)
        }
        #expect(ServiceAnswer([record("")], hasFailed: false) == .notOffered)
        #expect(ServiceAnswer([record("", tls: true)], hasFailed: false) == .none)
        #expect(ServiceAnswer([record("", tls: true), record("s")], hasFailed: false) == .records([record("s")]))
        #expect(ServiceAnswer([], hasFailed: true) == .failed)
    }

    @Test func `weights decide by chance in proportion`() {
        let heavy = ServiceRecord(priority: 1, weight: 90, port: 1, target: "heavy", isDirectTLS: false)
        let light = ServiceRecord(priority: 1, weight: 10, port: 1, target: "light", isDirectTLS: false)
        let huge = ServiceRecord(priority: 0, weight: 65535, port: 1, target: "huge", isDirectTLS: true)
        var heavyFirst = 0
        for seed: UInt64 in 0..<1000 {
            let order = ServiceRecord.ordered([light, huge, heavy], seed: seed &* 0x9E37_79B9_7F4A_7C15).map(\.target)
            #expect(order.count == 3 && order[0] == "huge")
            if order[1] == "heavy" { heavyFirst += 1 }
        }
        #expect((850...950).contains(heavyFirst), "\(heavyFirst) of 1000")
    }
}

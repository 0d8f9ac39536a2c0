import Testing
import Time

@testable import Agent

@Suite struct JournalTests {
    static func report(_ number: UInt32, _ kind: Report.Kind = .reading, source: UInt32 = 1, _ text: String = "air 21.4 °C", run: UInt32 = 7) -> Report {
        Report(
            kind: kind, name: Report.Name(run: run, number: number), time: Timestamp(milliseconds: 1_795_365_420_000 + Int64(number)), source: source, text: text,
            measure: Array(" n='air' u='Cel' v='21.4'".utf8))
    }

    static func reports(_ journal: Journal) -> [Report] {
        var reports: [Report] = [], at = 0
        while let (report, end) = Report.read(journal.bytes, at: at) {
            reports.append(report)
            at = end
        }
        #expect(at == journal.bytes.count)
        return reports
    }

    static func numbers(_ journal: Journal) -> [UInt32] { reports(journal).map(\.name.number) }

    /// A file as the driver writes it.
    struct File {
        var bytes: [UInt8] = []
        mutating func take(_ write: Journal.Write?) {
            switch write {
            case .append(let more): bytes += more
            case .store(let new): bytes = new
            case nil: break
            }
        }
    }

    static func load(_ file: [UInt8]) -> (Journal, Journal.Fault?) {
        var fault: Journal.Fault?
        let journal = Journal(file, fault: &fault)
        return (journal, fault)
    }

    static func filled(_ count: UInt32) -> (Journal, File) {
        var journal = Journal(), file = File()
        for number in 1...count {
            #expect(journal.add(report(number)) == 0)
            file.take(journal.save())
        }
        return (journal, file)
    }

    @Test func `the checksum is that of zlib`() {
        #expect(CRC32.of(Array("123456789".utf8), 0..<9) == 0xCBF4_3926)
        #expect(CRC32.of([], 0..<0) == 0)
    }

    @Test func `what was written is read again`() {
        let (journal, file) = JournalTests.filled(3)
        let (again, fault) = JournalTests.load(file.bytes)
        #expect(fault == nil)
        #expect(JournalTests.reports(again) == [JournalTests.report(1), JournalTests.report(2), JournalTests.report(3)])
        #expect(again.bytes == journal.bytes)
        #expect(again.fileLength == file.bytes.count)
        #expect(again.isSaved && !again.isSent)
    }

    @Test func `a reading takes less than 80 bytes`() {
        #expect(JournalTests.report(1).record.count < 80)
    }

    @Test func `an empty journal takes nothing`() {
        #expect(Journal().bytes.capacity == 0)
        let (empty, fault) = JournalTests.load([])
        #expect(empty.isEmpty && fault == nil && empty.fileLength == 0)
    }

    @Test func `delivered reports are marked, and the file is emptied with the last`() {
        var (journal, file) = JournalTests.filled(5)
        let ends = JournalTests.reports(journal).map { $0.record.count }
        journal.sent = ends[0] + ends[1]
        #expect(journal.deliver(upTo: ends[0] + ends[1]) == nil)
        #expect(journal.needsMark)
        file.take(journal.markDelivered())
        #expect(!journal.needsMark)
        #expect(JournalTests.numbers(JournalTests.load(file.bytes).0) == [3, 4, 5])
        #expect(journal.add(JournalTests.report(6)) == 0)
        file.take(journal.save())
        #expect(JournalTests.numbers(JournalTests.load(file.bytes).0) == [3, 4, 5, 6])
        #expect(journal.fileLength == file.bytes.count)
        journal.sent = journal.bytes.count
        #expect(journal.deliver(upTo: journal.bytes.count) == .store([]))
        #expect(journal.bytes.capacity == 0)
        // Then the file begins anew.
        #expect(journal.add(JournalTests.report(7)) == 0)
        if case .store = journal.save() {} else { Issue.record("appended to nothing") }
    }

    @Test func `reports of two runs with the same number are two`() {
        var journal = Journal(), file = File()
        for run: UInt32 in [1, 2] {
            for number: UInt32 in 1...2 {
                #expect(journal.add(JournalTests.report(number, run: run)) == 0)
                file.take(journal.save())
            }
        }
        let length = JournalTests.report(1).record.count
        journal.sent = length * 3
        #expect(journal.deliver(upTo: length * 3) == nil)
        file.take(journal.markDelivered())
        let (again, _) = JournalTests.load(file.bytes)
        #expect(JournalTests.reports(again).map(\.name) == [Report.Name(run: 2, number: 2)])
    }

    @Test func `a file that is cut anywhere keeps every whole record`() {
        let (_, file) = JournalTests.filled(4)
        let length = JournalTests.report(1).record.count
        for cut in 0...file.bytes.count {
            let (journal, fault) = JournalTests.load(Array(file.bytes[..<cut]))
            let whole = max(0, cut - 16) / length
            #expect(JournalTests.numbers(journal) == (0..<UInt32(whole)).map { $0 + 1 })
            let rest = cut < 16 ? cut : (cut - 16) % length
            #expect(fault == (rest == 0 ? nil : .damaged(bytes: rest, isTail: true)))
        }
    }

    @Test func `one changed byte costs at most one report and never makes another`() {
        let (_, file) = JournalTests.filled(4)
        for at in file.bytes.indices {
            for change: UInt8 in [0x01, 0x80, 0xFF] {
                var bytes = file.bytes
                bytes[at] ^= change
                let (journal, fault) = JournalTests.load(bytes)
                let numbers = JournalTests.numbers(journal)
                #expect(numbers.count >= 3 && numbers.allSatisfy { (1...4).contains($0) } && numbers == numbers.sorted())
                #expect(fault != nil)
            }
        }
    }

    @Test func `zeros behind the end, as a file system leaves them, are cut`() {
        let (_, file) = JournalTests.filled(2)
        let (journal, fault) = JournalTests.load(file.bytes + [UInt8](repeating: 0, count: 4096))
        #expect(JournalTests.numbers(journal) == [1, 2])
        #expect(fault == .damaged(bytes: 4096, isTail: true))
        #expect(journal.fileLength == 0)
    }

    @Test func `random bytes give no report and no trap`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var random = SplitMix64(seed: seed)
        for _ in 0..<200 {
            let bytes = (0..<Int(random.next() % 400)).map { _ in random.next() % 8 == 0 ? 0xA5 : UInt8(truncatingIfNeeded: random.next()) }
            let (journal, fault) = JournalTests.load(bytes)
            #expect(journal.isEmpty, "seed \(seed)")
            #expect(bytes.isEmpty || fault != nil, "seed \(seed)")
        }
    }

    // MARK: Full

    @Test func `when it is full the oldest readings are thinned, and alarms last`() {
        var journal = Journal(), thinned = 0
        var alarms: [UInt32] = [], lines: [UInt32] = []
        for number: UInt32 in 1...20_000 {
            let kind: Report.Kind = number % 50 == 0 ? .alarm : number % 25 == 0 ? .line : .reading
            if kind == .alarm { alarms.append(number) } else if kind == .line { lines.append(number) }
            thinned += journal.add(JournalTests.report(number, kind, source: number % 2))
            #expect(journal.bytes.count <= Journal.maximumBytes)
        }
        #expect(thinned > 0)
        let reports = JournalTests.reports(journal)
        #expect(reports.filter { $0.kind == .alarm }.map(\.name.number) == alarms)
        #expect(reports.filter { $0.kind == .line }.map(\.name.number) == lines)
        let numbers = reports.map(\.name.number)
        #expect(numbers == numbers.sorted())
        let readings = reports.filter { $0.kind == .reading }.map(\.name.number)
        // Of both sensors, the older the fewer, and the newest whole.
        #expect(readings.suffix(100) == (19_892...20_000).filter { $0 % 25 != 0 }.suffix(100))
        #expect(readings.filter { $0 <= 10_000 }.count < readings.filter { $0 > 10_000 }.count)
        #expect(readings.filter { $0 % 2 == 0 }.count > 300 && readings.filter { $0 % 2 == 1 }.count > 300)
    }

    @Test func `with nothing but alarms the newest stay`() {
        var journal = Journal()
        for number: UInt32 in 1...6000 { _ = journal.add(JournalTests.report(number, .alarm)) }
        let numbers = JournalTests.numbers(journal)
        #expect(numbers.last == 6000 && numbers == Array(numbers[0]...6000))
        #expect(journal.bytes.count <= Journal.maximumBytes && journal.bytes.count > Journal.thinnedBytes / 2)
    }

    @Test func `what is under way is not thinned`() {
        var journal = Journal()
        for number: UInt32 in 1...10 { _ = journal.add(JournalTests.report(number)) }
        journal.sent = journal.bytes.count
        for number: UInt32 in 11...9000 { _ = journal.add(JournalTests.report(number)) }
        #expect(Array(JournalTests.numbers(journal).prefix(10)) == Array(1...10))
    }

    @Test func `the file never grows beyond its limit`() {
        var journal = Journal(), file = File(), longest = 0
        for number: UInt32 in 1...6000 {
            _ = journal.add(JournalTests.report(number))
            file.take(journal.save())
            if number % 3 == 0, let (_, end) = Report.read(journal.bytes, at: 0) {
                journal.sent = end
                file.take(journal.deliver(upTo: end))
                file.take(journal.markDelivered())
            }
            longest = max(longest, file.bytes.count)
            #expect(journal.fileLength == file.bytes.count)
        }
        #expect(longest <= Journal.maximumFile)
        #expect(JournalTests.load(file.bytes).0.bytes == journal.bytes)
    }
}

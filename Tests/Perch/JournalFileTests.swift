import Agent
import Foundation
import Linux
import Testing
import Time

@testable import perch

@Suite struct JournalFileTests {
    /// A journal's file in a folder of its own, with a loop to turn.
    final class Desk {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("perch-journal-\(UUID().uuidString)").path
        let loop: EventLoop
        var file: JournalFile!
        var outcomes: [StorageFailure?] = []

        init(length: Int = 0) throws {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            loop = try EventLoop()
            file = JournalFile(loop, try Worker(loop), path: path, length: length) { [unowned self] in outcomes.append($0) }
        }
        deinit { try? FileManager.default.removeItem(atPath: folder) }

        var path: String { folder + "/journal" }
        var text: String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

        func settle(_ count: Int) throws {
            let end = Clock.instant() + .seconds(10)
            let timer = loop.makeTimer {}
            timer.deadline = end
            while outcomes.count < count, Clock.instant() < end { try loop.turn(wait: true) }
            timer.cancel()
            #expect(outcomes.count >= count, "nothing was written in 10 s")
        }
    }

    @Test func `what comes during a write is written together, in order`() throws {
        let desk = try Desk()
        desk.file.replace(Array("head ".utf8))
        for word in ["one ", "two ", "three"] { desk.file.append(Array(word.utf8), isUrgent: false) }
        try desk.settle(2)
        #expect(desk.text == "head one two three")
        #expect(desk.outcomes.count == 2)
    }

    @Test func `a replacement takes the place of all that waits`() throws {
        let desk = try Desk()
        desk.file.append(Array("one".utf8), isUrgent: true)
        desk.file.append(Array("two".utf8), isUrgent: false)
        desk.file.replace(Array("all".utf8))
        desk.file.append(Array(" and more".utf8), isUrgent: false)
        try desk.settle(2)
        #expect(desk.text == "all and more")
    }

    @Test func `after a failure nothing is added until everything is written anew`() throws {
        let desk = try Desk(length: 100) // the file is not there: somebody has taken it away
        desk.file.append(Array("one".utf8), isUrgent: false)
        desk.file.append(Array("two".utf8), isUrgent: false)
        try desk.settle(1)
        desk.file.append(Array("three".utf8), isUrgent: true)
        #expect(desk.outcomes.first??.status == "disk cannot be written")
        desk.file.replace(Array("all ".utf8))
        desk.file.append(Array("four".utf8), isUrgent: true)
        try desk.settle(3)
        #expect(desk.text == "all four")
        #expect(desk.outcomes.dropFirst().allSatisfy { $0 == nil })
    }

    @Test func `a full disk is called so`() throws {
        let desk = try Desk()
        var failure: StorageFailure?
        let file = JournalFile(desk.loop, try Worker(desk.loop), path: "/dev/full", length: 0) { failure = $0; desk.outcomes.append($0) }
        file.append([1, 2, 3], isUrgent: false)
        try desk.settle(1)
        #expect(failure == StorageFailure(status: "disk full", text: "cannot write /dev/full: no space left on device"))
    }

    @Test func `who waits for the end is told when all is on disk`() throws {
        let desk = try Desk()
        var isIdle = false
        desk.file.append(Array("one ".utf8), isUrgent: true)
        desk.file.append(Array("two".utf8), isUrgent: true)
        desk.file.onIdle = { isIdle = true }
        #expect(!isIdle)
        try desk.settle(2)
        #expect(isIdle && desk.text == "one two")
        let other = try Desk()
        isIdle = false
        other.file.onIdle = { isIdle = true }
        #expect(isIdle)
    }
}

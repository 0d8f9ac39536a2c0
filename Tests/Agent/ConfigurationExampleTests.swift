import Foundation
import Testing

@testable import Agent

/// The files that people copy from, read as `perch check` reads them.
@Suite struct `Examples and parts`: ConfigurationFixture {
    private static let top = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func files(_ folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: top.appending(path: folder).path)) ?? []
        return names.filter { $0.hasSuffix(".conf") }.map { String($0.dropLast(5)) }.sorted()
    }

    private static func bytes(_ path: String) -> [UInt8]? { (try? Data(contentsOf: top.appending(path: path))).map { Array($0) } }

    @Test(arguments: ["greenhouse", "meters", "minimal", "pwm", "simulated"])
    func `each example is without mistakes and without remarks`(_ name: String) throws {
        let bytes = try #require(Self.bytes("examples/\(name).conf"))
        let result = Configuration.load(
            file: "\(name).conf", bytes: bytes, parts: { Self.bytes("devices/parts/\($0).conf") }, partNames: Self.files("devices/parts"))
        guard case .configuration(let configuration) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(configuration.remarks.isEmpty)
        #expect(!configuration.lines.isEmpty)
    }

    @Test func `no example is left out`() {
        #expect(Self.files("examples") == ["greenhouse", "meters", "minimal", "pwm", "simulated"])
    }

    @Test(arguments: files("devices/parts"))
    func `each part is a part without mistakes`(_ name: String) throws {
        let bytes = try #require(Self.bytes("devices/parts/\(name).conf"))
        func problems(_ section: String) -> [String] {
            let text = "[account]\njid = a@example.org\n\(section)\npart = \(name)\n"
            let result = Configuration.load(file: "perch.conf", bytes: Array(text.utf8), parts: { _ in bytes }, partNames: [name])
            guard case .problems(let problems) = result else { return [] }
            return problems.map(\.description)
        }
        let asLine = problems("[line x1]\npin = GPIO17")
        let isCounter = PartCard.read(name, bytes).sourceKind == "counter"
        let asSensor = problems(isCounter ? "[line x0]\npin = GPIO17\ndirection = input\n[sensor x1]\nsource = counter:x0" : "[sensor x1]\nsource = simulated:x")
        let card = PartCard.read(name, bytes)
        #expect(!card.title.isEmpty)
        guard card.chip.isEmpty else {
            #expect(asLine.count == 1 && asLine[0].contains("\(name) is a chip with \(card.chipLines) lines"), "\(asLine)")
            return
        }
        let isSensor = !card.sourceKind.isEmpty
        #expect(asSensor.isEmpty == isSensor, "\(asSensor)")
        #expect(!isCounter || asLine.isEmpty)
        #expect(asLine.isEmpty || (isSensor && asLine == ["perch.conf:5: part: \(name) is a sensor; write [sensor NAME]"]), "\(asLine)")
    }
}

import Foundation
import Testing

@testable import Board

/// The sources that the comments in devices/parts tell people to write.
@Suite struct PartSourceTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "devices/parts")

    private static let named: [(part: String, source: String)] = {
        var named: [(part: String, source: String)] = []
        for file in (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.sorted() ?? [] {
            let text = (try? String(contentsOf: folder.appending(path: file), encoding: .utf8)) ?? ""
            for match in text.matches(of: /(?:iio|hwmon|thermal|system|w1):[A-Za-z0-9_@.\/-]+/) { named.append((part: file, source: String(match.output))) }
        }
        return named
    }()

    @Test func `each is a source, and of a kind that has a unit or is a bare number on purpose`() throws {
        #expect(Self.named.count > 40)
        for (part, source) in Self.named {
            // "w1:28" is how the kernel's family is named in [part].
            if source == "w1:28" || source == "w1:28-" { continue }
            #expect(throws: Never.self, "\(part): \(source)") { try SensorSource(source) }
            let unit = try SensorSource(source).quantity.unit
            #expect(!unit.isEmpty || source.hasSuffix("_alarm") || source == "system:load", "\(part): \(source) has no unit")
        }
    }
}

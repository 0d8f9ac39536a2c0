import Foundation
import Testing

/// Every input that once taught a fuzzer something, and every one that ever broke a rule, again.
@Suite struct ReplayTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    private static func files(_ kind: String, _ target: String) -> [URL] {
        let folder = folder.appendingPathComponent(kind).appendingPathComponent(target)
        return ((try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []).sorted { $0.path < $1.path }
    }

    @Test(arguments: FuzzTarget.all.map(\.name)) func `the corpus breaks no rule`(name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let files = Self.files("corpus", name)
        #expect(!files.isEmpty, "the corpus of \(name) is empty")
        for file in files { try replay(file, target) }
    }

    @Test(arguments: FuzzTarget.all.map(\.name)) func `what once broke a rule breaks none any more`(name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        for file in Self.files("crashers", name) { try replay(file, target) }
    }

    @Test func `every folder belongs to a target`() throws {
        for kind in ["corpus", "crashers"] {
            let found = (try? FileManager.default.contentsOfDirectory(atPath: Self.folder.appendingPathComponent(kind).path)) ?? []
            #expect(Set(found).subtracting(["README"]).isSubset(of: FuzzTarget.all.map(\.name)), "\(kind): \(found)")
        }
    }

    private func replay(_ file: URL, _ target: FuzzTarget) throws {
        let bytes = [UInt8](try Data(contentsOf: file))
        do throws(Broken) { try target.run(bytes) } catch {
            Issue.record("\(file.lastPathComponent): \(error)")
        }
    }
}

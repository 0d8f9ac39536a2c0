import Foundation
import Testing

@testable import Agent

/// perch.conf(5) and the code name the same keys; `ConfigurationKeys` is what the code accepts.
@Suite struct `The manual of perch.conf` {
    private let page: String
    private static let top = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    init() throws { page = try String(contentsOf: Self.top.appending(path: "man/perch.conf.5"), encoding: .utf8) }

    /// The text below `.Sh TITLE`.
    private func section(_ title: String) -> String {
        guard let start = page.range(of: "\n.Sh \(title)\n") else { return "" }
        let rest = page[start.upperBound...]
        return String(rest[..<(rest.range(of: "\n.Sh ")?.lowerBound ?? rest.endIndex)])
    }

    /// The keys that a section of the page describes: `.It Cm key No = …`, of which there may be two in a line.
    private func described(_ title: String) -> [String] {
        section(title).split(separator: "\n").filter { $0.hasPrefix(".It Cm ") }.flatMap { line in
            line.matches(of: /Cm ([a-z-]+) No =/).map { String($0.1) }
        }
    }

    @Test(arguments: [
        ("[account]", ConfigurationKeys.account), ("[board]", ConfigurationKeys.board), ("[line NAME]", ConfigurationKeys.line),
        ("[sensor NAME]", ConfigurationKeys.sensor), ("[reports]", ConfigurationKeys.reports), 
        ("PARTS", ConfigurationKeys.partCard + ConfigurationKeys.part),
    ])
    func `each key is described in its section, and no other`(_ title: String, _ keys: [String]) {
        #expect(described(title).sorted() == keys.sorted())
    }

    @Test func `each section is described`() {
        for name in ConfigurationKeys.sections {
            let title = ConfigurationKeys.namedSections.contains(name) ? "[\(name) NAME]" : "[\(name)]"
            #expect(!section(title).isEmpty, "\(title)")
        }
    }

    @Test func `each kind of source and each role is described`() {
        for kind in ConfigurationKeys.sources { #expect(section("[sensor NAME]").contains(".It Li \(kind): "), "\(kind)") }
        for role in ["viewer", "operator", "admin"] { #expect(section("[people]").contains(".It Li \(role)\n"), "\(role)") }
    }

    @Test func `the limits are those of the code`() {
        #expect(
            section("LIMITS").contains(
                "\(Configuration.maximumLines) lines, \(Configuration.maximumSensors) sensors, \(Configuration.maximumPeople) people, \(Configuration.maximumDistinctTags) different tags."
            ))
        #expect(section("[reports]").contains("at most \(Configuration.maximumRecipients)"))
        #expect(section("[line NAME]").contains("at most \(Configuration.maximumTags)."))
    }

    @Test func `what later versions do is named as missing`() {
        for name in ConfigurationKeys.laterSections { #expect(section("CAVEATS").contains("[\(name)]"), "\(name)") }
    }

    @Test func `the example of the page is without mistakes`() throws {
        let example = section("EXAMPLES").split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix(".") }.dropFirst()
        let result = Configuration.load(
            file: "perch.conf", bytes: Array(example.joined(separator: "\n").utf8),
            parts: { name in (try? Data(contentsOf: Self.top.appending(path: "devices/parts/\(name).conf"))).map { Array($0) } },
            partNames: ["contact", "ds18b20", "relay"])
        guard case .configuration(let configuration) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(configuration.summary == "2 lines (1 output, 1 input), 1 sensor, 2 people, reports to 1 address")
    }
}

import Testing
import Text

@testable import XMPP

@Suite struct UnicodeTextTests {
    /// Scalars that both the tables and the standard library know: assigned in no version that is newer than one of them. Those
    /// that are not assigned yet count where both are of the same version.
    private static let scalars: [Unicode.Scalar] = {
        let version = IdentifierTable.version
        var ages: [(scalar: Unicode.Scalar, age: Unicode.Version?)] = []
        var newest = (major: 0, minor: 0)
        for value in UInt32(0x80)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let age = scalar.properties.age
            if let age, age > newest { newest = age }
            ages.append((scalar, age))
        }
        let isSame = newest == version
        return ages.filter { isSame || ($0.age.map { $0 <= version } ?? false) }.map { $0.scalar }
    }()

    /// Everything that a table has, read once.
    private func members(_ set: StaticString) -> Set<UInt32> {
        var members = Set<UInt32>()
        var table = NumberTable(set)
        var next: UInt32 = 0x80
        while let outside = table.number(), let inside = table.number() {
            next += outside
            for value in next..<next + inside { members.insert(value) }
            next += inside
        }
        return members
    }

    @Test func `identifiers are what the rule says`() {
        let members = members(IdentifierTable.identifiers)
        #expect(Self.scalars.filter { members.contains($0.value) != IdentifierRule.isIdentifier($0) } == [])
    }

    @Test func `marks are what Unicode says`() {
        let members = members(IdentifierTable.marks)
        #expect(Self.scalars.filter { members.contains($0.value) != IdentifierRule.isMark($0) } == [])
    }

    @Test func `a scalar is looked for on both sides of every boundary`() {
        for (set, isMember) in [(IdentifierTable.identifiers, members(IdentifierTable.identifiers)), (IdentifierTable.marks, members(IdentifierTable.marks))] {
            var edges: [UInt32] = [0x80, 0x10FFFF]
            for value in isMember where !isMember.contains(value - 1) || !isMember.contains(value + 1) { edges += [value - 1, value, value + 1] }
            #expect(edges.filter { value in Unicode.Scalar(value).map { NumberTable.contains($0, in: set) != isMember.contains(value) } ?? false } == [])
        }
    }

    @Test func `spaces, control characters and private ones are what Unicode says`() {
        var differing: [UInt32] = []
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let category = scalar.properties.generalCategory
            let isControl = category == .control || category == .lineSeparator || category == .paragraphSeparator
            if UnicodeText.isSpace(scalar) != (category == .spaceSeparator) || UnicodeText.isControl(scalar) != isControl
                || UnicodeText.isPrivate(scalar) != (category == .privateUse)
            {
                differing.append(value)
            }
        }
        #expect(differing == [])
    }

    @Test func `a joiner stands behind a virama alone`() throws {
        let ka = Unicode.Scalar(0x915 as UInt32), virama = Unicode.Scalar(0x94D as UInt32), joiner = try #require(Unicode.Scalar(0x200D as UInt32))
        #expect(UnicodeText.isIdentifier(joiner, after: virama))
        #expect(!UnicodeText.isIdentifier(joiner, after: ka))
        #expect(!UnicodeText.isIdentifier(joiner, after: nil))
    }
}

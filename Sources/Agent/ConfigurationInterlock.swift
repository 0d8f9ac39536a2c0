import Text
import Time

extension ConfigurationLoader {
    /// What only shows when all lines are known: a group of one, and two lines of a group that are both to be on.
    func checkInterlocks() {
        for (at, one) in interlocks.enumerated() {
            guard let group = lines[one.line].interlock?.group else { continue }
            var others: [Int] = []
            for (other, entry) in interlocks.enumerated() where other != at && lines[entry.line].interlock?.group == group { others.append(other) }
            if others.isEmpty, !isInterlockUnclear {
                var groups: [String] = []
                for entry in interlocks { if let name = lines[entry.line].interlock?.group, name != group { groups.append(name) } }
                let hint = didYouMean(group, groups)
                let remedy = hint.isEmpty ? "; give another line the same group" : hint
                problem(one.place, filled("interlock: % is alone in %, so nothing is locked%", lines[one.line].name, group, remedy))
            }
            // Told once, where the later one stands.
            for other in others where other < at { checkBothOn(lines[interlocks[other].line], lines[one.line], one.place) }
        }
    }

    private func checkBothOn(_ a: LineConfiguration, _ b: LineConfiguration, _ place: Place) {
        var keys: [String] = []
        if a.initial == .on, b.initial == .on { keys.append("initial") }
        if a.onExit == .on, b.onExit == .on { keys.append("on-exit") }
        if a.onDisconnect?.on == true, b.onDisconnect?.on == true { keys.append("on-disconnect") }
        for key in keys { problem(place, filled("interlock: % and % both have \"% = on\", but only one of them can be on; change one", a.name, b.name, key)) }
    }
}

extension [LineConfiguration] {
    /// The other lines of its interlock group.
    func rivals(of line: LineIndex) -> [LineIndex] {
        guard indices.contains(line), let group = self[line].interlock?.group else { return [] }
        var rivals: [LineIndex] = []
        for other in indices where other != line && self[other].interlock?.group == group { rivals.append(other) }
        return rivals
    }

    /// How long all others must have been off before a line goes on: the longest that a member of the group wants.
    func gap(of line: LineIndex) -> Duration {
        var gap = self[line].interlock?.gap ?? .zero
        for other in rivals(of: line) { gap = Swift.max(gap, self[other].interlock?.gap ?? .zero) }
        return gap
    }
}

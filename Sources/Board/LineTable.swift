import Text

/// `perch lines` as a person reads it: one row a line, and what is of no use to anybody in ranges.
public struct LineTable {
    /// Rows in a row that are worth folding into one.
    static let foldLimit = 3

    let listings: [LineListing]
    /// Each line a row of its own.
    let isComplete: Bool

    public init(_ listings: [LineListing], isComplete: Bool = false) {
        self.listings = listings
        self.isComplete = isComplete
    }

    /// Without line ends.
    public var rows: [String] {
        var rows: [String] = []
        var index = 0
        var chip: String?
        while index < listings.count {
            let line = listings[index]
            // A chip begins with its line 0, also when its label is that of the one before.
            if chip != line.chip || line.offset == 0 {
                if !rows.isEmpty { rows.append("") }
                rows.append(filled("chip %", line.chip))
                chip = line.chip
            }
            var end = index + 1
            if !isComplete, let kind = fold(line) {
                while end < listings.count, listings[end].chip == line.chip, listings[end].offset > 0, fold(listings[end]) == kind { end += 1 }
                if end - index < LineTable.foldLimit, kind != .hidden { end = index + 1 }
                if end > index + 1 || kind == .hidden {
                    rows.append(row(of: kind, index, end - 1))
                    index = end
                    continue
                }
            }
            rows.append(row(line))
            index = end
        }
        return rows
    }

    /// A line that can be pasted without harm: free, on the header, without another function.
    public var example: String {
        var best: LineListing?
        for line in listings where line.isFree {
            if line.isOnBoard, line.function == nil, !line.hasPWM { return line.pin }
            if best == nil || (best?.isOnBoard == false && line.isOnBoard) { best = line }
        }
        return best?.pin ?? "GPIO17"
    }

    enum Fold {
        /// On the board's own chip, but no line for the owner: not on a header, or on the pins that ask an add-on board who it is.
        case hidden
        case unnamed
        case unnamedInUse
    }

    /// How a line is told of together with its neighbours; nil for one that is shown by itself.
    private func fold(_ line: LineListing) -> Fold? {
        if line.isOnBoard { return nil }
        if case .used(let by) = line.use, Text.hasPrefix(by, "perch:") { return nil }
        if line.isOwnChip { return .hidden }
        // Raspberry Pi's device trees write "-" for a pin that leads nowhere, others "NC".
        if !line.name.isEmpty, line.name != "-", line.name != "NC" { return nil }
        return line.isFree ? .unnamed : .unnamedInUse
    }

    private func row(of kind: Fold, _ first: Int, _ last: Int) -> String {
        let (low, high) = (listings[first].offset, listings[last].offset)
        let range = low == high ? filled("line %", String(low)) : filled("lines % to %", String(low), String(high))
        switch kind {
        case .hidden: return filled("  %: for the board itself (--all shows them)", range)
        case .unnamed: return filled("  %: free, without names; write %:% and so on", range, listings[first].chip, String(low))
        case .unnamedInUse: return filled("  %: in use, without names", range)
        }
    }

    private func row(_ line: LineListing) -> String {
        var use: String
        switch line.use {
        case .free: use = "free"
        case .used(let by):
            if Text.hasPrefix(by, "perch:") {
                use = filled("in use by Perch as %", by.dropping(6))
            } else {
                use = by.isEmpty ? "in use by the kernel or another program" : filled("in use by %", by)
            }
        case .taken(let enable):
            use = filled("not free: enabled as %", line.function ?? "something else")
            if !enable.isEmpty { use += filled(" with %", enable) }
        }
        if let function = line.function, line.use == .free || line.use == .used(by: "") { use += filled("; %", function) }
        if line.hasPWM { use += "; can be dimmed (PWM)" }
        let pin = line.headerPin.map { "pin " + String($0) } ?? ""
        return "  " + LineTable.column(line.pin, 24) + LineTable.column(pin, 8) + use
    }

    /// `text` and blanks up to `width`, at least one.
    private static func column(_ text: String, _ width: Int) -> String {
        var padded = text
        for _ in 0..<max(1, width - text.utf8.count) { padded += " " }
        return padded
    }
}

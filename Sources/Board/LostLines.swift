import Text

/// A line whose chip has gone, or that is back.
public struct LineNews: Equatable, Sendable {
    public var line: Int
    /// Why it is lost, in words; nil: it is claimed again.
    public var why: String?
    /// As read, once it is back.
    public var on = false
}

/// Chips that come and go: an expander that is plugged in, out, or found late while the board starts.
extension Board {
    /// nil for a line that is claimed.
    public func lostReason(_ line: Int) -> String? { lines.indices.contains(line) ? lines[line].lostReason : nil }

    public var hasLostLines: Bool {
        for line in lines where line.lostReason != nil { return true }
        return false
    }

    /// Finds out which lines have lost their chip, and claims those whose chip is there again, whatever its number is now. It asks the
    /// kernel about each chip once a line. Ask for `edgeSources` again when there is news.
    ///
    /// - Parameter initial: what to drive an output to when it is claimed.
    public func look(initial: (Int) -> LineSettings.Initial) -> [LineNews] {
        var news: [LineNews] = []
        for index in lines.indices {
            if lines[index].isAlive || lines[index].lostReason != nil { continue }
            var why = PWMLine.isAway
            if let request = lines[index].request {
                why = filled("its chip % has disappeared", request.chip.label)
                // The kernel gives the chip's number back when nobody holds on to it.
                request.release()
            }
            lines[index] = .lost(lines[index].settings, place: .nowhere(index), why: why)
            news.append(LineNews(line: index, why: why))
        }
        if !hasLostLines { return news }
        var problems: [BoardProblem] = []
        var settings: [LineSettings] = []
        for line in lines { settings.append(line.settings) }
        let pins = resolve(settings, keepsMissing: true, &problems)
        for index in lines.indices {
            guard let known = lines[index].lostReason, let pin = pins[index], pin.missing == nil else { continue }
            do throws(BoardError) {
                var wanted = settings[index]
                wanted.initial = initial(index)
                lines[index] = try claim(pin, wanted)
                lines[index].settings = settings[index]
                news.append(LineNews(line: index, on: try get(index)))
            } catch {
                // It is back in somebody else's hands, or is going away again.
                let why = error.description
                if why == known { continue }
                lines[index] = .lost(settings[index], place: .nowhere(index), why: why)
                news.append(LineNews(line: index, why: why))
            }
        }
        return news
    }
}

extension HeldLine {
    var lostReason: String? {
        if case .lost(let why) = driver { return why }
        return nil
    }

    static func lost(_ settings: LineSettings, place: Place, why: String) -> HeldLine {
        HeldLine(
            settings: settings, place: place, pinName: settings.pin, driver: .lost(why), isUntouched: false, level: false, debouncesInKernel: false)
    }
}

extension HeldLine.Place {
    /// The place of line number `line` while its chip is not there.
    static func nowhere(_ line: Int) -> HeldLine.Place { HeldLine.Place(chip: "", offset: -1 - line) }
}

import Text
import Time

/// Times as a person says them.
enum Spoken {
    /// Longest time that somebody can ask for in chat.
    static let longest: Duration = .seconds(365 * 86_400)

    /// "500 ms", "12 s", "2 min 30 s", "3 h 5 min".
    static func duration(_ duration: Duration) -> String { DurationText.format(duration) }

    /// How long ago: at least a second, and without the seconds from a minute on.
    static func age(_ duration: Duration) -> String {
        let (seconds, _) = max(duration, .seconds(1)).components
        return DurationText.format(.seconds(seconds < 60 || seconds >= 3600 ? seconds : seconds / 60 * 60))
    }

    /// A time in chat, where people may also write a comma; nil when it is none.
    static func parse(_ text: String) -> Result<Duration, DurationTextError> {
        do throws(DurationTextError) { return .success(try DurationText.parse(withPoints(text))) } catch { return .failure(error) }
    }

    /// "0,5" as "0.5"
    static func withPoints(_ text: String) -> String {
        String(decoding: text.utf8.map { $0 == UInt8(ascii: ",") ? UInt8(ascii: ".") : $0 }, as: UTF8.self)
    }

    // MARK: The clock on the wall

    /// Boards without a battery start in 1970 (or at the date of their image) until the network tells the time.
    static func isClockSet(_ timestamp: Timestamp) -> Bool { timestamp.milliseconds > 1_600_000_000_000 }

    /// "19:42" today, "19:42 tomorrow", "24 Nov 19:42" else; with seconds when that is soon.
    static func clock(_ timestamp: Timestamp, seenFrom now: Moment, seconds: Bool = false) -> String {
        let then = timestamp.civil(utcOffset: now.utcOffset), today = now.timestamp.civil(utcOffset: now.utcOffset).dayNumber
        let text = seconds ? then.clockText + ":" + (then.second < 10 ? "0" + digits(then.second) : digits(then.second)) : then.clockText
        if then.dayNumber == today { return text }
        if then.dayNumber == today + 1 { return text + " tomorrow" }
        if then.dayNumber == today - 1 { return "yesterday " + text }
        return date(then) + " " + text
    }

    /// "until 19:42", or "for 10 min" where the board does not know the time of day.
    static func until(_ deadline: Instant, from now: Moment) -> String {
        let left = deadline - now.instant
        guard isClockSet(now.timestamp) else { return "for " + duration(left) }
        return "until " + clock(now.timestamp + left, seenFrom: now, seconds: left < .seconds(120))
    }

    /// "24 Nov"
    static func date(_ civil: CivilTime) -> String {
        let months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(separator: " ")
        guard months.indices.contains(civil.month - 1) else { return civil.dateText }
        return say("$1 $2", digits(civil.day), String(months[civil.month - 1]))
    }
}

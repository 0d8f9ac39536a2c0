import Agent
import Board
import Linux
import Text
import Time

/// Chips that come and go while Perch runs.
extension Daemon {
    /// While a line is lost. When a chip comes the kernel tells, but not where netlink is forbidden, nor when the permission comes late.
    static let lookInterval: Duration = .seconds(5)
    /// Commands for lost lines make us look at most this often: it takes a call for each line of each chip.
    static let shortestLook: Duration = .seconds(1)

    /// Without it the loss of an output is noticed by the next command for it.
    func watchChips() {
        if board.isSimulated || board.lineCount == 0 { return }
        let timer = loop.makeTimer { [self] in look() }
        lookTimer = timer
        if board.hasLostLines { timer.deadline = Clock.instant() + Self.lookInterval }
        do throws(SystemError) {
            chips = try ChipMonitor(loop) { [self] in look() }
        } catch {
            Log.info(error.description)
        }
    }

    func tellLostLines() {
        for index in configuration.lines.indices {
            if let why = board.lostReason(index) { deliver(.lineLost(index, why: why)) }
        }
    }

    func lookAgain() {
        // The goodbye does not wait for what is gone.
        if isStopping { return }
        if let lookedAt, Clock.instant() - lookedAt < Self.shortestLook { return }
        look()
    }

    func look() {
        let now = Clock.now()
        let news = board.look { BoardSetup.level(agent.initialLevel(of: $0, at: now)) }
        // From its end: on a slow board with many lines it takes a while, and must leave time for others.
        let end = Clock.instant()
        lookedAt = end
        lookTimer?.deadline = board.hasLostLines ? end + Self.lookInterval : nil
        if news.isEmpty { return }
        do throws(SystemError) { try watchEdges() } catch { Log.error(error.description) }
        for change in news {
            if let why = change.why { deliver(.lineLost(change.line, why: why)) } else { deliver(.lineBack(change.line, on: change.on)) }
        }
    }
}

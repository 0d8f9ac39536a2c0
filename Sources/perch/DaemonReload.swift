import Agent
import Board
import Linux
import Text
import XMPP

/// SIGHUP: the changed file is applied without dropping the stream or touching lines that did not change.
extension Daemon {
    func reload() {
        notify.reloading()
        do throws(Failure) {
            try apply(try ConfigurationFile.load(configurationPath))
            Log.notice("configuration reloaded")
        } catch {
            for line in error.lines { Log.error(line) }
            Log.error("the changed configuration is not used; the old one stays in force")
        }
        notify.ready(status: "configuration reloaded")
    }

    private func apply(_ loaded: Configuration) throws(Failure) {
        let new = BoardSetup.withUnits(loaded)
        let login = new.account == configuration.account ? nil : try Login(new.account)
        if new.board != configuration.board {
            throw Failure(.configuration, "[board] cannot be changed while running; restart Perch: systemctl restart perch")
        }
        // What is back is restored now: after the reload it would be a new line.
        if board.hasLostLines { look() }
        do throws(BoardProblems) {
            let lines = BoardSetup.lines(new.lines) { Self.initialLevel(of: new.lines[$0]) }
            try board.apply(lines: lines, sensors: BoardSetup.sensors(new.sensors))
        } catch {
            throw BoardSetup.failure(error, new)
        }
        generation += 1
        sensorsBeingRead = []
        configuration = new.withoutPlaces
        do throws(SystemError) { try watchEdges() } catch { throw Failure(.failed, error.description) }
        if lookTimer == nil { watchChips() }
        deliver(.reloaded(configuration, levels: levels(), duties: duties()))
        tellLostLines()
        if let login {
            Log.notice(filled("the account has changed: logging in as %", new.account.jid.description))
            _ = connection?.stop()
            // Of the old connection nothing is heard any more: its end has to be told here.
            deliver(.offline(reason: "the account has changed"))
            connect(login)
        }
    }

    /// For a line that is claimed anew: there is nothing to restore for one that was not there a moment ago.
    private static func initialLevel(of line: LineConfiguration) -> InitialLevel {
        switch line.initial {
        case .off, .restore: .off
        case .on: line.comesUpOff ? .off : .on
        case .keep: .keep
        }
    }
}

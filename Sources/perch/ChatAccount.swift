import Agent
import Linux
import Text
import XMPP

/// Who talks to whom, from `perch chat`'s options and environment.
struct ChatAccount {
    var board: JID
    var text: String?
    var configuration: AccountConfiguration
    /// nil: from a systemd credential.
    var password: String
    var timeout: Duration

    static func from(_ arguments: Arguments) throws(Failure) -> ChatAccount {
        let board = try checked("the board", arguments.positionals[0], ConfigurationValue.address)
        guard let me = arguments["--jid"] ?? Environment["PERCH_JID"] else {
            throw Failure(.usage, "who are you? Give --jid you@example.org or set PERCH_JID")
        }
        guard let file = arguments["--password-file"] ?? Environment["PERCH_PASSWORD_FILE"] else {
            throw Failure(.usage, "your password? Give --password-file FILE or set PERCH_PASSWORD_FILE")
        }
        var account = AccountConfiguration(jid: try checked("--jid", me, ConfigurationValue.address))
        account.passwordFile = file
        account.tlsCA = arguments["--tls-ca"]
        account.tlsPin = try value(arguments, "--tls-pin", ConfigurationValue.pin)
        account.server = try value(arguments, "--server", ConfigurationValue.server)
        return ChatAccount(
            board: board, text: arguments.positionals.count > 1 ? arguments.positionals[1] : nil, configuration: account,
            password: try Password.from(file), timeout: try timeout(arguments["--timeout"]))
    }

    /// An option that is written as the configuration writes it.
    private static func value<Value>(
        _ arguments: Arguments, _ option: String, _ parse: (String) throws(Complaint) -> Value
    ) throws(Failure) -> Value? {
        guard let text = arguments[option] else { return nil }
        return try checked(option, text, parse)
    }

    private static func checked<Value>(
        _ what: String, _ text: String, _ parse: (String) throws(Complaint) -> Value
    ) throws(Failure) -> Value {
        do throws(Complaint) {
            return try parse(text)
        } catch {
            throw Failure(.usage, filled("%: %", what, error.text))
        }
    }

    private static func timeout(_ text: String?) throws(Failure) -> Duration {
        guard let text else { return .seconds(10) }
        guard let seconds = Int(text), (1...3600).contains(seconds) else {
            throw Failure(.usage, filled("--timeout %: expected seconds from 1 to 3600", text))
        }
        return .seconds(seconds)
    }
}

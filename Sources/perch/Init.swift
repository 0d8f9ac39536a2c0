import Agent
import CLinux
import Crypto
import Linux
import Text
import XMPP

/// `perch init`: the few questions, the account, the configuration, the service.
final class Init {
    static let grammar = Arguments.Grammar(
        options: ["--jid", "--invite", "--password-file", "--template", "--board", "--server", "--tls-ca", "--tls-pin", "--config"],
        lists: ["--admin", "--operator", "--viewer", "--line", "--sensor", "--reports"],
        flags: ["--register", "--replace", "--yes", "--no-login", "--no-start", "--no-qr"])
    /// What the dialogue takes, in its order: an address may have to fit an invitation, and reports go to people.
    static let answers = [
        "--board", "--server", "--tls-ca", "--tls-pin", "--invite", "--jid", "--admin", "--operator", "--viewer", "--line", "--sensor", "--reports",
    ]
    /// For a registration: a person waits.
    static let timeout: Duration = .seconds(30)
    /// Bytes of an answer; invitations are the longest.
    static let answerLimit = 4096

    private let arguments: Arguments
    private let files: InitFiles
    private let catalog = PartCatalog()
    private let isInteractive = Console.isInputTerminal && Console.isOutputTerminal
    private let dialogue: InitDialogue

    static func run(_ arguments: Arguments) throws(Failure) {
        Self.onInterrupt("nothing was written")
        let run = try Init(arguments)
        try run.takeOptions()
        try run.run()
    }

    private init(_ arguments: Arguments) throws(Failure) {
        self.arguments = arguments
        files = try InitFiles(arguments["--config"] ?? ConfigurationFile.defaultPath)
        var place = InitDialogue.Surroundings(path: files.path, isThere: files.exists(files.path), hostname: InitHost.name)
        if isInteractive, !arguments.has("--yes") {
            if arguments.all("--line").isEmpty { place.pins = InitHost.freePins(arguments["--board"]) }
            if arguments.all("--sensor").isEmpty { place.sensors = InitHost.sensors(catalog) }
        }
        let catalog = catalog
        dialogue = InitDialogue(place, partOf: { InitHost.part(of: $0, catalog) }, objections: { InitHost.objections($0, catalog) })
    }

    /// What Ctrl-C says from here on.
    @inline(never)
    private static func onInterrupt(_ what: String) { cl_on_interrupt("\nperch init: interrupted; " + what + "\n") }

    /// What the command line says already; all that is wrong with it in one go.
    private func takeOptions() throws(Failure) {
        if let file = arguments["--template"] {
            do throws(SystemError) {
                dialogue.plan.template = String(decoding: try Files.read(file, limit: ConfigurationFile.maximumSize), as: UTF8.self)
            } catch {
                throw Failure(error, otherwise: .usage, before: "--template: ")
            }
            // Before its mistakes are told as those of each option; but its lines are those of this board.
            dialogue.plan.profile = arguments["--board"]
            let problems = InitHost.objections(dialogue.plan, catalog, template: file)
            if !problems.isEmpty { throw Failure(.configuration, problems) }
        }
        var problems: [String] = []
        for option in Self.answers {
            for value in arguments.all(option) {
                do throws(InitDialogue.Refusal) {
                    try dialogue.option(option, option == "--jid" ? try InitHost.expanded(value) : value)
                } catch {
                    if case .again(let text) = error { problems.append(filled("%: %", option, text)) }
                }
            }
        }
        if arguments.has("--register") { dialogue.isNew = true }
        dialogue.replaces = arguments.has("--replace")
        dialogue.isConfirmed = arguments.has("--yes")
        if !problems.isEmpty { throw Failure(.usage, problems) }
        if let file = arguments["--password-file"] {
            dialogue.password = try Password.from(file)
            if dialogue.isNew == nil { dialogue.isNew = false }
        }
    }

    private func run() throws(Failure) {
        try InitCredential.check(dialogue.password, files.path)
        if !isInteractive {
            let missing = dialogue.missing
            if !missing.isEmpty {
                throw Failure(.usage, ["there is no terminal to ask at; what is missing:"] + missing.map { "  " + $0 })
            }
        } else {
            Console.print("perch init makes this board a contact. Ctrl-C ends it at any question, with nothing written.\n")
        }
        var configuration: Configuration
        repeat {
            try ask()
            configuration = try InitHost.checked(dialogue.plan, path: files.path, passwordFile: files.folder + "/password")
            _ = try Check.verify(configuration, catalog, password: dialogue.password ?? "none yet")
        } while try !hasAccount(configuration.account)
        try finish(configuration.account.jid)
    }

    private func ask() throws(Failure) {
        while let question = dialogue.question {
            var answer = [UInt8](repeating: 0, count: Self.answerLimit)
            let count = answer.withUnsafeMutableBufferPointer {
                cl_ask(dialogue.prompt(question), $0.baseAddress, $0.count, question == .password)
            }
            if count == Int64(0 - E2BIG) {
                Console.print("that is too long")
                continue
            }
            if count < 0 { throw Failure(.failed, "the input ended; nothing was written") }
            let text = String(decoding: answer.prefix(Int(count)), as: UTF8.self)
            if question == .line, text == "?" {
                do throws(Failure) { try Lines.printAll(dialogue.plan.profile) } catch { for line in error.lines { Console.print(line) } }
                continue
            }
            do throws(InitDialogue.Refusal) {
                try dialogue.answer(question, text)
            } catch {
                guard case .again(let why) = error else { throw Failure(.failed, "nothing was changed") }
                Console.print(why)
            }
        }
    }

    // MARK: The account

    /// Logs in, or registers. False: a person wants to try another one.
    private func hasAccount(_ account: AccountConfiguration) throws(Failure) -> Bool {
        do throws(Failure) {
            if dialogue.isNew == true {
                try register(account)
            } else if !arguments.has("--no-login") {
                Console.print(filled("Logging in as % …", account.jid.description))
                try Probe.run(try Login(account, password: dialogue.password), isQuiet: true)
            }
            return true
        } catch {
            guard isInteractive, error.code != .permission else { throw error }
            for line in error.lines { Console.complain(line) }
            dialogue.refuseAccount()
            Self.onInterrupt("nothing was written")
            return false
        }
    }

    private func register(_ account: AccountConfiguration) throws(Failure) {
        let jid = account.jid
        let waiting = files.waiting(jid)
        if files.exists(waiting) {
            // An earlier run was cut off: perhaps after the server had made the account.
            let password = try Password.from(waiting)
            Console.print(filled("An earlier perch init began to register %; trying what it left in % …", jid.description, waiting))
            do throws(Failure) {
                try Probe.run(try Login(account, password: password), isQuiet: true)
                dialogue.password = password
                return
            } catch {}
        }
        let password: String
        do throws(CryptoError) {
            if let given = dialogue.password { password = given } else { password = try randomText(bytes: 18) }
        } catch { throw Failure(.failed, error.description) }
        // On the disk before the server knows it: whatever ends this program, the account is not lost.
        try files.keep(password, of: jid)
        let kept = filled("the password is kept in %, and perch init goes on from there when it is told the same address", waiting)
        Self.onInterrupt(filled("% may be registered by now: %", jid.description, kept))
        Console.print(filled("Registering % …", jid.description))
        do throws(Failure) {
            try Registering.register(account, token: dialogue.token, password: password, timeout: Self.timeout)
        } catch {
            if !error.isUncertain { files.forget(jid) }
            throw error.isUncertain ? Failure(error.code, error.lines + [filled("% may be registered nevertheless: %", jid.description, kept)]) : error
        }
        Self.onInterrupt(filled("% is registered: %", jid.description, kept))
        dialogue.password = password
    }

    // MARK: The rest

    private func finish(_ jid: JID) throws(Failure) {
        let password = dialogue.password ?? ""
        let passwordFile = files.passwordFile(jid, password)
        let copy: String?
        do throws(SystemError) {
            copy = try files.write(dialogue.plan.text(passwordFile: passwordFile), password: password, to: passwordFile, replaces: dialogue.replaces)
        } catch {
            var lines = [filled("%; nothing was changed", error.description)]
            if dialogue.isNew == true {
                lines.append(
                    filled(
                        "% is registered, and its password is kept in %; mend that and run perch init with the same address again",
                        jid.description, files.waiting(jid)))
            }
            throw Failure(error.isPermission ? .permission : .failed, lines)
        }
        files.forget(jid)
        Self.onInterrupt(filled("% is written", files.path))
        Console.print(filled("\nWrote %%.", files.path, copy.map { filled("; what it was is %", $0) } ?? ""))
        if cl_user() == 0, files.group == nil {
            Console.print(filled("There is no group perch yet, so only root can read it; run: systemd-sysusers && chgrp perch % %", files.path, passwordFile))
        }
        let trouble = InitService.start(files.path, isWanted: !arguments.has("--no-start"))
        greet(jid.description)
        if let trouble { throw Failure(.failed, trouble) }
    }

    private func greet(_ address: String) {
        let uri = QRCode.uri(address)
        Console.print(filled("\n%", uri))
        if Console.isOutputTerminal, !arguments.has("--no-qr") {
            if !QRCode.isShowable {
                Console.print("(no QR code: this terminal is not set to UTF-8)")
            } else if let rows = QRCode.rows(uri) {
                for row in rows { Console.print(row) }
            } else {
                Console.print("(with the package libqrencode4 installed, this is also shown as a QR code)")
            }
        }
        Console.print(filled("Scan it with a phone, or add % in your client, and say help.", address))
    }
}

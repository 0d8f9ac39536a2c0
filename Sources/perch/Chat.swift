import Agent
import CLinux
import Linux
import Text
import Time
import XMPP

/// `perch chat`: the quickest client there is, for people and for scripts.
final class Chat {
    static let grammar = Arguments.Grammar(
        options: ["--jid", "--password-file", "--server", "--tls-ca", "--tls-pin", "--timeout"], positionals: 1...2)
    /// Lines of standard input that wait for their turn; more are read when these are done.
    static let inputLimit = 64
    /// Bytes of one line; a board refuses more than 1 KiB anyway.
    static let lineLimit = 4096

    private enum Mode {
        /// One text, one reply.
        case once
        /// Lines of a file or a pipe, each with its reply.
        case script
        case terminal
    }

    private let loop: EventLoop
    private let board: JID
    private let mode: Mode
    private let timeout: Duration
    private var connection: Connection?
    private var replyTimer: LoopTimer?
    private var waiting: [String] = []
    private var partial: [UInt8] = []
    private var isInputOver = false
    private var isInputWatched = false
    /// Ties a reply to what was said; a report that the board sends meanwhile has another thread or none.
    private var thread: String?
    private var threadCounter = 0
    private var failure: Failure?

    static func run(_ arguments: Arguments) throws(Failure) {
        let account = try ChatAccount.from(arguments)
        let login = try Login(account.configuration, password: account.password)
        let chat: Chat
        do throws(SystemError) {
            chat = try Chat(board: account.board, text: account.text, timeout: account.timeout)
        } catch {
            throw Failure(.failed, error.description)
        }
        try chat.run(login)
    }

    private init(board: JID, text: String?, timeout: Duration) throws(SystemError) {
        loop = try EventLoop()
        self.board = board
        self.timeout = timeout
        if let text {
            mode = .once
            waiting = [text]
            isInputOver = true
        } else {
            mode = Console.isInputTerminal ? .terminal : .script
        }
    }

    private func run(_ login: Login) throws(Failure) {
        do throws(SystemError) {
            replyTimer = loop.makeTimer { [self] in timedOut() }
            let signals = try Signals(loop) { [self] _ in finish() }
            let board = board
            let appearance = Login.Appearance(
                identity: Identity(category: "client", type: "console", name: nil),
                isTrusted: { $0.bare == board.bare }, requestsRoster: mode == .terminal)
            let connection = Connection(
                loop, Resolver(try Worker(loop)), login.settings(appearance, reconnects: mode == .terminal)
            ) { [self] in handle($0) }
            self.connection = connection
            if mode != .terminal { replyTimer?.deadline = Clock.instant() + timeout }
            connection.start()
            try loop.run()
            withExtendedLifetime(signals) {}
        } catch {
            throw Failure(.failed, error.description)
        }
        if let failure { throw failure }
    }

    // MARK: The network

    private func handle(_ event: Connection.Event) {
        switch event {
        case .session(let event): handle(event)
        case .down(let reason, let end, let retry):
            if case .session(.closedByUs) = end { return loop.stop() }
            guard let retry else {
                failure = Failure(.unavailable, reason)
                return loop.stop()
            }
            say(filled("* offline: %; trying again in %", reason, DurationText.format(retry)))
        }
    }

    private func handle(_ event: SessionEvent) {
        switch event {
        case .online(let jid, _):
            if mode == .terminal {
                connection?.use { session, now in session.setPresence(OwnPresence(), at: now) }
                say(filled("* you are %; talking to % (end with Ctrl-D)", jid.bare.description, board.bare.description))
                watchInput()
            } else {
                proceed()
            }
        case .roster(let items):
            let known = items.first { $0.jid == board.bare }
            if known?.subscription != .to, known?.subscription != .both {
                connection?.use { [self] session, now in session.send(.subscribe, to: board, at: now) }
            }
        case .subscription(.subscribe, let from) where from.bare == board.bare:
            // The board asks back; without it, it does not see who is there.
            connection?.use { session, now in session.send(.subscribed, to: from, at: now) }
        case .presence(let presence) where presence.from.bare == board.bare: show(presence)
        case .message(let message) where message.from.bare == board.bare: receive(message)
        case .rosterChanged, .subscription, .presence, .message, .acknowledged, .learned, .resumable, .notice, .ended: break
        }
    }

    private func show(_ presence: Presence) {
        guard mode == .terminal else { return }
        let name = board.local ?? board.domain
        switch presence.availability {
        case .available:
            let status = presence.status.map { ": " + $0 } ?? ""
            say(filled("* % is online%", name, status))
        case .unavailable:
            let status = presence.status.map { ": " + $0 } ?? ""
            say(filled("* % is offline%", name, status))
        case .error: say(filled("* % cannot be reached", name))
        }
    }

    private func receive(_ message: Message) {
        if message.kind == .error {
            let reason = filled("% cannot be reached: %", board.bare.description, message.error ?? "the server gives no reason")
            if mode == .terminal { return say("* " + reason) }
            failure = Failure(.unavailable, reason)
            return finish()
        }
        guard let body = message.body else { return }
        if mode == .terminal { return say(body) }
        guard let thread, message.thread == thread else { return }
        say(body)
        self.thread = nil
        replyTimer?.deadline = nil
        proceed()
    }

    private func timedOut() {
        let seconds = timeout.components.seconds
        let what = connection?.isOnline == true
            ? filled("no answer from % within % s: is it online, and may you talk to it?", board.bare.description, String(seconds))
            : filled("no login within % s", String(seconds))
        failure = Failure(.unavailable, what)
        finish()
    }

    // MARK: What is said

    /// Says the next line when the last one has been answered.
    private func proceed() {
        guard thread == nil else { return }
        if waiting.isEmpty {
            if isInputOver { return finish() }
            return watchInput()
        }
        let text = waiting.removeFirst()
        send(text)
        replyTimer?.deadline = Clock.instant() + timeout
    }

    private func send(_ text: String) {
        threadCounter += 1
        let thread = filled("perch-chat-%", String(threadCounter))
        if mode != .terminal { self.thread = thread }
        // Nothing that was meant for now may wait in a mailbox until later.
        let message = OutgoingMessage(to: board.bare, body: text, thread: thread, noStore: true)
        if connection?.use({ session, now in session.send(message, at: now) }) != true { say("* not connected; not sent") }
    }

    private func watchInput() {
        guard !isInputWatched, !isInputOver else { return }
        isInputWatched = true
        do throws(SystemError) {
            try loop.add(0, .read) { [self] _ in readInput() }
        } catch {
            // A regular file cannot be waited for, and need not be.
            while !isInputOver, waiting.count < Self.inputLimit { takeInput() }
            isInputWatched = false
            if mode == .script { proceed() }
        }
    }

    private func readInput() {
        takeInput()
        if mode == .terminal {
            for line in waiting { send(line) }
            waiting = []
            if isInputOver { finish() } else { prompt() }
        } else {
            if isInputOver || waiting.count >= Self.inputLimit { unwatchInput() }
            proceed()
        }
    }

    private func unwatchInput() {
        loop.remove(0)
        isInputWatched = false
    }

    private func takeInput() {
        withUnsafeTemporaryAllocation(byteCount: Self.lineLimit, alignment: 1) { buffer in
            let count = cl_read(0, buffer.baseAddress, buffer.count)
            if count == Int64(0 - EAGAIN) { return }
            if count <= 0 {
                isInputOver = true
                if !partial.isEmpty { takeLine() }
                return
            }
            for byte in buffer[..<Int(count)] {
                if byte == UInt8(ascii: "\n") { takeLine() } else if partial.count < Self.lineLimit { partial.append(byte) }
            }
        }
    }

    private func takeLine() {
        let line = String(decoding: partial, as: UTF8.self)
        for byte in partial where byte > 0x20 {
            waiting.append(line)
            break
        }
        partial = []
    }

    private func finish() {
        if isInputWatched { unwatchInput() }
        replyTimer?.deadline = nil
        connection?.use { session, now in session.setPresence(OwnPresence(available: false), at: now) }
        if connection?.stop() != true { return loop.stop() }
        let timer = loop.makeTimer { [self] in loop.stop() }
        timer.deadline = Clock.instant() + Daemon.farewell
    }

    // MARK: The screen

    private func say(_ text: String) {
        if mode == .terminal, Console.isOutputTerminal { Console.write("\r\u{1B}[K") }
        Console.print(Self.harmless(text))
        prompt()
    }

    private func prompt() {
        if mode == .terminal, Console.isOutputTerminal, isInputWatched { Console.write("> ") }
    }

    /// Nobody who writes to us may move the cursor or change the terminal.
    private static func harmless(_ text: String) -> String {
        var scalars = text.scalars
        for at in scalars.indices {
            let scalar = scalars[at]
            let isControl = scalar.value < 0x20 && scalar != "\n" && scalar != "\t"
            if isControl || (0x7F..<0xA0).contains(scalar.value) { scalars[at] = "\u{FFFD}" }
        }
        return String(scalars: scalars)
    }
}

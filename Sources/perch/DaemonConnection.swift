import Agent
import Board
import CLinux
import Linux
import Text
import Time
import XMPP

/// The daemon's side of the network.
extension Daemon {
    func connect(_ login: Login) {
        let agent = agent
        let appearance = Login.Appearance(
            identity: Identity(category: "client", type: "bot", name: login.account.jid.local ?? "perch"),
            // The machine's name: a board that comes back replaces its own dead session, and two boards that share
            // an account do not throw each other out.
            resource: Host.name.isEmpty ? "perch" : Host.name, isTrusted: { agent.isTrusted($0) })
        connections += 1
        let number = connections
        let settings = login.settings(appearance, reconnects: true)
        settings.offlineAfter = login.account.offlineAfter
        settings.memory = login.memory(from: state.load(StateFile.login))
        let connection = Connection(loop, resolver, settings) { [self] event in
            // The goodbye of a connection that a reload has replaced is nobody's business.
            if number == connections { handle(event) }
        }
        self.connection = connection
        connection.start()
    }

    private func handle(_ event: Connection.Event) {
        switch event {
        case .session(let event): handle(event)
        case .down(let reason, _, let retry):
            if isStopping { return finish() }
            deliver(.offline(reason: reason))
            if let retry { Log.warning(filled("offline: %; trying again in %", reason, DurationText.format(retry))) }
            notify.status(filled("offline: %", reason))
        }
    }

    private func handle(_ event: SessionEvent) {
        switch event {
        case .online(let jid, let resumed):
            agent.facts = Host.facts(isSimulated: board.isSimulated)
            deliver(.online(jid: jid, resumed: resumed))
            // Only now: what is said to us before our presence is out lands in the server's offline storage.
            Log.notice(filled("online as %%", jid.description, resumed ? ", session resumed" : ""))
            // Logging in needs more memory than being online: give back what lies idle.
            cl_trim_memory()
        case .roster(let items):
            deliver(.roster(items))
            // It came as one element, of which little is kept.
            cl_trim_memory()
        case .rosterChanged(let item): deliver(.rosterChanged(item))
        case .message(let message): deliver(.message(message))
        case .presence(let presence): deliver(.presence(presence))
        case .subscription(let verb, let from): deliver(.subscription(verb, from: from))
        case .acknowledged(let ids):
            for id in ids { Log.debug(filled("acknowledged: %", id)) }
            deliver(.acknowledged(ids))
        case .learned(let memory): keep(memory)
        case .notice(let text): Log.info(text)
        case .resumable: break
        case .ended: break  // told as `.down`
        }
    }

    /// What can be said about the roster's truth, before anybody asks; that it cannot be kept is said once.
    func refreshLink() {
        agent.link = connection?.facts
        if !isBrokenPromiseTold, let link = agent.link, case .broken = link.promise {
            isBrokenPromiseTold = true
            Log.warning(
                filled("offline-after = % cannot be promised on this server. % Prosody: read_timeout, ", DurationText.format(link.offlineAfter), link.sentence)
                    + "smacks_hibernation_time; ejabberd: mod_ping with send_pings and timeout_action: kill")
        }
    }

    private func keep(_ memory: LoginMemory) {
        do throws(SystemError) {
            try state.store(StateFile.login, memory.file)
        } catch {
            Log.warning(filled("%; after a restart, the first login begins from nothing", error.description))
        }
    }
}

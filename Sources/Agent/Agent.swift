import Text
import Time
import XMPP

/// The device without any input or output of its own: events go in, effects come out, time is handed in.
///
/// ```swift
/// let agent = Agent(configuration: configuration, files: [("lines", bytes)], facts: facts, seed: seed)
/// for line in lines { claim(line, agent.initialLevel(of: line, at: now)) }
/// carryOut(agent.handle(.started(levels: levels), at: now))
/// // then for each event: carryOut(agent.handle(event, at: now)); arm the timer with agent.nextDeadline
/// ```
///
/// The driver carries the effects out in their order and answers each `setLine` and `readLine` with a `lineOutcome`,
/// each `readSensor` with a `reading`, either at once or later; what it says of one line in the order in which it was asked.
public final class Agent {
    /// Bytes of a message that is looked at (product §3).
    static let maximumBody = 1024
    /// How long a `Really …?` waits for its answer.
    static let confirmationTime: Duration = .seconds(30)
    /// Further late messages within this time are counted and answered together.
    static let lateQuiet: Duration = .seconds(5)
    /// Characters of a stopping reason in presence.
    static let maximumReason = 120

    public internal(set) var configuration: Configuration
    /// May be replaced at any time; `about` and `uptime` tell it.
    public var facts: HostFacts
    /// May be replaced at any time; nil: there is no link to tell about.
    public var link: LinkFacts?

    var vocabulary: Vocabulary
    var outputs = Outputs()
    var telemetry = Telemetry()
    var counters: Counters
    var log = ActivityLog()
    var presence = PresenceStatus()
    var persons = PersonTable()
    var strangers = StrangerLog()
    let guests: GuestList
    var recent = RecentMessages()
    var contacts = Contacts()
    var errands = Errands()
    let outbox: Outbox
    var random: SplitMix64
    /// What one-time codes are drawn from.
    let secret: [UInt8]

    var saved: SavedLines
    var storedLines: [SavedLines.Line]
    var isOnline = false
    /// The link is known to be down; false also before the first attempt has come to an end.
    var isOffline = false
    /// The last effects are on their way: what the state file says stays.
    var isStopping = false
    var onlineSince: Moment?
    var startedAt: Moment?
    /// The moment of the event at hand, or of the last one.
    var now = Moment(instant: Instant(.zero), timestamp: Timestamp(milliseconds: 0))
    /// What was found in the state directory, until `started`.
    var journalFault: Journal.Fault?
    var savedActions: [UInt8]?
    /// What the event at hand has led to so far.
    var effects: [Effect] = []

    /// - Parameters:
    ///   - files: of the state directory; absent ones are left out. A list, since a dictionary is 2 KB of machine code for every type in it.
    ///   - seed: of the generator of confirmation codes; any random number.
    ///   - secret: `OneTimeCode.secretSize` bytes that nobody can guess, other ones at each start; without them nobody is invited.
    public init(configuration: Configuration, files: [(name: String, bytes: [UInt8])], facts: HostFacts, seed: UInt64, secret: [UInt8] = []) {
        func saved(_ name: String) -> [UInt8]? {
            for file in files where file.name == name { return file.bytes }
            return nil
        }
        self.configuration = configuration
        self.facts = facts
        self.saved = SavedLines(saved(SavedLines.fileName))
        storedLines = self.saved.lines
        counters = Counters(saved(Counters.fileName))
        guests = GuestList(saved(GuestList.fileName))
        self.secret = secret
        vocabulary = Vocabulary(configuration)
        random = SplitMix64(seed: seed)
        outbox = Outbox(run: UInt32(truncatingIfNeeded: random.next()))
        let file = saved(Journal.fileName) ?? []
        outbox.journal = Journal(file, fault: &journalFault)
        savedActions = saved(RecentMessages.fileName)
        for _ in configuration.lines { outputs.lines.append(LineState()) }
        for _ in configuration.sensors { telemetry.sensors.append(SensorState()) }
    }

    /// With the files by name, as tests have them.
    public convenience init(configuration: Configuration, saved: [String: [UInt8]], facts: HostFacts, seed: UInt64, secret: [UInt8] = []) {
        var files: [(name: String, bytes: [UInt8])] = []
        for (name, bytes) in saved { files.append((name, bytes)) }
        self.init(configuration: configuration, files: files, facts: facts, seed: seed, secret: secret)
    }

    /// Whether the bare JID has a role: strangers' requests are answered as if nobody were here. The board's own
    /// account counts as a stranger unless it is listed.
    public func isTrusted(_ jid: JID) -> Bool { role(of: jid) != nil }

    func role(of jid: JID) -> Role? { guests.role(of: jid, configuration.people) }

    /// When the next `tick` is due; nil: nothing to wait for.
    public var nextDeadline: Instant? {
        var next = Earliest()
        next.consider(outputs.nextDeadline(configuration.lines))
        next.consider(telemetry.nextDeadline(configuration.sensors, after: now.instant))
        next.consider(counters.nextDeadline)
        next.consider(errands.nextDeadline)
        next.consider(persons.nextDeadline)
        if isOnline { next.consider(presence.nextDeadline) }
        next.consider(outbox.nextDeadline(isOnline: isOnline, isOffline: isOffline, after: now.instant))
        return next.instant
    }

    /// Takes one event and returns what is to be done, in order.
    public func handle(_ event: Event, at moment: Moment) -> [Effect] {
        now = moment
        switch event {
        case .started(let levels, let duties): started(levels, duties)
        case .online(_, let resumed): cameOnline(resumed: resumed)
        case .offline(let reason): wentOffline(reason)
        case .roster(let items):
            contacts.replaceRoster()
            for item in items { take(item) }
        case .rosterChanged(let item): take(item)
        case .message(let message): hear(message)
        case .presence(let presence): if isTrusted(presence.from) { contacts.take(presence) }
        case .subscription(let verb, let from): take(verb, from: from)
        case .lineChanged(let line, let on, let at, let missed): lineChanged(line, on, at: at, missed: missed > 0)
        case .pulses(let line, let count, let missed, let on, let first, let last):
            take(pulses: count, missed: missed, of: line, on, first: first, last: last)
        case .lineLost(let line, let why): lineLost(line, why)
        case .lineBack(let line, let on): lineBack(line, on)
        case .lineOutcome(let ticket, let outcome): take(outcome, of: ticket)
        case .reading(let sensor, let outcome): take(outcome, ofSensor: sensor)
        case .tick: tick()
        case .reloaded(let configuration, let levels, let duties): reload(configuration, levels, duties)
        case .stopping(let reason): stop(reason)
        case .acknowledged(let ids): acknowledged(ids)
        case .unsent(let id): outbox.unsent(id)
        case .journalWritten(let failure): journalWritten(failure)
        case .notStored(let name, let why): if name == GuestList.fileName { guestsNotStored(why) }
        }
        sendPresence()
        deliverReports()
        var done: [Effect] = []
        swap(&done, &effects)
        return done
    }

    @inline(never)
    func store(_ name: String, _ bytes: [UInt8]) { effects.append(.store(name: name, bytes: bytes)) }

    @inline(never)
    func subscribe(_ verb: SubscriptionVerb, _ person: JID) { effects.append(.subscription(verb, to: person)) }

    @inline(never)
    func toLog(_ level: LogLevel, _ text: String) { effects.append(.log(level, text)) }

    private func sendPresence() {
        if isOnline, let status = presence.due(wantedPresence(), at: now.instant) { effects.append(.presence(status)) }
    }

    // MARK: The life of the process and of the link

    private func started(_ levels: [Bool?], _ duties: [Int?]) {
        startedAt = now
        tellLoadedJournal()
        storeGuests(onlyPruned: true)
        if let effect = recent.load(savedActions, now) { effects.append(effect) }
        savedActions = nil
        outputs.disconnectedSince = now.instant
        takeOver(levels, duties)
        telemetry.schedule(configuration.sensors, at: now.instant)
        poll()
    }

    private func cameOnline(resumed: Bool) {
        isOnline = true
        isOffline = false
        outbox.isStalled = false
        outputs.disconnectedSince = nil
        for state in outputs.lines {
            state.disconnectDone = false
            // It waited for its `min-off` only because nobody could be reached.
            if state.timer?.cause == .disconnected { state.timer = nil }
            if let away = state.away, away.timer?.cause == .disconnected { state.away = LineAway(level: away.level, mustBeOff: away.mustBeOff) }
        }
        if !resumed || onlineSince == nil { onlineSince = now }
        if !resumed {
            contacts.everybodyGone()
            presence.reset()
            outbox.sendAgain()
        }
        presence.isDirty = true
        // Presence first: before it nobody is sure that we are here.
        sendPresence()
        // The past is told by the journal; machines get the present.
        for sensor in telemetry.sensors.indices where telemetry.sensors[sensor].isUnpublished { publish(sensor) }
    }

    private func wentOffline(_ reason: String) {
        if isOnline || outputs.disconnectedSince == nil { outputs.disconnectedSince = now.instant }
        isOnline = false
        isOffline = true
    }

    private func stop(_ reason: String) {
        stopMakes()
        for errand in errands.takeAll() { finish(errand) }
        storeCounters(isLast: true)
        isStopping = true
        // Looked at before anything moves; then what goes off goes first.
        var off: [LineIndex] = [], on: [LineIndex] = []
        for index in outputs.lines.indices where configuration.lines[index].direction == .output {
            guard let level = levelAtExit(index) else { continue }
            if level { on.append(index) } else { off.append(index) }
        }
        for index in off + on { drive(index, on.contains(index), cause: .stopping, timer: nil) }
        guard isOnline else { return }
        effects.append(.presence(OwnPresence(available: false, status: reason.isEmpty ? nil : reason.cut(to: Agent.maximumReason))))
        isOnline = false
    }

    private func tick() {
        runTimers()
        for errand in errands.takeOverdue(at: now.instant) { finish(errand) }
        poll()
        reportEdges()
        runPresses()
        storeCounters()
        for late in persons.takeLate(at: now.instant) { reply(OutgoingMessage(to: late.to, body: Replies.lateMore(late.more))) }
        // A reading may have become stale just now.
        if telemetry.sensors.indices.contains(where: { telemetry.isStale($0, configuration.sensors, at: now.instant) }) { presence.isDirty = true }
    }

    // MARK: Roster

    private func take(_ item: RosterItem) {
        let person = item.jid
        if item.subscription == .remove {
            contacts.forget(person)
        } else if isTrusted(person) {
            contacts.update(person, item)
            // Somebody who sees us shall be seen by us: `who` needs it.
            if item.subscription == .from, !item.isPendingOut, contacts.mayAsk(person) { subscribe(.subscribe, person) }
        } else {
            removeContact(person)
        }
    }

    func removeContact(_ jid: JID) {
        contacts.forget(jid)
        effects.append(.removeContact(jid))
        toLog(.notice, say("$1 has no role here and was removed from the roster", jid.description))
    }

    private func take(_ verb: SubscriptionVerb, from: JID) {
        let person = from.bare
        guard isTrusted(person) else {
            if verb == .subscribe { ignoreStranger(person, "asked to see this board") }
            return
        }
        let isSeen = contacts.isSeen(person)
        switch verb {
        case .subscribe:
            subscribe(.subscribed, person)
            // The roster change that our approval brings about must not make us ask a second time.
            if isSeen != true, contacts.mayAsk(person) { subscribe(.subscribe, person) }
        case .unsubscribe:
            // The server has ended their subscription to us; ours to them ends with it.
            contacts.unsubscribed(person)
            subscribe(.unsubscribed, person)
            if isSeen != false {
                subscribe(.unsubscribe, person)
            }
        case .subscribed, .unsubscribed: break
        }
    }

    func ignoreStranger(_ person: JID, _ what: String, but why: String = "has no role here") {
        guard strangers.shouldLog(person, at: now.instant) else { return }
        let address = person.bare.description.cut(to: ActivityLog.maximumText)
        toLog(.notice, say("$1 $2, but $3: no answer was given", address, what, why))
    }
}

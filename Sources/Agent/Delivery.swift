import Text
import Time
import XMPP

/// What is said leaves here, each thing once and in order, whatever the link and the disk do meanwhile.
extension Agent {
    /// Bytes of a stanza beside its addresses, ids, text and payload.
    private static let stanzaOverhead = 280

    /// To everybody in `reports.to`: now, or as soon as it can be.
    /// - Parameters:
    ///   - source: the name of the line or sensor.
    ///   - measure: what machines read, the attributes of a SenML record without a time, which is added when it is sent; empty: nothing.
    func report(_ text: String, _ kind: Report.Kind, source: String, _ measure: [UInt8]) {
        if configuration.reports.to.isEmpty { return }
        let thinned = outbox.add(kind, source: source, text, measure, now)
        if thinned > 0, !outbox.toldThinned {
            outbox.toldThinned = true
            toLog(.warning, "the journal is full: older readings are left out from now on, every second of each sensor first")
        }
    }

    func reply(_ asker: Asker, _ text: String, payload: [UInt8] = []) {
        reply(OutgoingMessage(to: asker.from, kind: asker.kind, body: text, thread: asker.thread, payload: payload))
    }

    /// An answer is sent again when a connection dies before the server has it; it does not wait for reports.
    func reply(_ message: OutgoingMessage) {
        let reply = outbox.add(message, now)
        guard isOnline, !outbox.isStalled else { return }
        reply.isSent = true
        send(reply.message)
    }

    private func send(_ message: OutgoingMessage) {
        outbox.bucket.take(
            Agent.stanzaOverhead + message.payload.count + (message.body?.utf8.count ?? 0) + message.to.description.utf8.count + 2 * (message.id?.utf8.count ?? 0))
        effects.append(.send(message))
    }

    func acknowledged(_ ids: [String]) {
        for id in ids { _ = outbox.acknowledge(id) }
    }

    /// At the end of each event: sends what may be sent and writes what must be written.
    func deliverReports() {
        outbox.dropReplies(now.instant)
        if isOnline, !outbox.isStalled { sendWaiting() }
        if let write = outbox.settle(now.instant) { store(write, isUrgent: true) }
        while let (write, isUrgent) = outbox.write(isOffline: isOffline || isStopping, now.instant) { store(write, isUrgent: isUrgent) }
    }

    private func store(_ write: Journal.Write, isUrgent: Bool) {
        switch write {
        case .append(let bytes): effects.append(.append(name: Journal.fileName, bytes: bytes, isUrgent: isUrgent || isStopping))
        case .store(let bytes): store(Journal.fileName, bytes)
        }
    }

    private func sendWaiting() {
        for reply in outbox.replies where !reply.isSent {
            reply.isSent = true
            var message = reply.message
            let age = now.instant - reply.at.instant
            if age >= Outbox.freshAge { message.delay = now.timestamp - age }
            send(message)
        }
        // What the last session did not get acknowledged comes before what none has seen.
        var index = 0
        while index < outbox.flights.count {
            let flight = outbox.flights[index]
            if !flight.isSent {
                guard outbox.bucket.isOpen(at: now.instant) else { return }
                guard let receiver = receiver(flight.receiver), let (report, _) = Report.read(outbox.journal.bytes, at: flight.offset) else {
                    // Removed from `reports.to` meanwhile.
                    outbox.flights.remove(at: index)
                    continue
                }
                flight.isSent = true
                send(message(report, to: receiver, isAgain: true))
            }
            index += 1
        }
        while !outbox.journal.isSent, outbox.flights.count < Outbox.maximumUnacknowledged, outbox.bucket.isOpen(at: now.instant) {
            let offset = outbox.journal.sent
            guard let (report, end) = Report.read(outbox.journal.bytes, at: offset) else { return }
            outbox.journal.sent = end
            for receiver in configuration.reports.to {
                outbox.flights.append(Outbox.Flight(offset: offset, receiver: Outbox.hash(receiver.description)))
                // What went through the journal is no news any more.
                send(message(report, to: receiver, isAgain: end <= outbox.journal.saved))
            }
        }
    }

    private func receiver(_ hash: UInt32) -> JID? {
        for receiver in configuration.reports.to where Outbox.hash(receiver.description) == hash { return receiver }
        return nil
    }

    private func message(_ report: Report, to receiver: JID, isAgain: Bool) -> OutgoingMessage {
        var text = report.text, payload: [UInt8] = []
        // When it happened, where that is known.
        var time: Timestamp? = report.time
        let isOld = report.name.run != outbox.run
        var isLate = isAgain || isOld || now.timestamp - report.time >= Outbox.freshAge
        if !Spoken.isClockSet(report.time) {
            time = nil
            if !isOld, let startedAt, Spoken.isClockSet(now.timestamp) {
                // The clock was set since: how long ago it was is told by the one that began with this run.
                let age = startedAt.timestamp + (now.instant - startedAt.instant) - report.time
                time = now.timestamp - age
                isLate = isAgain || age >= Outbox.freshAge
            }
        }
        if isLate, time == nil { text += Replies.clockWasNotSet }
        if !report.measure.isEmpty, !isLate || time != nil { payload = SenML.xml(report.measure, base: configuration.account.jid, at: time) }
        // Live updates are of no use later, so servers shall not store them. What was kept here is kept there: after a fault of
        // the server, people may come back later than the board.
        var message = OutgoingMessage(
            to: receiver, id: outbox.id(report.name, Outbox.hash(receiver.description)), body: text, noStore: report.kind != .alarm && !isLate, payload: payload)
        message.originID = true
        if isLate { message.delay = time }
        return message
    }

    // MARK: The disk

    /// The outcome of writing the journal.
    func journalWritten(_ failure: StorageFailure?) {
        if let failure {
            outbox.journal.lostFile()
            outbox.retryDisk = now.instant + Outbox.diskRetry
            if outbox.trouble == nil {
                toLog(.error, say("$1; what is not delivered is kept in memory until the disk can be written again", failure.text))
            }
            if outbox.trouble != failure.status { presence.isDirty = true }
            outbox.trouble = failure.status
        } else if outbox.trouble != nil {
            outbox.trouble = nil
            outbox.retryDisk = nil
            presence.isDirty = true
            toLog(.notice, "the journal can be written again")
            // What succeeded was on its way before the failure was known here.
            if !outbox.journal.hasFile { store(outbox.journal.rewrite(), isUrgent: true) }
        }
    }

    /// What the last run left.
    func tellLoadedJournal() {
        let waiting = outbox.journal.count
        switch journalFault {
        case .damaged(let bytes, let isTail):
            let place = isTail ? "at its end, as a power cut leaves them," : "in it"
            toLog(.warning, say("the journal was damaged: $1 bytes $2 were left out; $3 could be saved", digits(bytes), place, Replies.count(waiting, "report")))
            store(outbox.journal.rewrite(), isUrgent: true)
        case nil:
            if waiting > 0 { toLog(.notice, say("$1 of the last run will be delivered", Replies.count(waiting, "report"))) }
        }
        journalFault = nil
    }
}

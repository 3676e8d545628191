import Bus
import Contracts
import Journal
import Store

extension Host {
    /// Sorts what the connection says: messages for the transaction, acknowledgements for the marks.
    func sort(_ event: BusEvent, into messages: inout [Message], now: Instant) throws {
        switch event {
        case .message(let message): messages.append(message)
        case .connected(let session):
            log("connected to the broker\(session ? "" : "; it has no session of ours")")
            rows.restart()
            acts.restart(after: 0)
            retries = [:]
            asks.restart(at: now)
            transport.subscribe(routes.subscriptions)
            needsBirth = true
            connectedFirst = connectedFirst ?? now
        case .disconnected(let reason):
            log("no connection to the broker: \(reason)")
            rows.restart()
            acts.restart(after: 0)
            retries = [:]
        case .acknowledged(let id, let code):
            marks.count += 1
            schedule.marks = schedule.marks ?? now + .seconds(1)
            if let position = rows.acknowledge(id) {
                marks.sentThrough = rows.through
                if code >= 0x80 { marks.refused.append((position, code)) }
            } else if let position = acts.acknowledge(id) {
                if code < 0x80 { marks.done.append(position) } else { refusedByBroker("an order to a device", code) }
            } else if let position = retries.removeValue(forKey: id) {
                if code < 0x80 { marks.accepted.append(position) } else { marks.refused.append((position, code)) }
            }
        case .fatal(let sentence): throw Fatal(sentence)
        }
    }

    func refusedByBroker(_ what: String, _ code: UInt8) {
        alarm(
            "refused \(what)",
            Problem(
                .red, "refused",
                "The broker refused \(what) (reason code \(code)). Its ACL does not match this program: start the broker with the ACL of this version."
            ))
    }

    /// One transaction, and then what leaves because of it.
    func turn(_ messages: [Message], inputs: [S.Input], now: Instant, carefully: Bool) throws {
        // What is remembered beside the transaction goes back with it.
        let before = (counts: counts, schedule: schedule, asks: asks, alarms: alarms)
        let transaction = try database.begin()
        let taken = try take(in: transaction)
        let work = Workspace(
            outbox: taken.outbox, inbox: taken.inbox, sentThrough: rows.through, newestAct: newestAct,
            watermarks: watermarks, identity: identity, random: random)
        let turn = Turn(
            transaction, now: now, identity: identity, isConnected: transport.isConnected, restored: restored, work: work)
        var birth = false
        let isHousekeeping = schedule.housekeeping <= now
        // Written down a second late at the most, and before anything is sent again or given up because of a missing one.
        let marksNow =
            needsBirth || marks.count >= SendWindow<OutboxRow>.limit
            || [schedule.marks, schedule.acts].contains { $0.map { $0 <= now } ?? false }
        do {
            // Before a mark of the new time hides those of the old.
            if hasLeapt { try Outbox.dateAnew(at: now, retention: Retention.journal, in: turn.db) }
            if marksNow { try mark(in: turn) }
            for input in inputs { try service.take(input, in: turn) }
            for message in messages { try receive(message, in: turn, carefully: carefully) }
            if needsBirth {
                try service.publishStates(in: turn)
                birth = true
            }
            try runTimers(in: turn, birth: birth)
            for ask in asks.due(at: now, for: work.inbox, jitter: random) { say(ask, in: turn) }
            try turn.commit()
        } catch {
            (counts, schedule, asks, alarms) = (before.counts, before.schedule, before.asks, before.alarms)
            throw error
        }
        if birth { needsBirth = false }
        hasLeapt = false
        if marksNow {
            marks = Marks()
            schedule.marks = nil
        }
        let fresh = work.outbox.takeFresh()
        rows.offer(fresh, behind: work.outbox.newest - Int64(fresh.count))
        outbox = work.outbox
        inbox = work.inbox
        watermarks = work.watermarks
        if !work.acts.isEmpty {
            acts.offer(work.acts, behind: newestAct)
            newestAct = work.newestAct
            // Looked at a little later than now: nearly all are acknowledged by then.
            schedule.acts = schedule.acts ?? now + .seconds(10)
        }
        leave(work, now: now, birth: birth)
        if isHousekeeping { erase() }
    }

    /// What was deleted goes from the files too.
    private func erase() {
        guard database.erases else { return }
        do { try database.truncateLog() } catch { log("\(error)") }
    }

    private func take(in transaction: borrowing Transaction) throws -> (outbox: Outbox, inbox: Inbox) {
        defer {
            outbox = nil
            inbox = nil
        }
        return (
            try outbox ?? Outbox(town: identity.town, me: identity.address, offset: identity.offset, epoch: epoch, in: transaction),
            try inbox ?? Inbox(in: transaction)
        )
    }

    private func mark(in turn: borrowing Turn) throws {
        if let through = marks.sentThrough { try Outbox.markSent(through: through, now: turn.now, in: turn.db) }
        for (position, code) in marks.refused {
            try Outbox.markRefused(position, code: code, now: turn.now, in: turn.db)
            refusedByBroker("an event", code)
        }
        for position in marks.accepted { try Outbox.markAccepted(position, in: turn.db) }
        if !marks.accepted.isEmpty, try Outbox.refusedRows(in: turn.db).isEmpty { alarm("refused an event", nil) }
        // Acknowledged in order they are one range.
        if let first = marks.done.first, let last = marks.done.last, last - first == Int64(marks.done.count - 1) {
            try Act.markDone(first...last, in: turn.db)
        } else {
            for position in marks.done { try Act.markDone(position...position, in: turn.db) }
        }
    }

    private func runTimers(in turn: borrowing Turn, birth: Bool) throws {
        schedule.service = try service.due(in: turn)
        if let due = schedule.acts, due <= turn.now { try expireActs(in: turn) }
        if birth || schedule.life <= turn.now {
            turn.work.say(.life(of: identity.address, in: identity.town), bytes(try life(in: turn)))
            // Often at first: whoever comes a moment later should not wait for us.
            schedule.lifePause = birth ? .seconds(1) : min(schedule.lifePause * 2, Schedule.period)
            schedule.life = turn.now + schedule.lifePause
        }
        if birth || schedule.heads <= turn.now {
            if Contract.producers.contains(where: { $0.program == identity.address.program }) {
                try turn.work.outbox.save(in: turn.db)
                let heads = try Outbox.heads(watermark: turn.now - service.watermarkLag, in: turn.db)
                turn.work.say(.heads(of: identity.address, in: identity.town), bytes(heads))
            }
            schedule.heads = turn.now + Schedule.period
            schedule.lastHeads = turn.now
        }
        if schedule.housekeeping <= turn.now {
            try Outbox.purge(before: turn.now - Retention.journal, in: turn.db)
            try Seen.purge(before: turn.now - Retention.seen, in: turn.db)
            try Seen.purgeAnswers(before: turn.now - (vault == nil ? Retention.seen : Retention.personalAnswers), in: turn.db)
            try Act.purge(before: turn.now - Retention.journal, in: turn.db)
            try Audit.purge(before: turn.now - Retention.audit, in: turn.db)
            try Settled.purge(before: turn.now - Retention.seen, in: turn.db)
            try service.purge(in: turn)
            schedule.housekeeping = turn.now + .seconds(60)
        }
        if let vault, let due = schedule.rotation, due <= turn.now {
            let left = try SealedRows.rotate(to: vault, limit: 500, besides: S.sealed, in: turn.db)
            schedule.rotation = left.isEmpty ? nil : turn.now + .seconds(1)
        }
    }

    private func expireActs(in turn: borrowing Turn) throws {
        for act in try Act.expired(at: turn.now, in: turn.db) {
            try Act.markExpired(act.position, in: turn.db)
            try service.expired(ExpiredAct(cause: act.cause, kind: act.kind, topic: act.topic), in: turn)
        }
        schedule.acts = try Act.nextExpiry(in: turn.db)
    }

    private func say(_ ask: Ask, in turn: borrowing Turn) {
        guard let topic = Topic(ask.topic) else { return }
        let producer = Address(topic.owner, topic.entity.named())
        turn.work.say(.ask(from: identity.address, to: producer, in: identity.town), bytes(ask))
    }

    // MARK: After the commit

    private func leave(_ work: Workspace, now: Instant, birth: Bool) {
        // At birth life and heads go first: by them others know our clock, and that what has waited here is old.
        if birth { for outgoing in work.transient { _ = transport.publish(outgoing) } }
        // Orders first: somebody stands before a door.
        publishActs(now: now)
        publishRows()
        for topic in work.states.keys.sorted(by: { $0.description < $1.description }) {
            _ = transport.publish(Outgoing(topic, work.states[topic] ?? []))
        }
        if birth { retryRefused() } else { for outgoing in work.transient { _ = transport.publish(outgoing) } }
        transport.flush()
        for effect in work.effects { perform(effect) }
        for line in work.lines { log(line) }
    }

    /// Acknowledgements have made room.
    func sendOn(_ now: Instant) {
        publishRows()
        publishActs(now: now)
        transport.flush()
    }

    /// Rows behind the cursor leave in order, as many as the window has room for.
    func publishRows() {
        guard transport.isConnected, let newest = outbox?.newest, rows.cursor < newest, rows.room > 0 else { return }
        while rows.room > 0 {
            if rows.isEmpty {
                guard rows.cursor < newest, let more = look({ try Outbox.rows(after: rows.cursor, limit: 256, in: $0) })
                else { break }
                rows.offer(more, behind: rows.cursor)
            }
            guard let row = rows.next,
                let id = transport.publish(Outgoing(topic: row.topic, payload: row.event, qos: 1, retain: false))
            else { break }
            rows.sent(row.position, as: id)
        }
        // Said at most once a second when something is new.
        schedule.heads = min(schedule.heads, schedule.lastHeads + .seconds(1))
    }

    private func publishActs(now: Instant) {
        guard transport.isConnected, acts.cursor < newestAct else { return }
        while acts.room > 0 {
            if acts.isEmpty {
                guard acts.cursor < newestAct, let more = look({ try Act.due(after: acts.cursor, limit: 256, in: $0) })
                else { return }
                acts.offer(more, behind: acts.cursor)
                // The rest was settled before.
                if more.isEmpty { acts.skip(newestAct) }
            }
            guard let act = acts.next else { return }
            guard act.expires > now else {
                acts.skip(act.position)
                schedule.acts = now
                continue
            }
            let seconds = UInt32(clamping: ((act.expires - now).milliseconds + 999) / 1000)
            let outgoing = Outgoing(topic: act.topic, payload: act.bytes, qos: 1, retain: false, expiry: seconds)
            guard let id = transport.publish(outgoing) else { return }
            acts.sent(act.position, as: id)
        }
    }

    /// Reads what is to be sent. What cannot be read stops the sending, and somebody must look.
    private func look<Rows>(_ read: (borrowing Transaction) throws -> Rows) -> Rows? {
        do { return try database.read(read) } catch {
            alarm("journal", Problem(.red, "journal", "What is to be sent cannot be read. \(error)"))
            return nil
        }
    }

    private func retryRefused() {
        guard let refused = look({ try Outbox.refusedRows(in: $0) }) else { return }
        for row in refused {
            if let id = transport.publish(Outgoing(topic: row.topic, payload: row.event, qos: 1, retain: false)) {
                retries[id] = row.position
            }
        }
    }
}

/// What waiting does not mend; the process ends with this sentence.
package struct Fatal: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// How long things are kept. `seen` outlives the journals, the oldest backup that may be put back and the longest absence of an agent.
package enum Retention {
    package static let journal = Duration.seconds(30 * 86_400)
    package static let seen = Duration.seconds(400 * 86_400)
    /// What a desk has commanded, in case a service is put back from a copy that does not know of it.
    package static let given = Duration.seconds(30 * 86_400)
    /// Five years, as towns keep what they answer for.
    package static let audit = Duration.seconds(5 * 366 * 86_400)
    /// Answers of a process under a vault name people, so they are kept only for whoever asks again in time. Such a process obeys no command whose id is
    /// of another day, and reads no reports: nothing is done twice because its answer is gone.
    package static let personalAnswers = Duration.seconds(86_400)
}

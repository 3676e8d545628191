import Contracts
import Seal
import ServiceKit
import Store

/// A message of the town as it was written down.
struct KeptMessage {
    var message: TownMessage
    /// How often it was sent again to those it had not reached.
    var round = 0
    /// When this round began, and how many have been told in it.
    var started: Instant?
    var told = 0
    /// Up to whom it has been told; `nil` when to everybody.
    var cursor: String?
    /// When it goes on with it.
    var due: Instant?
}

/// Messages of the town to many (お知らせ): drawn up by one, looked at by monitors, approved by another, sent once to each, taken back as long as they are here.
extension Notifier {
    private static let mostListed = 10
    /// What an answer carries at most.
    private static let mostBytes = 40_000

    func open(_ command: Envelope<OpenMessage>, in turn: borrowing Turn) throws -> Reply<MessageChanged> {
        let wish = command.data
        return try turn.obey {
            try mayDo(wish.audience.school, in: turn)
            guard try message(wish.message, in: turn.db) == nil else {
                throw Objection("known-message", "There was a message \(wish.message) already. A new one has a new name.")
            }
            try check(wish)
            try check(wish.audience)
            if let at = wish.at, at > turn.now + .seconds(366 * 86_400) || at < turn.now - .seconds(60) {
                throw Objection("bad-time", "A message leaves within a year from now, and not before now.")
            }
            return .accept(try rule(KeptMessage(message: TownMessage(wish, by: turn.actor, at: turn.now)), cause: command.id, in: turn))
        }
    }

    func decide(_ command: Envelope<DecideMessage>, in turn: borrowing Turn) throws -> Reply<MessageChanged> {
        let wish = command.data
        return try turn.obey {
            guard var kept = try message(wish.message, in: turn.db) else {
                throw Objection("unknown-message", "There is no message \(wish.message). Those there are: kazasu notice list")
            }
            try mayDo(kept.message.audience.school, in: turn)
            switch (wish.decision, kept.message.stage) {
            case (.test, .draft), (.test, .approved):
                try test(kept.message, cause: command.id, in: turn)
                return .accept(MessageChanged(try shown(kept, in: turn.db), by: turn.actor))
            case (.approve, .draft):
                guard turn.actor != kept.message.proposedBy else {
                    throw Objection("second-person", "Another desk than \(turn.actor), which has drawn it up, has to approve it.")
                }
                try turn.checkApprover()
                (kept.message.stage, kept.message.approvedBy) = (.approved, turn.actor)
                kept.due = kept.message.at ?? turn.now
            case (.withdraw, .draft), (.withdraw, .approved), (.withdraw, .sending):
                (kept.message.stage, kept.cursor, kept.due) = (.withdrawn, nil, turn.now)
            case (.resend, .sent):
                guard try tally(of: kept, in: turn.db).failed > 0 else {
                    throw Objection("nothing-failed", "\(wish.message) failed to reach nobody whom nobody has told otherwise.")
                }
                (kept.message.stage, kept.round, kept.cursor, kept.due) = (.sending, kept.round + 1, "", turn.now)
                (kept.started, kept.told) = (nil, 0)
            default:
                throw Objection(
                    "not-possible",
                    "\(wish.message) is \(kept.message.stage.rawValue): it cannot be decided to \(wish.decision.rawValue) it.")
            }
            return .accept(try rule(kept, cause: command.id, in: turn))
        }
    }

    /// To the monitors alone and at once, as it will be.
    private func test(_ message: TownMessage, cause: EventID, in turn: borrowing Turn) throws {
        guard !policy.monitors.isEmpty else {
            throw Objection("no-monitors", "Nobody is named to look at messages first: notices: monitors: in the town's file.")
        }
        var news = News(word: .town, kind: nil, about: cause, subject: nil, at: turn.now, urgency: .danger)
        (news.values.message, news.values.isConfidential) = (message.id, message.tier == .confidential ? true : nil)
        for monitor in policy.monitors { try tell(news, to: .contact(monitor), in: turn) }
    }

    func list(_ command: Envelope<ListMessages>, in turn: borrowing Turn) throws -> Reply<MessageList> {
        try turn.obey {
            guard let desk = desk(of: turn) else { throw Objection("unknown-desk", "\(turn.actor) is no station of this town.") }
            if let id = command.data.message {
                guard let kept = try message(id, in: turn.db) else { return .accept(MessageList([], more: false)) }
                try mayDo(kept.message.audience.school, in: turn)
                return .accept(MessageList([try shown(kept, in: turn.db)], more: false))
            }
            var (after, shown, bytes) = (command.data.after, [TownMessage](), 0)
            while let next = try id(after: after, in: turn.db) {
                after = next
                guard let kept = try message(next, in: turn.db),
                    desk.schools.map({ schools in
                        kept.message.audience.school.map(schools.contains) ?? false
                    }) ?? true
                else { continue }
                let message = try self.shown(kept, in: turn.db)
                bytes += try message.json().count
                guard shown.isEmpty || bytes <= Self.mostBytes && shown.count < Self.mostListed else {
                    return .accept(MessageList(shown, more: true))
                }
                shown.append(message)
            }
            return .accept(MessageList(shown, more: false))
        }
    }

    /// The newest before another one.
    private func id(after: TownMessageID?, in db: borrowing Transaction) throws -> TownMessageID? {
        try db.first(
            """
            SELECT id FROM town_message
            WHERE ?1 IS NULL OR (opened, id) < (SELECT opened, id FROM town_message WHERE id = ?1) ORDER BY opened DESC, id DESC LIMIT 1
            """, after?.text
        ) { TownMessageID($0.text(0)) } ?? nil
    }

    // MARK: Rows

    func message(_ id: TownMessageID, in db: borrowing Transaction) throws -> KeptMessage? {
        let row = try db.first("SELECT row, round, started, told, cursor, due FROM town_message WHERE id = ?", id.text) {
            ($0.blob(0), Int($0.int(1)), $0.intIfPresent(2), Int($0.int(3)), $0.textIfPresent(4), $0.intIfPresent(5))
        }
        guard let row else { return nil }
        return KeptMessage(
            message: try db.open(row.0, "town_message/\(id)").decoded(), round: row.1,
            started: row.2.map(Instant.init(milliseconds:)), told: row.3, cursor: row.4, due: row.5.map(Instant.init(milliseconds:)))
    }

    func isWithdrawn(_ id: TownMessageID, in db: borrowing Transaction) throws -> Bool {
        try db.first("SELECT 1 FROM town_message WHERE id = ? AND stage = 'withdrawn'", id.text, read: { _ in }) != nil
    }

    func write(_ kept: KeptMessage, in db: borrowing Transaction) throws {
        let message = kept.message
        let row = db.close(try message.json(), "town_message/\(message.id)")
        try db.run(
            """
            INSERT INTO town_message (id, opened, stage, due, started, round, cursor, told, row) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            ON CONFLICT (id) DO UPDATE SET stage = ?3, due = ?4, started = ?5, round = ?6, cursor = ?7, told = ?8, row = ?9
            """, message.id.text, message.opened.milliseconds, message.stage.rawValue, kept.due?.milliseconds,
            kept.started?.milliseconds, kept.round, kept.cursor, kept.told, row)
    }

    /// Writes down how it stands, and says so.
    @discardableResult
    func rule(_ kept: KeptMessage, cause: EventID, by itself: Bool = false, in turn: borrowing Turn) throws -> MessageChanged {
        var kept = kept
        kept.message.tally = try tally(of: kept, in: turn.db)
        try write(kept, in: turn.db)
        let changed = MessageChanged(kept.message, by: itself ? nil : turn.actor)
        try turn.emit(
            changed, on: .townMessages, cause: cause, discriminator: kept.message.stage.rawValue, subject: kept.message.id.text)
        return changed
    }

    func shown(_ kept: KeptMessage, in db: borrowing Transaction) throws -> TownMessage {
        var message = kept.message
        message.tally = try tally(of: kept, in: db)
        return message
    }
}

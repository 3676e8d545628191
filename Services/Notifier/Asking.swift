import Contracts
import People
import Seal
import ServiceKit
import Store

/// What desks ask: what became of messages, and whom they do not reach.
extension Notifier {
    private static let page = 50

    func list(_ command: Envelope<ListDeliveries>, in turn: borrowing Turn) throws -> Reply<DeliveryList> {
        try turn.obey {
            try mayDo(nil, in: turn)
            let wish = command.data
            let before = wish.after?.bytes ?? [UInt8](repeating: 0xff, count: 16)
            let limit = Self.page + 1
            let ids: [EventID?]
            if let person = wish.person {
                ids = try turn.db.all(
                    "SELECT id FROM delivery WHERE recipient = ? AND id < ? ORDER BY id DESC LIMIT ?", person.text, before, limit
                ) { EventID(bytes: $0.blob(0)) }
            } else if let about = wish.about {
                ids = try turn.db.all(
                    """
                    SELECT d.id FROM notice n JOIN delivery d ON d.notice = n.id WHERE n.about = ? AND d.id < ? ORDER BY d.id DESC LIMIT ?
                    """, about.bytes, before, limit
                ) { EventID(bytes: $0.blob(0)) }
            } else {
                ids = try turn.db.all(
                    "SELECT id FROM delivery WHERE stage IN ('queued', 'deferred', 'sending', 'perhaps') AND id < ? ORDER BY id DESC LIMIT ?",
                    before,
                    limit
                ) { EventID(bytes: $0.blob(0)) }
            }
            let lines = try ids.prefix(Self.page).compactMap { try $0.flatMap { try line($0, in: turn.db) } }
            return .accept(DeliveryList(lines, more: ids.count > Self.page, backlog: try backlog(in: turn.db)))
        }
    }

    func line(_ id: EventID, in db: borrowing Transaction) throws -> DeliveryLine? {
        guard let delivery = try delivery(id, in: db), let notice = try notice(delivery.notice, in: db) else { return nil }
        var line = DeliveryLine(id, notice.word, about: notice.about, to: delivery.recipient, delivery.stage, at: notice.at)
        (line.attempts, line.way, line.code) = (delivery.attempts, delivery.way, delivery.code)
        line.isPerhapsTwice = delivery.isPerhapsTwice ? true : nil
        let rest = try db.first("SELECT detail, ended, due FROM delivery WHERE id = ?", id.bytes) {
            ($0.textIfPresent(0), $0.intIfPresent(1), $0.int(2))
        }
        line.detail = rest?.0.flatMap { $0.isEmpty ? nil : $0 }
        line.ended = rest?.1.map(Instant.init(milliseconds:))
        if [.queued, .deferred].contains(line.stage) { line.next = rest.map { Instant(milliseconds: $0.2) } }
        return line
    }

    func list(_ command: Envelope<ListUnreached>, in turn: borrowing Turn) throws -> Reply<UnreachedList> {
        try turn.obey {
            try mayDo(nil, in: turn)
            let found = try turn.db.all(
                """
                SELECT recipient, way, since, code FROM dead_address WHERE recipient > ? AND recipient LIKE 'p-%' ORDER BY recipient, since LIMIT ?
                """, command.data.after?.text ?? "", Self.page * 2
            ) { row -> Unreached? in
                guard let person = PersonID(row.text(0)) else { return nil }
                return Unreached(
                    person, Carriage(rawValue: row.text(1)), since: Instant(milliseconds: row.int(2)),
                    code: row.intIfPresent(3).map(Int.init))
            }.compactMap(\.self)
            // A person's addresses stay together.
            let people = Array(Set(found.map(\.person))).sorted().prefix(Self.page)
            let shown = found.filter { people.contains($0.person) }
            return .accept(UnreachedList(shown, more: shown.count < found.count || found.count == Self.page * 2))
        }
    }

    /// A mail that a server had taken came back.
    func note(_ command: Envelope<NoteBounce>, in turn: borrowing Turn) throws -> Reply<DeliveryLine> {
        try turn.obey {
            try mayDo(nil, in: turn)
            let wish = command.data
            guard let delivery = try delivery(wish.delivery, in: turn.db), delivery.way == .mail, let mark = delivery.mark else {
                throw Objection("unknown-delivery", "No mail of the last sixty days is \(wish.delivery).")
            }
            if wish.isPermanent, try notice(delivery.notice, in: turn.db)?.word.hasPlaceOfItsOwn != true {
                try bury(mark, .mail, of: delivery.recipient, code: nil, in: turn)
            }
            if delivery.stage == .sent {
                // Its next turn finds another way, or ends it.
                try turn.db.run("INSERT OR IGNORE INTO given_up (delivery, mark) VALUES (?, ?)", wish.delivery.bytes, mark)
                try turn.db.run(
                    "UPDATE delivery SET stage = 'deferred', detail = ?, due = ?, tries = 0 WHERE id = ?", "came back: \(wish.status)",
                    turn.now.milliseconds, wish.delivery.bytes)
            }
            guard let line = try line(wish.delivery, in: turn.db) else { throw Objection("unknown-delivery", "It is gone.") }
            return .accept(line)
        }
    }

    func followUp(_ command: Envelope<FollowUp>, in turn: borrowing Turn) throws -> Reply<DeliveryLine> {
        try turn.obey {
            try mayDo(nil, in: turn)
            let id = command.data.delivery
            guard let delivery = try delivery(id, in: turn.db) else {
                throw Objection("unknown-delivery", "No delivery of the last sixty days is \(id).")
            }
            guard [.failed, .perhaps, .followedUp].contains(delivery.stage) else {
                throw Objection("not-failed", "This delivery is \(delivery.stage.rawValue): only what has failed is followed up.")
            }
            try turn.db.run("UPDATE delivery SET stage = 'followed-up' WHERE id = ?", id.bytes)
            guard let line = try line(id, in: turn.db) else { throw Objection("unknown-delivery", "It is gone.") }
            return .accept(line)
        }
    }
}

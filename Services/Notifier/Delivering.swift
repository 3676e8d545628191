import Contracts
import People
import Post
import Seal
import ServiceKit
import Store

/// A parcel for whoever carries it. What comes of it is said with a `Receipt`.
package struct Handover: Effect, Equatable {
    package let parcel: Parcel
}

/// A notice as it was written down.
struct KeptNotice {
    let id: EventID
    let word: NoticeWord
    let about: EventID
    let subject: PersonID?
    let at: Instant
    let values: News.Values
}

/// A delivery: `queued → sending → sent`, or by way of `deferred` to another try, another address, or `failed`. Written down as `sending` before it is handed
/// over, so that a process that dies meanwhile knows which ones may have left.
extension Notifier {
    /// Handed over and not answered for, at once.
    package static let mostAtOnce = 64
    /// An answer is there within this, or it never comes: a process that has died in between. Longer than any transfer may take.
    static let answersWithin = Duration.seconds(180)
    static let longestPause = Duration.seconds(3600)
    /// How often an address is tried before another one is.
    private static let triesEach = 4

    /// Hands over what is due, and whatever else waits and goes with it.
    func handOver(in turn: borrowing Turn) throws -> Instant? {
        try takeUpWhatWasLost(in: turn)
        let sending = try turn.db.first("SELECT count(*) FROM delivery WHERE stage = 'sending'") { $0.int(0) } ?? 0
        // Those that leave with another have no parcel of their own, and are few.
        var room = Self.mostAtOnce - Int(sending)
        for urgency in 0...3 where room > 0 {
            let due = try turn.db.all(
                """
                SELECT id FROM delivery WHERE urgency = ? AND due <= ? AND stage IN ('queued', 'deferred') AND lead IS NULL ORDER BY due LIMIT ?
                """, urgency, turn.now.milliseconds, room
            ) { EventID(bytes: $0.blob(0)) }
            for case let id? in due { if try handOver(id, in: turn) { room -= 1 } }
        }
        let next = try turn.db.first("SELECT min(due) FROM delivery WHERE stage = 'sending'") { $0.intIfPresent(0) } ?? nil
        let waits = try (0...3).compactMap { urgency in
            try turn.db.first(
                "SELECT due FROM delivery WHERE urgency = ? AND stage IN ('queued', 'deferred') AND lead IS NULL ORDER BY due LIMIT 1",
                urgency
            ) { $0.int(0) }
        }.min()
        // With no room left, a receipt wakes us.
        return [next, room > 0 ? waits : nil].compactMap(\.self).min().map(Instant.init(milliseconds:))
    }

    /// What was handed over and never answered for is handed over again, under the same key.
    private func takeUpWhatWasLost(in turn: borrowing Turn) throws {
        let lost = try turn.db.all(
            "SELECT id, way FROM delivery WHERE stage = 'sending' AND due <= ? AND lead IS NULL", turn.now.milliseconds
        ) { (EventID(bytes: $0.blob(0)), $0.textIfPresent(1)) }
        for case (let id?, let way) in lost {
            if way == Carriage.mail.rawValue { try noteTwice(id, in: turn) }
            try turn.db.run("UPDATE delivery SET stage = 'deferred', due = ? WHERE id = ?", turn.now.milliseconds, id.bytes)
        }
    }

    /// A mail may have been taken, and no mail server knows a repeat: its Message-ID is the same, and it is counted.
    func noteTwice(_ id: EventID, in turn: borrowing Turn) throws {
        guard try turn.db.run("UPDATE delivery SET twice = 1 WHERE id = ? AND twice = 0", id.bytes) > 0 else { return }
        try turn.db.run("UPDATE counted SET twice = twice + 1")
    }

    /// - Returns: whether a parcel has left.
    private func handOver(_ id: EventID, in turn: borrowing Turn) throws -> Bool {
        guard let delivery = try delivery(id, in: turn.db), !delivery.stage.isOver, delivery.lead == nil,
            let notice = try notice(delivery.notice, in: turn.db)
        else { return false }
        guard try isWanted(notice, by: delivery.recipient, in: turn.db) else { return try endAlone(id, .withdrawn, in: turn) }
        // Whoever was told before the crash is not told again: a person looks at what is left.
        if let restored = turn.restored, try moment(of: notice, in: turn.db) < restored.at {
            // Whoever waits for a link or a code asks for another one.
            return try endAlone(id, notice.word == .signIn || notice.word == .prove ? .late : .perhaps, in: turn)
        }
        guard isOfUse(notice, at: turn.now) else { return try endAlone(id, .late, in: turn) }
        let isShown = try show(notice, to: delivery.recipient, in: turn)
        guard let route = try route(for: delivery, notice, in: turn.db) else {
            return try isShown ? end(id, .sent, by: .home, in: turn) : end(id, .failed, in: turn)
        }
        let company = try company(of: delivery, notice, in: turn)
        let text = try text(of: [notice] + company.map(\.notice), to: delivery.recipient, sent: turn.now, in: turn)
        guard let parcel = try parcel(id, text, notice, along: route, in: turn) else {
            try giveUp(route, for: id, in: turn)
            return false
        }
        let limit = (turn.now + Self.answersWithin).milliseconds
        try turn.db.run(
            "UPDATE delivery SET stage = 'sending', due = ?, attempts = attempts + 1, tries = tries + 1, way = ?, mark = ? WHERE id = ?",
            limit, route.way.rawValue, route.mark, id.bytes)
        for other in company { try turn.db.run("UPDATE delivery SET lead = ? WHERE id = ?", id.bytes, other.delivery.bytes) }
        turn.perform(Handover(parcel: parcel))
        return true
    }

    private func isOfUse(_ notice: KeptNotice, at now: Instant) -> Bool {
        switch notice.word {
        case .town: true
        case .signIn: notice.values.link != nil && now - notice.at < Self.linksLast
        case .prove: notice.values.code != nil && now - notice.at < Self.linksLast
        default: now - notice.at < policy.givesUpAfter
        }
    }

    /// When what it tells of happened; of a message of the town, when its telling began.
    private func moment(of notice: KeptNotice, in db: borrowing Transaction) throws -> Instant {
        guard notice.word == .town, let message = notice.values.message else { return notice.at }
        return try self.message(message, in: db)?.started ?? notice.at
    }

    /// The first address that works and that this delivery has not given up.
    private func route(for delivery: KeptDelivery, _ notice: KeptNotice, in db: borrowing Transaction) throws -> Route? {
        for route in try routes(of: delivery, notice, in: db)
        where !(notice.values.isConfidential == true && route.isOpenToOthers) {
            let isGivenUp =
                try db.first("SELECT 1 FROM given_up WHERE delivery = ? AND mark = ?", delivery.id.bytes, route.mark, read: { _ in }) != nil
            let isOut = try notice.word != .probe && !notice.word.hasPlaceOfItsOwn && isDead(route, of: delivery.recipient, in: db)
            if !isGivenUp, !isOut { return route }
        }
        return nil
    }

    // MARK: What came of it

    func settle(_ receipt: Receipt, in turn: borrowing Turn) throws {
        guard let id = EventID(receipt.key), let delivery = try delivery(id, in: turn.db), delivery.stage == .sending else { return }
        try turn.db.run("UPDATE delivery SET code = ?, detail = ? WHERE id = ?", receipt.code, receipt.detail, id.bytes)
        let mark = delivery.mark ?? []
        let saysOfWays = try notice(delivery.notice, in: turn.db)?.word.hasPlaceOfItsOwn != true
        switch receipt.outcome {
        case .accepted:
            try turn.db.run("DELETE FROM dead_address WHERE recipient = ? AND mark = ?", delivery.recipient.text, mark)
            _ = try end(id, .sent, by: delivery.way, in: turn)
        case .unknown:
            if delivery.way == .mail { try noteTwice(id, in: turn) }
            try putOff(delivery, for: nil, in: turn)
        case .deferred(let pause): try putOff(delivery, for: pause, in: turn)
        case .refused, .quota: try goOn(delivery, in: turn)
        case .unreachable:
            if saysOfWays { try bury(mark, delivery.way ?? .mail, of: delivery.recipient, code: receipt.code, in: turn) }
            try goOn(delivery, in: turn)
        }
    }

    /// Tried again later: 30 seconds, then twice as long each time up to half an hour, each time by up to a quarter more so that a server that comes back
    /// is not met by all at once. Where there is another address it has its turn after some tries.
    private func putOff(_ delivery: KeptDelivery, for pause: Duration?, in turn: borrowing Turn) throws {
        let others = try routes(of: delivery, notice(delivery.notice, in: turn.db), in: turn.db).filter { $0.mark != delivery.mark }
        if delivery.tries >= Self.triesEach, try others.contains(where: { try !isDead($0, of: delivery.recipient, in: turn.db) }) {
            return try goOn(delivery, in: turn)
        }
        let seconds = min(30 << min(delivery.tries - 1, 6), 1800)
        let jitter = delivery.id.bytes.suffix(2).reduce(0) { $0 << 8 | Int($1) } * seconds * 250 / 65_536
        let wait = max(Duration.milliseconds(Int64(seconds * 1000 + jitter)), pause ?? .zero)
        try turn.db.run(
            "UPDATE delivery SET stage = 'deferred', due = ? WHERE id = ?", (turn.now + min(wait, Self.longestPause)).milliseconds,
            delivery.id.bytes)
    }

    /// Not by this address: by the next one, at once.
    private func goOn(_ delivery: KeptDelivery, in turn: borrowing Turn) throws {
        try turn.db.run("INSERT OR IGNORE INTO given_up (delivery, mark) VALUES (?, ?)", delivery.id.bytes, delivery.mark ?? [])
        try turn.db.run(
            "UPDATE delivery SET stage = 'deferred', due = ?, tries = 0 WHERE id = ?", turn.now.milliseconds, delivery.id.bytes)
    }

    private func giveUp(_ route: Route, for id: EventID, in turn: borrowing Turn) throws {
        try bury(route.mark, route.way, of: (try delivery(id, in: turn.db))?.recipient, code: nil, in: turn)
        try turn.db.run("INSERT OR IGNORE INTO given_up (delivery, mark) VALUES (?, ?)", id.bytes, route.mark)
    }

    func bury(_ mark: [UInt8], _ way: Carriage, of recipient: NoticeRecipient?, code: Int?, in turn: borrowing Turn) throws {
        guard let recipient else { return }
        try turn.db.run(
            "INSERT OR IGNORE INTO dead_address (recipient, mark, way, since, code) VALUES (?, ?, ?, ?, ?)", recipient.text, mark,
            way.rawValue,
            turn.now.milliseconds, code)
    }

    /// What was to leave with it may still be wanted.
    private func endAlone(_ id: EventID, _ outcome: DeliveryEnded.Outcome, in turn: borrowing Turn) throws -> Bool {
        try turn.db.run("UPDATE delivery SET lead = NULL WHERE lead = ?", id.bytes)
        return try end(id, outcome, in: turn)
    }

    /// It is over, and with it what left in the same message.
    @discardableResult
    func end(_ id: EventID, _ outcome: DeliveryEnded.Outcome, by way: Carriage? = nil, in turn: borrowing Turn) throws -> Bool {
        let others = try turn.db.all("SELECT id FROM delivery WHERE lead = ?", id.bytes) { EventID(bytes: $0.blob(0)) }
        for other in [id] + others.compactMap(\.self) {
            guard let delivery = try delivery(other, in: turn.db), !delivery.stage.isOver,
                let notice = try notice(delivery.notice, in: turn.db)
            else { continue }
            try turn.db.run(
                "UPDATE delivery SET stage = ?, ended = ?, way = coalesce(?, way), lead = NULL WHERE id = ?", outcome.rawValue,
                turn.now.milliseconds, way?.rawValue, other.bytes)
            try turn.db.run("DELETE FROM given_up WHERE delivery = ?", other.bytes)
            if notice.word.isForgotten { try forgetSecrets(of: notice, in: turn.db) }
            var ended = DeliveryEnded(notice.word, about: notice.about, to: delivery.recipient, outcome, attempts: delivery.attempts)
            (ended.way, ended.code) = (way ?? delivery.way, delivery.code)
            ended.isPerhapsTwice = delivery.isPerhapsTwice ? true : nil
            // A mail that comes back has ended once before.
            try turn.emit(ended, on: .deliveries, cause: other, discriminator: "\(delivery.attempts) \(outcome.rawValue)")
        }
        return false
    }
}

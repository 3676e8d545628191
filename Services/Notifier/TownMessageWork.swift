import Contracts
import Seal
import ServiceKit
import Store

/// A message goes to many a few hundred at a time, so that nobody else's news waits for it; a process that is killed in between goes on where it was.
extension Notifier {
    static let slice = 300
    private static let looksAgain = Duration.seconds(30)

    func workOnMessages(in turn: borrowing Turn) throws -> Instant? {
        let next = try turn.db.first("SELECT id, due FROM town_message WHERE due IS NOT NULL ORDER BY due LIMIT 1") {
            (TownMessageID($0.text(0)), Instant(milliseconds: $0.int(1)))
        }
        guard case let (id?, due)? = next else { return nil }
        guard due <= turn.now else { return due }
        guard !turn.isAwaited, var kept = try message(id, in: turn.db) else { return turn.now }
        kept.due = turn.now
        // Due before a copy was put back: it may have left already.
        if kept.started == nil, let restored = turn.restored, due < restored.at { kept.started = due }
        switch kept.message.stage {
        case .approved:
            (kept.message.stage, kept.cursor) = (.sending, "")
            try sayWorked(kept, in: turn)
        case .sending where kept.cursor != nil:
            if kept.started == nil {
                kept.started = kept.message.tier == .disaster ? turn.now : policy.quiet.end(after: turn.now, turn.identity.offset)
            }
            try kept.round == 0 ? tellAudience(of: &kept, in: turn) : tellAgain(&kept, in: turn)
            try write(kept, in: turn.db)
        case .sending where try turn.now < (kept.started ?? turn.now) + policy.givesUpAfter && !open(kept, limit: 1, in: turn.db).isEmpty:
            kept.due = turn.now + Self.looksAgain
            try write(kept, in: turn.db)
        case .sending:
            (kept.message.stage, kept.due) = (.sent, nil)
            try sayWorked(kept, in: turn)
        case .withdrawn:
            let open = try open(kept, limit: Self.slice, in: turn.db)
            for id in open { try end(id, .withdrawn, in: turn) }
            if open.isEmpty { kept.due = nil }
            try write(kept, in: turn.db)
        case .draft, .sent:
            kept.due = nil
            try write(kept, in: turn.db)
        }
        return turn.now
    }

    private func sayWorked(_ kept: KeptMessage, in turn: borrowing Turn) throws {
        let message = kept.message
        let cause = EventID.derived(
            ofType: "message-work", identity: "\(message.id) \(message.stage.rawValue) \(kept.round)", at: message.opened)
        try rule(kept, cause: cause, by: true, in: turn)
    }

    private func tellAudience(of kept: inout KeptMessage, in turn: borrowing Turn) throws {
        let page = try audience(kept.message.audience, after: kept.cursor ?? "", in: turn.db)
        let wish = Wish(kept.message)
        for candidate in page.people {
            guard let recipient = try recipient(candidate, wish, on: turn.now.date(turn.identity.offset), in: turn.db),
                recipient.verdict == .told || recipient.verdict == .unreachable
            else { continue }
            try tell(of: &kept, to: .person(recipient.person), in: turn)
        }
        kept.cursor = page.next
    }

    /// Once more to each it did not reach, unless somebody has told them otherwise.
    private func tellAgain(_ kept: inout KeptMessage, in turn: borrowing Turn) throws {
        let failed = try turn.db.all(
            """
            SELECT id, recipient FROM delivery WHERE notice = ? AND recipient > ? AND stage IN ('failed', 'perhaps') AND again = 0
            ORDER BY recipient LIMIT ?
            """, notice(of: kept.message, round: kept.round - 1).bytes, kept.cursor ?? "", Self.slice
        ) { (EventID(bytes: $0.blob(0)), $0.text(1)) }
        for case (let id?, let text) in failed {
            guard let recipient = NoticeRecipient(text) else { continue }
            try turn.db.run("UPDATE delivery SET again = 1 WHERE id = ?", id.bytes)
            try tell(of: &kept, to: recipient, in: turn)
        }
        kept.cursor = failed.count < Self.slice ? nil : failed.last?.1
    }

    /// So many a second leave; in a disaster each as soon as may be.
    private func tell(of kept: inout KeptMessage, to recipient: NoticeRecipient, in turn: borrowing Turn) throws {
        let news = news(of: kept.message, round: kept.round)
        let place = Duration.milliseconds(Int64(kept.told) * 1000 / Int64(max(1, policy.rate)))
        let start = (kept.started ?? turn.now) + place
        try tell(news, to: recipient, wait: news.urgency == .danger ? .zero : max(.zero, start - turn.now), in: turn)
        kept.told += 1
    }

    private func news(of message: TownMessage, round: Int) -> News {
        let about = EventID.derived(ofType: "town-message", identity: "\(message.id) \(round)", at: message.opened)
        let isDisaster = message.tier == .disaster
        var news = News(
            word: .town, kind: isDisaster ? nil : message.kind, about: about, subject: nil, at: message.opened,
            urgency: isDisaster ? .danger : .bulk)
        (news.values.message, news.values.isConfidential) = (message.id, message.tier == .confidential ? true : nil)
        return news
    }

    private func notice(of message: TownMessage, round: Int) -> EventID { news(of: message, round: round).id }

    private func open(_ kept: KeptMessage, limit: Int, in db: borrowing Transaction) throws -> [EventID] {
        try (0...kept.round).flatMap { round in
            try db.all(
                "SELECT id FROM delivery WHERE notice = ? AND stage IN ('queued', 'deferred', 'sending') ORDER BY recipient LIMIT ?",
                notice(of: kept.message, round: round).bytes, limit
            ) { EventID(bytes: $0.blob(0)) }.compactMap(\.self)
        }
    }

    /// What became of it, each recipient once. As it was told last, where the deliveries are kept no longer.
    func tally(of kept: KeptMessage, in db: borrowing Transaction) throws -> TownMessage.Tally {
        var tally = TownMessage.Tally()
        for round in 0...kept.round {
            let counts = try db.all(
                "SELECT stage, count(*) FROM delivery WHERE notice = ? AND again = 0 GROUP BY stage",
                notice(of: kept.message, round: round).bytes
            ) { (DeliveryLine.Stage(rawValue: $0.text(0)), Int($0.int(1))) }
            for (stage, count) in counts { tally.add(count, stage) }
        }
        return tally.recipients > 0 ? tally : kept.message.tally
    }
}

extension TownMessage.Tally {
    fileprivate mutating func add(_ count: Int, _ stage: DeliveryLine.Stage?) {
        recipients += count
        switch stage {
        case .queued, .sending: queued += count
        case .deferred: deferred += count
        case .sent: sent += count
        case .failed, .perhaps: failed += count
        case .followedUp: followedUp += count
        case .withdrawn, .late, nil: withdrawn += count
        }
    }
}

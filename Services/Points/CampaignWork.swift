import Contracts
import People
import Seal
import ServiceKit
import Store

/// What has been approved is paid a few people at a time, so that nobody at a reader waits for it; a process that is killed in between goes on where
/// it was.
extension Points {
    private static let atOnce = 100

    /// - Returns: now, while there is something to do.
    func workOnCampaigns(in turn: borrowing Turn) throws -> Instant? {
        guard !turn.isAwaited else { return turn.now }
        let work = try turn.db.first(
            "SELECT row, cursor FROM campaign WHERE stage IN ('gathering', 'paying', 'reversing') ORDER BY stage LIMIT 1"
        ) { (try $0.blob(0).decoded(as: Campaign.self), $0.text(1)) }
        guard var (campaign, cursor) = work else { return nil }
        let isDone: Bool
        switch campaign.stage {
        case .gathering: isDone = try gather(&campaign, after: &cursor, in: turn)
        case .paying: isDone = try pay(&campaign, after: &cursor, in: turn)
        default: isDone = try takeBack(&campaign, after: &cursor, in: turn)
        }
        if isDone {
            campaign.stage = campaign.stage == .gathering ? .proposed : campaign.stage == .paying ? .paid : .reversed
            let cause = EventID.derived(ofType: "campaign-work", identity: "\(campaign.id) \(campaign.stage.rawValue)", at: turn.now)
            _ = try rule(campaign, by: nil, cause: cause, in: turn)
        } else {
            try write(campaign, in: turn.db)
            try turn.db.run("UPDATE campaign SET cursor = ? WHERE id = ?", cursor, campaign.id.text)
        }
        return turn.now
    }

    /// Finds who is entitled, or whom the rule would have paid.
    private func gather(_ campaign: inout Campaign, after cursor: inout String, in turn: borrowing Turn) throws -> Bool {
        let today = turn.now.date(turn.identity.offset)
        let people = try People<PointsView>.ids(after: cursor, limit: Self.atOnce, in: turn.db)
        for person in people {
            cursor = person.text
            // Whoever was merged into another one is paid as that one.
            guard try People<PointsView>.successor(of: person, in: turn.db) == nil else { continue }
            var amount = campaign.amount
            if let id = campaign.rule, let rule = policy.rule(id), let from = campaign.from, let until = campaign.until {
                amount = try rehearsal(of: rule, by: person, from: from, until: until, in: turn).amount
            } else if let programme = campaign.eligible {
                guard try eligible(person, on: today, in: turn.db).contains(programme) else { continue }
            }
            if amount > 0 { try add(campaign.tally.lines + 1, person, amount, to: &campaign, in: turn) }
        }
        return people.count < Self.atOnce
    }

    private func pay(_ campaign: inout Campaign, after cursor: inout String, in turn: borrowing Turn) throws -> Bool {
        guard let purse = policy.purse(campaign.purse) else { return true }
        let day = turn.now.date(turn.identity.offset)
        let lines = try lines(of: campaign, after: cursor, in: turn.db)
        for line in lines {
            cursor = "\(line.line)"
            let person = try present(line.person, in: turn.db)
            // Another campaign, or a merger, may have come between.
            let isFirst =
                try !has(campaign.benefit, person, in: turn.db)
                && turn.db.run(
                    "INSERT OR IGNORE INTO benefit (benefit, person, campaign) VALUES (?, ?, ?)", campaign.benefit.text, person.text,
                    campaign.id.text) > 0
            let result =
                isFirst
                ? try make(
                    Transfer(
                        Self.transfer(of: campaign.id, line.line),
                        .single(
                            from: Account(purse.id, .programme, campaign.id.named()),
                            to: account(of: person, purse, on: day, expires: campaign.expires), line.amount), for: campaign.id.named(),
                        moment: turn.now), in: turn) : nil
            if result == .created {
                (campaign.tally.paid, campaign.tally.paidAmount) = (campaign.tally.paid + 1, campaign.tally.paidAmount + line.amount)
            } else {
                (campaign.tally.new, campaign.tally.repeats) = (campaign.tally.new - 1, campaign.tally.repeats + 1)
            }
        }
        return lines.count < Self.atOnce
    }

    /// Each paid line by a new entry. Who has spent it keeps it, and is counted.
    private func takeBack(_ campaign: inout Campaign, after cursor: inout String, in turn: borrowing Turn) throws -> Bool {
        let lines = try lines(of: campaign, after: cursor, in: turn.db)
        for line in lines {
            cursor = "\(line.line)"
            let paid = Self.transfer(of: campaign.id, line.line)
            guard let link = try Ledger.link(paid, in: turn.db) else { continue }
            let back = Transfer(
                .derived(from: paid, type: "reversal"), .single(from: link.credit, to: link.debit, link.amount), for: campaign.id.named(),
                cause: paid, moment: turn.now)
            guard try make(back, in: turn) == .created else {
                campaign.tally.spent += 1
                continue
            }
            campaign.tally.reversed += 1
            // Whoever has it no more may be given it by a better list.
            try turn.db.run(
                "DELETE FROM benefit WHERE benefit = ? AND person = ? AND campaign = ?", campaign.benefit.text, link.credit.holder.text,
                campaign.id.text)
        }
        return lines.count < Self.atOnce
    }

    /// The same whoever pays the line, and whenever.
    private static func transfer(of campaign: CampaignID, _ line: Int) -> EventID {
        .derived(ofType: "campaign-line", identity: "\(campaign) \(line)", at: .distantPast)
    }

    private func lines(of campaign: Campaign, after cursor: String, in db: borrowing Transaction) throws -> [CampaignLine] {
        try db.all(
            """
            SELECT line, person, amount, verdict FROM campaign_line WHERE campaign = ? AND line > ? AND verdict = 'new' ORDER BY line LIMIT ?
            """, campaign.id.text, Int64(cursor) ?? 0, Self.atOnce, read: CampaignLine.init)
    }
}

import Contracts
import People
import ServiceKit
import Store

/// Paying many at once: one person draws it up and sees who is new, who had it already and who is not known; another one approves.
extension Points {
    private static let mostLines = 200_000
    private static let page = 100

    func open(_ command: Envelope<OpenCampaign>, in turn: borrowing Turn) throws -> Reply<CampaignChanged> {
        let wish = command.data
        return try turn.obey {
            guard try campaign(wish.campaign, in: turn.db) == nil else {
                throw Objection(
                    "known-campaign",
                    "There was a campaign \(wish.campaign) already. A new one has a new name, and may be of the same benefit.")
            }
            let purse = try known(wish.purse)
            guard wish.rule != nil || (1...Ledger.most).contains(wish.amount) else {
                throw Objection("bad-amount", "Amounts are 1 to \(Ledger.most).")
            }
            guard wish.eligible == nil || wish.rule == nil else {
                throw Objection(
                    "two-sources", "A campaign is for those entitled to something, or for those a rule finds, and not for both.")
            }
            if let rule = wish.rule {
                guard policy.rule(rule) != nil else { throw Objection("unknown-rule", "There is no rule \(rule).") }
                guard let from = wish.from, let until = wish.until, from < until else {
                    throw Objection("bad-span", "A rule is tried on the taps from one moment to a later one.")
                }
            }
            if let expires = wish.expires, expires < turn.now.date(turn.identity.offset) {
                throw Objection("bad-date", "\(expires) is over already.")
            }
            guard wish.title.utf8.count <= 120, !wish.title.hasControls else {
                throw Objection("bad-text", "No title is longer than 40 characters or holds control characters.")
            }
            var campaign = Campaign(
                wish.campaign, title: wish.title, benefit: wish.benefit, wish.amount, of: purse.id,
                source: wish.eligible != nil ? .eligible : wish.rule != nil ? .rule : .list, by: turn.actor, at: turn.now)
            (campaign.eligible, campaign.rule, campaign.expires) = (wish.eligible, wish.rule, wish.expires)
            (campaign.from, campaign.until) = (wish.from, wish.until)
            if campaign.source != .list { campaign.stage = .gathering }
            return .accept(try rule(campaign, by: turn.actor, cause: command.id, in: turn))
        }
    }

    func add(_ command: Envelope<AddLines>, in turn: borrowing Turn) throws -> Reply<CampaignChanged> {
        let wish = command.data
        return try turn.obey {
            var campaign = try known(wish.campaign, in: turn.db)
            guard campaign.stage == .open else {
                throw Objection("not-open", "\(campaign.id) is \(campaign.stage.rawValue): no more lines are taken.")
            }
            guard (1...AddLines.most).contains(wish.lines.count), campaign.tally.lines + wish.lines.count <= Self.mostLines else {
                throw Objection("too-many", "At most \(AddLines.most) lines at once and \(Self.mostLines) in all are taken.")
            }
            for line in wish.lines {
                let amount = line.amount ?? campaign.amount
                guard (1...Ledger.most).contains(amount), line.line > 0 else {
                    throw Objection("bad-line", "Line \(line.line): amounts are 1 to \(Ledger.most), and lines are counted from 1.")
                }
                try add(line.line, line.person, amount, to: &campaign, in: turn)
            }
            try write(campaign, in: turn.db)
            return .accept(CampaignChanged(campaign, by: turn.actor))
        }
    }

    func decide(_ command: Envelope<DecideCampaign>, in turn: borrowing Turn) throws -> Reply<CampaignChanged> {
        let wish = command.data
        return try turn.obey {
            var campaign = try known(wish.campaign, in: turn.db)
            switch (wish.decision, campaign.stage) {
            case (.propose, .open): (campaign.stage, campaign.proposedBy) = (.proposed, turn.actor)
            case (.approve, .proposed), (.approve, .reversal):
                guard turn.actor != campaign.proposedBy else {
                    throw Objection("second-person", "Another desk than \(turn.actor), which has drawn it up, has to approve it.")
                }
                try turn.checkApprover()
                campaign.approvedBy = turn.actor
                campaign.stage = campaign.stage == .proposed ? .paying : .reversing
            case (.discard, .open), (.discard, .gathering), (.discard, .proposed): campaign.stage = .discarded
            // It stays paid.
            case (.discard, .reversal): campaign.stage = .paid
            case (.reverse, .paid): (campaign.stage, campaign.proposedBy, campaign.approvedBy) = (.reversal, turn.actor, nil)
            default:
                throw Objection(
                    "not-possible", "\(campaign.id) is \(campaign.stage.rawValue): it cannot be decided to \(wish.decision.rawValue) it.")
            }
            return .accept(try rule(campaign, by: turn.actor, cause: command.id, in: turn))
        }
    }

    func review(_ command: Envelope<ReviewCampaign>, in turn: borrowing Turn) throws -> Reply<CampaignPage> {
        try turn.obey {
            let campaign = try known(command.data.campaign, in: turn.db)
            let lines = try turn.db.all(
                """
                SELECT line, person, amount, verdict FROM campaign_line
                WHERE campaign = ?1 AND line > ?2 AND CASE WHEN ?3 IS NULL THEN verdict <> 'new' ELSE verdict = ?3 END ORDER BY line LIMIT ?4
                """, campaign.id.text, command.data.after ?? 0, command.data.verdict?.rawValue, Self.page + 1, read: CampaignLine.init)
            return .accept(CampaignPage(campaign, Array(lines.prefix(Self.page)), more: lines.count > Self.page))
        }
    }

    func list(_ command: Envelope<ListCampaigns>, in turn: borrowing Turn) throws -> Reply<CampaignsPage> {
        let campaigns = try turn.db.all(
            "SELECT row FROM campaign WHERE ?1 IS NULL OR opened < ?1 ORDER BY opened DESC LIMIT 21", command.data.before?.milliseconds
        ) { try $0.blob(0).decoded(as: Campaign.self) }
        return .accept(CampaignsPage(Array(campaigns.prefix(20)), more: campaigns.count > 20))
    }

    // MARK: Lines

    /// Judges a line. It is judged once more when it is paid.
    func add(_ line: Int, _ who: PersonID, _ amount: Int64, to campaign: inout Campaign, in turn: borrowing Turn) throws {
        let person = try present(who, in: turn.db)
        let verdict: CampaignLine.Verdict
        if try People<PointsView>.view(of: person, in: turn.db) == nil {
            verdict = .unknown
        } else if try has(campaign.benefit, person, in: turn.db) {
            verdict = .repeat
        } else if try turn.db.first(
            "SELECT 1 FROM campaign_line WHERE campaign = ? AND person = ? AND line <> ?", campaign.id.text, person.text, line,
            read: { _ in })
            != nil
        {
            verdict = .twice
        } else {
            verdict = .new
        }
        let isNew = try turn.db.run(
            "INSERT OR IGNORE INTO campaign_line (campaign, line, person, amount, verdict) VALUES (?, ?, ?, ?, ?)", campaign.id.text, line,
            person.text, amount, verdict.rawValue)
        guard isNew > 0 else { return }
        campaign.tally.lines += 1
        switch verdict {
        case .new: (campaign.tally.new, campaign.tally.amount) = (campaign.tally.new + 1, campaign.tally.amount + amount)
        case .repeat, .twice: campaign.tally.repeats += 1
        case .unknown: campaign.tally.unknown += 1
        }
    }

    /// Under any of a person's names.
    func has(_ benefit: BenefitID, _ person: PersonID, in db: borrowing Transaction) throws -> Bool {
        try names(of: person, in: db).contains { name in
            try db.first("SELECT 1 FROM benefit WHERE benefit = ? AND person = ?", benefit.text, name.text, read: { _ in }) != nil
        }
    }

    // MARK: Rows

    func known(_ id: CampaignID, in db: borrowing Transaction) throws -> Campaign {
        guard let campaign = try campaign(id, in: db) else { throw Objection("unknown-campaign", "There is no campaign \(id).") }
        return campaign
    }

    private func campaign(_ id: CampaignID, in db: borrowing Transaction) throws -> Campaign? {
        try db.first("SELECT row FROM campaign WHERE id = ?", id.text) { try $0.blob(0).decoded(as: Campaign.self) }
    }

    func write(_ campaign: Campaign, in db: borrowing Transaction) throws {
        try db.run(
            """
            INSERT INTO campaign (id, opened, stage, row) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (id) DO UPDATE SET cursor = CASE WHEN stage = ?3 THEN cursor ELSE '' END, stage = ?3, row = ?4
            """, campaign.id.text, campaign.opened.milliseconds, campaign.stage.rawValue, try campaign.json())
    }

    func rule(_ campaign: Campaign, by actor: UserID?, cause: EventID, in turn: borrowing Turn) throws -> CampaignChanged {
        try write(campaign, in: turn.db)
        let changed = CampaignChanged(campaign, by: actor)
        try turn.emit(changed, on: .campaigns, cause: cause, discriminator: campaign.stage.rawValue, subject: campaign.id.text)
        return changed
    }
}

extension CampaignLine {
    init(_ row: Row) throws {
        guard let person = PersonID(row.text(1)), let verdict = Verdict(rawValue: row.text(3)) else {
            preconditionFailure("a line was written with a person and a verdict")
        }
        self.init(Int(row.int(0)), person, row.int(2), verdict)
    }
}

import Contracts
import Town

// Paying many at once: drawn up here, approved at another desk.
extension PointsCounter {
    /// Seconds after which nobody waits any more; the service goes on without.
    private static let patience: Int64 = 3600

    /// Draws a campaign up, to the point where another desk can approve it. One that was half sent goes on where it was; one that is there already, from the
    /// same file, stays as it is.
    /// - Parameter lines: of a file; `nil` where the service finds out who it is for.
    func drawUp(_ wish: OpenCampaign, _ lines: [AddLines.Line]?) throws -> Campaign {
        var campaign: Campaign
        if let known = try known(wish.campaign) {
            guard known.benefit == wish.benefit, known.purse == wish.purse, (known.source == .list) == (lines != nil) else {
                throw Failure.refused(
                    "there is a campaign \(known.id) already, for benefit \(known.benefit). Give this one another name; whoever has the benefit is not paid again."
                )
            }
            if let lines { try check(lines, against: known) }
            campaign = known
        } else {
            campaign = try ask(wish, on: .openCampaign).campaign
        }
        if campaign.stage == .open, let lines {
            for start in stride(from: 0, to: lines.count, by: AddLines.most) {
                console.progress("\(words.grouped(start)) of \(words.grouped(lines.count)) lines")
                let portion = Array(lines[start..<min(start + AddLines.most, lines.count)])
                campaign = try ask(AddLines(portion, to: campaign.id), on: .addLines).campaign
            }
            console.progress("")
            campaign = try ask(DecideCampaign(.propose, campaign.id), on: .decideCampaign).campaign
        }
        return try done(campaign)
    }

    func known(_ id: CampaignID) throws -> Campaign? {
        switch try desk.outcome(of: ReviewCampaign(id), on: .reviewCampaign, for: CampaignPage.self) {
        case .accepted(let page): page.campaign
        case .refused(word: "unknown-campaign", _): nil
        case .refused(_, let text): throw Failure.refused(text)
        case .unknown: throw Failure.unknown("the service for points has not answered. See: kazasu health")
        }
    }

    /// Lines that were sent are never changed: a corrected file needs a campaign of its own.
    private func check(_ lines: [AddLines.Line], against known: Campaign) throws {
        let wished = Dictionary(lines.map { ($0.line, $0) }) { first, _ in first }
        for verdict in CampaignLine.Verdict.allCases {
            for line in try self.lines(of: known.id, verdict) {
                guard let same = wished[line.line], same.person == line.person, same.amount ?? known.amount == line.amount else {
                    throw Failure.refused(
                        "campaign \(known.id) was drawn up from another file: line \(line.line) is another one there. Discard it (kazasu points campaign discard \(known.id)) or give this one another name."
                    )
                }
            }
        }
    }

    /// - Parameter verdict: `nil` for all that will not be paid.
    func lines(of id: CampaignID, _ verdict: CampaignLine.Verdict?) throws -> [CampaignLine] {
        try everyPage { last in
            let page = try ask(ReviewCampaign(id, verdict, after: last?.line), on: .reviewCampaign)
            return (page.lines, page.more)
        }
    }

    func campaigns() throws -> [Campaign] {
        try everyPage { last in
            let page = try ask(ListCampaigns(before: last?.opened), on: .listCampaigns)
            return (page.campaigns, page.more)
        }
    }

    func decide(_ decision: DecideCampaign.Decision, _ id: CampaignID) throws -> Campaign {
        try done(try ask(DecideCampaign(decision, id), on: .decideCampaign).campaign)
    }

    /// Waits while the service works on it, a few people at a time.
    private func done(_ campaign: Campaign) throws -> Campaign {
        var campaign = campaign
        let start = console.now()
        while [.gathering, .paying, .reversing].contains(campaign.stage) {
            console.progress("\(campaign.stage.phrase[words.language]): \(words.summary(campaign))")
            guard console.now() < start + .seconds(Self.patience) else {
                throw Failure.unknown("it goes on after an hour. Look later: kazasu points campaign show \(campaign.id)")
            }
            _ = try desk.session.next(within: 300)
            campaign = try ask(ReviewCampaign(campaign.id, .new), on: .reviewCampaign).campaign
        }
        console.progress("")
        return campaign
    }

    /// Another desk than the one that has drawn it up; the service sees to it, and here it is explained.
    func checkSecondPerson(_ campaign: Campaign) throws {
        let user = desk.session.user
        guard campaign.proposedBy == user, [.proposed, .reversal].contains(campaign.stage) else { return }
        let others = town.pointsDesks.filter { Role.pointsDesk.user($0.named()) != user }.map(\.text)
        throw Failure.refused(
            others.isEmpty
                ? "\(user) has drawn it up, and a second person has to approve it. Add a second desk to the town's file: points-desks: [\(desk.session.instance), second]"
                : "\(user) has drawn it up, and a second person has to approve it: --as \(others.prefix(20).joined(separator: " or --as "))"
        )
    }
}

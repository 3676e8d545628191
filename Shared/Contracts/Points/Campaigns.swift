package enum CampaignKind {}
package enum BenefitKind {}
/// One paying of many: `spring-2027`.
package typealias CampaignID = Name<CampaignKind>
/// What a person has once, whichever campaign pays it: `support-2027`.
package typealias BenefitID = Name<BenefitKind>

/// Many people are given something at once (一斉付与): drawn up by one, looked at, approved by another, paid once each.
package struct Campaign: Codable, Sendable, Equatable {
    package enum Stage: String, Codable, Sendable, CaseIterable {
        /// Lines come.
        case open
        /// Who it is for is being found.
        case gathering
        /// Drawn up, and waiting for a second person.
        case proposed
        case paying, paid
        /// Somebody wants it taken back, and a second person has to agree.
        case reversal
        case reversing, reversed
        case discarded
    }

    /// Who is paid.
    package enum Source: String, Codable, Sendable, CaseIterable {
        /// Those in a file.
        case list
        /// Whoever is entitled to something today.
        case eligible
        /// Those whose taps a rule would have paid, as much as it would have.
        case rule
    }

    /// What each is given; of a rule, what it would have paid.
    package var amount: Int64
    package var approvedBy: UserID?
    package var benefit: BenefitID
    package var eligible: ProgrammeID?
    package var expires: CalendarDate?
    package var from: Instant?
    package var id: CampaignID
    package var opened: Instant
    package var proposedBy: UserID
    package var purse: PurseID
    package var rule: RuleID?
    package var source: Source
    package var stage: Stage
    package var tally: Tally
    package var title: String
    package var until: Instant?

    package struct Tally: Codable, Sendable, Equatable {
        /// What those who are new are given together.
        package var amount: Int64 = 0
        package var lines = 0
        package var new = 0
        package var paid = 0
        package var paidAmount: Int64 = 0
        /// Who has the benefit already, or stands twice in the file.
        package var repeats = 0
        package var reversed = 0
        /// Who had spent it, so that it could not be taken back.
        package var spent = 0
        package var unknown = 0

        package init() {}
    }

    package init(
        _ id: CampaignID, title: String, benefit: BenefitID, _ amount: Int64, of purse: PurseID, source: Source, by user: UserID,
        at moment: Instant
    ) {
        (self.id, self.title, self.benefit, self.amount, self.purse, self.source) = (id, title, benefit, amount, purse, source)
        (proposedBy, opened, stage, tally) = (user, moment, .open, Tally())
    }
}

/// A campaign, as it stands now.
package struct CampaignChanged: EventBody {
    package static let type = "campaign"

    package var by: UserID?
    package var campaign: Campaign

    package init(_ campaign: Campaign, by: UserID?) { (self.campaign, self.by) = (campaign, by) }
}

package struct OpenCampaign: CommandBody {
    package typealias Answer = CampaignChanged
    package static let type = "campaign-open"

    package var amount: Int64
    package var benefit: BenefitID
    package var campaign: CampaignID
    package var eligible: ProgrammeID?
    package var expires: CalendarDate?
    package var from: Instant?
    package var purse: PurseID
    package var rule: RuleID?
    package var title: String
    package var until: Instant?

    package init(_ campaign: CampaignID, title: String, benefit: BenefitID, _ amount: Int64, of purse: PurseID) {
        (self.campaign, self.title, self.benefit, self.amount, self.purse) = (campaign, title, benefit, amount, purse)
    }
}

/// Lines of a file, in order. Sent again they are nothing new.
package struct AddLines: CommandBody {
    package typealias Answer = CampaignChanged
    package static let type = "campaign-lines"
    package static let most = 200

    package var campaign: CampaignID
    package var lines: [Line]

    package init(_ lines: [Line], to campaign: CampaignID) { (self.lines, self.campaign) = (lines, campaign) }

    package struct Line: Codable, Sendable, Equatable {
        /// What the campaign gives, if absent.
        package var amount: Int64?
        /// In the file.
        package var line: Int
        package var person: PersonID

        package init(_ line: Int, _ person: PersonID, amount: Int64? = nil) {
            (self.line, self.person, self.amount) = (line, person, amount)
        }
    }
}

/// What becomes of it.
package struct DecideCampaign: CommandBody {
    package typealias Answer = CampaignChanged
    package static let type = "campaign-decide"

    package enum Decision: String, Codable, Sendable, CaseIterable {
        /// All lines are there.
        case propose
        /// Another than who proposed it.
        case approve
        case discard
        case reverse
    }

    package var campaign: CampaignID
    package var decision: Decision

    package init(_ decision: Decision, _ campaign: CampaignID) { (self.decision, self.campaign) = (decision, campaign) }
}

/// The lines of a campaign, those that will not be paid first.
package struct ReviewCampaign: CommandBody {
    package typealias Answer = CampaignPage
    package static let type = "campaign-review"

    package var after: Int?
    package var campaign: CampaignID
    /// Those alone; all that are not new, if absent.
    package var verdict: CampaignLine.Verdict?

    package init(_ campaign: CampaignID, _ verdict: CampaignLine.Verdict? = nil, after: Int? = nil) {
        (self.campaign, self.verdict, self.after) = (campaign, verdict, after)
    }
}

package struct CampaignLine: Codable, Sendable, Equatable {
    package enum Verdict: String, Codable, Sendable, CaseIterable {
        case new
        /// Has the benefit already.
        case `repeat`
        /// Stands in an earlier line too.
        case twice
        case unknown
    }

    package var amount: Int64
    package var line: Int
    package var person: PersonID
    package var verdict: Verdict

    package init(_ line: Int, _ person: PersonID, _ amount: Int64, _ verdict: Verdict) {
        (self.line, self.person, self.amount, self.verdict) = (line, person, amount, verdict)
    }
}

package struct CampaignPage: Codable, Sendable, Equatable {
    package var campaign: Campaign
    package var lines: [CampaignLine]
    package var more: Bool

    package init(_ campaign: Campaign, _ lines: [CampaignLine], more: Bool) {
        (self.campaign, self.lines, self.more) = (campaign, lines, more)
    }
}

/// Newest first.
package struct ListCampaigns: CommandBody {
    package typealias Answer = CampaignsPage
    package static let type = "campaign-list"

    package var before: Instant?

    package init(before: Instant? = nil) { self.before = before }
}

package struct CampaignsPage: Codable, Sendable, Equatable {
    package var campaigns: [Campaign]
    package var more: Bool

    package init(_ campaigns: [Campaign], more: Bool) { (self.campaigns, self.more) = (campaigns, more) }
}

extension Channel where Body == CampaignChanged {
    package static var campaigns: Self { Self(of: "points", named: "campaign") }
}

extension Channel where Body == OpenCampaign {
    package static var openCampaign: Self { Self(of: "points", named: "campaign-open") }
}

extension Channel where Body == AddLines {
    package static var addLines: Self { Self(of: "points", named: "campaign-lines") }
}

extension Channel where Body == DecideCampaign {
    package static var decideCampaign: Self { Self(of: "points", named: "campaign-decide") }
}

extension Channel where Body == ReviewCampaign {
    package static var reviewCampaign: Self { Self(of: "points", named: "campaign-review") }
}

extension Channel where Body == ListCampaigns {
    package static var listCampaigns: Self { Self(of: "points", named: "campaign-list") }
}

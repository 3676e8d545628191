import Contracts
import Town

extension Option where Value == String {
    fileprivate static var campaignTitle: Self {
        Self("--title", "TEXT", "as it stands in people's histories", expected: "a few words, at most 40 characters") {
            $0.trimmed.isEmpty || $0.utf8.count > 120 ? nil : $0.trimmed
        }
    }
    fileprivate static var peopleList: Self {
        Self("--list", "FILE.csv", "those in a file: columns person and, if there is one, amount", expected: "the path of a CSV file") {
            $0.isEmpty ? nil : $0
        }
    }
}

extension Option where Value == BenefitID {
    fileprivate static var benefit: Self {
        Self("--benefit", "NAME", "what a person has once, whichever campaign pays it", expected: "a name such as support-2027") {
            BenefitID($0)
        }
    }
}

extension Option where Value == ProgrammeID {
    fileprivate static var eligible: Self {
        Self("--eligible", "PROGRAMME", "those entitled to it today", expected: "a programme such as senior") { ProgrammeID($0) }
    }
}

extension Option where Value == RuleID {
    fileprivate static var rule: Self {
        Self("--rule", "RULE", "those whose taps --from --to a rule would have paid, as much as it would have", expected: "a rule") {
            RuleID($0)
        }
    }
}

extension Option where Value == CampaignLine.Verdict {
    fileprivate static var verdict: Self {
        let words = CampaignLine.Verdict.allCases.map(\.rawValue).joined(separator: ", ")
        return Self("--lines", "WORD", "lines of this kind: \(words) (default: those that are not paid)", expected: "one of \(words)") {
            CampaignLine.Verdict(rawValue: $0)
        }
    }
}

extension Flag {
    fileprivate static var everyLine: Self { Self("--all", "every line, not the first hundred") }
}

extension Command {
    package static var campaignOpen: Command {
        Command(
            "points campaign open", "ID", count: 1...1,
            summary: "draw up a payment to many: who is new, who has it already, who is not known; nothing moves yet (一斉付与の起案)",
            options: [
                Option<String>.campaignTitle.shape, Option<BenefitID>.benefit.shape, Option.amount.shape, Option.purse.shape,
                Option<String>.peopleList.shape, Option<ProgrammeID>.eligible.shape, Option<RuleID>.rule.shape, Option.from.shape,
                Option.to.shape,
                Option.expires.shape,
            ] + PointsCounter.options,
            details: """
                One of --list, --eligible and --rule says who it is for. A file with one line that cannot be read is not sent. A benefit is paid to a person
                once, however many campaigns name it: the same file again pays nobody. Another desk approves it.
                Examples:
                  kazasu points campaign open spring-2027 --title 生活応援 --benefit support-2027 --amount 1000 --purse points --list people.csv
                  kazasu points campaign approve spring-2027 --as second
                """
        ) { arguments, console in
            let id = try arguments.operand(0, .campaign)
            let (path, eligible, rule) = (
                try arguments.optional(.peopleList), try arguments.optional(.eligible), try arguments.optional(.rule)
            )
            guard [path != nil, eligible != nil, rule != nil].count(where: { $0 }) == 1 else {
                throw Failure.usage("who is it for? Give one of --list FILE.csv, --eligible PROGRAMME and --rule RULE.")
            }
            let counter = try PointsCounter(arguments, console)
            let purse = try counter.purse(try arguments.required(.purse)).id
            let lines = try path.map {
                try sheet($0, needs: [.person], counter).lines.map { AddLines.Line($0.line, $0.person, amount: $0.amount) }
            }
            // What is given by line, or by a rule, has no amount of its own.
            let isNeeded = rule == nil && lines?.contains { $0.amount == nil } != false
            let amount = isNeeded ? try arguments.required(.amount) : try arguments.optional(.amount) ?? 1
            var wish = OpenCampaign(
                id, title: try arguments.required(.campaignTitle), benefit: try arguments.required(.benefit), amount, of: purse)
            (wish.eligible, wish.rule, wish.expires) = (eligible, rule, try arguments.optional(.expires))
            if let rule {
                _ = try counter.rule(rule)
                let (now, offset) = (console.now(), counter.town.offset)
                (wish.from, wish.until) = (
                    try arguments.required(.from).instant(now: now, offset), try arguments.required(.to).instant(now: now, offset)
                )
            }
            let campaign = try counter.drawUp(wish, lines)
            try counter.show(campaign, examples: true)
            if campaign.stage == .proposed { console.note("to pay it, at another desk: kazasu points campaign approve \(id) --as NAME") }
            return .done
        }
    }

    package static var campaignShow: Command {
        Command(
            "points campaign show", "ID", count: 1...1, summary: "how a campaign stands, and its lines",
            options: [Option<CampaignLine.Verdict>.verdict.shape, Flag.everyLine.shape] + PointsCounter.options
        ) { arguments, console in
            let (id, verdict) = (try arguments.operand(0, .campaign), try arguments.optional(.verdict))
            let counter = try PointsCounter(arguments, console)
            try counter.show(
                try counter.ask(ReviewCampaign(id, verdict), on: .reviewCampaign).campaign, verdict, all: arguments.has(.everyLine))
            return .done
        }
    }

    package static var campaignList: Command {
        Command("points campaign list", summary: "all campaigns, newest first", options: PointsCounter.options) { arguments, console in
            let counter = try PointsCounter(arguments, console)
            let campaigns = try counter.campaigns()
            if counter.json {
                try console.json(campaigns)
            } else if campaigns.isEmpty {
                console.line(Phrase("there was none yet", "一斉付与なし")[counter.words.language])
            } else {
                console.out(table(counter.words.rows(of: campaigns)))
            }
            return .done
        }
    }

    package static var campaignApprove: Command {
        decide("approve", .approve, summary: "pay what another desk has drawn up, or take it back if that was drawn up (承認)")
    }
    package static var campaignDiscard: Command {
        decide("discard", .discard, summary: "throw away what was drawn up; nothing moves (破棄)")
    }
    package static var campaignReverse: Command {
        decide("reverse", .reverse, summary: "draw up that a paid campaign is taken back; another desk has to approve that too (取消の起案)")
    }

    private static func decide(_ word: String, _ decision: DecideCampaign.Decision, summary: String) -> Command {
        Command("points campaign \(word)", "ID", count: 1...1, summary: summary, options: PointsCounter.moving) { arguments, console in
            let id = try arguments.operand(0, .campaign)
            let counter = try PointsCounter(arguments, console)
            let campaign = try counter.ask(ReviewCampaign(id, .new), on: .reviewCampaign).campaign
            if decision == .approve { try counter.checkSecondPerson(campaign) }
            console.note("\(harmless(campaign.title)), drawn up by \(campaign.proposedBy): \(counter.words.summary(campaign))")
            console.note(counter.words.terms(campaign))
            try counter.confirm("\(word) \(id)?")
            let decided = try counter.decide(decision, id)
            try counter.show(decided, nil)
            if decided.stage == .reversal {
                console.note(
                    "to take it back, at another desk: kazasu points campaign approve \(id) --as NAME; to leave it paid: … discard \(id)")
            }
            return .done
        }
    }

    static func sheet(_ path: String, needs columns: [PointsSheet.Column], _ counter: PointsCounter) throws -> PointsSheet {
        let bytes = try ListFile.bytes(of: path)
        do throws(Failure) { return try PointsSheet(bytes, needs: columns, purses: counter.town.points.purses) } catch {
            throw Failure(code: error.code, description: "\(path): \(error)")
        }
    }
}

extension PointsCounter {
    /// In words, with the lines that will not be paid and, where it is to be approved, the first that will.
    fileprivate func show(
        _ campaign: Campaign, _ verdict: CampaignLine.Verdict? = nil, all: Bool = false, examples: Bool = false
    ) throws {
        let first = try ask(ReviewCampaign(campaign.id, verdict), on: .reviewCampaign)
        let lines = all && first.more ? try self.lines(of: campaign.id, verdict) : first.lines
        if json { return try console.json(CampaignPage(campaign, lines, more: first.more && !all)) }
        console.line("\(campaign.id)  \(harmless(campaign.title)): \(campaign.stage.phrase[words.language])")
        console.line(words.summary(campaign))
        console.line(words.terms(campaign))
        if !lines.isEmpty { console.out("\n" + table(lines.map { words.row($0, of: campaign.purse) })) }
        if first.more, !all { console.note("there are more lines: kazasu points campaign show \(campaign.id) --all") }
        if examples, campaign.stage == .proposed { try showExamples(of: campaign) }
    }

    /// What it will do for the first three, as something to check by hand.
    private func showExamples(of campaign: Campaign) throws {
        let some = try ask(ReviewCampaign(campaign.id, .new), on: .reviewCampaign).lines.prefix(3)
        guard !some.isEmpty else { return }
        console.out("\n" + Phrase("for example:", "例:")[words.language] + "\n")
        let rows = try some.map { line in
            let shown = try ask(ShowPoints(PointsHolder(line.person)), on: .showPoints)
            let there = shown.lots.filter { $0.purse == campaign.purse }.reduce(0) { $0 + $1.amount }
            let (before, after) = (words.amount(there, of: campaign.purse), words.amount(there + line.amount, of: campaign.purse))
            return Array(words.row(line, of: campaign.purse).dropLast())
                + [Phrase("has \(before), then \(after)", "残高 \(before) → \(after)")[words.language]]
        }
        console.out(table(rows))
    }
}

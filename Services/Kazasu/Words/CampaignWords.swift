import Contracts
import Town

// What is said of campaigns and settlements, for people.
extension Campaign.Stage: Worded {
    var phrase: Phrase {
        switch self {
        case .open: Phrase("lines are being sent", "明細の送信中")
        case .gathering: Phrase("finding who it is for", "対象者の抽出中")
        case .proposed: Phrase("drawn up; another desk has to approve", "起案済(別の窓口の承認待ち)")
        case .paying: Phrase("being paid", "付与中")
        case .paid: Phrase("paid", "付与済")
        case .reversal: Phrase("to be taken back; another desk has to approve", "取消の起案済(別の窓口の承認待ち)")
        case .reversing: Phrase("being taken back", "取消中")
        case .reversed: Phrase("taken back", "取消済")
        case .discarded: Phrase("discarded", "破棄")
        }
    }
}

extension Campaign.Source: Worded {
    var phrase: Phrase {
        switch self {
        case .list: Phrase("a list", "名簿")
        case .eligible: Phrase("who is entitled", "利用資格")
        case .rule: Phrase("a rule on past taps", "過去の読取に規則を適用")
        }
    }
}

extension CampaignLine.Verdict: Worded {
    var phrase: Phrase {
        switch self {
        case .new: Phrase("new", "新規")
        case .repeat: Phrase("has it already", "付与済")
        case .twice: Phrase("stands in an earlier line too", "名簿内の重複")
        case .unknown: Phrase("not known, or without a card", "未登録またはカードなし")
        }
    }
}

extension PlainWords {
    /// `1,204 new, 0 repeats, 3 unknown; 1,204,000 ポイント in all`
    func summary(_ campaign: Campaign) -> String {
        let tally = campaign.tally
        func count(_ number: Int, _ en: String, _ ja: String) -> String {
            Phrase("\(grouped(number)) \(en)", "\(ja)\(grouped(number))件")[language]
        }
        let paid = amount(tally.paidAmount, of: campaign.purse)
        let parts: [String]
        switch campaign.stage {
        case .open, .gathering, .proposed, .discarded:
            let sum = amount(tally.amount, of: campaign.purse)
            parts = [
                count(tally.new, "new", "新規"), count(tally.repeats, tally.repeats == 1 ? "repeat" : "repeats", "付与済・重複"),
                count(tally.unknown, "unknown", "未登録") + Phrase("; \(sum) in all", "、計\(sum)")[language],
            ]
        case .paying, .paid, .reversal:
            parts = [
                count(tally.paid, "paid", "付与"), count(tally.repeats, tally.repeats == 1 ? "repeat" : "repeats", "付与済・重複"),
                count(tally.unknown, "unknown", "未登録") + Phrase("; \(paid) in all", "、計\(paid)")[language],
            ]
        case .reversing, .reversed:
            parts = [
                count(tally.reversed, "taken back", "取消"), count(tally.spent, "had spent it and keep it", "使用済のため取消不可"),
                count(tally.paid, "were paid", "付与"),
            ]
        }
        return parts.joined(separator: Phrase(", ", "、")[language])
    }

    /// Who it is for, and how much each is given.
    func terms(_ campaign: Campaign) -> String {
        let whom: Phrase =
            switch campaign.source {
            case .list: Phrase("for those in a list", "名簿の人")
            case .eligible: Phrase("for who is entitled to \(campaign.eligible?.text ?? "?")", "\(campaign.eligible?.text ?? "?") の資格がある人")
            case .rule:
                Phrase(
                    "for taps that rule \(campaign.rule?.text ?? "?") would have paid, \(span(campaign))",
                    "規則 \(campaign.rule?.text ?? "?") に合う読取(\(span(campaign)))")
            }
        let each: String
        let isEven = campaign.tally.amount == campaign.amount * Int64(campaign.tally.new)
        if isEven {
            each =
                Phrase("\(amount(campaign.amount, of: campaign.purse)) each", "1人\(amount(campaign.amount, of: campaign.purse))")[language]
        } else {
            each = Phrase("amounts line by line", "金額は明細のとおり")[language]
        }
        let end = campaign.expires.map { Phrase("to be spent by \($0)", "\($0)まで有効")[language] }
        let benefit = Phrase("benefit \(campaign.benefit), once a person", "給付 \(campaign.benefit)(1人1回)")[language]
        return [title(of: campaign.purse), each, whom[language], benefit, end].compactMap(\.self).joined(
            separator: Phrase(", ", "、")[language])
    }

    private func span(_ campaign: Campaign) -> String {
        [campaign.from, campaign.until].map { $0?.minute(town.offset) ?? "?" }.joined(separator: "–")
    }

    func row(_ line: CampaignLine, of purse: PurseID) -> [String] {
        [
            Phrase("line \(line.line)", "\(line.line)行目")[language], line.person.text, amount(line.amount, of: purse),
            line.verdict.phrase[language],
        ]
    }

    func rows(of campaigns: [Campaign]) -> [[String]] {
        let heading = [
            Phrase("ID", "番号"), Phrase("TITLE", "名称"), Phrase("STAGE", "状態"), Phrase("LINES", "明細"), Phrase("BY", "起案"),
            Phrase("APPROVED BY", "承認"),
        ]
        return [heading.map { $0[language] }]
            + campaigns.map { campaign in
                [
                    campaign.id.text, harmless(campaign.title), campaign.stage.phrase[language], summary(campaign),
                    campaign.proposedBy.text,
                    campaign.approvedBy?.text ?? "-",
                ]
            }
    }

    // MARK: Settlements

    func title(of party: Party) -> String {
        switch party.kind {
        case .shop: title(of: party.holder.named(as: ShopID.self))
        case .carrier: title(of: party.holder.named(as: CarrierID.self))
        case .overdraft: Phrase("overdraft of \(party.holder)", "貸越 \(party.holder)")[language]
        default: Phrase("fund \(party.holder)", "基金 \(party.holder)")[language]
        }
    }

    var settlementHeading: [String] {
        [
            Phrase("PURSE", "種類"), Phrase("TAKEN", "受入"), Phrase("TIMES", "件数"), Phrase("GIVEN BACK", "返却"), Phrase("TIMES", "件数"),
            Phrase("YEN", "円"),
        ].map { $0[language] }
    }

    func rows(of settlement: Settlement) -> [[String]] {
        settlement.lines.map { line in
            [
                title(of: line.purse), amount(line.taken, of: line.purse), grouped(line.takenCount), amount(line.back, of: line.purse),
                grouped(line.backCount), grouped(line.yen),
            ]
        }
    }

    /// `12,000 yen, fee 180 yen, payable 11,820 yen`
    func totals(of settlement: Settlement) -> String {
        let (sum, fee, payable) = (yen(settlement.yen), yen(settlement.fee), yen(settlement.payable))
        return Phrase("\(sum), fee \(fee), payable \(payable)", "合計\(sum)、手数料\(fee)、支払額\(payable)")[language]
    }

    func closed(_ settlement: Settlement) -> String {
        guard let at = settlement.closed, let by = settlement.closedBy else { return Phrase("not closed", "未確定")[language] }
        return Phrase("closed \(at.minute(town.offset)) by \(by)", "\(at.minute(town.offset)) 確定(\(by))")[language]
    }
}

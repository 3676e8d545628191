import Contracts
import Town

// What points say on the bus, for people; nobody's name is there.
extension TransferKind: Worded {
    var phrase: Phrase {
        switch self {
        case .single: Phrase("moved", "移動")
        case .pending: Phrase("reserved", "保留")
        case .post: Phrase("confirmed", "確定")
        case .void: Phrase("given up", "取消")
        case .expire: Phrase("no longer reserved", "保留期限切れ")
        }
    }
}

extension RideSettled.Outcome: Worded {
    var phrase: Phrase {
        switch self {
        case .pass: Phrase("free by a pass", "定期券")
        case .paid: Phrase("paid", "支払済")
        case .part: Phrase("paid in part", "一部支払")
        case .overdrawn: Phrase("paid beyond what was there, while cut off", "オフラインで残高超過")
        case .unpaid: Phrase("not paid", "未払い")
        case .void: Phrase("no ride", "乗車取消")
        }
    }
}

extension PlainWords {
    /// `reserved 10 ポイント, town → p-…, gym-visit`
    func transfer(_ transfer: Transferred) -> String {
        let what = "\(transfer.kind.phrase[language]) \(amount(transfer.amount, of: transfer.debit.purse))"
        return [what, "\(holder(of: transfer.debit)) → \(holder(of: transfer.credit))", transfer.code.text].joined(
            separator: Phrase(", ", "、")[language])
    }

    private func holder(of account: Account) -> String {
        switch account.kind {
        case .issue: Phrase("town", "発行")[language]
        case .person: account.holder.text
        case .shop: title(of: account.holder.named(as: ShopID.self))
        case .carrier: title(of: account.holder.named(as: CarrierID.self))
        case .programme: Phrase("programme \(account.holder)", "事業 \(account.holder)")[language]
        case .expiry: Phrase("fund \(account.holder)", "基金 \(account.holder)")[language]
        case .overdraft: Phrase("overdraft of \(account.holder)", "\(account.holder)の残高超過分")[language]
        }
    }

    func paymentChanged(_ change: PaymentChanged) -> String { payment(change.payment) + by(change.by) }

    func campaignChanged(_ change: CampaignChanged) -> String {
        let campaign = change.campaign
        return "\(harmless(campaign.title)): \(campaign.stage.phrase[language]), \(summary(campaign))" + by(change.by)
    }

    /// `2026-10-01–2026-10-31 closed: 12,000 yen, fee 180 yen, payable 11,820 yen`
    func settlementClosed(_ settlement: Settlement) -> String {
        let (sum, fee, payable) = (yen(settlement.yen), yen(settlement.fee), yen(settlement.payable))
        return "\(settlement.from)–\(settlement.to) "
            + Phrase("closed: \(sum), fee \(fee), payable \(payable)", "締め:\(sum)、手数料\(fee)、支払額\(payable)")[language]
            + by(settlement.closedBy)
    }

    func ride(_ ride: RideSettled) -> String {
        let way = [ride.boarded, ride.alighted].map { $0?.place.text ?? "?" }.joined(separator: "–")
        let cash = ride.cash.map { Phrase(", \(yen($0)) in cash", "、現金\(yen($0))")[language] } ?? ""
        let forgotten =
            ride.forgotten == true ? Phrase(", a card was not held at one end", "、乗降どちらかの読取なし")[language] : ""
        return "\(title(of: ride.line)) \(way): \(yen(ride.fare)), \(ride.outcome.phrase[language])\(cash)\(forgotten)"
    }

    func runEnded(_ run: RunEnded) -> String {
        Phrase("\(title(of: run.line)): run over, \(run.aboard) had not alighted", "\(title(of: run.line)): 運行終了、未降車\(run.aboard)名")[
            language]
            + by(run.by)
    }

    func leftOnBoard(_ left: LeftOnBoard) -> String {
        let place = left.boarded.place
        guard let alighted = left.alighted else {
            return Phrase(
                "\(left.person) boarded at \(place) and HAS NOT ALIGHTED from \(title(of: left.line))",
                "\(left.person) \(place)で乗車、\(title(of: left.line))から降車なし(置き去りの確認を)")[language]
        }
        return Phrase("\(left.person) has alighted after all, at \(alighted.place)", "\(left.person) \(alighted.place)で降車を確認")[language]
    }

    private func by(_ user: UserID?) -> String { user.map { Phrase(", by \($0)", "(\($0))")[language] } ?? "" }
}

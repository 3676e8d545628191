import Contracts
import Town

// What is said of purses, entries and payments, for people.
extension Payment.Status: Worded {
    var phrase: Phrase {
        switch self {
        case .held: Phrase("held", "保留")
        case .paid: Phrase("paid", "支払済")
        case .voided: Phrase("given up", "取消")
        case .expired: Phrase("over, not confirmed in time", "期限切れ")
        case .refused: Phrase("refused", "不可")
        }
    }
}

extension Payment.Refusal: Worded {
    var phrase: Phrase {
        switch self {
        case .unknownCard: Phrase("nobody is known by this card", "未登録のカード")
        case .insufficient: Phrase("there is not enough that pays here", "残高不足")
        case .notProved: Phrase("what is there pays with a card that proves itself, and this one was only read", "本人確認のできるカードが必要")
        case .tooLate: Phrase("the card was held too long ago", "読取が古すぎる")
        }
    }
}

extension PlainWords {
    // MARK: Amounts

    /// As the town's file calls it.
    func title(of purse: PurseID) -> String { town.points.purse(purse).map { harmless($0.title) } ?? purse.text }
    func title(of shop: ShopID) -> String { town.points.shop(shop).map { harmless($0.title) } ?? shop.text }
    func title(of carrier: CarrierID) -> String { town.points.carrier(carrier).map { harmless($0.title) } ?? carrier.text }
    func title(of line: LineID) -> String { town.points.line(line).map { harmless($0.title) } ?? line.text }

    func grouped(_ number: Int64) -> String { grouped(Int(number)) }

    /// `1,320 ポイント`
    func amount(_ amount: Int64, of purse: PurseID) -> String {
        // Of a purse that the town's file no longer has, its name alone is known.
        let unit = harmless(town.points.purse(purse)?.unit ?? purse.text)
        return Phrase("\(grouped(amount)) \(unit)", "\(grouped(amount))\(unit)")[language]
    }

    /// `+10`, `-300`
    func signed(_ amount: Int64) -> String { (amount > 0 ? "+" : "") + grouped(amount) }

    func yen(_ amount: Int64) -> String { Phrase("\(grouped(amount)) yen", "\(grouped(amount))円")[language] }

    // MARK: What somebody has

    /// A row a purse: what is there, and what expires when; the next first.
    func rows(of shown: PointsShown) -> [[String]] {
        let purses = shown.lots.map(\.purse).reduce(into: [PurseID]()) { if !$0.contains($1) { $0.append($1) } }
        let heading = [Phrase("PURSE", "種類"), Phrase("BALANCE", "残高"), Phrase("RESERVED", "保留"), Phrase("EXPIRES", "有効期限")]
        return [heading.map { $0[language] }]
            + purses.map { purse in
                let lots = shown.lots.filter { $0.purse == purse }
                let held = lots.reduce(0) { $0 + ($1.held ?? 0) }
                return [
                    title(of: purse), amount(lots.reduce(0) { $0 + $1.amount }, of: purse), held == 0 ? "-" : grouped(held), expiries(lots),
                ]
            }
    }

    /// `320 expire on 2026-12-31, 80 never`
    private func expiries(_ lots: [PointsShown.Lot]) -> String {
        let parts = lots.enumerated().map { place, lot in
            let number = grouped(lot.amount)
            guard let day = lot.expires else { return Phrase("\(number) never", "期限なし \(number)")[language] }
            return Phrase(place == 0 ? "\(number) expire on \(day)" : "\(number) on \(day)", "\(day)まで \(number)")[language]
        }
        return parts.joined(separator: Phrase(", ", "、")[language])
    }

    /// `given: 50 ポイント, p-…; 370 ポイント of ながいポイント are there now`
    func moved(_ done: String, _ moved: PointsMoved, of purse: PurseID) -> String {
        let (there, title) = (amount(moved.balance, of: purse), title(of: purse))
        return Phrase("\(done), \(moved.person); there are \(there) of \(title) now", "\(done)、\(moved.person)。\(title)の残高 \(there)")[
            language]
    }

    // MARK: Why

    /// `体育館に来た, civic-gym`
    /// - Parameter campaigns: their titles.
    func cause(of entry: EntriesPage.Entry, campaigns: [String: String] = [:]) -> String {
        let place = entry.place.map { Phrase(", \($0)", "、\($0)")[language] } ?? ""
        return reason(of: entry, campaigns)[language] + place + state(of: entry.kind)[language]
    }

    private func reason(of entry: EntriesPage.Entry, _ campaigns: [String: String]) -> Phrase {
        let (code, holder, comes) = (entry.code.text, entry.other.holder, entry.amount > 0)
        switch entry.other.kind {
        case .shop:
            let shop = title(of: holder.named(as: ShopID.self))
            return comes ? Phrase("paid back by \(shop)", "\(shop) 返金") : Phrase("paid at \(shop)", "\(shop) 支払")
        case .carrier:
            let carrier = title(of: holder.named(as: CarrierID.self))
            return comes ? Phrase("ride corrected, \(carrier)", "乗車の訂正 \(carrier)") : Phrase("ride, \(carrier)", "乗車 \(carrier)")
        case .person:
            return comes ? Phrase("gift from \(holder)", "\(holder)から受取") : Phrase("gift to \(holder)", "\(holder)へ譲渡")
        case .expiry: return comes ? Phrase("taken back: \(code)", "訂正:\(code)") : Phrase("expired", "有効期限切れ")
        case .overdraft: return Phrase("used while a reader was cut off", "オフライン利用分")
        case .issue, .programme: break
        }
        if let exchange = town.points.exchanges.first(where: { $0.id.text == code }) {
            return Phrase("exchanged: \(harmless(exchange.title))", "交換:\(harmless(exchange.title))")
        }
        if let campaign = campaigns[code].map(harmless) {
            return comes
                ? Phrase("campaign: \(campaign)", "一斉付与:\(campaign)") : Phrase("campaign taken back: \(campaign)", "一斉付与の取消:\(campaign)")
        }
        if comes, entry.other.kind == .issue {
            let rule = RuleID(code).flatMap(town.points.rule).map { harmless($0.title) }
            return rule.map { Phrase($0, $0) } ?? Phrase("awarded: \(code)", "付与:\(code)")
        }
        return comes ? Phrase("given back: \(code)", "返却:\(code)") : Phrase("taken: \(code)", "減算:\(code)")
    }

    private func state(of kind: TransferKind) -> Phrase {
        switch kind {
        case .single: Phrase("", "")
        case .pending: Phrase(" (reserved)", "(保留)")
        case .post: Phrase(" (confirmed)", "(確定)")
        case .void: Phrase(" (given up)", "(取消)")
        case .expire: Phrase(" (over)", "(期限切れ)")
        }
    }

    var historyHeading: [String] {
        [
            Phrase("NUMBER", "番号"), Phrase("WHEN", "日時"), Phrase("WHY", "内容"), Phrase("PURSE", "種類"), Phrase("AMOUNT", "増減"),
            Phrase("BALANCE", "残高"),
        ].map { $0[language] }
    }

    func row(_ line: PointsHistory.Line, _ campaigns: [String: String]) -> [String] {
        let entry = line.entry
        return [
            "\(entry.number)", entry.moment.minute(town.offset), cause(of: entry, campaigns: campaigns), title(of: entry.account.purse),
            signed(entry.amount), grouped(line.balance),
        ]
    }

    // MARK: At a till

    /// `paid: 500 yen, 01JD…`
    func payment(_ payment: Payment) -> String {
        let asked = yen(payment.asked)
        let rest = payment.asked - payment.paid
        let what: String
        switch payment.status {
        case .refused:
            let why = payment.refusal?.phrase[language] ?? "?"
            return Phrase("refused: \(asked), \(why); nothing was taken", "不可:\(asked)、\(why)(引き落としなし)")[language]
        case .held where rest > 0, .paid where rest > 0:
            what =
                Phrase(
                    "\(yen(payment.paid)) of \(asked); \(yen(rest)) remain to be paid", "\(asked)のうち\(yen(payment.paid))、残り\(yen(rest))")[
                    language]
        default: what = yen(payment.paid)
        }
        let back = payment.refunded > 0 ? Phrase(", \(yen(payment.refunded)) paid back", "、返金\(yen(payment.refunded))")[language] : ""
        return "\(payment.status.phrase[language])\(Phrase(": ", ":")[language])\(what)\(back), \(payment.id)"
    }

    func rows(of payments: [Payment]) -> [[String]] {
        let heading = [
            Phrase("WHEN", "日時"), Phrase("PAYMENT", "支払番号"), Phrase("ASKED", "請求"), Phrase("PAID", "支払"), Phrase("BACK", "返金"),
            Phrase("STATUS", "状態"),
        ]
        return [heading.map { $0[language] }]
            + payments.map { payment in
                let why = payment.refusal.map { Phrase(": \($0.phrase.en)", ":\($0.phrase.ja)")[language] } ?? ""
                return [
                    payment.at.minute(town.offset), payment.id.description, grouped(payment.asked), grouped(payment.paid),
                    grouped(payment.refunded), payment.status.phrase[language] + why,
                ]
            }
    }
}

import Contracts

extension Portal {
    func purseTitle(_ purse: PurseID) -> String { town.purses.first { $0.id == purse }?.title ?? purse.text }

    /// Of a purse that the town's file no longer has, its name alone is known.
    func purseUnit(_ purse: PurseID) -> String { town.purses.first { $0.id == purse }?.unit ?? purse.text }

    /// `1,320 ポイント`
    func amount(_ amount: Int64, of purse: PurseID) -> HTML { "\(grouped(amount)) \(purseUnit(purse))" }

    func yen(_ amount: Int64, _ call: Call) -> HTML { call("\(grouped(amount))円", "\(grouped(amount)) yen") }
}

/// `-1,320`
func grouped(_ number: Int64) -> String {
    let digits = String(number.magnitude)
    var out = ""
    for (place, digit) in digits.enumerated() {
        if place > 0, (digits.count - place) % 3 == 0 { out.append(",") }
        out.append(digit)
    }
    return number < 0 ? "-" + out : out
}

extension Campaign.Stage {
    var phrase: Phrase {
        switch self {
        case .open: Phrase("明細の送信中", "lines are being sent")
        case .gathering: Phrase("対象者の抽出中", "finding who it is for")
        case .proposed: Phrase("起案済:別の担当者の承認待ち", "drawn up: another account has to approve")
        case .paying: Phrase("付与中", "being paid")
        case .paid: Phrase("付与済", "paid")
        case .reversal: Phrase("取消の起案済:別の担当者の承認待ち", "to be taken back: another account has to approve")
        case .reversing: Phrase("取消中", "being taken back")
        case .reversed: Phrase("取消済", "taken back")
        case .discarded: Phrase("破棄", "discarded")
        }
    }
}

extension Campaign.Source {
    var phrase: Phrase {
        switch self {
        case .list: Phrase("名簿の人", "those in a list")
        case .eligible: Phrase("利用資格のある人", "who is entitled")
        case .rule: Phrase("過去の読取に規則を適用", "a rule on past taps")
        }
    }
}

extension CampaignLine.Verdict {
    var phrase: Phrase {
        switch self {
        case .new: Phrase("新規", "new")
        case .repeat: Phrase("付与済", "has it already")
        case .twice: Phrase("名簿内の重複", "stands in an earlier line too")
        case .unknown: Phrase("未登録またはカードなし", "not known, or without a card")
        }
    }
}

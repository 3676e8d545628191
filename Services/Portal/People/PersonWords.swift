import Contracts
import Sheets

// What is said of people, as clerks at the residents' counter and they themselves read it.

extension PersonBrief {
    /// Who somebody is, so that a clerk knows the right one from the wrong one.
    func line(_ tongue: Tongue) -> HTML {
        let born = born.map { Phrase("\($0.wareki)生（\($0)）", "born \($0)")[tongue] }
        let isUsual = standing == .registered
        let more: [HTML?] = [
            born, district.map { "\($0)" }, isUsual ? nil : standing.phrase[tongue],
            Phrase("カード\(cards)枚", "\(cards) card\(cards == 1 ? "" : "s")")[tongue], "<small>\(person)</small>",
        ]
        let known: HTML = "<strong>\(name ?? Phrase("氏名なし", "no name")[tongue].description)</strong> \(reading ?? "")"
        return known + "<br>" + more.compactMap(\.self).joined(separator: "　")
    }
}

extension Residency {
    var phrase: Phrase {
        switch self {
        case .resident: Phrase("住民", "resident")
        case .commuter: Phrase("通勤・通学", "commutes here")
        case .visitor: Phrase("来訪者", "visitor")
        case .guest: Phrase("連携市町村の住民", "guest from another town")
        case .organisation: Phrase("団体・法人", "organisation")
        }
    }
}

extension Standing {
    var phrase: Phrase {
        switch self {
        case .provisional: Phrase("仮登録", "provisional")
        case .registered: Phrase("本登録", "registered")
        case .left: Phrase("転出等（名簿から除かれた人）", "left the town's list")
        case .merged: Phrase("他の登録に統合済", "merged into another")
        case .erased: Phrase("消去済", "erased")
        }
    }
}

extension CardFile.Status {
    var phrase: Phrase {
        switch self {
        case .active: Phrase("有効", "works")
        case .suspended: Phrase("一時停止", "suspended")
        case .lost: Phrase("紛失", "lost")
        case .replaced: Phrase("交換済", "replaced")
        case .unlinked: Phrase("登録解除", "taken from the person")
        }
    }
}

extension Scheme {
    var phrase: Phrase {
        switch self {
        case .cardApp: Phrase("マイナンバーカード", "My Number card")
        case .felica: Phrase("FeliCaカード", "FeliCa card")
        case .qr: Phrase("QRコード", "QR code")
        case .blank: Phrase("無記名カード", "blank card")
        }
    }
}

extension RelationKind {
    var phrase: Phrase {
        switch self {
        case .guardian: Phrase("保護者", "guardian")
        case .family: Phrase("家族", "family")
        case .head: Phrase("世帯主", "head of household")
        case .helper: Phrase("支援者", "helper")
        case .neighbour: Phrase("町内会の見守り", "neighbourhood contact")
        }
    }
}

extension Reach.Way {
    var phrase: Phrase {
        switch self {
        case .mail: Phrase("メール", "mail")
        case .line: Phrase("LINE", "LINE")
        case .phone: Phrase("電話", "telephone")
        case .webhook: Phrase("Webhook", "webhook")
        }
    }
}

extension PersonRuled.What {
    var phrase: Phrase {
        switch self {
        case .enrolled: Phrase("新規登録", "enrolled", easy: "とうろく")
        case .changed: Phrase("登録内容の変更", "the file was changed", easy: "とうろくを かえた")
        case .left: Phrase("名簿からの除外", "left the town's list", easy: "めいぼから でた")
        case .returned: Phrase("名簿への復帰", "back on the town's list", easy: "めいぼに もどった")
        case .erased: Phrase("登録内容の消去", "the file was erased", easy: "とうろくを けした")
        case .linked: Phrase("カードの登録", "a card was linked", easy: "カードの とうろく")
        case .replaced: Phrase("カードの交換", "a card was replaced", easy: "カードを かえた")
        case .suspended: Phrase("カードの一時停止", "a card was suspended", easy: "カードを とめた")
        case .lost: Phrase("カードの紛失届", "a card was reported lost", easy: "カードを なくした")
        case .unlinked: Phrase("カードの登録解除", "a card was taken away", easy: "カードを やめた")
        case .reactivated: Phrase("カードの再開", "a card works again", easy: "カードを また つかえる")
        case .related: Phrase("家族などの関係の登録", "a relation was noted", easy: "かぞくの とうろく")
        case .unrelated: Phrase("関係の解消", "a relation was ended", easy: "かぞくの とうろくを やめた")
        case .joined: Phrase("グループへの追加", "put into a group", easy: "グループに はいった")
        case .parted: Phrase("グループからの除外", "taken out of a group", easy: "グループを でた")
        case .consented: Phrase("同意の記録", "a consent was noted", easy: "\(ruby("同意", "どうい"))した")
        case .withdrew: Phrase("同意の撤回", "a consent was withdrawn", easy: "\(ruby("同意", "どうい"))を やめた")
        case .merged: Phrase("重複登録の統合", "merged with another file", easy: "とうろくを ひとつに した")
        case .undone: Phrase("処理の取消", "a ruling was taken back", easy: "とりけし")
        case .looked: Phrase("登録内容の閲覧", "somebody looked", easy: "だれかが みた")
        }
    }
}

extension Phrase {
    static let directoryIsSilent = Phrase(
        "住民台帳サービスから応答がありません。もう一度かざしてください。", "The directory has not answered. Hold the card again.")
}

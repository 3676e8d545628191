import Contracts
import Sheets

// What is said of people, as a clerk at the residents' counter reads it.

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
        case .enrolled: Phrase("新規登録", "enrolled")
        case .changed: Phrase("登録内容の変更", "changed the file")
        case .left: Phrase("名簿からの除外", "left the town's list")
        case .returned: Phrase("名簿への復帰", "came back to the town's list")
        case .erased: Phrase("登録内容の消去", "erased the file")
        case .linked: Phrase("カードの登録", "linked a card")
        case .replaced: Phrase("カードの交換", "replaced a card")
        case .suspended: Phrase("カードの一時停止", "suspended a card")
        case .lost: Phrase("カードの紛失届", "noted a card as lost")
        case .unlinked: Phrase("カードの登録解除", "took a card away")
        case .reactivated: Phrase("カードの再開", "let a card work again")
        case .related: Phrase("関係の登録", "made a relation")
        case .unrelated: Phrase("関係の解消", "ended a relation")
        case .joined: Phrase("グループへの追加", "put into a group")
        case .parted: Phrase("グループからの除外", "taken out of a group")
        case .consented: Phrase("同意の記録", "noted a consent")
        case .withdrew: Phrase("同意の撤回", "noted that a consent was withdrawn")
        case .merged: Phrase("重複登録の統合", "merged with another file")
        case .undone: Phrase("処理の取消", "took a ruling back")
        case .looked: Phrase("登録内容の閲覧", "looked at the file")
        }
    }
}

extension Phrase {
    static let directoryIsSilent = Phrase(
        "住民台帳サービスから応答がありません。もう一度かざしてください。", "The directory has not answered. Hold the card again.")

    /// The directory's no, with its own sentence beside it.
    init(ofDirectory word: String, _ text: String) {
        let ja = directoryInJapanese(word) ?? refusalInJapanese(word) ?? "受け付けられませんでした。"
        self.init("\(ja)<br><small lang=\"en\">\(text)</small>", "\(text)")
    }
}

/// What the directory refuses, in Japanese.
func directoryInJapanese(_ word: String) -> HTML? {
    switch word {
    case "bad-facts": "入力内容に誤りがあります。"
    case "nobody": "氏名か、かざしたカードのどちらかが必要です。"
    case "similar": "フリガナと生年月日が同じ人がすでに登録されています。先にその人を確かめてください。"
    case "unknown-person": "その人は登録されていません。"
    case "merged": "この登録は別の登録に統合されています。"
    case "left": "この人は転出等で名簿から除かれています。先に登録し直してください。"
    case "erased": "この人の登録は消去されています。"
    case "card-held": "このカードは、すでにほかの登録のものです。先にそちらで解除してください。"
    case "card-active": "このカードはすでに有効です。"
    case "card-suspended": "このカードは一時停止中です。"
    case "card-lost": "このカードは紛失として届けられています。"
    case "card-replaced": "このカードは交換済みです。"
    case "card-unlinked": "このカードは登録が解除されています。"
    case "too-many-cards": "カードの枚数が上限です。使わないカードを解除してください。"
    case "same-card": "同じカードが2回かざされました。古いカードと新しいカードをかざしてください。"
    case "not-theirs": "古いカードはこの人のものではありません。"
    case "no-birth-date": "ご本人に生年月日をたずね、言われたとおりに入れてください。"
    case "wrong-person": "この人ではありません。前の人のファイルではありませんか。何も変更していません。"
    case "unknown-card": "だれのものでもないカードです。先に登録してください。"
    case "unknown-relation": "その関係は登録されていません。"
    case "same-person": "どちらも同じ人です。関係は二人の間に登録します。"
    case "too-far-apart": "2枚のカードの間が1分以上空きました。2枚とももう一度かざしてください。"
    case "bad-wording": "文面の版は40文字以内で入れてください。例 2026-04"
    case "unknown-tap", "old-tap": "カードをもう一度かざしてください（有効なのは1分間です）。"
    case "used-tap": "このかざしは使用済みです。もう一度かざしてください。"
    case "bad-reading": "フリガナは、カナ・ローマ字・数字で入れてください。"
    case "no-reason": "理由を200文字以内で入れてください。"
    case "undone": "すでに取り消されています。"
    case "cannot-undo": "この処理は取り消せません。逆の手続きをしてください。"
    case "changed-since": "その後に状態が変わったため、取り消せません。履歴を確かめてください。"
    default: nil
    }
}

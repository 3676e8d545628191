import Contracts

extension Phrase {
    /// A service's no. The service says it in English; what is often refused stands here in Japanese too.
    init(refusal word: String, of service: Program, _ text: String) {
        let known = service == "resident-directory" ? refusedByDirectory(word) : refused(word, by: service)
        let ja = known ?? refusedByAnybody(word)
        self.init(ja.map { "\($0) <small lang=\"en\">\(text)</small>" } ?? "<span lang=\"en\">\(text)</span>", "\(text)")
    }
}

/// One word may mean different things to different services: a door is closed, and so is a shelter.
private func refused(_ word: String, by service: Program) -> HTML? {
    switch (service, word) {
    case ("lock-controller", "closed"): "その日はこの扉の休館日です。別の日を選んでください。"
    case ("lock-controller", "bad-times"): "時刻を確かめてください。予約は31日以内で、新しい終了はこれから先の時刻にします。"
    case ("lock-controller", "unknown-booking"): "その予約はないか、すでに取り消されています。"
    case ("lock-controller", "bad-reason"): "理由を一行で、200字以内で書いてください。"
    case ("lock-controller", "compartment"): "ロッカーの扉はここからは開けられません。"
    case ("lock-controller", "kept-closed"): "職員がこの扉を閉鎖しています。先に閉鎖を取り消してください。"
    case ("lock-controller", "lock-lost"): "錠と通信できないため開けられません。電源と通信を確かめてください。"
    case ("lock-controller", "too-old"): "指令が届くまでに時間がかかったため、開けていません。もう一度お試しください。"
    case ("lock-controller", "acknowledged"): "この警報はすでに確認されています。"
    case ("notifier", "bad-address"): "メールアドレスを確かめてください。"
    case ("notifier", "no-line"): "LINEで確認できませんでした。もう一度はじめからお試しください。"
    case ("notifier", "no-mail"): "この町ではメールをお送りしていません。"
    case ("notifier", "no-absence"): "その期間の欠席連絡はありません。"
    case ("notifier", "no-pupil"): "この学校の児童・生徒として登録されていません。"
    case ("notifier", "over"): "過ぎた日は登録できません。"
    case ("notifier", "too-far"): "1年より先の日は登録できません。町の設定の予定表に書いてください。"
    case ("notifier", "too-long"): "期間が長すぎるか、先すぎます。年を確かめてください。"
    case ("notifier", "bad-hours"): "始業は終業より前です。授業のない日には両方の時刻が要ります。"
    case ("points", "second-person"): "起案した人は承認できません。別の担当者が承認します。"
    case ("points", "not-possible"), ("reception", "not-possible"): "いまの状態ではできません。画面を開き直して状態を確かめてください。"
    case ("points", "not-over"): "最終日がまだ終わっていません。期間は最終日の翌日から確定できます。"
    case ("points", "gap"): "前に確定した期間の翌日から始まるようにしてください。最初の確定は、精算のある最初の日からです。"
    case ("points", "bad-span"): "期間は400日以内にしてください。"
    default: nil
    }
}

private func refusedByDirectory(_ word: String) -> HTML? {
    switch word {
    case "at-counter": "届け先の変更は、役場の窓口で承ります。"
    case "bad-address": "届け先を確かめてください。"
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

private func refusedByAnybody(_ word: String) -> HTML? {
    switch word {
    case "expired": "時間切れになりました。もう一度お試しください。"
    case "busy": "混み合っています。しばらくしてからもう一度お試しください。"
    case "not-yours": "この操作の権限がありません。"
    case "not-permitted": "町の設定により、この操作は別の担当者が行います。"
    case "unknown-shelter": "その避難所はありません。"
    case "not-open", "closed": "開設されていません。"
    case "overlap": "ほかの予約と重なっています。"
    case "past": "過ぎた時刻は指定できません。"
    case "too-large": "内容が長すぎます。分けて送ってください。"
    case "too-many": "回数が多すぎます。しばらくしてからお試しください。"
    case "too-long": "期間が長すぎます。"
    default: nil
    }
}

import Contracts
import ServiceKit

extension Portal {
    /// What a service has said, after the same in Japanese where that is known.
    static func sentence(_ service: Program, _ word: String, _ text: String, _ call: Call) -> HTML {
        guard call.tongue != .en else { return "\(text)" }
        let known = inJapanese(service, word) ?? refusalInJapanese(word)
        return known.map { "\($0) <small lang=\"en\">\(text)</small>" } ?? "<span lang=\"en\">\(text)</span>"
    }

    /// One word may mean different things to different services: a door is closed, and so is a shelter.
    private static func inJapanese(_ service: Program, _ word: String) -> HTML? {
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
        case (_, "not-permitted"): "町の設定により、この操作は別の担当者が行います。"
        case ("resident-directory", _): directoryInJapanese(word)
        default: nil
        }
    }
}

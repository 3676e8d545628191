import Contracts

// What is said of looks at the town's pages.
extension Looked.At: Worded {
    var phrase: Phrase {
        switch self {
        case .signIn: Phrase("signed in", "サインイン")
        case .signInFailed: Phrase("could not sign in", "サインイン失敗")
        case .lockedOut: Phrase("was locked out after too many tries", "誤りが続き一時停止")
        case .signOut: Phrase("signed out", "終了")
        case .kiosk: Phrase("made a screen a kiosk", "画面をキオスクに設定")
        case .kioskEnded: Phrase("ended a kiosk's screen", "キオスクの画面を終了")
        case .roster: Phrase("looked at a roster", "名簿を閲覧")
        case .person: Phrase("looked at a person", "個人を閲覧")
        case .pupils: Phrase("looked at pupils", "児童生徒を閲覧")
        case .bookings: Phrase("looked at bookings", "予約を閲覧")
        case .missing: Phrase("looked at who has not come", "安否未確認者を閲覧")
        case .attendance: Phrase("looked at who came", "出席者を閲覧")
        case .points: Phrase("looked at points", "ポイントを閲覧")
        case .export: Phrase("downloaded a list", "一覧を取得")
        case .own: Phrase("looked at their own data", "本人の情報を閲覧")
        }
    }
}

extension PlainWords {
    /// `looked at a person s01 p-…, as shelter-desk-reception`
    func look(_ looked: Looked) -> String {
        let what = [looked.at.phrase[language], looked.thing?.text, looked.person?.text].compactMap(\.self).joined(separator: " ")
        return what + (looked.by.map { Phrase(", as \($0)", "(\($0))")[language] } ?? "")
    }
}

import Contracts

// What a kiosk says, with the readings that children and visitors need.

extension Feedback {
    var line: KioskScreen.Line {
        let why = rule?.kioskWords ?? reason?.kioskWords
        switch (signal, why) {
        case (.opened, nil): return .init(.granted, "ドアが\(ruby("開", "ひら"))きます", "The door opens")
        case (.opened, let why?): return .init(.granted, "ドアが\(ruby("開", "ひら"))きます。\(why.ja)", "The door opens. \(why.en)")
        case (.refused, let why): return .init(.refused, why?.ja ?? "ドアは\(ruby("開", "ひら"))きません", why?.en ?? "The door stays shut")
        }
    }
}

extension DoorRule {
    fileprivate var kioskWords: Phrase {
        switch self {
        case .closed: Phrase("いまは\(ruby("休館", "きゅうかん"))です", "It is closed now")
        case .notFirst:
            Phrase(
                "\(ruby("先", "さき"))に\(ruby("入", "はい"))る\(ruby("人", "ひと"))をお\(ruby("待", "ま"))ちください", "Please wait for whoever comes first")
        case .full: Phrase("\(ruby("定員", "ていいん"))になりました", "It is full")
        case .unpaid: Phrase("お\(ruby("支払", "しはら"))いがまだです。\(ruby("窓口", "まどぐち"))へどうぞ", "It is not paid yet. Please go to the counter")
        case .disaster:
            Phrase("\(ruby("災害", "さいがい"))のため\(ruby("予約", "よやく"))は\(ruby("使", "つか"))えません", "No bookings hold during the disaster")
        case .noItem: Phrase("お\(ruby("預", "あず"))かりしているものはありません", "Nothing here is waiting for this card")
        case .itemExpired:
            Phrase("\(ruby("期限", "きげん"))が\(ruby("過", "す"))ぎました。\(ruby("窓口", "まどぐち"))へどうぞ", "It waited too long. Please go to the counter")
        case .wrongCode: Phrase("\(ruby("番号", "ばんごう"))がちがいます", "The code is wrong")
        case .tooManyTries:
            Phrase(
                "\(ruby("番号", "ばんごう"))を\(ruby("何度", "なんど"))もまちがえました。しばらくお\(ruby("待", "ま"))ちください",
                "Too many wrong codes. Please wait a while")
        case .passback: Phrase("このカードはもう\(ruby("中", "なか"))に\(ruby("入", "はい"))っています", "This card is inside already")
        }
    }
}

extension Refusal {
    fileprivate var kioskWords: Phrase {
        switch self {
        case .noRight: Phrase("このカードでは\(ruby("開", "ひら"))きません", "This card does not open it")
        case .tooEarly: Phrase("\(ruby("予約", "よやく"))の\(ruby("時間", "じかん"))の\(ruby("前", "まえ"))です", "The booking has not begun yet")
        case .tooLate: Phrase("\(ruby("予約", "よやく"))の\(ruby("時間", "じかん"))は\(ruby("終", "お"))わりました", "The booking is over")
        case .notProved:
            Phrase("このカードは\(ruby("確認", "かくにん"))できません。\(ruby("窓口", "まどぐち"))へどうぞ", "This card cannot be checked. Please go to the counter")
        case .tapTooOld, .tapFromFuture, .notLive, .clock:
            Phrase("もう\(ruby("一度", "いちど"))かざしてください", "Please hold your card once more")
        case .unknownDoor:
            Phrase("このドアは\(ruby("使", "つか"))えません。\(ruby("窓口", "まどぐち"))へどうぞ", "This door is not in use. Please go to the counter")
        }
    }
}

extension ShelterFeedback {
    var line: KioskScreen.Line {
        switch signal {
        case .in: .init(.in, "\(ruby("入", "はい"))りました", "You are in")
        case .out: .init(.out, "\(ruby("外", "そと"))に\(ruby("出", "で"))ました", "You are out")
        case .already: .init(.in, "もう\(ruby("受付", "うけつけ"))がすんでいます", "You are checked in already")
        case .received: .init(.granted, "お\(ruby("渡", "わた"))しします", "This is for you")
        case .receivedBefore: .init(.refused, "もうお\(ruby("渡", "わた"))ししています", "You have had it already")
        }
    }
}

extension ReceptionFeedback {
    var line: KioskScreen.Line {
        let ask: HTML = "\(ruby("係", "かかり"))の\(ruby("人", "ひと"))にお\(ruby("声", "こえ"))がけください"
        switch outcome {
        case .accepted: return .init(.granted, "\(ruby("受", "う"))け\(ruby("付", "つ"))けました", "You are checked in")
        case .repeated: return .init(.in, "もう\(ruby("受", "う"))け\(ruby("付", "つ"))けています", "You have been checked in before")
        case .conflict:
            return .init(
                .refused, "もう\(ruby("受", "う"))け\(ruby("付", "つ"))けています。\(ask)", "You have been checked in before. Please ask our staff")
        case .full: return .init(.refused, "\(ruby("定員", "ていいん"))になりました", "It is full")
        case .notListed, .unknownCard, .late:
            return .init(.refused, "ここでは\(ruby("確認", "かくにん"))できません。\(ask)", "This cannot be checked here. Please ask our staff")
        case .elsewhere:
            return .init(.refused, "\(ruby("別", "べつ"))の\(ruby("受付", "うけつけ"))です。\(ask)", "That is another table. Please ask our staff")
        case .closed: return .init(.refused, "いまは\(ruby("受付", "うけつけ"))をしていません", "Check-in is closed now")
        case .cancelled: return .init(.refused, "\(ruby("中止", "ちゅうし"))になりました", "It was called off")
        }
    }
}

extension PointsFeedback {
    /// Of which purse, and what is left, is not said at a reader.
    var line: KioskScreen.Line {
        let yen = amount.map { "\($0)" }
        switch signal {
        case .earned:
            return .init(
                .granted, amount.map { "ポイントが\($0)たまりました" } ?? "ポイントがたまりました",
                amount.map { "You have earned \($0)" } ?? "You have earned something")
        case .paid where amount == 0: return .init(.granted, "お\(ruby("支払", "しはら"))いはありません", "Nothing to pay")
        case .paid:
            return .init(
                .granted, yen.map { "\($0)\(ruby("円", "えん"))お\(ruby("支払", "しはら"))いいただきました" } ?? "\(ruby("受", "う"))け\(ruby("付", "つ"))けました",
                yen.map { "\($0) yen paid" } ?? "Taken, thank you")
        case .part:
            return .init(
                .refused,
                "\(ruby("残高", "ざんだか"))が\(ruby("足", "た"))りません。\(ruby("残", "のこ"))りは\(ruby("現金", "げんきん"))などでお\(ruby("支払", "しはら"))いください",
                "That was not enough. Please pay the rest otherwise")
        case .cash:
            return .init(
                .refused,
                yen.map { "\($0)\(ruby("円", "えん"))を\(ruby("現金", "げんきん"))でお\(ruby("支払", "しはら"))いください" }
                    ?? "\(ruby("現金", "げんきん"))でお\(ruby("支払", "しはら"))いください",
                yen.map { "Please pay \($0) yen in cash" } ?? "Please pay in cash")
        case .refused: return .init(.refused, "お\(ruby("支払", "しはら"))いできませんでした", "This was not paid")
        }
    }
}

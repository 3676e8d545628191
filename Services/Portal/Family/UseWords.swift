import Contracts

// What processes have of a card, and what was done with a file, for whoever it is about.

extension Portal {
    /// The house it is in; where the town's file names none, the place's own name.
    func placeTitle(_ place: PlaceID) -> String { town.visits.facilities.first { $0.places.contains(place) }?.title ?? place.text }

    func words(for purpose: Purpose) -> Phrase {
        let thing = purpose.thing?.text ?? ""
        switch purpose.kind.text {
        case "door":
            let door = town.doors.first { $0.id == purpose.door }?.title ?? thing
            return Phrase("\(door)の扉", "door \(door)", easy: "\(door)の ドア")
        case "visit": return Phrase("来館", "a visit", easy: "きた")
        case "enrol": return Phrase("窓口での登録", "at a counter", easy: "\(ruby("窓口", "まどぐち"))")
        case "school-gate": return Phrase("校門", "at the school gate", easy: "がっこうの もん")
        case "shelter": return Phrase("避難所", "at a shelter", easy: ruby("避難所", "ひなんじょ"))
        case "event": return Phrase("行事・受付", "an event", easy: "ぎょうじ")
        case "ride": return Phrase("乗車", "a ride", easy: "バス")
        case "shop": return Phrase("お店", "a shop", easy: "みせ")
        case "locker": return Phrase("ロッカー", "a locker")
        default: return Phrase("\(purpose)", "\(purpose)")
        }
    }

    func useWords(_ what: String) -> Phrase {
        switch what {
        case Tapped.type: Phrase("カードを読み取り", "read the card", easy: "カードを よんだ")
        case Use.read: Phrase("読み取りを受信", "took note of it", easy: "うけとった")
        case DoorDecided.type: Phrase("扉を開けるか判定", "decided about the door", easy: "ドアを きめた")
        case "grant": Phrase("錠に解錠を指令", "ordered the lock to open", easy: "ドアを あけた")
        case DoorOutcome.type: Phrase("錠の動作を記録", "noted what the lock did", easy: "ドアの きろく")
        case Transferred.type: Phrase("ポイントを記録", "noted points", easy: "ポイントの きろく")
        default: Phrase("\(what)", "\(what)")
        }
    }

    /// How somebody came in to their own page, as the directory writes it down.
    func ownEntry(_ why: String) -> Phrase? {
        switch why {
        case "own page, by card": Phrase("カードで入室", "by card", easy: "カードで はいった")
        case "own page, by link": Phrase("リンクを請求", "asked for a link", easy: "リンクを おくった")
        case "found by card": Phrase("カードで検索", "found by card", easy: "カードで しらべた")
        case "found by reading and birth date": Phrase("よみがなと生年月日で検索", "found by name and birth date", easy: "なまえで しらべた")
        case "found by number": Phrase("名簿の番号で検索", "found by the number of a list", easy: "ばんごうで しらべた")
        case "found by household": Phrase("世帯番号で検索", "found by household", easy: "いえの ばんごうで しらべた")
        default: nil
        }
    }
}

extension Program {
    /// What a program does, for people who have never heard its name.
    var phrase: Phrase {
        switch text {
        case "reader-agent": Phrase("読取機", "reader", easy: "カードの きかい")
        case "lock-controller": Phrase("扉の管理", "doors", easy: "ドア")
        case "resident-directory": Phrase("登録の管理", "directory", easy: "とうろく")
        case "shelter-registry": Phrase("避難所の管理", "shelters", easy: ruby("避難所", "ひなんじょ"))
        case "points": Phrase("ポイントの管理", "points", easy: "ポイント")
        case "notifier": Phrase("お知らせの配信", "messages", easy: "おしらせ")
        case "reception": Phrase("行事の受付", "receptions", easy: "うけつけ")
        case "analytics": Phrase("統計", "figures", easy: "\(ruby("数", "かず"))")
        case "portal": Phrase("町のページ", "these pages", easy: "この ページ")
        default: Phrase("\(text)", "\(text)")
        }
    }
}

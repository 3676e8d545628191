import Contracts
import Town

// What doors say, for people.
extension PlainWords {
    func decided(_ decision: DoorDecided) -> String {
        let place = "\(decision.agent)/\(decision.reader)"
        switch decision.verdict {
        case .open:
            let right = decision.right.map(right) ?? "?"
            let warning = decision.rule.map { Phrase("; but ", "。ただし")[language] + rule($0) } ?? ""
            return Phrase("opens for \(place), by \(right)\(warning)", "開ける(\(place)、\(right))\(warning)")[language]
        case .refuse:
            let reason = decision.rule.map(rule) ?? decision.refusal.map(refusal) ?? "?"
            return Phrase("stays shut for \(place): \(reason)", "開けない(\(place)):\(reason)")[language]
        }
    }

    func refusal(_ refusal: Refusal) -> String {
        switch refusal {
        case .noRight: Phrase("this card has no right here", "権利なし")[language]
        case .tooEarly: Phrase("the card's slot has not begun", "予約時間前")[language]
        case .tooLate: Phrase("the card's slot is over", "予約時間終了")[language]
        case .notProved: Phrase("the card did not prove itself", "本物確認ができないカード")[language]
        case .tapTooOld: Phrase("the tap is too old", "読取から時間が経過")[language]
        case .tapFromFuture: Phrase("the tap comes from the future", "読取時刻が未来")[language]
        case .notLive: Phrase("the tap did not come live", "即時の読取ではない")[language]
        case .clock: Phrase("the reader's clock cannot be trusted now", "リーダーの時計を確認できない")[language]
        case .unknownDoor: Phrase("no such door", "未登録の扉")[language]
        }
    }

    func ordered(_ order: DoorOrdered) -> String {
        switch order.origin {
        case .desk: Phrase("is opened from afar by \(order.by)", "遠隔で解錠(\(order.by))")[language]
        case .homeAssistant:
            Phrase("opens without a card, for Home Assistant (\(order.by))", "カードなしで開ける(Home Assistant、\(order.by))")[language]
        }
    }

    func outcome(_ outcome: DoorOutcome) -> String {
        switch outcome.result {
        case .opened: return Phrase("was opened", "開いた")[language]
        case .stayedShut: return Phrase("was unlocked, nobody opened it", "解錠したが開けられなかった")[language]
        case .notSent: return Phrase("the order ended before it could be sent", "指令を送れないまま期限切れ")[language]
        case .noAnswer: return Phrase("the lock did not answer", "錠から応答なし")[language]
        case .refused:
            let reason = outcome.refusal.map(lockRefusal) ?? "?"
            let value = outcome.value.map { " (\($0))" } ?? ""
            return Phrase("the lock refused: \(reason)\(value)", "錠が拒否:\(reason)\(value)")[language]
        }
    }

    private func lockRefusal(_ refusal: LockOutcome.Refusal) -> String {
        switch refusal {
        case .stale: Phrase("the order is over by its clock", "指令の期限切れ")[language]
        case .notYet: Phrase("the order is not valid yet by its clock", "指令がまだ有効でない")[language]
        case .repeated: Phrase("the order was obeyed before", "指令の重複")[language]
        case .lowerCounter: Phrase("an older order than the last one", "古い指令")[language]
        case .wrongSignature: Phrase("the signature is wrong", "署名が不正")[language]
        case .wrongDoor: Phrase("the order is for another door", "別の扉への指令")[language]
        case .malformed: Phrase("the order cannot be read", "読めない指令")[language]
        case .jammed: Phrase("the bolt did not move", "かんぬきが動かない")[language]
        }
    }

    func lock(_ lock: DoorState.Lock) -> String {
        switch lock {
        case .unknown: Phrase("lock never heard of", "錠から未受信")[language]
        case .ready: Phrase("lock ready", "錠正常")[language]
        case .lost: Phrase("lock lost: look at its power and network", "錠応答なし:電源と通信を確認")[language]
        }
    }

    func booking(_ change: BookingChanged) -> String {
        let booking = change.booking
        let slot = "\(booking.from.minute(town.offset))–\(booking.end(town.offset))"
        let holders = booking.holders(language)
        switch change.status {
        case .booked:
            return Phrase(
                "booked \(slot) for \(holders), by \(change.by)", "予約 \(slot) \(holders)(\(change.by))")[language]
        case .cancelled: return Phrase("booking \(slot) cancelled, by \(change.by)", "予約取消 \(slot)(\(change.by))")[language]
        }
    }

    func group(_ changed: GroupChanged) -> String {
        let change = changed.change
        var parts: [String] = []
        func count(_ tokens: [Token]?, _ say: (Int) -> Phrase) {
            if let tokens, !tokens.isEmpty { parts.append(say(tokens.count)[language]) }
        }
        func name(_ doors: [DoorID]?, _ say: (String) -> Phrase) {
            if let doors, !doors.isEmpty { parts.append(say(doors.map(\.text).joined(separator: " "))[language]) }
        }
        count(change.addTokens) { Phrase("\($0) card\($0 == 1 ? "" : "s") added", "\($0)枚追加") }
        count(change.removeTokens) { Phrase("\($0) card\($0 == 1 ? "" : "s") removed", "\($0)枚削除") }
        name(change.addDoors) { Phrase("opens \($0)", "扉追加 \($0)") }
        name(change.removeDoors) { Phrase("opens \($0) no more", "扉削除 \($0)") }
        return Phrase("group: \(parts.joined(separator: ", ")), by \(changed.by)", "グループ:\(parts.joined(separator: "、"))(\(changed.by))")[
            language]
    }
}

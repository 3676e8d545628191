import Contracts

/// How a door looks from a desk: whether its lock can be heard, and whether somebody should go there.
enum DoorLook: String {
    case well, trouble, silent

    init(_ state: Snapshot<DoorState>?, at now: Instant) {
        guard let state, !state.isStale(at: now), state.body.lock == .ready else {
            self = .silent
            return
        }
        let isBad = [.heldOpen, .forced, .jammed].contains(state.body.life) || state.body.alarms ?? 0 > 0
        self = isBad ? .trouble : .well
    }

    var phrase: Phrase {
        switch self {
        case .well: Phrase("錠正常", "lock ready")
        case .trouble: Phrase("要確認", "look at it")
        case .silent: Phrase("錠応答なし:電源と通信を確認", "lock not heard of: look at its power and network")
        }
    }

    /// Its class in the style.
    var style: String {
        switch self {
        case .well: "open"
        case .trouble: "full"
        case .silent: "silent"
        }
    }
}

extension DoorLifeChanged.Word {
    var phrase: Phrase {
        switch self {
        case .locked: Phrase("施錠", "locked")
        case .unlocked: Phrase("解錠", "unlocked")
        case .closed: Phrase("閉", "shut")
        case .open: Phrase("開", "open")
        case .heldOpen: Phrase("閉め忘れ", "held open")
        case .forced: Phrase("こじ開け", "FORCED OPEN")
        case .jammed: Phrase("錠の故障", "jammed")
        }
    }
}

extension DoorAlarm.Kind {
    var phrase: Phrase {
        switch self {
        case .forced: Phrase("こじ開け", "Forced open")
        case .heldOpen: Phrase("閉め忘れ", "Held open")
        case .jammed: Phrase("錠の故障", "Bolt jammed")
        case .silent: Phrase("錠応答なし", "Lock silent")
        case .batteryLow: Phrase("電池残量低下", "Battery low")
        case .tamper: Phrase("錠の分解・破壊", "Lock tampered with")
        case .badOrder: Phrase("不正な指令", "Wrong order to the lock")
        }
    }
}

extension DoorOutcome.Result {
    var phrase: Phrase {
        switch self {
        case .opened: Phrase("開いた", "opened")
        case .refused: Phrase("錠が拒否", "the lock refused")
        case .stayedShut: Phrase("解錠したが開けられなかった", "unlocked, nobody opened it")
        case .notSent: Phrase("指令を送れず", "order not sent")
        case .noAnswer: Phrase("錠から応答なし", "no answer from the lock")
        }
    }
}

extension Refusal {
    var phrase: Phrase {
        switch self {
        case .noRight: Phrase("このカードには権利がありません", "this card has no right here")
        case .tooEarly: Phrase("予約の時間前です", "the card's slot has not begun")
        case .tooLate: Phrase("予約の時間が終わっています", "the card's slot is over")
        case .notProved: Phrase("本物と確認できないカードです", "the card did not prove itself")
        case .tapTooOld: Phrase("かざしてから時間がたっています", "the tap is too old")
        case .tapFromFuture: Phrase("かざした時刻が未来です", "the tap comes from the future")
        case .notLive: Phrase("その場でかざしたものではありません", "the tap did not come live")
        case .clock: Phrase("読取機の時計を確認できません", "the reader's clock cannot be trusted now")
        case .unknownDoor: Phrase("登録のない扉です", "no such door")
        }
    }
}

extension DoorRule {
    var phrase: Phrase {
        switch self {
        case .closed: Phrase("休館・閉鎖中です", "the door is closed at this time")
        case .notFirst: Phrase("先に入る人がまだ来ていません", "who has to come first has not come")
        case .full: Phrase("定員に達しています", "this opening is full")
        case .unpaid: Phrase("使用料が未払いです", "the booking is not paid")
        case .disaster: Phrase("災害モード中のため予約と開館時間は効きません", "bookings and hours mean nothing while the disaster mode holds")
        case .noItem: Phrase("このカードの預かり品はありません", "nothing in it is for this card")
        case .itemExpired: Phrase("受取期限が切れています", "the item has waited too long")
        case .wrongCode: Phrase("暗証番号が違います", "the code is wrong")
        case .tooManyTries: Phrase("暗証番号の誤りが多く、10分間停止しています", "too many wrong codes: it takes none for ten minutes")
        case .passback: Phrase("すでに入場中のカードです", "the card is inside already")
        }
    }
}

extension RightSaid.Says {
    var phrase: Phrase {
        switch self {
        case .opens: Phrase("開く", "opens")
        case .tooEarly: Phrase("開始前", "not yet")
        case .tooLate: Phrase("終了", "over")
        case .closed: DoorRule.closed.phrase
        case .notFirst: DoorRule.notFirst.phrase
        case .full: DoorRule.full.phrase
        case .unpaid: DoorRule.unpaid.phrase
        case .disaster: DoorRule.disaster.phrase
        }
    }
}

extension Right {
    var phrase: Phrase {
        if booking != nil { return Phrase("予約", "booking") }
        if disaster != nil { return Phrase("災害モード", "disaster mode") }
        if item != nil { return Phrase("預かり品", "the item in it") }
        if exception != nil { return Phrase("臨時開館", "exception") }
        let (group, schedule) = (group?.text, schedule?.text)
        return Phrase(
            "\([group.map { "グループ \($0)" }, schedule.map { "時間帯 \($0)" }, shelter.map { "避難所 \($0)" }].compactMap(\.self).joined(separator: "・"))",
            "\([group.map { "group \($0)" }, schedule.map { "schedule \($0)" }, shelter.map { "shelter \($0)" }].compactMap(\.self).joined(separator: ", "))"
        )
    }
}

import Contracts
import Town

// What becomes of doors, for people.
extension PlainWords {
    func became(_ change: DoorLifeChanged) -> String {
        let by = change.by.map { " (\($0.phrase[language]))" } ?? ""
        let late = change.late == true ? Phrase(", told late", "(後から届いた報告)")[language] : ""
        return change.life.phrase[language] + by + late
    }

    func alarm(_ change: AlarmChanged) -> String {
        let by = change.by.map { Phrase(", by \($0)", "(\($0))")[language] } ?? ""
        return Phrase("alarm: ", "警報:")[language] + change.kind.phrase[language] + Phrase(", ", "・")[language]
            + change.status.phrase[language] + by
    }

    func door(_ state: DoorState) -> String {
        var parts = [lock(state.lock)]
        if let life = state.life { parts.append(life.phrase[language]) }
        if let battery = state.battery { parts.append(Phrase("battery \(battery) %", "電池 \(battery) %")[language]) }
        if let alarms = state.alarms { parts.append(Phrase("\(alarms) alarm\(alarms == 1 ? "" : "s")", "警報 \(alarms)件")[language]) }
        return parts.joined(separator: Phrase(", ", "・")[language])
    }
}

extension DoorLifeChanged.Word {
    var phrase: Phrase {
        switch self {
        case .locked: Phrase("locked", "施錠")
        case .unlocked: Phrase("unlocked", "解錠")
        case .closed: Phrase("shut", "閉")
        case .open: Phrase("open", "開")
        case .heldOpen: Phrase("held open", "閉め忘れ")
        case .forced: Phrase("FORCED OPEN", "こじ開け")
        case .jammed: Phrase("jammed", "錠の故障")
        }
    }
}

extension DoorLifeChanged.Reason {
    var phrase: Phrase {
        switch self {
        case .grant: Phrase("by a grant", "許可による")
        case .exit: Phrase("from the inside", "退室ボタン")
        case .unlocked: Phrase("it was unlocked", "解錠中")
        case .nothing: Phrase("without a grant", "許可なし")
        case .unknown: Phrase("it was open before", "以前から開")
        }
    }
}

extension DoorAlarm.Kind {
    var phrase: Phrase {
        switch self {
        case .forced: Phrase("forced open", "こじ開け")
        case .heldOpen: Phrase("held open", "閉め忘れ")
        case .jammed: Phrase("bolt jammed", "錠の故障")
        case .silent: Phrase("lock silent", "錠応答なし")
        case .batteryLow: Phrase("battery low", "電池残量低下")
        case .tamper: Phrase("lock tampered with", "錠の分解・破壊")
        case .badOrder: Phrase("wrong order to the lock", "不正な指令")
        }
    }
}

extension AlarmChanged.Status {
    var phrase: Phrase {
        switch self {
        case .raised: Phrase("raised", "発生")
        case .cleared: Phrase("over", "復旧")
        case .withdrawn: Phrase("was none", "取消")
        case .acknowledged: Phrase("acknowledged", "確認済")
        }
    }
}

extension DoorAlarm {
    /// How it stands: the last that became of it.
    var standing: Phrase {
        if withdrawn == true { return AlarmChanged.Status.withdrawn.phrase }
        return switch (cleared, acknowledged) {
        case (nil, nil): Phrase("ON", "発生中")
        case (nil, _): Phrase("on, acknowledged", "発生中・確認済")
        case (_, nil): Phrase("over, not acknowledged", "復旧・未確認")
        case (_, _): Phrase("over, acknowledged", "復旧・確認済")
        }
    }
}

extension AuditLine {
    var whatPhrase: Phrase {
        switch what {
        case .open: Phrase("let in", "許可")
        case .refuse: Phrase("not let in", "拒否")
        case .opened: Phrase("opened", "開扉")
        case .alarm: Phrase("alarm", "警報")
        case .booking: Phrase("booking", "予約")
        case .group: Phrase("group", "グループ")
        }
    }

    /// Behind it stands why somebody at a desk opened the door.
    private static var order: String { "order: " }

    /// The stored word in people's words, where there are any for it.
    func why(_ words: PlainWords) -> String {
        guard let why else { return "-" }
        let parts = why.split(separator: " ").map(String.init)
        switch what {
        case .open where why.hasPrefix(Self.order), .refuse where why.hasPrefix(Self.order):
            let reason = harmless(String(why.dropFirst(Self.order.count)))
            return Phrase("opened from afar: \(reason)", "遠隔解錠:\(reason)")[words.language]
        case .refuse: return Refusal(rawValue: why).map(words.refusal) ?? harmless(why)
        case .opened: return DoorLifeChanged.Reason(rawValue: why)?.phrase[words.language] ?? harmless(why)
        case .alarm:
            guard parts.count == 2, let kind = DoorAlarm.Kind(rawValue: parts[0]), let status = AlarmChanged.Status(rawValue: parts[1])
            else { return harmless(why) }
            return "\(kind.phrase[words.language]): \(status.phrase[words.language])"
        case .open, .booking, .group: return harmless(why)
        }
    }

    func outcome(_ words: PlainWords) -> String {
        switch (outcome, used) {
        case (.opened?, false?): Phrase("unlocked, nobody opened it", "解錠したが開けられなかった")[words.language]
        case (let outcome?, _): outcome.phrase[words.language]
        case (nil, _): "-"
        }
    }
}

extension DoorOutcome.Result {
    fileprivate var phrase: Phrase {
        switch self {
        case .opened: Phrase("opened", "開いた")
        case .refused: Phrase("the lock refused", "錠が拒否")
        case .stayedShut: Phrase("unlocked, nobody opened it", "解錠したが開けられなかった")
        case .notSent: Phrase("order not sent", "指令を送れず")
        case .noAnswer: Phrase("no answer from the lock", "錠から応答なし")
        }
    }
}

import Contracts
import Town

// What schedules, exceptions and zones say, for people.
extension PlainWords {
    func right(_ right: Right) -> String {
        if let booking = right.booking { return Phrase("booking \(booking)", "予約 \(booking)")[language] }
        if let mode = right.disaster { return Phrase("disaster mode \(mode)", "災害モード \(mode)")[language] }
        if right.item != nil { return Phrase("the item in it", "預かり品")[language] }
        if let exception = right.exception { return Phrase("exception \(exception)", "臨時開館 \(exception)")[language] }
        let group = right.group.map { Phrase("group \($0)", "グループ \($0)")[language] }
        let schedule = right.schedule.map { Phrase("schedule \($0)", "時間帯 \($0)")[language] }
        return [group, schedule].compactMap { $0 }.joined(separator: Phrase(", ", "・")[language])
            + (right.shelter.map { open($0, drill: right.drill == true) } ?? "")
    }

    /// What stands behind the group that a shelter lets in.
    private func open(_ shelter: ShelterID, drill: Bool) -> String {
        let purpose = drill ? Phrase(" for a drill", "・訓練")[language] : ""
        return Phrase(" while shelter \(shelter) is open\(purpose)", "(避難所 \(shelter) 開設中\(purpose))")[language]
    }

    func rule(_ rule: DoorRule) -> String {
        switch rule {
        case .closed: Phrase("the door is closed at this time", "休館・閉鎖中")[language]
        case .notFirst: Phrase("who has to come first has not come", "先に入る人がまだ来ていない")[language]
        case .full: Phrase("this opening is full", "定員に達している")[language]
        case .unpaid: Phrase("the booking is not paid", "未払いの予約")[language]
        case .disaster: Phrase("bookings and hours mean nothing while the disaster mode holds", "災害モード中のため予約・開館時間は無効")[language]
        case .noItem: Phrase("nothing in it is for this card", "このカードの預かり品なし")[language]
        case .itemExpired: Phrase("the item has waited too long: ask at the counter", "受取期限切れ:窓口へ")[language]
        case .wrongCode: Phrase("the code is wrong", "暗証番号が違う")[language]
        case .tooManyTries: Phrase("too many wrong codes: it takes none for ten minutes", "暗証番号の誤り多数:10分間停止")[language]
        case .passback: Phrase("the card is inside already", "すでに入場中のカード")[language]
        }
    }

    func says(_ says: RightSaid.Says) -> String {
        switch says {
        case .opens: Phrase("opens", "開く")[language]
        case .tooEarly: Phrase("not yet", "開始前")[language]
        case .tooLate: Phrase("over", "終了")[language]
        case .closed: rule(.closed)
        case .notFirst: rule(.notFirst)
        case .full: rule(.full)
        case .unpaid: rule(.unpaid)
        case .disaster: rule(.disaster)
        }
    }

    func disaster(_ change: DisasterChanged) -> String {
        let drill = change.mode.drill == true ? Phrase("drill: ", "訓練:")[language] : ""
        let by = change.by.map { Phrase(", by \($0)", "(\($0))")[language] } ?? ""
        let what: Phrase =
            switch change.mode.stage {
            case .proposed: Phrase("disaster mode wished for; another desk has to agree", "災害モードの申請(別の窓口の同意待ち)")
            case .active: Phrase("disaster mode in force", "災害モード開始")
            case .over: Phrase("disaster mode over", "災害モード終了")
            case .dropped: Phrase("disaster mode dropped", "災害モードの申請取下げ")
            }
        return drill + what[language] + by
    }

    func disasters(_ state: DisasterState) -> String {
        let names = state.modes.filter { $0.stage == .active }.map(\.plan.text).joined(separator: " ")
        return names.isEmpty
            ? Phrase("no disaster mode", "災害モードなし")[language] : Phrase("disaster mode \(names)", "災害モード \(names)")[language]
    }

    func exception(_ change: DoorExceptionChanged) -> String {
        let what = held(change.exception)
        switch change.status {
        case .made: return Phrase("exception: \(what), by \(change.by)", "例外:\(what)(\(change.by))")[language]
        case .undone: return Phrase("exception undone: \(what), by \(change.by)", "例外取消:\(what)(\(change.by))")[language]
        }
    }

    /// `closed 2026-11-21 13:00–18:00 but for staff`
    func held(_ exception: DoorException) -> String {
        let hours = span(exception.from, exception.to)
        let groups = exception.groups.map(\.text).joined(separator: " ")
        switch exception.kind {
        case .open: return Phrase("opens \(hours) for \(groups)", "\(hours) 開館(\(groups))")[language]
        case .close where groups.isEmpty: return Phrase("closed \(hours)", "\(hours) 閉館")[language]
        case .close: return Phrase("closed \(hours) but for \(groups)", "\(hours) 閉館(\(groups)を除く)")[language]
        }
    }

    func forgiven(_ event: PassbackForgiven) -> String {
        let wish = event.forgiven
        let whom = wish.person?.text ?? wish.token?.text ?? Phrase("everybody", "全員")[language]
        return Phrase("\(whom) taken to be outside, by \(event.by)", "\(whom)を退場扱いにした(\(event.by))")[language]
    }

    /// The verdict in a line, and below it what each right says.
    func page(_ answer: DoorExplanation) -> String {
        let what: String
        switch answer.verdict {
        case .open:
            let by = answer.right.map(right) ?? "?"
            let warning = answer.rule.map { Phrase("; but ", "。ただし")[language] + rule($0) } ?? ""
            what = Phrase("opens, by \(by)\(warning)", "開く:\(by)\(warning)")[language]
        case .refuse:
            let reason = answer.rule.map(rule) ?? answer.refusal.map(refusal) ?? "?"
            what = Phrase("stays shut: \(reason)", "開かない:\(reason)")[language]
        }
        let day = [answer.holiday, answer.closure.map { Phrase("closure \($0)", "休館日 \($0)")[language] }].compactMap { $0 }
        let note = day.isEmpty ? "" : " (\(day.joined(separator: Phrase(", ", "・")[language])))"
        let head = "\(answer.door) \(answer.at.minute(town.offset))\(note): \(what)\n"
        guard !answer.rights.isEmpty else { return head }
        let rows = answer.rights.map { said in [right(said.right), hours(said.from, said.to), says(said.says)] }
        let titles = [Phrase("RIGHT", "権利"), Phrase("WHEN", "時間"), Phrase("SAYS", "判定")].map { $0[language] }
        return head + table([titles] + rows)
    }

    private func hours(_ from: Instant?, _ to: Instant?) -> String {
        switch (from, to) {
        case (let from?, let to?): span(from, to)
        case (nil, nil): Phrase("at any time", "いつでも")[language]
        case (let from?, nil): Phrase("from \(from.minute(town.offset))", "\(from.minute(town.offset))から")[language]
        case (nil, let to?): Phrase("until \(to.minute(town.offset))", "\(to.minute(town.offset))まで")[language]
        }
    }

    private func span(_ from: Instant, _ to: Instant) -> String {
        let end = to.minute(town.offset)
        return "\(from.minute(town.offset))–\(to.day(town.offset) == from.day(town.offset) ? String(end.dropFirst(11)) : end)"
    }
}

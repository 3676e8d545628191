import Contracts
import Town

// What is said of receptions, for people. Nobody is named here.
extension ReceptionChanged.Stage: Worded {
    var phrase: Phrase {
        switch self {
        case .planned: Phrase("not opened yet", "受付開始前")
        case .open: Phrase("open", "受付中")
        case .closed: Phrase("closed", "受付終了")
        case .cancelled: Phrase("called off", "中止")
        }
    }
}

extension ReceptionWay: Worded {
    var phrase: Phrase {
        switch self {
        case .card: Phrase("card", "カード")
        case .ticket: Phrase("ticket", "整理券")
        case .name: Phrase("name", "氏名")
        }
    }
}

extension ReceptionRuling.Outcome: Worded {
    var phrase: Phrase {
        switch self {
        case .accepted: Phrase("received", "受付済")
        case .repeated: Phrase("received before", "二重受付(受付不可)")
        case .conflict: Phrase("received twice; a desk has to settle it", "重複受付(確認が必要)")
        case .full: Phrase("full", "定員")
        case .notListed: Phrase("not on the list", "名簿になし")
        case .elsewhere: Phrase("belongs to another station", "別の受付窓口の名簿")
        case .closed: Phrase("not open", "受付時間外")
        case .cancelled: Phrase("called off", "中止")
        case .unknownCard: Phrase("unknown card", "未登録のカード")
        case .late: Phrase("known too late", "通信断後の到着(無効)")
        }
    }
}

extension ReversalChanged.Stage: Worded {
    var phrase: Phrase {
        switch self {
        case .proposed: Phrase("proposed", "取消の起案済")
        case .reversed: Phrase("taken back", "取消済")
        case .withdrawn: Phrase("withdrawn", "起案の取下げ")
        }
    }
}

extension ReceptionConflict.Verdict: Worded {
    var phrase: Phrase {
        switch self {
        case .first: Phrase("the first holds", "先の受付が有効")
        case .second: Phrase("the second holds", "後の受付が有効")
        case .neither: Phrase("neither holds", "どちらも無効")
        }
    }
}

extension ExpectedAdded.Verdict: Worded {
    var phrase: Phrase {
        switch self {
        case .new: Phrase("new", "新規")
        case .known: Phrase("stands in the list already", "登録済")
        case .withoutCard: Phrase("no card of this person is known: by ticket or name only", "カード未登録(整理券・氏名のみ)")
        case .ticketTwice: Phrase("this ticket stands in another row: not added", "整理券番号の重複(登録せず)")
        case .personTwice: Phrase("this person stands in another row: not added", "利用者番号の重複(登録せず)")
        case .unknownStation: Phrase("the reception has no such station: not added", "受付窓口の誤り(登録せず)")
        }
    }
}

extension PlainWords {
    func stage(_ changed: ReceptionChanged) -> String {
        Phrase("reception: \(changed.stage.phrase.en)", "受付: \(changed.stage.phrase.ja)")[language]
    }

    func ruling(_ ruling: ReceptionRuling) -> String {
        var parts = [ruling.outcome.phrase[language]]
        if let number = ruling.number { parts.append(self.number(number)) }
        if let row = ruling.row { parts.append(Phrase("row \(row)", "名簿\(row)行")[language]) }
        if ruling.walkIn == true { parts.append(Phrase("walk-in", "当日受付")[language]) }
        if let first = ruling.first { parts.append(before(first)) }
        if ruling.outcome == .elsewhere, let own = ruling.rowStation { parts.append(Phrase("station \(own)", "窓口 \(own)")[language]) }
        parts.append(Phrase("by \(ruling.way.phrase.en) at \(ruling.station)", "\(ruling.way.phrase.ja)・窓口 \(ruling.station)")[language])
        return parts.joined(separator: ", ")
    }

    /// When and where somebody was received before.
    func before(_ first: ReceptionRuling.First) -> String {
        let (at, number) = (first.at.minute(town.offset), number(first.number))
        return Phrase("first at \(at), station \(first.station), \(number)", "受付済: \(at) 窓口 \(first.station) \(number)")[language]
    }

    /// A site's own stands until the town has given one.
    private func number(_ number: Int) -> String {
        number < ReceptionRuling.firstOwn
            ? Phrase("number \(number)", "受付番号\(number)")[language]
            : Phrase("number \(number) until the town gives its own", "仮受付番号\(number)")[language]
    }

    func reversal(_ reversal: ReversalChanged) -> String {
        let people = [reversal.proposedBy.text, reversal.agreedBy?.text].compactMap(\.self).joined(separator: ", ")
        return Phrase(
            "number \(reversal.number): \(reversal.stage.phrase.en) (\(reversal.why)), \(people)",
            "受付番号\(reversal.number): \(reversal.stage.phrase.ja)(\(reversal.why))、\(people)")[language]
    }

    func conflict(_ conflict: ReceptionConflict) -> String {
        let stands = conflict.verdict.map { $0.phrase[language] } ?? Phrase("open: a desk has to settle it", "未処理: 窓口での確認が必要")[language]
        let (first, second) = (conflict.first, conflict.second)
        func place(_ one: ReceptionRuling.First) -> String { "\(one.number) \(one.station) \(one.at.minute(town.offset))" }
        return Phrase(
            "received twice: \(place(first)) and \(place(second)); \(stands)", "重複受付: \(place(first))／\(place(second))、\(stands)")[language]
    }

    func paper(_ paper: PaperCounted) -> String {
        Phrase("\(grouped(paper.count)) on paper at \(paper.station)", "紙の受付 \(grouped(paper.count))件、窓口 \(paper.station)")[language]
    }

    /// `42 received (30 card, 8 ticket, 4 name), 5 on paper; 64% of 47 by card`
    func summary(_ count: ReceptionCount) -> String {
        let share = count.cardsPerThousand.map { "\($0 / 10).\($0 % 10)" } ?? "-"
        var parts = [
            Phrase(
                "\(grouped(count.total)) received (\(grouped(count.byCard)) card, \(grouped(count.byTicket)) ticket, \(grouped(count.byName)) name, \(grouped(count.paper)) paper)",
                "受付\(grouped(count.total))人(カード\(grouped(count.byCard))・整理券\(grouped(count.byTicket))・氏名\(grouped(count.byName))・紙\(grouped(count.paper)))"
            ),
            Phrase("by card \(share)%", "カード率\(share)%"),
        ]
        if let expected = count.expected { parts.append(Phrase("of \(grouped(expected)) expected", "名簿\(grouped(expected))人")) }
        if let capacity = count.capacity { parts.append(Phrase("room for \(grouped(capacity))", "定員\(grouped(capacity))人")) }
        if count.walkIns > 0 { parts.append(Phrase("\(grouped(count.walkIns)) walk-ins", "当日受付\(grouped(count.walkIns))人")) }
        if count.reversed > 0 { parts.append(Phrase("\(grouped(count.reversed)) taken back", "取消\(grouped(count.reversed))件")) }
        if count.late > 0 { parts.append(Phrase("\(grouped(count.late)) known too late", "通信断後\(grouped(count.late))件")) }
        if count.conflicts > 0 {
            parts.append(Phrase("\(grouped(count.conflicts)) received twice: settle it", "重複受付\(grouped(count.conflicts))件(要確認)"))
        }
        return parts.map { $0[language] }.joined(separator: Phrase(", ", "、")[language])
    }
}

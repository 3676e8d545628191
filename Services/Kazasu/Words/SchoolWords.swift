import Contracts
import Town

extension PupilDay.State: Worded {
    var phrase: Phrase {
        switch self {
        case .expected: Phrase("expected", "これから")
        case .arrived: Phrase("arrived", "登校")
        case .left: Phrase("left", "下校")
        case .absent: Phrase("absent", "欠席")
        case .notArrived: Phrase("NOT ARRIVED", "未登校")
        case .unknown: Phrase("not known", "確認不能")
        case .free: Phrase("no school", "休み")
        }
    }
}

extension Watch.Stage: Worded {
    var phrase: Phrase {
        switch self {
        case .quiet: Phrase("well", "異常なし")
        case .paused: Phrase("paused", "休止中")
        case .family: Phrase("SILENT, family told", "警報(家族へ連絡)")
        case .association: Phrase("SILENT, association told", "警報(町内会へ連絡)")
        case .office: Phrase("SILENT, office told", "警報(役場へ連絡)")
        case .unknown: Phrase("nobody knows", "確認不能")
        case .seenTo: Phrase("visited", "訪問確認済")
        }
    }
}

extension SchoolAlarm.Outcome: Worded {
    var phrase: Phrase {
        switch self {
        case .notArrived: Phrase("has not arrived", "未登校")
        case .unknown: Phrase("the gate cannot be heard", "校門の読取機停止")
        case .arrived: Phrase("has arrived after all", "登校確認")
        case .excused: Phrase("is absent", "欠席連絡あり")
        }
    }
}

extension SilenceRaised.Outcome: Worded {
    var phrase: Phrase {
        switch self {
        case .family: Phrase("silent, family told", "警報(家族へ連絡)")
        case .association: Phrase("silent, association told", "警報(町内会へ連絡)")
        case .office: Phrase("silent, office told", "警報(役場へ連絡)")
        case .unknown: Phrase("nobody knows", "確認不能")
        case .seen: Phrase("seen again", "カード使用再開")
        case .seenTo: Phrase("visited", "訪問確認")
        }
    }
}

extension PlainWords {
    /// `東小学校 2026-11-21, due 08:30: 310 arrived, 4 absent, 1 NOT ARRIVED`
    func summary(_ list: PupilList, of school: School) -> String {
        let due =
            list.due.map { Phrase(", due \($0.minute(town.offset).suffix(5))", " 登校時刻\($0.minute(town.offset).suffix(5))")[language] } ?? ""
        let parts = PupilDay.State.allCases.compactMap { state -> String? in
            guard let count = list.tally[state.rawValue], count > 0 else { return nil }
            return Phrase("\(grouped(count)) \(state.phrase.en)", "\(state.phrase.ja)\(grouped(count))人")[language]
        }
        let tally = parts.isEmpty ? Phrase("nobody", "対象なし")[language] : parts.joined(separator: Phrase(", ", "、")[language])
        return "\(harmless(school.title)) \(list.date)\(due)\(Phrase(": ", "：")[language])\(tally)"
    }

    func silent(_ gate: SilentGate) -> String {
        let since = gate.since?.minute(town.offset)
        return Phrase(
            "\(gate.agent) has been silent \(since.map { "since \($0)" } ?? "from the beginning")",
            "\(gate.agent)：\(since.map { "\($0)から" } ?? "")応答なし")[language]
    }

    var pupilHeading: [String] {
        [
            Phrase("CLASS", "組"), Phrase("NAME", "氏名"), Phrase("STATE", "状態"), Phrase("ARRIVED", "登校"), Phrase("LEFT", "下校"),
            Phrase("PERSON", "住民番号"),
        ]
        .map { $0[language] }
    }

    func row(_ pupil: PupilDay) -> [String] {
        func time(_ moment: Instant?) -> String { moment.map { String($0.minute(town.offset).suffix(5)) } ?? "-" }
        return [
            pupil.schoolClass.map(harmless) ?? "-", pupil.name.map(harmless) ?? "-", pupil.state.phrase[language], time(pupil.arrived),
            time(pupil.left), pupil.person.text,
        ]
    }

    func absence(_ said: AbsenceReported) -> String {
        let days = said.from == said.until ? "\(said.from)" : "\(said.from)–\(said.until)"
        return said.undone == true
            ? Phrase("\(said.person) comes to \(said.school) after all, \(days)", "\(said.person) \(said.school) 欠席取消 \(days)")[language]
            : Phrase("\(said.person) is absent from \(said.school), \(days)", "\(said.person) \(said.school) 欠席 \(days)")[language]
    }

    func schoolDay(_ said: SchoolDayChanged) -> String {
        func time(_ minutes: Int) -> String {
            let minute = minutes % 60
            return "\(minutes / 60):\(minute < 10 ? "0" : "")\(minute)"
        }
        let how: Phrase =
            if said.isClosed == true {
                Phrase("no school", "休校")
            } else if let from = said.from, let until = said.until {
                Phrase("\(time(from))–\(time(until))", "\(time(from))–\(time(until))")
            } else {
                Phrase("as the calendar says", "通常どおり")
            }
        return "\(said.school) \(said.date): \(how[language])"
    }

    func schoolAlarm(_ alarm: SchoolAlarm) -> String {
        [alarm.person?.text, alarm.outcome.phrase[language]].compactMap(\.self).joined(separator: " ")
    }

    // MARK: Silence

    var watchHeading: [String] {
        [
            Phrase("PERSON", "住民番号"), Phrase("STAGE", "状態"), Phrase("DAYS", "日数"), Phrase("LAST SEEN", "最後の使用"), Phrase("NEXT", "次の判定"),
            Phrase("FOUND", "確認内容"),
        ].map { $0[language] }
    }

    func row(_ watch: Watch) -> [String] {
        let next = watch.pausedUntil.map(\.description) ?? watch.due?.minute(town.offset) ?? "-"
        let found = watch.words.map(harmless) ?? watch.silent?.map(silent).joined(separator: ", ") ?? "-"
        return [watch.person.text, watch.stage.phrase[language], String(watch.days), watch.last.minute(town.offset), next, found]
    }

    func silence(_ silence: SilenceRaised) -> String {
        let last = silence.last.minute(town.offset)
        return Phrase("\(silence.outcome.phrase.en), last seen \(last)", "\(silence.outcome.phrase.ja)、最後の使用 \(last)")[language]
    }

    func watch(_ watch: WatchChanged) -> String {
        watch.ended == true
            ? Phrase("watched over no more", "見守り終了")[language]
            : Phrase("watched over: \(watch.days) days", "見守り：\(watch.days)日")[language]
    }

    /// `arrived → p-…: handed over, mail`
    func delivery(_ ended: DeliveryEnded) -> String {
        let recipient = ended.person?.text ?? ended.contact?.text ?? "?"
        let stage = DeliveryLine.Stage(rawValue: ended.outcome.rawValue)?.phrase[language] ?? ended.outcome.rawValue
        let rest = [ended.way?.phrase[language], ended.code.map(String.init)].compactMap(\.self).joined(separator: " ")
        return "\(ended.word.phrase[language]) → \(recipient): \(stage)\(rest.isEmpty ? "" : ", \(rest)")"
    }
}

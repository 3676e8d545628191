import Contracts
import Town

// What shelters say on the bus, for people; nobody's name is there.
extension PlainWords {
    func shelter(_ change: ShelterChanged) -> String {
        let run = change.run
        let end = run.until.map { Phrase(" until \($0.minute(town.offset))", "、\($0.minute(town.offset))まで")[language] } ?? ""
        let drill = run.isDrill && run.stage != .closed ? Phrase(", a drill\(end)", "(訓練\(end))")[language] : ""
        return "\(harmless(change.shelter.title)): \(run.stage.phrase[language])\(drill)" + by(run.by)
    }

    func stayNote(_ note: StayNoted) -> String {
        let kind = note.kind.map { " (\($0.phrase[language]))" } ?? ""
        let drill = note.drill == true ? Phrase("drill: ", "訓練:")[language] : ""
        return "\(drill)\(note.who) \(note.step.phrase[language])\(kind)"
            + (note.by.map { by($0) } ?? Phrase(", by card", "(カード)")[language])
    }

    func stayCorrection(_ correction: StayCorrected) -> String {
        let what = correction.stands ? Phrase("note counts again", "記録を復活") : Phrase("note struck", "記録を取消")
        return "\(what[language]): \(correction.reason.phrase[language])" + by(correction.by)
    }

    /// `open: 12 here, room`
    func occupancy(_ occupancy: Occupancy) -> String {
        let congestion = occupancy.congestion.map { Phrase(", \($0.phrase.en)", "・\($0.phrase.ja)")[language] } ?? ""
        let count = occupancy.headcount
        let people =
            occupancy.condition == .silent ? Phrase("\(count) when last heard", "最後は\(count)名") : Phrase("\(count) here", "\(count)名")
        return "\(condition(occupancy)): \(people[language])\(congestion)"
    }

    private func by(_ user: UserID?) -> String { user.map { Phrase(", by \($0)", "(\($0))")[language] } ?? "" }
}

extension ShelterRun.Stage: Worded {
    var phrase: Phrase {
        switch self {
        case .open: Occupancy.Condition.open.phrase
        case .closing: Occupancy.Condition.closing.phrase
        case .closed: Occupancy.Condition.closed.phrase
        }
    }
}

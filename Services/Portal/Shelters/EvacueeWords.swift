import Contracts
import ServiceKit

// What is said of people at shelters, as desks and headquarters read it.
extension StayKind {
    var phrase: Phrase {
        switch self {
        case .night: Phrase("宿泊", "night")
        case .day: Phrase("日中のみ", "day")
        case .car: Phrase("車中泊", "car")
        case .home: Phrase("在宅", "home")
        }
    }
}

extension Whereabouts.Presence {
    var phrase: Phrase {
        switch self {
        case .here: Phrase("在所", "here")
        case .away: Phrase("外出中", "temporarily out")
        case .left: Phrase("退所", "left")
        }
    }
}

extension ShelterNeeds.Band {
    var phrase: Phrase {
        switch self {
        case .infant: Phrase("0歳", "below 1")
        case .small: Phrase("1〜5歳", "1 to 5")
        case .child: Phrase("6〜14歳", "6 to 14")
        case .adult: Phrase("15〜64歳", "15 to 64")
        case .old: Phrase("65〜74歳", "65 to 74")
        case .veryOld: Phrase("75歳以上", "from 75")
        case .unknown: Phrase("年齢不明", "of unknown age")
        }
    }
}

extension PersonFacts.Sex {
    var phrase: Phrase {
        switch self {
        case .female: Phrase("女", "female")
        case .male: Phrase("男", "male")
        case .unstated: Phrase("記載なし", "not stated")
        }
    }
}

extension StayCorrected.Reason {
    var phrase: Phrase {
        switch self {
        case .mistake: Phrase("誤り", "mistake")
        case .wrongPerson: Phrase("人違い", "wrong person")
        case .wrongTime: Phrase("時刻の誤り", "wrong time")
        case .wrongShelter: Phrase("避難所の誤り", "wrong shelter")
        }
    }
}

/// A line about somebody, in one language.
struct EvacueeWords {
    let town: TownFacts
    let tongue: Tongue
    /// By id.
    let shelters: [String: String]

    func say(_ ja: HTML, _ en: HTML) -> HTML { Phrase(ja, en)[tongue] }

    func name(_ brief: EvacueeBrief) -> HTML { brief.name.map { "\($0)" } ?? say("氏名不明", "no name") }

    /// `72歳 女 宮前`
    func facts(_ brief: EvacueeBrief) -> HTML {
        let age = brief.age.map { say("\($0)歳", "\($0)") }
        return joined([age, brief.sex?.phrase[tongue]] + [brief.district, brief.town].map { $0.map { "\($0)" } }, " ")
    }

    func needs(_ answers: [NeedAnswer]?) -> HTML {
        joined((answers ?? []).map { answer in "\(town.title(of: answer.need))\(answer.value.map { HTML(" \($0)") })" }, say("、", ", "))
    }

    /// Where somebody is: `中央公民館 在所（宿泊） 08:00から`.
    func stay(_ brief: EvacueeBrief) -> HTML {
        guard let shelter = brief.shelter, let presence = brief.presence else { return say("避難所にいない", "at no shelter") }
        let since = brief.since.map { $0.minute(town.offset) } ?? "?"
        let kind = brief.kind.map { say("（\($0.phrase.ja)）", " (\($0.phrase.en))") }
        let drill: HTML = brief.drill == true ? say("・訓練", ", drill") : ""
        return say(
            "\(title(of: shelter)) \(presence.phrase.ja)\(kind) \(since)\(presence == .left ? HTML("") : "から")",
            "\(presence.phrase.en)\(presence == .left ? HTML(" ") : " at ")\(title(of: shelter))\(kind), \(presence == .left ? HTML("") : "since ")\(since)"
        ) + drill
    }

    /// Nobody may be told where they are (支援措置).
    func protection(_ brief: EvacueeBrief) -> HTML {
        guard brief.isProtected == true else { return "" }
        return "<strong class=\"notice bad\">\(say("支援措置：所在を誰にも伝えない", "PROTECTED: tell nobody where"))</strong>"
    }

    func title(of shelter: ShelterID) -> String { shelters[shelter.text] ?? shelter.text }

    private func joined(_ words: [HTML?], _ separator: HTML) -> HTML {
        words.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: separator)
    }
}

extension TownFacts {
    /// As the town's questionnaire calls it.
    func title(of need: NeedID) -> String { questions.first { $0.need == need }?.title ?? need.text }
}

extension Portal {
    func words(_ tongue: Tongue, in turn: borrowing Turn) throws -> EvacueeWords {
        let titles = try Snapshots.all("shelter", as: ShelterChanged.self, in: turn.db).map { ($0.thing, $0.body.shelter.title) }
        return EvacueeWords(town: town, tongue: tongue, shelters: Dictionary(titles, uniquingKeysWith: { first, _ in first }))
    }

    /// Who did something, as people know them.
    func title(of user: UserID) -> String {
        policy.accounts.first { $0.stations.contains { $0.role.user($0.instance) == user } }?.title ?? user.text
    }
}

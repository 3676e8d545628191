import Contracts
import Town

// What is said of shelters, for people.
extension Occupancy.Condition: Worded {
    var phrase: Phrase {
        switch self {
        case .open: Phrase("open", "開設中")
        case .full: Phrase("full", "満員")
        case .closing: Phrase("closing", "閉鎖準備中")
        case .closed: Phrase("closed", "閉鎖")
        case .silent: Phrase("silent", "応答なし")
        }
    }
}

extension Occupancy.Congestion: Worded {
    var phrase: Phrase {
        switch self {
        case .free: Phrase("room", "空きあり")
        case .filling: Phrase("filling", "やや混雑")
        case .crowded: Phrase("crowded", "混雑")
        case .full: Phrase("full", "満員")
        }
    }
}

extension Shelter.Designation: Worded {
    var phrase: Phrase {
        switch self {
        case .emergencySite: Phrase("emergency site", "指定緊急避難場所")
        case .shelter: Phrase("shelter", "指定避難所")
        case .welfare: Phrase("welfare shelter", "福祉避難所")
        }
    }
}

extension Shelter.Tier: Worded {
    var phrase: Phrase {
        switch self {
        case .parent: Phrase("parent", "親避難所")
        case .first: Phrase("first", "1次避難所")
        case .firstAndHalf: Phrase("first and a half", "1.5次避難所")
        case .second: Phrase("second", "2次避難所")
        }
    }
}

extension Shelter.Feature: Worded {
    var phrase: Phrase {
        switch self {
        case .barrierFree: Phrase("barrier-free", "バリアフリー")
        case .pets: Phrase("pets", "ペット可")
        case .power: Phrase("power", "非常用電源")
        case .wifi: Phrase("Wi-Fi", "Wi-Fi")
        }
    }
}

extension Shelter.Hazard: Worded {
    // 災害対策基本法施行令 第20条の4, as the national lists write them.
    var phrase: Phrase {
        switch self {
        case .flood: Phrase("flood", "洪水")
        case .landslide: Phrase("landslide", "崖崩れ、土石流及び地滑り")
        case .stormSurge: Phrase("storm surge", "高潮")
        case .earthquake: Phrase("earthquake", "地震")
        case .tsunami: Phrase("tsunami", "津波")
        case .fire: Phrase("great fire", "大規模な火事")
        case .inlandFlood: Phrase("inland flood", "内水氾濫")
        case .volcano: Phrase("volcano", "火山現象")
        }
    }
}

extension StayKind: Worded {
    var phrase: Phrase {
        switch self {
        case .night: Phrase("night", "宿泊")
        case .day: Phrase("day", "日中のみ")
        case .car: Phrase("car", "車中泊")
        case .home: Phrase("home", "在宅")
        }
    }
}

extension StayNoted.Step: Worded {
    var phrase: Phrase {
        switch self {
        case .in: Phrase("in", "入所")
        case .away: Phrase("away", "外出")
        case .out: Phrase("out", "退所")
        }
    }
}

extension Whereabouts.Presence: Worded {
    var phrase: Phrase {
        switch self {
        case .here: Phrase("here", "在所")
        case .away: Phrase("temporarily out", "外出中")
        case .left: Phrase("left", "退所")
        }
    }
}

extension StayCorrected.Reason: Worded {
    var phrase: Phrase {
        switch self {
        case .mistake: Phrase("mistake", "誤り")
        case .wrongPerson: Phrase("wrong person", "人違い")
        case .wrongTime: Phrase("wrong time", "時刻の誤り")
        case .wrongShelter: Phrase("wrong shelter", "避難所の誤り")
        }
    }
}

extension ShelterNeeds.Band: Worded {
    var phrase: Phrase {
        switch self {
        case .infant: Phrase("below 1", "0歳")
        case .small: Phrase("1 to 5", "1〜5歳")
        case .child: Phrase("6 to 14", "6〜14歳")
        case .adult: Phrase("15 to 64", "15〜64歳")
        case .old: Phrase("65 to 74", "65〜74歳")
        case .veryOld: Phrase("from 75", "75歳以上")
        case .unknown: Phrase("of unknown age", "年齢不明")
        }
    }
}

extension PlainWords {
    func list(_ words: [some Worded]) -> String {
        words.isEmpty ? "-" : words.map { $0.phrase[language] }.joined(separator: Phrase(", ", "・")[language])
    }

    /// `open`, `open, drill`
    func condition(_ occupancy: Occupancy) -> String {
        occupancy.condition.phrase[language] + (occupancy.drill == true ? Phrase(", drill", "(訓練)")[language] : "")
    }

    /// Who somebody is, so that staff know the right one from the wrong one: `長井花子 (ナガイ ハナコ), 72, 宮前, p-…`.
    func evacuee(_ brief: EvacueeBrief) -> String {
        let name = harmless(brief.name ?? Phrase("no name", "氏名不明")[language]) + (brief.reading.map { " (\(harmless($0)))" } ?? "")
        let age = brief.age.map { Phrase("\($0)", "\($0)歳")[language] }
        let from = [brief.district, brief.town].compactMap { $0.map(harmless) }
        let isProtected = brief.isProtected == true ? Phrase("PROTECTED: tell nobody where", "支援措置:所在を誰にも伝えない")[language] : nil
        return ([name, age] + from + [isProtected, "\(brief.who)"]).compactMap(\.self).joined(separator: ", ")
    }

    /// Where somebody is: `here at s01 since 2026-11-21 08:00 (night)`, `at no shelter`.
    func stay(_ brief: EvacueeBrief) -> String {
        guard let shelter = brief.shelter, let presence = brief.presence else { return Phrase("at no shelter", "避難所にいない")[language] }
        let since = brief.since.map { $0.minute(town.offset) } ?? "?"
        let kind = brief.kind.map { " (\($0.phrase[language]))" } ?? ""
        let drill = brief.drill == true ? Phrase(", drill", "・訓練")[language] : ""
        let there =
            presence == .left
            ? Phrase("left \(shelter)", "\(shelter) 退所") : Phrase("\(presence.phrase.en) at \(shelter)", "\(shelter) \(presence.phrase.ja)")
        return there[language] + Phrase(presence == .left ? ", " : " since ", " ")[language] + since + kind + drill
    }

    func needs(_ needs: [NeedAnswer]?) -> String {
        (needs ?? []).map { title(of: $0.need) + ($0.value.map { " " + harmless($0) } ?? "") }.joined(
            separator: Phrase(", ", "、")[language])
    }

    /// As the town's questionnaire calls it.
    func title(of need: NeedID) -> String { town.shelters.questions.first { $0.need == need }?.title ?? need.text }

    /// A line of somebody's history.
    func line(_ line: EvacueePage.Line) -> [String] {
        let kind = line.kind.map { " (\($0.phrase[language]))" } ?? ""
        return [
            line.at.minute(town.offset), line.shelter.text, line.step.phrase[language] + kind,
            line.by?.text ?? Phrase("card", "カード")[language], line.stands ? "" : Phrase("struck", "取消済")[language], line.note.description,
        ]
    }
}

import Contracts
import Town

extension PlainWords {
    /// The columns of a roster (避難者名簿), in the order towns' forms have them.
    var rosterHeading: [String] {
        [
            Phrase("NAME", "氏名"), Phrase("READING", "ふりがな"), Phrase("SEX", "性別"), Phrase("AGE", "年齢"), Phrase("FROM", "住所地区"),
            Phrase("STAYS", "滞在区分"), Phrase("CAME", "入所日時"), Phrase("IS", "状態"), Phrase("NEEDS", "配慮事項"), Phrase("ID", "番号"),
        ].map { $0[language] }
    }

    /// A line of a roster; what is not known is empty.
    func row(_ brief: EvacueeBrief) -> [String] {
        let from = [brief.district, brief.town].compactMap(\.self).joined(separator: " ")
        let isProtected = brief.isProtected == true ? Phrase("protected: tell nobody where", "支援措置(所在を伝えない)")[language] : ""
        return [
            brief.name ?? "", brief.reading ?? "", brief.sex?.phrase[language] ?? "", brief.age.map(String.init) ?? "", from,
            brief.kind?.phrase[language] ?? "", brief.came?.minute(town.offset) ?? "", brief.presence?.phrase[language] ?? "",
            [isProtected, needs(brief.needs)].filter { !$0.isEmpty }.joined(separator: Phrase(", ", "、")[language]), "\(brief.who)",
        ]
    }
}

/// How many people of which kind are at a shelter: what a headcount sheet (人数集計表) says.
struct Headcount {
    let people: [EvacueeBrief]

    /// Those who take up room, the temporarily out among them.
    var inside: Int { count { $0.kind?.isInside ?? true } }
    var away: Int { count { $0.presence == .away } }

    func count(_ isMeant: (EvacueeBrief) -> Bool) -> Int { people.count(where: isMeant) }

    /// By kind of stay, a row each: female, male, not stated, all.
    var byKind: [(kind: StayKind, counts: [Int])] {
        StayKind.allCases.map { kind in
            let some = people.filter { ($0.kind ?? .night) == kind }
            let (women, men) = (some.count { $0.sex == .female }, some.count { $0.sex == .male })
            return (kind, [women, men, some.count - women - men, some.count])
        }
    }

    var byAge: [(band: ShelterNeeds.Band, count: Int)] {
        ShelterNeeds.Band.allCases.map { band in (band, count { ShelterNeeds.Band(age: $0.age) == band }) }
    }
}

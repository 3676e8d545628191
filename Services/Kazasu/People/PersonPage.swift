import Contracts
import Sheets
import Town

/// Everything that is known of one person, in the order a clerk or the person reads it: a name, its reading, and sections of rows.
struct PersonPage {
    struct Section {
        let title: String
        let rows: [[String]]
    }

    let name: String
    let reading: String
    let sections: [Section]

    /// - Parameter today: for the age.
    init(_ file: PersonFile, _ words: PlainWords, today: CalendarDate) {
        let language = words.language
        func section(_ title: Phrase, _ rows: [[String]]) -> Section { Section(title: title[language], rows: rows) }
        name = harmless(file.facts.name ?? Phrase("no name", "氏名なし")[language])
        reading = harmless(file.facts.reading ?? "")
        sections = [
            section(Phrase("PERSON", "基本情報"), Self.facts(file, words, today)),
            section(Phrase("CARDS", "カード"), file.cards.map { words.card($0) }),
            section(Phrase("RELATIONS", "関係"), file.relations.map { words.relation($0) }),
            section(Phrase("CONSENTS", "同意"), file.consents.map { words.consent($0) }),
            section(Phrase("ENTITLED TO", "利用資格"), file.eligible.map { [$0.programme.text, words.days($0.from, $0.to)] }),
            section(
                Phrase("FROM LISTS", "名簿による属性"),
                (file.facts.attributes ?? []).map {
                    [$0.kind.text, harmless($0.value), words.days($0.from, $0.to), harmless($0.source)]
                }),
            section(Phrase("GROUPS", "グループ"), file.groups.map { [$0.text] }),
            section(Phrase("NUMBERS", "名簿の番号"), file.numbers.sorted { $0.key < $1.key }.map { [harmless($0.key), harmless($0.value)] }),
            section(
                Phrase("TOLD TO SERVICES", "各サービスに伝えた内容"), file.views.sorted { $0.key < $1.key }.map { [harmless($0.key), told($0.value)] }),
            section(Phrase("HISTORY", "履歴"), words.history(file.history)),
        ].filter { !$0.rows.isEmpty }
    }

    /// For a terminal.
    var text: String {
        sections.reduce("\(name)\n" + (reading.isEmpty ? "" : "\(reading)\n")) { text, section in
            text + "\n\(section.title)\n" + table(section.rows.map { ["  " + ($0.first ?? "")] + $0.dropFirst() })
        }
    }

    private static func facts(_ file: PersonFile, _ words: PlainWords, _ today: CalendarDate) -> [[String]] {
        let (facts, language) = (file.facts, words.language)
        let standing = file.standing.phrase[language] + (file.into.map { " → \($0)" } ?? "")
        let channels = facts.channels?.map { "\($0.way.phrase[language]) \($0.address)" }
        let rows: [(Phrase, String?)] = [
            (Phrase("id", "ID"), file.person.text),
            (
                Phrase("born", "生年月日"),
                facts.born.map { "\($0) \($0.wareki), " + Phrase("\($0.age(on: today)) years", "\($0.age(on: today))歳")[language] }
            ),
            (Phrase("sex", "性別"), facts.sex?.phrase[language]), (Phrase("address", "住所"), facts.address),
            (Phrase("district", "地区"), facts.district), (Phrase("household", "世帯番号"), facts.household),
            (Phrase("school", "学校"), facts.school.map { $0 + (facts.schoolClass.map { " \($0)" } ?? "") }),
            (Phrase("languages", "言語"), facts.languages?.joined(separator: ", ")),
            (Phrase("needs", "配慮事項"), facts.needs?.joined(separator: ", ")),
            (Phrase("channels", "連絡先"), channels?.joined(separator: ", ")),
            (Phrase("protected", "支援措置"), facts.isProtected == true ? Phrase("yes: tell nobody where", "あり(所在を誰にも伝えない)")[language] : nil),
            (Phrase("residency", "区分"), file.residency.phrase[language]),
            (Phrase("standing", "登録"), standing),
            (Phrase("since", "登録日時"), file.since.minute(words.town.offset)),
        ]
        return rows.compactMap { title, value in value.flatMap { $0.isEmpty ? nil : [title[language], harmless($0)] } }
    }
}

extension PlainWords {
    func days(_ from: CalendarDate, _ to: CalendarDate?) -> String { "\(from)–" + (to.map { "\($0)" } ?? "") }

    func card(_ card: CardFile) -> [String] {
        let until = card.until.map { "–\($0.minute(town.offset))" } ?? "–"
        return [card.status.phrase[language], card.scheme.phrase[language], card.since.minute(town.offset) + until, card.token.text]
    }

    /// Who the other is to this person, or this person to the other.
    func relation(_ relation: RelationFile) -> [String] {
        let kind = relation.kind.phrase
        let sentence =
            relation.isOfThisPerson
            ? Phrase("this person is \(kind.en) of", "本人が\(kind.ja)") : Phrase("\(kind.en) of this person", "本人の\(kind.ja)")
        return [sentence[language], harmless(relation.name ?? "-"), relation.person.text, relation.since.minute(town.offset)]
    }

    func consent(_ consent: Consent) -> [String] {
        let word = consent.given ? Phrase("given", "同意") : Phrase("withdrawn", "撤回")
        return [
            word[language], "\(consent.service) \(consent.kind)", consent.at.minute(town.offset), harmless(consent.how),
            Phrase("wording \(harmless(consent.wording))", "文面 \(harmless(consent.wording))")[language],
        ]
    }

    /// Rulings and looks, the oldest first.
    func history(_ rulings: [RulingFile]) -> [[String]] {
        rulings.sorted { ($0.at, $0.id) < ($1.at, $1.id) }.map { ruling in
            let what = ruling.what.phrase[language] + (ruling.of.map { " \(harmless($0))" } ?? "")
            let undone = ruling.undone == true ? Phrase(" (taken back)", "(取消済)")[language] : ""
            return [
                ruling.at.minute(town.offset), what + undone, Phrase("by \(ruling.by)", "\(ruling.by)")[language],
                harmless(ruling.why ?? ""),
                ruling.id.description,
            ]
        }
    }
}

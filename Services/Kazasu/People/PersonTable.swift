import Contracts
import Sheets

extension Counter {
    /// People at a glance, one line each.
    func show(_ persons: [PersonBrief]) throws {
        if json { return try console.json(persons) }
        guard !persons.isEmpty else { return console.line(Phrase("nobody", "該当者なし")[words.language]) }
        let head = [
            Phrase("NAME", "氏名"), Phrase("READING", "フリガナ"), Phrase("BORN", "生年月日"), Phrase("DISTRICT", "地区"), Phrase("STANDING", "登録"),
            Phrase("CARDS", "カード"), Phrase("PERSON", "ID"),
        ]
        let rows = persons.map { person in
            [
                harmless(person.name ?? "-"), harmless(person.reading ?? "-"), person.born.map { "\($0) \($0.wareki)" } ?? "-",
                harmless(person.district ?? "-"), person.standing.phrase[words.language], "\(person.cards)", person.person.text,
            ]
        }
        console.out(table([head.map { $0[words.language] }] + rows))
    }
}

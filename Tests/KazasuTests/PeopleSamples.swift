import Contracts

/// A mother and her child, whom the tests of the counter meet.
enum Sample {
    static let hanako = PersonID("p-7k3mq2x5t4w2vbza")!
    static let taro = PersonID("p-2x5t4w2vbza7k3mq")!
    static let ruling = EventID("01JD8X5Z3Q4Y6W7V8T9SABCDEF")!
    static let card = Token("k1.aaaaaaaaaaaaaaaaaaaaaaaaaa")!
    static let otherCard = Token("k1.bbbbbbbbbbbbbbbbbbbbbbbbbb")!
    /// Hanako's.
    static let born = CalendarDate(year: 1954, month: 3, day: 1)
    static let at = Instant(rfc3339: "2026-11-21T08:15:00+09:00")!

    static func facts(_ name: String, _ reading: String, born: String) -> PersonFacts {
        var facts = PersonFacts()
        (facts.name, facts.reading, facts.born) = (name, reading, CalendarDate(born))
        return facts
    }

    static func file(_ person: PersonID) -> PersonFile {
        let facts =
            person == hanako
            ? facts("長井 花子", "ナガイ ハナコ", born: "1954-03-01") : facts("長井 太郎", "ナガイ タロウ", born: "2016-04-02")
        var file = PersonFile(person, facts, .resident, .registered, since: at)
        file.cards = [CardFile(card, .cardApp, .active, since: at)]
        return file
    }

    static func brief(_ person: PersonID) -> PersonBrief {
        let file = file(person)
        return PersonBrief(person, file.facts, file.residency, file.standing, cards: file.cards.count)
    }
}

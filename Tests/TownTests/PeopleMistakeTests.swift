import Testing

@testable import Town

@Suite("Mistakes in what a town says of its people")
struct PeopleMistakeTests {
    @Test("Each with its place and what to do", arguments: mistakes)
    func below(text: String, expected: [String]) { #expect(sentences(small + "people:\n" + text + "\n") == expected) }
}

/// Lines below `people:`, the seventh and following.
private let mistakes: [(text: String, expected: [String])] = [
    (
        "  keep: { left-days: 0, rulings-days: 30 }",
        [
            "7:22 \"left-days\" of \"keep\" of \"people\" of the town is \"0\". Write a whole number from 1 to 36500.",
            "7:39 \"rulings-days\" of \"keep\" of \"people\" of the town is \"30\". Write a whole number from 365 to 36500.",
        ]
    ),
    (
        "  programmes: { senior: {} }",
        ["7:25 programme \"senior\" is a mapping. Write who is entitled: an age (from-age: 70) or an attribute (attribute: disability)."]
    ),
    (
        "  lists: { pupils: { says: member, columns: { number: N } } }",
        ["7:28 \"says\" of list \"pupils\" is \"member\". Write residents or members or eligible or attribute. Did you mean \"members\"?"]
    ),
    (
        "  lists: { pupils: { says: members, columns: { nmae: 氏名, reading: フリガナ } } }",
        [
            "7:12 list \"pupils\" lacks \"group\". Add it, for example group: first-school",
            "7:20 list \"pupils\" is a mapping. Write columns that tell whom a line means: number, or reading and born.",
            "7:48 the name of this column is \"nmae\". Write what a column means: number, name, reading, born, sex, address, district, household, school, languages, phone, mail, residency, protected, value, from, to, class. Did you mean \"name\"?",
        ]
    ),
    (
        "  lists: { tax: { says: attribute, attribute: tax, numbers-of: residents, columns: { number: N, value: 区分 } } }",
        ["7:12 list \"tax\" has the numbers of \"residents\", which is no list. Lists: tax."]
    ),
]

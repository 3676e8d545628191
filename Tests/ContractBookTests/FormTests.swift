import ContractBook
import Contracts
import Harness
import Testing

@Suite("What the schemas say of texts is what the programs accept")
struct FormTests {
    /// Good texts of each form; mutations of them are tried.
    static let forms: [(type: any (WrittenAsText & Sendable).Type, texts: [String], isExact: Bool)] = [
        (EventID.self, ["01M7XK0AFV04HMASW9NF6YY093", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"], true),
        (Epoch.self, ["1795227986241-k3f9", "0000000000000-0z9a"], true),
        (Token.self, ["k1.mfrggzdfmztwq2lkmfrggzdfmy", "k999.22222222222222222222222222"], true),
        (DoorID.self, ["gym", "a", "0-9", String(repeating: "a", count: 63)], true),
        (Purpose.self, ["visit", "door:gym", "event:culture-day-2026"], true),
        // What day a month has is beyond a pattern.
        (Instant.self, ["2026-11-21T08:00:00.123+09:00", "1970-01-01t00:00:60z", "2026-02-28T23:59:59-13:59"], false),
        (PersonID.self, ["p-7k3mq2x5t4w2vbza", "p-aaaaaaaaaaaaaaaa", "p-2234567765432zyx"], true),
        (CalendarDate.self, ["1954-03-01", "2024-02-29", "0001-01-01", "9999-12-31"], false),
    ]

    @Test("Patterns and programs agree on twenty thousand texts of each form", arguments: forms.indices)
    func agree(_ index: Int) throws {
        let (type, texts, isExact) = Self.forms[index]
        let pattern = try Regex(type.pattern)
        var chance = Seeded(UInt64(index))
        let letters = Array("0123456789abcdefghijklmnopqrstuvwxyzABCDEFTUZ-.:+/ _é")
        var (good, bad) = (0, 0)
        for text in texts + [type.sample] { #expect(type.init(text) != nil && text.wholeMatch(of: pattern) != nil, "\(text)") }
        for _ in 0..<20_000 {
            var text = Array(texts[chance.below(texts.count)])
            for _ in 0...chance.below(2) {
                let place = chance.below(text.count)
                switch chance.below(4) {
                case 0: text.insert(letters[chance.below(letters.count)], at: place)
                case 1 where text.count > 1: text.remove(at: place)
                default: text[place] = letters[chance.below(letters.count)]
                }
            }
            let word = String(text)
            let (isRead, isMatch) = (type.init(word) != nil, word.wholeMatch(of: pattern) != nil)
            #expect(isExact ? isRead == isMatch : isMatch || !isRead, "\(type): \(word) is \(isRead ? "read" : "not read")")
            if isRead { good += 1 } else { bad += 1 }
        }
        #expect(good > 500 && bad > 500)
    }

    struct Closed: Codable {
        enum Word: String, Codable { case yes }
        var word: Word
    }

    struct Whole: Codable, Equatable {
        enum Word: String, Codable, CaseIterable { case yes, no }
        var flag: Bool?
        var list: [[Word]]
        var map: [String: Double]?
        var number: Double?
        var small: Int?
        var text: String?
        var whole: Int64?
    }

    @Test("A type that does not say its words is refused, not guessed")
    func unrecordable() { #expect(throws: Unrecordable.self) { try Shape(of: Closed.self) } }

    @Test("Fields are recorded with their shapes, and optional ones as such")
    func shapes() throws {
        let schema = Comments(sources: []).schema(of: try Shape(of: Whole.self)).without("description")
        let expected: JSON = [
            "type": "object", "required": ["list"],
            "properties": [
                "flag": ["type": "boolean"],
                "list": ["type": "array", "items": ["type": "array", "items": ["type": "string", "enum": ["yes", "no"]]]],
                "map": ["type": "object", "additionalProperties": ["type": "number"]], "number": ["type": "number"],
                "small": ["type": "integer"], "text": ["type": "string"], "whole": ["type": "integer"],
            ],
        ]
        #expect(schema == expected)
    }
}

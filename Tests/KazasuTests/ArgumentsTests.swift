import Contracts
import Kazasu
import Testing

@Suite("The command line")
struct ArgumentsTests {
    static var options: [OptionShape] { [from.shape, card.shape, json.shape] }
    static var from: Option<String> { Option("--from", "TIME", "", expected: "a time") { $0 } }
    static var card: Option<String> { Option("--card", "TOKEN", repeats: true, "", expected: "a token") { $0.hasPrefix("k") ? $0 : nil } }
    static var json: Flag { Flag("--json", "") }

    struct Case: Sendable, CustomTestStringConvertible {
        let words: [String]
        var operands: [String] = []
        var from: String?
        var cards: [String] = []
        var json = false
        var testDescription: String { words.joined(separator: " ") }
    }

    @Test(
        "Options may stand anywhere, with a space or =, and -- ends them",
        arguments: [
            Case(words: ["gym"], operands: ["gym"]),
            Case(words: ["gym", "--from", "18:00"], operands: ["gym"], from: "18:00"),
            Case(words: ["--from=18:00", "gym"], operands: ["gym"], from: "18:00"),
            Case(words: ["--from="], from: ""),
            Case(words: ["--from=a=b"], from: "a=b"),
            Case(words: ["--card", "k1", "gym", "--card", "k2"], operands: ["gym"], cards: ["k1", "k2"]),
            Case(words: ["--json", "gym"], operands: ["gym"], json: true),
            Case(words: ["--", "--json"], operands: ["--json"]),
            Case(words: ["-", "-5"], operands: ["-", "-5"]),
        ])
    func understands(_ row: Case) throws {
        let arguments = try Arguments(row.words, options: Self.options, operands: 0...2, usage: "kazasu test")
        #expect(arguments.operands == row.operands)
        #expect(try arguments.optional(Self.from) == row.from)
        #expect(try arguments.all(Self.card) == row.cards)
        #expect(arguments.has(Self.json) == row.json)
    }

    @Test(
        "What is not understood is refused with the next step",
        arguments: [
            (["--form", "18:00"], "Did you mean --from?"), (["--zzz"], "there is no option \"--zzz\""),
            (["--from"], "--from needs a value: --from TIME"),
            (["--from", "--json"], "--from needs a value"), (["--from", "a", "--from", "b"], "--from is given twice"),
            (["--json=yes"], "--json takes no value"),
            (["a", "b", "c"], "\"c\" is more than is needed"), (["-x"], "there is no option \"-x\""),
            (["\u{1B}[2J--bad", "b", "c"], "is more than"),
        ])
    func refuses(words: [String], sentence: String) {
        let failure = #expect(throws: Failure.self) { try Arguments(words, options: Self.options, operands: 0...2, usage: "kazasu test") }
        #expect(failure?.code == .usage)
        #expect(failure?.description.contains(sentence) == true, "\(failure?.description ?? "")")
        #expect(failure?.description.contains("\u{1B}") == false)
    }

    @Test("A value of the wrong kind names what is expected")
    func wrongValue() throws {
        let arguments = try Arguments(["--card", "x"], options: Self.options, operands: 0...0, usage: "")
        let failure = #expect(throws: Failure.self) { try arguments.all(Self.card) }
        #expect(failure == .usage("--card \"x\": expected a token."))
        #expect(throws: Failure.self) { try arguments.required(Self.from) }
    }

    @Test(
        "Times are read as people write them",
        arguments: [
            ("18:00", "2026-11-21T18:00:00.000+09:00"), ("9:05", "2026-11-21T09:05:00.000+09:00"),
            ("24:00", "2026-11-22T00:00:00.000+09:00"),
            ("2026-12-31 23:59", "2026-12-31T23:59:00.000+09:00"), ("2026-12-31T08:00", "2026-12-31T08:00:00.000+09:00"),
            ("2026-11-21T00:00:00Z", "2026-11-21T09:00:00.000+09:00"),
        ])
    func times(text: String, expected: String) {
        // Half past midnight at home, still yesterday in Greenwich.
        let now = Instant(rfc3339: "2026-11-21T00:30:00+09:00")!
        #expect(WrittenTime(text)?.instant(now: now, .japan).rfc3339() == expected)
    }

    @Test(
        "What is no time is none",
        arguments: ["", "18", "18:60", "25:00", "24:01", "2026-02-30 10:00", "now", "18:00:00", "-1:00", "2026-11-21"])
    func noTimes(text: String) { #expect(WrittenTime(text) == nil) }
}

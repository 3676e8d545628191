import Contracts
import ResidentDirectory
import Testing

@Suite("Mistakes in a town's list")
struct ListMistakeTests {
    let counter: Counter

    init() throws { counter = try Counter(policy: ListTests.policy) }

    @Test("What is not understood is a sentence with its line, and the rest is applied")
    func unclear() throws {
        let rows = [
            ListTests.rows[0], ["2", "", "", "", "", "", ""], ["4", "誰 か", "ダレカ", "昭和65年1月1日", "男", "", ""],
            ["5", "誰 か", "ダレカ", "1980-01-01", "?", "", ""],
            ["1", "別 人", "ベツジン", "1990-01-01", "女", "", ""], ["6", "短い"],
        ]
        let review = try counter.hand("residents", ListTests.header, rows)
        #expect(review.counts == ["new": 1, "unclear": 5])
        let lines = try #require(try counter.ask(ReviewList(review.id, only: .unclear), on: .reviewList).answer).lines
        #expect(lines.map(\.line) == [3, 4, 5, 6, 7])
        #expect(lines[1].sentence.hasPrefix("生年月日: ") && lines[2].sentence.hasPrefix("性別: "))
        #expect(lines[3].sentence.contains("line 2") && lines[4].sentence.hasPrefix("2 cells, and the header has 7"))
        #expect(try counter.apply(review.id).counts["done"] == 1)
    }

    @Test("A mistake in somebody's line is no reason for them to leave")
    func mistakesKeepPeople() throws {
        _ = try counter.apply(try counter.hand("residents", ListTests.header, ListTests.rows).id)
        var rows = ListTests.rows
        (rows[0][3], rows[1][4]) = ("昭和65年1月1日", "?")
        rows.remove(at: 2)
        let review = try counter.hand("residents", ListTests.header, rows, sha: "y")
        #expect(review.counts == ["unclear": 2, "left": 1])
        _ = try counter.apply(review.id)
        #expect(
            try counter.found("1")?.standing == .registered && counter.found("2")?.standing == .registered
                && counter.found("3")?.standing == .left)
    }

    @Test("Nobody leaves while a line may mean anybody, and the line says so")
    func unknownLineKeepsEverybody() throws {
        _ = try counter.apply(try counter.hand("residents", ListTests.header, ListTests.rows).id)
        let review = try counter.hand("residents", ListTests.header, [ListTests.rows[0], ["3", "切れた行"]], sha: "y")
        #expect(review.counts == ["same": 1, "unclear": 1])
        let lines = try #require(try counter.ask(ReviewList(review.id), on: .reviewList).answer).lines
        #expect(lines.count == 1 && lines[0].sentence.hasSuffix("Nobody leaves while it is not known whom this line means"))
        _ = try counter.apply(review.id)
        #expect(try counter.found("2")?.standing == .registered && counter.found("3")?.standing == .registered)
        // A pupil nobody knows is understood well enough: those who are not named leave the group.
        try counter.ask(ChangeMembers("first-school", add: [try #require(try counter.found("2")).person]), on: .changeMembers)
        let school = try counter.hand("first-school", ["フリガナ", "生年月日"], [["ダレモ", "2000-01-01"]])
        #expect(school.counts == ["unclear": 1, "left": 1])
    }

    @Test("A list protects people, and leaves alone how else they are reached")
    func protection() throws {
        _ = try counter.apply(try counter.hand("residents", ListTests.header, ListTests.rows).id)
        let person = try #require(try counter.found("1")).person
        var facts = PersonFacts()
        facts.channels = [Reach(.line, "U1"), Reach(.phone, "0")]
        try counter.ask(PutPerson(person, facts), on: .putPerson)
        let header = ["宛名番号", "電話", "支援措置"]
        let rows = [["1", "090", "○"], ["2", "", ""], ["3", "", ""]]
        let review = try counter.hand("support", header, rows)
        let lines = try #require(try counter.ask(ReviewList(review.id), on: .reviewList).answer).lines
        #expect(lines.first?.sentence.hasSuffix("protected – → yes") == true)
        _ = try counter.apply(review.id)
        let file = try counter.file(person)
        #expect(file.facts.isProtected == true && file.facts.channels == [Reach(.line, "U1"), Reach(.phone, "090")])
        #expect(try counter.view(.shelterView, person)?.isProtected == true)
        #expect(try counter.hand("support", header, [["1", "090", "○"], rows[1], rows[2]], sha: "y").counts == ["same": 3])
        _ = try counter.apply(try counter.hand("support", header, [["1", "090", "×"], rows[1], rows[2]], sha: "z").id)
        #expect(try counter.view(.shelterView, person)?.isProtected == nil)
    }

    @Test("Rows before the first line of a file are refused")
    func badLine() throws {
        let opened = try #require(
            try counter.ask(OpenList("residents", header: ListTests.header, rows: 1, sha256: "x"), on: .openList).answer)
        #expect(try counter.ask(AddRows(opened.id, [AddRows.Row(line: 0, ListTests.rows[0])]), on: .addRows).refusal == "bad-line")
    }
}

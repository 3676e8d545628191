import Contracts
import Sheets
import Testing

@testable import Kazasu

@Suite("A shelter's sheets of paper")
struct ShelterPaperTests {
    private let words = PlainWords(.ja, try! town())
    /// 2027-01-02 09:00.
    private let now = Instant(rfc3339: "2027-01-02T09:00:00+09:00")!

    private func pages(_ shelter: Shelter = Shelter("s01", title: "第一<中学校>"), isDrill: Bool = false) -> ShelterPages {
        ShelterPages(town: "長井市", shelter: shelter, isDrill: isDrill, at: now, words: words)
    }

    private func person(_ number: Int) -> EvacueeBrief {
        var brief = EvacueeBrief(
            .person(PersonID("p-aaaaaaaaaaaaaaa" + String("abcdefghijklmnopqrstuvwxyz234567".dropFirst(number % 32).prefix(1)))!))
        (brief.name, brief.reading, brief.age, brief.sex) = ("住民\(number)", "じゅうみん", number, number.isMultiple(of: 2) ? .female : .male)
        (brief.kind, brief.presence, brief.came, brief.shelter) = (.night, .here, now, "s01")
        return brief
    }

    @Test("Every sheet of a roster says shelter, moment, its place among all and its serial; nobody is on none")
    func roster() {
        let html = pages().roster((1...41).map(person))
        for number in 1...3 {
            #expect(html.contains("<p>\(number) / 3 枚</p><p>用紙 <b>s01-20270102-0900-\(number)</b></p>"))
        }
        #expect(!html.contains("/ 4 枚") && html.components(of: "2027-01-02 09:00 現在") == 3)
        for number in 1...41 { #expect(html.components(of: "<td>住民\(number)</td>") == 1) }
        #expect(html.contains("第一&lt;中学校&gt;") && !html.contains("第一<中学校>"), "text is never markup")
        var evacuee = person(1)
        evacuee.name = "<b>&\""
        #expect(pages().roster([evacuee]).contains("<td>&lt;b&gt;&amp;&quot;</td>"))
        #expect(html.contains("@page { size: A4 landscape;") && html.contains("Noto Sans CJK JP") && html.contains("lang=\"ja\""))
        #expect(!html.contains("http://") && !html.contains("https://") && !html.contains("src="), "nothing comes from elsewhere")
        #expect(!html.contains("訓練") && pages(isDrill: true).roster([]).contains("訓練"))
    }

    @Test("An empty shelter's roster is one sheet, with room to write")
    func empty() {
        let html = pages().roster([])
        #expect(html.contains("1 / 1 枚") && html.components(of: "<tr>") == 1 + ShelterPages.rosterLines)
    }

    @Test("A blank form has twenty numbered lines with the columns that are entered again, the time among them")
    func form() {
        let html = pages().form(sheets: 2)
        #expect(html.components(of: "<section>") == 2 && html.components(of: "<tr>") == 2 * 21)
        #expect(PaperColumn.allCases.reduce(0) { $0 + $1.width } == 100)
        for column in PaperColumn.allCases where column != .sheet { #expect(html.contains("<th>\(column.rawValue)</th>")) }
        #expect(html.contains("<td>20</td>") && html.contains("月　　日") && html.contains("用紙 <b>s01-20270102-0900-2</b>"))
    }

    @Test("A headcount sheet counts by kind, sex and age, those in cars and at home beside those inside")
    func headcount() {
        var people = (0..<10).map { person($0 * 9) }
        (people[0].kind, people[1].presence, people[2].age, people[3].sex) = (.car, .away, nil, nil)
        let count = Headcount(people: people)
        #expect(count.inside == 9 && count.away == 1)
        #expect(
            count.byKind.map(\.kind) == [.night, .day, .car, .home] && count.byKind[0].counts == [4, 4, 1, 9]
                && count.byKind[2].counts == [1, 0, 0, 1])
        #expect(count.byAge.map(\.count).reduce(0, +) == 10 && count.byAge.last?.count == 1)
        #expect(pages().headcount(people).contains("所内 9名 (うち外出中 1名)"))
    }

    @Test("A roster for a spreadsheet has the columns of the form in their order, and no cell that runs as a formula")
    func spreadsheet() throws {
        var brief = person(1)
        brief.name = "=HYPERLINK(1)"
        brief.isProtected = true
        brief.needs = [NeedAnswer("allergy", "卵"), NeedAnswer("wheelchair")]
        #expect(words.rosterHeading == ["氏名", "ふりがな", "性別", "年齢", "住所地区", "滞在区分", "入所日時", "状態", "配慮事項", "番号"])
        var sheet = try SheetReader(try writeSheet(header: words.rosterHeading, rows: [words.row(brief)], as: .utf8))
        let row = try #require(try sheet.next()?.get())
        #expect(row.cells[0] == "'=HYPERLINK(1)" && row.cells[2...7] == ["男", "1", "", "宿泊", "2027-01-02 09:00", "在所"])
        #expect(row.cells[8] == "支援措置(所在を伝えない)、アレルギー 卵、wheelchair")
    }

    // MARK: Back from paper

    private func read(_ lines: String...) throws -> PaperSheet {
        let header = "用紙,行,動き,日時,氏名,ふりがな,性別,年齢,住所地区,滞在区分,番号"
        return try PaperSheet(Array(([header] + lines).joined(separator: "\n").utf8), of: "s01", now: now, .japan)
    }

    @Test(
        "The time on the paper is read as people write it; a day without its year is the latest that has been",
        arguments: [
            ("12/31 23:50", "2026-12-31T23:50:00+09:00"), ("1/2 8:05", "2027-01-02T08:05:00+09:00"),
            ("１２月３１日　２３：５０", "2026-12-31T23:50:00+09:00"),
            ("2026-12-31 23:50", "2026-12-31T23:50:00+09:00"), ("令和8年12月31日 23:50", "2026-12-31T23:50:00+09:00"),
        ])
    func times(text: String, meant: String) throws {
        #expect(try read("a-1,1,入,\(text),山田,,,,,,").lines.map(\.at) == [Instant(rfc3339: meant)!])
    }

    @Test("A line says who, how and in which way; what is circled by one sign is understood")
    func line() throws {
        let sheet = try read("a-1,3,退,1/2 8:05,山田 はな,やまだ はな,女,７２歳,宮前,車,", "a-1,4,入・外・退,1/2 8:06,佐藤,,女・男,,,泊・日・車・宅,P-AAAAAAAAAAAAAAAA")
        #expect(sheet.faults.isEmpty)
        let line = try #require(sheet.lines.first)
        #expect(
            line.step == .out && line.kind == .car && line.facts.age == 72 && line.facts.sex == .female && line.facts.district == "宮前"
                && line.who == nil)
        #expect(sheet.lines[1].step == .in && sheet.lines[1].kind == nil && sheet.lines[1].who == .person(PersonID("p-aaaaaaaaaaaaaaaa")!))
    }

    @Test("Who a line is follows from the sheet and its place on it, not from what is written there; lines nobody wrote on are nothing")
    func identity() throws {
        let one = try read("a-1,1,入,1/2 8:05,山田,,,,,,", "a-1,2,入・外・退,　　月　　日　　：　　,,,女・男,,,泊・日・車・宅,", "a-1,3,,,,,,,,,")
        let corrected = try read("a-1,1,入,1/2 8:15,山田はな,,,,,,")
        let others = try read("a-1,2,入,1/2 8:05,山田,,,,,,", "a-2,1,入,1/2 8:05,山田,,,,,,")
        #expect(one.lines.count == 1 && one.faults.isEmpty)
        #expect(one.lines[0].guest == corrected.lines[0].guest)
        #expect(Set((one.lines + others.lines).map(\.guest)).count == 3)
        let elsewhere = try PaperSheet(Array("用紙,行,動き,日時,氏名\na-1,1,入,1/2 8:05,山田\n".utf8), of: "s02", now: now, .japan)
        #expect(elsewhere.lines[0].guest != one.lines[0].guest)
    }

    @Test(
        "What cannot be understood is said with its line",
        arguments: [
            (",1,入,1/2 8:05,山田,,,,,,", "of which sheet"), ("a-1,,入,1/2 8:05,山田,,,,,,", "of which sheet"),
            ("a-1,1,入,8:05,山田,,,,,,", "no day and time"),
            ("a-1,1,入,2/30 8:05,山田,,,,,,", "no day and time"), ("a-1,1,入,2027-01-03 8:05,山田,,,,,,", "a time to come"),
            ("a-1,1,来,1/2 8:05,山田,,,,,,", "動き is none of"),
            ("a-1,1,入,1/2 8:05,,,,,,,", "neither a name nor a number"),
            ("a-1,1,入,1/2 8:05,山田,,,九,,,", "no age"), ("a-1,1,入,1/2 8:05,山田,,,,,,12", "no number"),
        ])
    func faults(line: String, says: String) throws {
        let sheet = try read(line)
        #expect(
            sheet.lines.isEmpty && sheet.faults.count == 1 && sheet.faults[0].line == 2 && sheet.faults[0].text.contains(says),
            "\(sheet.faults)")
    }

    @Test("Without the form's columns nothing is read")
    func columns() {
        let failure = #expect(throws: Failure.self) { try PaperSheet(Array("氏名,日時\na,b\n".utf8), of: "s01", now: now, .japan) }
        #expect(failure?.description.contains("\"用紙\", \"行\", \"動き\"") == true)
    }
}

extension String {
    /// How often another text stands in it.
    fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}

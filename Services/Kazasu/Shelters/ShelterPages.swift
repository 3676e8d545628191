import Contracts
import Town

/// Sheets of paper for a shelter, as pages a browser prints on A4 without anything from elsewhere. Every sheet says of which shelter and moment it is and
/// which of how many; its serial follows from these, so a sheet that is found can be put where it belongs.
struct ShelterPages {
    let town: String
    let shelter: Shelter
    let isDrill: Bool
    let at: Instant
    let words: PlainWords

    /// Lines on a blank form, with room to write in each.
    static let lines = 20
    /// Lines of a roster on a sheet; some of them hold so much that they are two.
    static let rosterLines = 16

    /// `s01-20261121-0800`
    static func serial(of shelter: ShelterID, at moment: Instant, _ offset: UTCOffset) -> String {
        let digits = moment.rfc3339(offset).filter(\.isNumber)
        return "\(shelter)-\(digits.prefix(8))-\(digits.dropFirst(8).prefix(4))"
    }

    var serial: String { Self.serial(of: shelter.id, at: at, words.town.offset) }

    func roster(_ people: [EvacueeBrief]) -> String {
        let heading = ["No."] + words.rosterHeading
        let rows = people.enumerated().map { number, brief in ["\(number + 1)"] + words.row(brief) }
        let sheets = stride(from: 0, to: max(rows.count, 1), by: Self.rosterLines).map { start in
            let some = Array(rows.dropFirst(start).prefix(Self.rosterLines))
            let empty = Array(repeating: Array(repeating: "", count: heading.count), count: Self.rosterLines - some.count)
            return grid(heading, some + empty, of: "roster")
        }
        let count = Headcount(people: people)
        return page("避難者名簿", "A4 landscape", sheets, note: "\(people.count)名(うち外出中 \(count.away)名)。空いた行に書き足すときは、時刻も書いてください。")
    }

    func headcount(_ people: [EvacueeBrief]) -> String {
        let count = Headcount(people: people)
        let kinds = count.byKind.map { row in [row.kind.phrase.ja] + row.counts.map(String.init) + [""] }
        let sums = (0..<4).map { column in count.byKind.reduce(0) { $0 + $1.counts[column] } }
        let capacity = [shelter.capacity?.day.map { "日中 \($0)名" }, shelter.capacity?.night.map { "夜間 \($0)名" }].compactMap(\.self)
        let sheet =
            "<p class=\"large\">所内 \(count.inside)名 (うち外出中 \(count.away)名)\(capacity.isEmpty ? "" : " 定員 \(capacity.joined(separator: "、"))")</p>"
            + grid(["滞在区分", "女", "男", "記載なし", "計", "目視"], kinds + [["計"] + sums.map(String.init) + [""]], of: "headcount")
            + grid(["年齢", "人数", "目視"], count.byAge.map { [$0.band.phrase.ja, "\($0.count)", ""] }, of: "headcount")
            + "<p class=\"sign\">確認者 ＿＿＿＿＿＿＿＿＿＿ 確認時刻 ＿＿月＿＿日＿＿時＿＿分</p>"
        return page("避難者数集計表", "A4 portrait", [sheet], note: "目視の数が違うときは、名簿を訂正してください。")
    }

    /// Blank forms, to be written on while there is no power, and entered by `kazasu shelter paper`.
    func form(sheets count: Int) -> String {
        let columns = PaperColumn.allCases.filter { $0 != .sheet }
        let rows = (1...Self.lines).map { line in columns.map { $0 == .line ? "\(line)" : $0.choices } }
        let sheets = Array(repeating: grid(columns.map(\.rawValue), rows, of: "form", widths: columns.map(\.width)), count: count)
        return page("避難者受付票", "A4 landscape", sheets, note: "あてはまるものを○で囲み、日時を必ず書いてください。番号はカードや名簿にあるときだけ。")
    }

    // MARK: Parts

    private func page(_ title: String, _ size: String, _ sheets: [String], note: String) -> String {
        let drill = isDrill ? "<strong class=\"drill\">訓練</strong> " : ""
        let sections = sheets.enumerated().map { number, sheet in
            """
            <section>
            <header><h1>\(drill)\(title)</h1><p>\(escaped(town)) \(escaped(shelter.title)) (\(shelter.id))</p>
            <p>\(at.minute(words.town.offset)) 現在</p><p>\(number + 1) / \(sheets.count) 枚</p><p>用紙 <b>\(serial)-\(number + 1)</b></p></header>
            \(sheet)
            <footer>\(note)</footer>
            </section>
            """
        }
        return """
            <!DOCTYPE html>
            <html lang="ja">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>\(title) \(serial)</title>
            <style>
            @page { size: \(size); margin: 10mm; }
            body { font: 9.5pt/1.3 "Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", "Yu Gothic", "Meiryo", sans-serif; color: #000; margin: 0; }
            section { break-after: page; }
            section:last-child { break-after: auto; }
            header { display: flex; gap: 2em; align-items: baseline; justify-content: space-between; }
            h1 { font-size: 14pt; margin: 0 0 2mm; }
            p { margin: 0 0 2mm; }
            table { border-collapse: collapse; width: 100%; margin-bottom: 4mm; }
            th, td { border: 0.3mm solid #000; padding: 0 1.5mm; height: 7.4mm; text-align: left; overflow-wrap: anywhere; }
            th { background: #eee; white-space: nowrap; }
            tr { break-inside: avoid; }
            .form { table-layout: fixed; }
            .form td { white-space: nowrap; }
            .drill { border: 0.6mm solid #000; padding: 0 2mm; }
            .large { font-size: 16pt; }
            .sign { margin-top: 10mm; }
            @media screen { body { margin: 1em; } section { margin-bottom: 3em; } }
            </style>
            </head>
            <body>
            \(sections.joined(separator: "\n"))
            </body>
            </html>

            """
    }

    /// - Parameter widths: of the columns, in hundredths of the sheet; by what stands in them if empty.
    private func grid(_ heading: [String], _ rows: [[String]], of kind: String, widths: [Int] = []) -> String {
        func line(_ cells: [String], _ tag: String) -> String {
            "<tr>" + cells.map { "<\(tag)>\(escaped($0))</\(tag)>" }.joined() + "</tr>"
        }
        let columns = widths.map { "<col style=\"width: \($0)%\">" }.joined()
        return "<table class=\"\(kind)\">\n<colgroup>\(columns)</colgroup>\n<thead>\(line(heading, "th"))</thead>\n<tbody>\n"
            + rows.map { line($0, "td") }.joined(separator: "\n") + "\n</tbody></table>\n"
    }
}

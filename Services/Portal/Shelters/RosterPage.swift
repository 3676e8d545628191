import Contracts
import HTTP
import ServiceKit
import Sheets

/// Who is at a shelter (避難者名簿): on the screen, on paper, and for a spreadsheet.
extension Portal {
    /// Of fifty people each; what is more stands on the next sheet. A file is whole, or it would be taken for it.
    private static func mostPages(_ look: Looked.At) -> Int { look == .export ? 2000 : 60 }

    private func wholeRoster(
        _ call: Call, _ look: Looked.At, in turn: borrowing Turn,
        page: @escaping ([EvacueeBrief], _ next: Evacuee?, Desk, ShelterSituation, borrowing Turn) throws -> Answer
    ) throws -> Answer {
        let query = call.request.query
        let desk = try desk(of: call, query)
        let account = try account(of: call)
        let one = try known(desk.shelter, in: turn)
        let isDrill = query["drill"].map { $0 == "1" } ?? (one.view.isDrill && !one.isClosed)
        let first = ListRoster(of: desk.shelter, drill: isDrill, after: query["after"].flatMap { Evacuee($0) })
        return try askAll(
            first, on: .listRoster, as: .shelterDesk, for: call, in: turn, atMost: Self.mostPages(look),
            next: { $0.more ? $0.entries.last.map { ListRoster(of: desk.shelter, drill: isDrill, after: $0.who) } : nil }
        ) { pages, turn in
            try noteLook(look, by: account, as: .shelterDesk, thing: desk.shelter.named(), in: turn)
            let next = pages.last.flatMap { $0.more ? $0.entries.last?.who : nil }
            // The registry's pages go by ids; people look for a reading.
            let sorted = pages.flatMap(\.entries).map { (foldedReading($0.reading ?? "") ?? "\u{FFFF}", $0) }
                .sorted { ($0.0, $0.1.name ?? "", $0.1.who) < ($1.0, $1.1.name ?? "", $1.1.who) }
            return try page(sorted.map(\.1), next, desk, one, turn)
        }
    }

    func rosterPage(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        try wholeRoster(call, .roster, in: turn) { people, next, desk, one, turn in
            .page(try rosterSheet(call, people, next, desk, one, in: turn))
        }
    }

    private func rosterSheet(
        _ call: Call, _ people: [EvacueeBrief], _ next: Evacuee?, _ desk: Desk, _ one: ShelterSituation, in turn: borrowing Turn
    ) throws -> Response {
        let words = try words(call.tongue, in: turn)
        let title = call("\(one.view.shelter.title) 避難者名簿", "Roster of \(one.view.shelter.title)")
        let rows = people.map { brief in "<tr>\(words.rosterRow(brief).map { HTML("<td>\($0)</td>") })</tr>\n" as HTML }
        let path = "desk/\(desk.shelter)/roster"
        let way = town.keeps(desk.shelter) ? "desk/\(desk.shelter)\(query(of: desk))" : "hq/shelter/\(desk.shelter)"
        let more = next.map { after -> HTML in
            "<p class=\"screen\"><a class=\"button\" href=\"\(call.path("\(path)\(query(of: desk, "after=\(after)"))"))\">\(call("続き", "More"))</a></p>"
        }
        let isDrill = people.contains { $0.drill == true }
        return try staffPage(
            call, title, watermark: try watermark(call, at: turn.now),
            """
            <h1>\(title)</h1>
            \(isDrill ? HTML("<p class=\"banner drill\">\(call("訓練", "Drill"))</p>") : "")<p class="watermark">\(try watermark(call, at: turn.now))</p>
            <p>\(Phrase.people(people.count)[call.tongue])</p>
            <p class="row screen"><a class="button" href="\(call.path("\(path).csv\(query(of: desk, "encoding=utf8"))"))">\(call("CSV（UTF-8）", "CSV (UTF-8)"))</a>
            <a class="button" href="\(call.path("\(path).csv\(query(of: desk, "encoding=cp932"))"))">\(call("CSV（Shift_JIS。表せない文字は〓）", "CSV (Shift_JIS; 〓 for what it lacks)"))</a>
            <a class="button" href="\(call.path(way))">\(town.keeps(desk.shelter) ? call("受付に戻る", "Back to the desk") : call("戻る", "Back"))</a></p>
            <div class="wide" tabindex="0" role="region" aria-label="\(title)"><table id="roster"><thead><tr>\(words.rosterHeading.map { HTML("<th scope=\"col\">\($0)</th>") })</tr></thead><tbody>
            \(rows)</tbody></table></div>
            \(more)
            """)
    }

    /// As a file for the town's spreadsheet, with the Japanese headings of the towns' forms in either language.
    func rosterFile(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        guard let encoding = SheetEncoding(rawValue: call.request.query["encoding"] ?? "utf8") else { throw Page.notFound }
        return try wholeRoster(call, .export, in: turn) { people, _, desk, _, turn in
            let words = try words(.ja, in: turn)
            var sheet = try SheetWriter(header: words.rosterHeading, as: encoding, replacesMissing: true)
            for brief in people { try sheet.append(words.rosterCells(brief)) }
            let type = encoding == .utf8 ? "text/csv; charset=utf-8" : "text/csv; charset=shift_jis"
            let moment = turn.now.minute(offset).filter { $0.isNumber }
            // RFC 6266, 4.3: a name of plain letters.
            let headers = ["Content-Disposition": "attachment; filename=\"roster-\(desk.shelter)-\(moment).csv\""]
            return .page(Response(type: type, headers: headers, body: sheet.bytes))
        }
    }
}

extension EvacueeWords {
    /// The columns of a roster, in the order towns' forms have them.
    var rosterHeading: [String] {
        [
            ("氏名", "Name"), ("ふりがな", "Reading"), ("性別", "Sex"), ("年齢", "Age"), ("住所地区", "From"), ("滞在区分", "Stays"),
            ("入所日時", "Came"), ("状態", "Is"), ("配慮事項", "Needs"), ("番号", "Id"),
        ].map { tongue == .en ? $0.1 : $0.0 }
    }

    /// A line of it; what is not known is empty.
    func rosterCells(_ brief: EvacueeBrief) -> [String] {
        func plain(_ phrase: Phrase?) -> String { phrase.map { $0[tongue].description } ?? "" }
        let from = [brief.district, brief.town].compactMap(\.self).joined(separator: " ")
        let isProtected = brief.isProtected == true ? tongue == .en ? "protected: tell nobody where" : "支援措置(所在を伝えない)" : nil
        let needs = (brief.needs ?? []).map { answer in town.title(of: answer.need) + (answer.value.map { " \($0)" } ?? "") }
        return [
            brief.name ?? "", brief.reading ?? "", plain(brief.sex?.phrase), brief.age.map(String.init) ?? "", from,
            plain(brief.kind?.phrase), brief.came?.minute(town.offset) ?? "", plain(brief.presence?.phrase),
            ([isProtected].compactMap(\.self) + needs).joined(separator: tongue == .en ? ", " : "、"), "\(brief.who)",
        ]
    }

    func rosterRow(_ brief: EvacueeBrief) -> [HTML] { rosterCells(brief).map { "\($0)" } }
}

import Contracts
import HTTP
import ServiceKit

/// Who of a district, an association or a school has not come (安否未確認者).
extension Portal {
    /// Of a hundred people each; what is more stands on the next sheet.
    private static let mostPages = 20

    func missingPage(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let query = call.request.query
        let account = try account(of: call)
        guard let text = query["list"] ?? composed(query), !text.isEmpty else {
            return .page(try missingSheet(call, nil, [], in: turn))
        }
        guard let list = PeopleList(text) else {
            throw Page.wrong(
                call("名簿は 地区・自主防災組織等・学校 のどれかの名前で指定してください：\(text)", "A list is a district, a group or a school: \(text)"))
        }
        let first = ListMissing(of: list, after: query["after"].flatMap { PersonID($0) })
        return try askAll(
            first, on: .listMissing, as: .shelterDesk, for: call, in: turn, atMost: Self.mostPages,
            next: { page in page.more ? page.people.last?.who.person.map { ListMissing(of: list, after: $0) } : nil }
        ) { pages, turn in
            try noteLook(.missing, by: account, as: .shelterDesk, in: turn)
            return .page(try missingSheet(call, list, pages, in: turn))
        }
    }

    /// The form's two fields as one.
    private func composed(_ query: [String: String]) -> String? {
        guard let kind = query["kind"], let name = query["name"], !name.isEmpty else { return nil }
        return "\(kind)/\(name)"
    }

    private func missingSheet(_ call: Call, _ list: PeopleList?, _ pages: [MissingPage], in turn: borrowing Turn) throws -> Response {
        let districts = Set(try shelters(in: turn).compactMap(\.shelter.district)).sorted()
        let links = districts.compactMap { PeopleList("district/\($0)") }.map { known -> HTML in
            "<li><a class=\"button\" href=\"\(call.path("hq/missing?list=\(percentEncoded(known.description))"))\">\(known.name)</a></li>\n"
        }
        let kinds = PeopleList.Kind.allCases.map { kind -> HTML in
            "<option value=\"\(kind.rawValue)\"\(kind == list?.kind ? HTML(" selected") : "")>\(kind.phrase[call.tongue])</option>"
        }
        let title = call("安否未確認者", "Who has not come")
        return try staffPage(
            call, title, watermark: list == nil ? nil : try watermark(call, at: turn.now),
            """
            <h1>\(title)\(list.map { HTML("：\($0.kind.phrase[call.tongue]) \($0.name)") })</h1>
            <div class="screen"><h2>\(call("地区", "Districts"))</h2><ul class="row">\(links)</ul>
            <form class="row" method="get"><div class="field"><label for="kind">\(call("種類", "Kind"))</label><select id="kind" name="kind">\(kinds)</select></div>
            <div class="field"><label for="name">\(call("名前", "Name"))</label><input id="name" name="name" value="\(list?.name ?? "")" maxlength="100" required></div>
            <button class="main">\(call("一覧を出す", "List them"))</button></form></div>
            \(try list.map { try missingTable($0, pages, call, in: turn) })
            """)
    }

    private func missingTable(_ list: PeopleList, _ pages: [MissingPage], _ call: Call, in turn: borrowing Turn) throws -> HTML {
        guard let last = pages.last else { return "" }
        let words = try words(call.tongue, in: turn)
        let rows = pages.flatMap(\.people).map { brief -> HTML in
            """
            <tr><th scope="row">\(words.name(brief)) \(words.protection(brief))</th><td>\(brief.reading ?? "")</td><td class="number">\(brief.age.map { "\($0)" } ?? "")</td><td>\(brief.district ?? "")</td><td>\(brief.shelter == nil ? HTML("") : words.stay(brief))</td><td>□</td></tr>

            """
        }
        let headings = [
            call("氏名", "Name"), call("ふりがな", "Reading"), call("年齢", "Age"), call("地区", "District"), call("最後の所在", "Last seen"),
            call("確認", "Found"),
        ].map { HTML("<th scope=\"col\">\($0)</th>") }
        let next = last.more ? last.people.last?.who.person : nil
        let more = next.map { after -> HTML in
            let path = call.path("hq/missing?list=\(percentEncoded(list.description))&after=\(after)")
            return "<p class=\"screen\"><a class=\"button\" href=\"\(path)\">\(call("続き", "More"))</a></p>"
        }
        return """
            <dl class="figures"><div><dt>\(call("未確認", "Missing"))</dt><dd>\(last.missing)</dd></div>
            <div><dt>\(call("退所後", "Seen and gone"))</dt><dd>\(last.left)</dd></div><div><dt>\(call("避難所", "At shelters"))</dt><dd>\(last.here)</dd></div>
            <div><dt>\(call("車中泊・在宅", "In cars, at home"))</dt><dd>\(last.elsewhere)</dd></div></dl>
            <p class="watermark">\(try watermark(call, at: turn.now))</p>
            <div class="wide" tabindex="0" role="region" aria-label="\(call("安否未確認者", "Who has not come"))"><table id="missing"><thead><tr>\(headings)</tr></thead><tbody>
            \(rows)</tbody></table></div>
            \(more)
            """
    }
}

extension PeopleList.Kind {
    var phrase: Phrase {
        switch self {
        case .district: Phrase("地区", "District")
        case .group: Phrase("自主防災組織・町内会など", "Association or group")
        case .school: Phrase("学校", "School")
        }
    }
}

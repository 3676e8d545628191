import Contracts
import HTTP
import ServiceKit

extension Portal {
    var settlementRoutes: [Route] {
        let desk = Route.Access.staff([.pointsDesk])
        return [
            .page("settlements", desk) { call, turn in try settlementsPage(call, in: turn) },
            .page("settlements/statement", desk) { call, turn in try statementPage(call, in: turn) },
            .page("settlements/close", desk) { call, turn in try closingPage(call, in: turn) },
            .form("settlements/close", desk) { call, turn in try closeSettlement(call, in: turn) },
        ]
    }

    private func party(of call: Call, _ fields: [String: String]) throws -> TownFacts.Partner? {
        guard let wished = fields["party"] else { return nil }
        guard let partner = town.partners.first(where: { $0.party.description == wished }) else { throw Page.notFound }
        return partner
    }

    /// What was closed with a shop or a carrier, newest first; and another period to look at.
    private func settlementsPage(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        guard let partner = try party(of: call, call.request.query) ?? town.partners.first else {
            return .page(try settlementsPage(call, nil, [], at: turn.now))
        }
        return try askAll(
            ListSettlements(partner.party), on: .listSettlements, as: .pointsDesk, for: call, in: turn,
            next: { page in page.more ? page.settlements.last.map { ListSettlements(partner.party, before: $0.from) } : nil }
        ) { pages, turn in .page(try settlementsPage(call, partner, pages.flatMap(\.settlements), at: turn.now)) }
    }

    private func settlementsPage(
        _ call: Call, _ partner: TownFacts.Partner?, _ closed: [Settlement], at now: Instant
    ) throws -> Response {
        let title = call("精算", "Settlements")
        let options = town.partners.map {
            HTML("<option value=\"\($0.party)\"\($0.party == partner?.party ? HTML(" selected") : "")>\($0.title)</option>")
        }
        let today = now.date(offset)
        let first = CalendarDate(year: today.year, month: today.month, day: 1) ?? today
        let rows = closed.map { one -> HTML in
            let path = call.path("settlements/statement?party=\(one.party)&from=\(one.from)&to=\(one.to)")
            return
                "<tr><th scope=\"row\"><a href=\"\(path)\">\(one.from.description)〜\(one.to.description)</a></th><td class=\"number\" data-label=\"\(call("支払額", "Payable"))\">\(yen(one.payable, call))</td></tr>\n"
        }
        let list: HTML =
            rows.isEmpty
            ? "<p>\(call("確定した精算はまだありません。", "Nothing was closed yet."))</p>"
            : "<table class=\"cards\"><thead><tr><th scope=\"col\">\(call("期間", "Period"))</th><th scope=\"col\">\(call("支払額", "Payable"))</th></tr></thead><tbody>\(rows)</tbody></table>"
        return frame.page(
            Frame.Parts(title: title, account: try account(of: call)), call,
            """
            <h1>\(title)</h1>
            <form class="row screen" method="get" action="\(call.path("settlements"))"><p class="field"><label for="party">\(call("相手", "With"))</label><select id="party" name="party">\(options)</select></p>
            <button>\(call("表示", "Show"))</button></form>
            <form class="row screen" method="get" action="\(call.path("settlements/statement"))"><input type="hidden" name="party" value="\(partner.map { $0.party.description } ?? "")">
            <p class="field"><label for="from">\(call("初日", "First day"))</label><input id="from" type="date" name="from" value="\(first)" required></p>
            <p class="field"><label for="to">\(call("最終日", "Last day"))</label><input id="to" type="date" name="to" value="\(today)" required></p>
            <button>\(call("精算書を見る", "Show the statement"))</button></form>
            <h2>\(partner?.title ?? "")</h2>\(list)
            """)
    }

    /// What a shop or a carrier is paid for a period (精算書), as it is printed.
    private func statementPage(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let period = try period(of: call, call.request.query)
        let (account, partner) = (try account(of: call), period.partner)
        return try ask(
            ShowSettlement(partner.party, from: period.from, to: period.to), on: .showSettlement, as: .pointsDesk, for: call, in: turn
        ) { settlement, turn in
            let title = call("精算書", "Statement")
            let lines = settlement.lines.map { line -> HTML in
                func cell(_ label: HTML, _ words: HTML) -> HTML { "<td class=\"number\" data-label=\"\(label)\">\(words)</td>" }
                return """
                    <tr><th scope="row">\(purseTitle(line.purse))</th>\(cell(call("受入", "Taken"), amount(line.taken, of: line.purse)))\(cell(call("件数", "Times"), "\(line.takenCount)"))\(cell(call("返却", "Given back"), amount(line.back, of: line.purse)))\(cell(call("件数", "Times"), "\(line.backCount)"))\(cell(call("円", "Yen"), "\(grouped(line.yen))"))</tr>

                    """
            }
            let heads = [
                call("種類", "Purse"), call("受入", "Taken"), call("件数", "Times"), call("返却", "Given back"), call("件数", "Times"),
                call("円", "Yen"),
            ].map { HTML("<th scope=\"col\">\($0)</th>") }
            let days = settlement.days.map {
                HTML("<tr><th scope=\"row\">\($0.date)</th><td class=\"number\">\(grouped($0.yen))</td></tr>\n")
            }
            let standing: HTML =
                settlement.closed.map {
                    call(
                        "\($0.minute(offset)) 確定。以後の訂正は次の期間に計上します。",
                        "Closed \($0.minute(offset)). What comes later falls into the next period.")
                }
                ?? "<strong>\(call("未確定", "Not closed"))</strong> \(call("\(turn.now.minute(offset)) 現在。金額は変わることがあります。", "as of \(turn.now.minute(offset)); amounts may change."))"
            return .page(
                frame.page(
                    Frame.Parts(title: title, account: account), call,
                    """
                    <h1>\(title)</h1>
                    <p><strong>\(partner.title) \(call("様", ""))</strong>　\(town.title)</p>
                    <p>\(call("期間", "Period")) \(settlement.from.description)〜\(settlement.to.description)　\(standing)</p>
                    <table class="cards"><thead><tr>\(heads)</tr></thead><tbody>\(lines)</tbody></table>
                    \(sums(settlement, call))
                    \(closing(period, settlement, account, call, in: turn))
                    <h2>\(call("日別(円)", "By day, in yen"))</h2><table><tbody>\(days)</tbody></table>
                    <p class="paper">\(call("確認者 ＿＿＿＿＿＿＿＿＿＿　確認日 ＿＿＿＿年＿＿月＿＿日", "Seen by ____________________ on ____________"))</p>
                    """))
        }
    }

    // MARK: Parts

    /// With whom, and from which day to which.
    func period(of call: Call, _ fields: [String: String]) throws -> SettlementPeriod {
        guard let partner = try party(of: call, fields) else { throw Page.notFound }
        guard let from = CalendarDate(fields["from"] ?? ""), let to = CalendarDate(fields["to"] ?? ""), from <= to else {
            throw Page.wrong(call("初日と最終日を確かめてください。", "Look at the days: the last is not before the first."))
        }
        return SettlementPeriod(partner: partner, from: from, to: to)
    }

    func sums(_ settlement: Settlement, _ call: Call) -> HTML {
        """
        <dl class="figures"><div><dt>\(call("合計", "Sum"))</dt><dd>\(yen(settlement.yen, call))</dd></div><div><dt>\(call("手数料", "Fee"))</dt><dd>\(yen(settlement.fee, call))</dd></div><div><dt>\(call("お支払額", "Payable"))</dt><dd id="payable">\(yen(settlement.payable, call))</dd></div></dl>
        """
    }
}

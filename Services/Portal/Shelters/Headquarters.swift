import Contracts
import HTTP
import ServiceKit
import Store

/// What headquarters (災害対策本部) look at, live.
extension Portal {
    static let shelterStaff = Route.Access.staff([.shelterDesk])

    var hqRoutes: [Route] {
        [
            .page("hq", Self.shelterStaff) { call, turn in .page(try headquarters(call, in: turn)) },
            .page("hq/timeline", Self.shelterStaff) { call, turn in .page(try timelinePage(call, in: turn)) },
            .page("hq/print", Self.shelterStaff) { call, turn in .page(try situationSheet(call, in: turn)) },
            .page("hq/missing", Self.shelterStaff) { call, turn in try missingPage(call, in: turn) },
            .page("hq/shelter/:", Self.shelterStaff) { call, turn in .page(try shelterRunPage(call, in: turn)) },
            .page("hq/shelter/:/close", Self.shelterStaff) { call, turn in .page(try closingPage(call, in: turn)) },
            .form("hq/shelter/:/run", Self.shelterStaff) { call, turn in try runShelter(call, in: turn) },
            .form("hq/shelter/:/supply", Self.shelterStaff) { call, turn in try putSupply(call, in: turn) },
            .data("events/hq/:", Self.shelterStaff) { call, turn in try listenAtHeadquarters(call, in: turn) },
        ]
    }

    func staffPage(
        _ call: Call, _ title: HTML, feed: String? = nil, kind: String = "", scripts: [String] = [], watermark: HTML? = nil, _ main: HTML
    ) throws -> Response {
        let account = try account(of: call)
        return frame.page(
            Frame.Parts(title: title, feed: feed, scripts: scripts, account: account, kind: kind, watermark: watermark), call, main)
    }

    private func headquarters(_ call: Call, in turn: borrowing Turn) throws -> Response {
        let all = try situation(in: turn)
        let title = call("災害対策本部", "Headquarters")
        return try staffPage(
            call, title, feed: try hqFeed(call, in: turn),
            """
            <h1>\(title)</h1>
            \(try registryIsDown(call, in: turn))\(try townPiece(call.tongue, in: turn))<nav class="row screen" aria-label="\(call("本部", "Headquarters"))">
            <a class="button" href="\(call.path("hq/missing"))">\(call("安否未確認者", "Who has not come"))</a>
            <a class="button" href="\(call.path("hq/print"))">\(call("印刷用（A4一枚）", "For printing (A4)"))</a>
            <a class="button" href="\(call.path("hq/timeline"))">\(call("時系列", "Timeline"))</a>
            <a class="button" href="\(call.path("desk"))">\(call("避難所受付", "Shelter desks"))</a></nav>
            \(totalsPiece(SituationTotals(all, at: turn.now), call.tongue))
            <h2>\(call("避難所", "Shelters"))</h2>
            <ul class="list">\(all.map { situationPiece($0, call.tongue, at: turn.now) })</ul>
            \(all.isEmpty ? HTML("<p>\(call("避難所はまだ登録されていません。", "No shelter is known yet."))</p>") : "")<h2>\(call("時系列", "Timeline"))</h2>
            \(try timelinePiece(call.tongue, in: turn))
            """)
    }

    /// Who tells of shelters, if it does not run: since when.
    private func registryIsDown(_ call: Call, in turn: borrowing Turn) throws -> HTML {
        let life = try Snapshots.one("life", of: "shelter-registry", as: Life.self, in: turn.db)
        guard let life, life.body.state == .lost || life.body.state == .stopped else { return "" }
        let since = life.at.minute(offset)
        return """
            <p class="banner alarm">\(call("避難所台帳（shelter-registry）は \(since) から停止しています。数はその時点のものです。", "The shelters' registry has not run since \(since). Numbers are as of then."))</p>

            """
    }

    private func timelinePage(_ call: Call, in turn: borrowing Turn) throws -> Response {
        let title = call("時系列", "Timeline")
        return try staffPage(call, title, "<h1>\(title)</h1>\n\(try timelinePiece(call.tongue, 500, in: turn))")
    }

    /// One sheet of A4: a line for each shelter that is not closed.
    private func situationSheet(_ call: Call, in turn: borrowing Turn) throws -> Response {
        let all = try situation(in: turn)
        let rows = all.filter { !$0.isClosed }.map { one -> HTML in
            let look = one.view.look(at: turn.now)
            let wanted = one.wanted.map { "\($0.title ?? $0.item.text) \($0.wanted)" }.joined(separator: "、")
            let needs = one.needCounts.map { "\(town.title(of: $0.need)) \($0.people)" }.joined(separator: "、")
            return """
                <tr><th scope="row">\(one.view.shelter.title)\(one.view.isDrill ? call("（訓練）", " (drill)") : "")</th><td>\(look.phrase[call.tongue])</td><td class="number">\(one.headcount)</td><td>\(room(of: one.view.shelter, call.tongue))</td><td>\(needs)</td><td>\(wanted)</td><td>\(one.view.heard.map { $0.clock(offset) } ?? "")</td></tr>

                """
        }
        let title = call("避難所の状況", "Situation at the shelters")
        let headings = [
            call("避難所", "Shelter"), call("状態", "State"), call("人数", "People"), call("定員", "Room"), call("配慮", "Needs"),
            call("不足", "Wanted"), call("最終連絡", "Heard"),
        ].map { HTML("<th scope=\"col\">\($0)</th>") }
        return try staffPage(
            call, title,
            """
            <h1>\(title)</h1>
            <p>\(call("\(town.title) \(turn.now.minute(offset))現在", "\(town.title), as of \(turn.now.minute(offset))"))</p>
            \(totalsPiece(SituationTotals(all, at: turn.now), call.tongue))
            <div class="wide" tabindex="0" role="region" aria-label="\(title)"><table><thead><tr>\(headings)</tr></thead><tbody>
            \(rows)</tbody></table></div>
            """)
    }
}

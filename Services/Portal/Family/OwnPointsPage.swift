import Contracts
import HTTP
import ServiceKit

/// What somebody has, purse by purse, and what became of it.
extension Portal {
    func ownPointsPage(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        guard town.has("points") else { throw Page.notFound }
        let before = call.request.query["before"].flatMap { Int64($0) }
        return try askOwn({ ShowOwnPoints($0, before: before) }, on: .showOwnPoints, for: call, in: turn) { own, turn in
            try noteOwnLook(call, in: turn)
            return .page(
                ownPage(
                    call("ポイント", "Points"), call,
                    """
                    \(before == nil ? balances(call, own.lots) : "")
                    <h2>\(call("記録", "What became of them", easy: "きろく"))</h2>
                    \(entriesTable(call, own.entries))
                    \(own.more ? moreLink(call, own.entries) : "")
                    """))
        }
    }

    private func balances(_ call: Call, _ lots: [PointsShown.Lot]) -> HTML {
        let purses = lots.map(\.purse).reduce(into: [PurseID]()) { if !$0.contains($1) { $0.append($1) } }
        guard !purses.isEmpty else { return "<p>\(call("まだポイントはありません。", "You have no points yet.", easy: "ポイントは まだ ありません。"))</p>" }
        let figures = purses.map { purse -> HTML in
            let own = lots.filter { $0.purse == purse }
            let held = own.reduce(0) { $0 + ($1.held ?? 0) }
            let reserved: HTML =
                held == 0
                ? ""
                : "<p class=\"at\">\(call("うち保留 \(grouped(held))", "\(grouped(held)) of these are reserved", easy: "つかえない ぶん \(grouped(held))"))</p>"
            let ends = own.compactMap { lot in
                lot.expires.map {
                    HTML("<p class=\"at\">\(call("\(grouped(lot.amount)) は \($0) まで", "\(grouped(lot.amount)) until \($0)"))</p>")
                }
            }
            return
                "<div id=\"purse-\(purse)\"><dt>\(purseTitle(purse))</dt><dd>\(amount(own.reduce(0) { $0 + $1.amount }, of: purse))</dd>\(reserved)\(ends)</div>\n"
        }
        return "<dl class=\"figures\">\(figures)</dl>"
    }

    private func entriesTable(_ call: Call, _ entries: [EntriesPage.Entry]) -> HTML {
        guard !entries.isEmpty else { return "<p>\(call("まだありません。", "Nothing yet.", easy: "まだ ありません。"))</p>" }
        let (day, what, amount) = (
            call("日時", "When", easy: "いつ"), call("内容", "What", easy: "なに"), call("増減", "Amount", easy: "ポイント")
        )
        let rows = entries.map { entry -> HTML in
            let sign = entry.amount > 0 ? "+" : ""
            return """
                <tr id="entry-\(entry.number)"><th scope="row"><time>\(entry.moment.minute(offset))</time></th>
                <td data-label="\(what)">\(words(for: entry, call))</td>
                <td data-label="\(amount)" class="number">\(sign)\(grouped(entry.amount)) \(purseUnit(entry.account.purse))</td></tr>

                """
        }
        return """
            <table class="cards"><thead><tr><th scope="col">\(day)</th><th scope="col">\(what)</th><th scope="col" class="number">\(amount)</th></tr></thead>
            <tbody>\(rows)</tbody></table>
            """
    }

    private func moreLink(_ call: Call, _ entries: [EntriesPage.Entry]) -> HTML {
        guard let last = entries.last else { return "" }
        let path = "\(call.path("family/points"))?before=\(last.number)"
        return "<p><a id=\"more\" class=\"button\" href=\"\(path)\">\(call("もっと前", "Earlier", easy: "まえの きろく"))</a></p>"
    }

    /// Where it came from or went: who was on the other side, and where the card was held.
    private func words(for entry: EntriesPage.Entry, _ call: Call) -> HTML {
        let party = Party(entry.other.kind, entry.other.holder)
        let partner = party.flatMap { party in town.partners.first { $0.party == party }?.title }
        let place = entry.place.map { placeTitle($0) }
        let parts = [entry.phrase[call.tongue], (partner ?? place).map { HTML("\($0)") }, entry.stage?[call.tongue]]
        return parts.compactMap(\.self).joined(separator: call("・", ", "))
    }
}

extension EntriesPage.Entry {
    var phrase: Phrase {
        switch other.kind {
        case .issue, .programme:
            amount < 0 ? Phrase("取消・返納", "taken back", easy: "とりけし") : Phrase("付与", "given", easy: "もらった ポイント")
        case .person: amount < 0 ? Phrase("ゆずりました", "given away", easy: "あげた ポイント") : Phrase("受け取りました", "received", easy: "もらった ポイント")
        case .shop:
            amount < 0 ? Phrase("お店で使用", "spent in a shop", easy: "みせで つかった") : Phrase("お店から返金", "given back by a shop", easy: "みせから もどった")
        case .carrier: amount < 0 ? Phrase("乗車", "a ride", easy: "バスで つかった") : Phrase("乗車の返金", "a ride given back", easy: "バスから もどった")
        case .expiry: Phrase("有効期限切れ", "expired", easy: "きげんが すぎた")
        case .overdraft: Phrase("あとからの精算", "settled later", easy: "あとで はらった")
        }
    }

    /// What is not done at once says how far it is.
    fileprivate var stage: Phrase? {
        switch kind {
        case .single: nil
        case .pending: Phrase("保留", "reserved", easy: "まだ きまっていません")
        case .post: Phrase("確定", "done", easy: "きまりました")
        case .void, .expire: Phrase("保留を取消", "given up", easy: "とりけし")
        }
    }
}

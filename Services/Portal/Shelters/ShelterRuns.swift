import Contracts
import HTTP
import ServiceKit

/// One shelter as headquarters run it: opening, closing, rehearsals and goods.
extension Portal {
    /// A rehearsal ends by itself within seven days, as the registry has it.
    private static let longestDrill = 7 * 24

    private func known(_ call: Call, in turn: borrowing Turn) throws -> ShelterSituation {
        let id: ShelterID = try call.name(0)
        guard let one = try situation(of: id.text, in: turn) else { throw Page.notFound }
        return one
    }

    private func path(_ one: ShelterSituation, _ rest: String, _ call: Call) -> String { call.path("hq/shelter/\(one.id)\(rest)") }

    func shelterRunPage(_ call: Call, in turn: borrowing Turn) throws -> Response {
        let one = try known(call, in: turn)
        let title = HTML("\(one.view.shelter.title)")
        return try staffPage(
            call, title, feed: try hqFeed(call, in: turn),
            """
            <h1>\(title)</h1>
            \(done(one, call))<ul class="list">\(situationPiece(one, call.tongue, at: turn.now))</ul>
            <p class="row"><a class="button" href="\(call.path("hq"))">\(call("本部の画面へ", "To headquarters"))</a> \(town.keeps(one.view.shelter.id) ? ownParts(one, call) : othersParts(one, call))
            """)
    }

    private func ownParts(_ one: ShelterSituation, _ call: Call) -> HTML {
        """
        <a class="button" href="\(call.path("desk/\(one.id)"))">\(call("受付の画面へ", "To its desk"))</a></p>
        <h2>\(call("開設・閉鎖", "Opening and closing"))</h2>
        \(runForms(one, call))
        <h2>\(call("物資", "Goods"))</h2>
        \(supplyForms(one, call))
        """
    }

    /// Of a shelter whose registry is at another place one may know what is known here, and the registry here would obey nobody.
    private func othersParts(_ one: ShelterSituation, _ call: Call) -> HTML {
        """
        <a class="button" href="\(call.path("desk/\(one.id)/roster"))">\(call("避難者名簿", "Roster"))</a></p>
        <p class="notice">\(call("この避難所の開設・閉鎖と受付は、その場所の画面で行います。", "It is opened and closed, and people are checked in there, at its own place."))</p>
        """
    }

    /// What was done last, with the way back.
    private func done(_ one: ShelterSituation, _ call: Call) -> HTML {
        let undone: HTML = "<form method=\"post\" action=\"\(path(one, "/run", call))\">\(call.csrf)"
        switch call.request.query["done"] {
        case "closed":
            return """
                <div class="notice good" role="status"><p>\(call("閉鎖の指示を受け付けました。残っている人がいる間は「閉鎖準備中」です。取り消しても、退所とした人は戻りません。", "It is being closed; while people are noted there it is closing. Opened again, whoever was noted as gone stays so."))</p>
                \(undone)\(one.view.isDrill ? HTML("<input type=\"hidden\" name=\"drill\" value=\"1\">") : "")<button name="stage" value="open">\(call("取り消して再び開設", "Undo: open again"))</button></form></div>

                """
        case "open":
            return """
                <div class="notice good" role="status"><p>\(call("開設しました。", "It is open."))</p>
                <p><a class="button" href="\(path(one, "/close", call))">\(call("取り消して閉鎖", "Undo: close"))</a></p></div>

                """
        case "supply": return "<p class=\"notice good\" role=\"status\">\(call("物資を記録しました。", "The goods are written down."))</p>\n"
        default: return ""
        }
    }

    private func runForms(_ one: ShelterSituation, _ call: Call) -> HTML {
        let form: HTML = "<form class=\"row\" method=\"post\" action=\"\(path(one, "/run", call))\">\(call.csrf)"
        let open: HTML = """
            \(form)<button class="main" name="stage" value="open">\(call("開設する", "Open it"))</button></form>

            """
        let drill: HTML = """
            \(form)<input type="hidden" name="drill" value="1"><div class="field"><label for="hours">\(call("訓練の時間（時間）", "Hours of the drill"))</label><input id="hours" name="hours" type="number" min="1" max="\(Self.longestDrill)" value="12" inputmode="numeric"></div>
            <button name="stage" value="open">\(call("訓練として開設する", "Open it as a drill"))</button></form>

            """
        let close: HTML = "<p><a class=\"button danger\" href=\"\(path(one, "/close", call))\">\(call("閉鎖する…", "Close it…"))</a></p>\n"
        switch one.view.run.stage {
        case .closed: return open + drill
        case .closing: return open + close
        case .open: return one.view.isDrill ? drill + close : close
        }
    }

    /// The first of two steps: how many are noted there, and what becomes of them.
    func closingPage(_ call: Call, in turn: borrowing Turn) throws -> Response {
        let one = try known(call, in: turn)
        let title = call("\(one.view.shelter.title)を閉鎖しますか", "Close \(one.view.shelter.title)?")
        let form: HTML = """
            <form method="post" action="\(path(one, "/run", call))">\(call.csrf)<input type="hidden" name="seen" value="\(one.headcount)">
            """
        let count: HTML =
            one.headcount == 0
            ? call("屋内に記録されている人はいません。", "Nobody is noted as staying inside.")
            : call("いま\(one.headcount)人が記録されています。", "\(Phrase.people(one.headcount).en) noted as staying there now.")
        return try staffPage(
            call, title,
            """
            <h1>\(title)</h1>
            <p class="notice warn"><strong>\(count)</strong> \(call("車中泊・在宅の人はこの数に入っていません。", "Those in cars and at home are not in this number."))</p>
            \(form)<button class="main" name="stage" value="closed">\(call("閉鎖する（残っている人がいれば閉鎖準備中）", "Close it (closing, while people are there)"))</button></form>
            \(form)<input type="hidden" name="empties" value="1"><button class="danger" name="stage" value="closed">\(call("全員を退所として閉鎖する", "Note all as gone, and close it"))</button></form>
            <p><a class="button" href="\(path(one, "", call))">\(call("やめる", "Leave it open"))</a></p>
            """)
    }

    func runShelter(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let one = try known(call, in: turn)
        let form = call.request.form
        guard let stage = form["stage"].flatMap(ShelterRun.Stage.init(rawValue:)), stage != .closing else { throw Page.notFound }
        // Closed only by whoever has seen how many are there now.
        guard stage == .open || form["seen"].flatMap(Int.init) == one.headcount else { return .page(.see(path(one, "/close", call))) }
        let isDrill = stage == .open && form["drill"] == "1"
        let hours = form["hours"].map { Int($0).flatMap { (1...Self.longestDrill).contains($0) ? $0 : nil } ?? 0 }
        guard !isDrill || hours != 0 else {
            throw Page.wrong(call("訓練の時間は1〜\(Self.longestDrill)の数で入れてください。", "A drill lasts 1 to \(Self.longestDrill) hours."))
        }
        let until = isDrill ? hours.map { turn.now + .seconds($0 * 3600) } : nil
        let wish = RunShelter(
            one.view.shelter.id, stage, drill: isDrill, until: until, empties: stage == .closed && form["empties"] == "1")
        return try ask(wish, on: .runShelter, as: .shelterDesk, for: call, in: turn) { _, _ in
            .page(.see(path(one, "?done=\(stage.rawValue)", call)))
        }
    }

    // MARK: Goods

    private func supplyForms(_ one: ShelterSituation, _ call: Call) -> HTML {
        let action = path(one, "/supply", call)
        let rows = (one.supplies?.supplies ?? []).map { supply -> HTML in
            func field(_ name: HTML, _ title: HTML) -> HTML {
                """
                <div class="field"><label for="\(name)-\(supply.item)">\(title)</label><input id="\(name)-\(supply.item)" name="\(name)" type="number" min="0" max="1000000" inputmode="numeric"></div>
                """
            }
            let title = supply.title ?? supply.item.text
            return """
                <li class="card" id="supply-\(supply.item)"><h3>\(title)</h3><p>\(call("在庫 \(supply.stock)、不足 \(supply.wanted)", "\(supply.stock) in stock, \(supply.wanted) wanted"))</p>
                <form class="row" method="post" action="\(action)">\(call.csrf)<input type="hidden" name="item" value="\(supply.item)">
                \(field("arrived", call("到着した数", "Arrived")))\(field("stock", call("数え直した在庫", "Stock as counted")))\(field("wanted", call("必要な数", "Wanted")))
                <button>\(call("記録する", "Write it down"))</button></form></li>

                """
        }
        return """
            <ul class="list">\(rows)</ul>
            <h3>\(call("新しい品目", "Another kind"))</h3>
            <form method="post" action="\(action)">\(call.csrf)
            <div class="field"><label for="new-item">\(call("記号", "Name for programs"))</label><p class="hint">\(call("英小文字・数字（例 water）", "a-z, 0-9 (water)"))</p><input id="new-item" name="item" required pattern="[a-z0-9][a-z0-9-]*" maxlength="63" autocapitalize="none"></div>
            <div class="field"><label for="new-title">\(call("品名", "Title"))</label><input id="new-title" name="title" maxlength="30"></div>
            <div class="field"><label for="new-wanted">\(call("必要な数", "Wanted"))</label><input id="new-wanted" name="wanted" type="number" min="0" max="1000000" inputmode="numeric"></div>
            <button>\(call("加える", "Add it"))</button></form>
            """
    }

    func putSupply(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let one = try known(call, in: turn)
        let form = call.request.form
        guard let item = form["item"].flatMap({ SupplyID($0) }) else {
            throw Page.wrong(call("品目の記号は英小文字・数字・ハイフンで入れてください。", "A kind of goods is named with a-z, 0-9 and -."))
        }
        func number(_ name: String) throws -> Int? {
            guard let text = form[name], !text.isEmpty else { return nil }
            guard let number = Int(text), number >= 0 else { throw Page.wrong(call("数を入れてください：\(text)", "That is no number: \(text)")) }
            return number
        }
        var wish = PutSupply(item, at: one.view.shelter.id)
        (wish.arrived, wish.stock, wish.wanted) = (try number("arrived"), try number("stock"), try number("wanted"))
        wish.title = form["title"].flatMap { $0.isEmpty ? nil : $0 }
        guard wish.arrived != nil || wish.stock != nil || wish.wanted != nil || wish.title != nil else {
            throw Page.wrong(call("到着・在庫・必要のどれかを入れてください。", "Give what arrived, what is in stock or what is wanted."))
        }
        return try ask(wish, on: .putSupply, as: .shelterDesk, for: call, in: turn) { _, _ in
            .page(.see(path(one, "?done=supply", call)))
        }
    }
}

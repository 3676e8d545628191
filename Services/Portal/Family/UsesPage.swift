import Contracts
import HTTP
import ServiceKit

/// Who has used somebody's cards, and who has looked at what is held of them.
extension Portal {
    func usesPage(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        try askOwn({ ShowOwn($0) }, on: .showOwn, for: call, in: turn) { file, turn in
            try findUses(of: file.cards.map { Holding($0) }, in: turn) { uses, turn in
                try findShelterLooks(of: person(of: call), with: uses, in: turn) { own, turn in
                    try noteOwnLook(call, in: turn)
                    answer(call, .page(usesPage(call, file, uses, try shelterLooks(call, own, in: turn))), in: turn)
                }
            }
            return .later
        }
    }

    private func usesPage(_ call: Call, _ file: PersonFile, _ uses: CardUses, _ shelterLooks: HTML) -> Response {
        let titles = uses.silent.map { HTML("<li>\($0.program.phrase[call.tongue]) <span class=\"at\">\($0.instance)</span></li>\n") }
        let silent: HTML =
            titles.isEmpty
            ? ""
            : "<div id=\"silent\" class=\"notice warn\" role=\"alert\"><p>\(call("次のところから応答がなく、その分の記録は表示されていません。", "These have not answered: their part is missing here.", easy: "ここの きろくは いま わかりません。"))</p><ul>\(titles)</ul></div>"
        let taps = byTap(uses.found)
        return ownPage(
            call("利用の記録", "Who has used it", easy: "つかった きろく"), call,
            """
            \(silent)
            <h2>\(call("カードの利用", "Your card", easy: "カードを つかった とき"))</h2>
            <p class="hint">\(call("カードをかざした日時と場所、それを受け取った仕組みです。どこにもまとめて保存せず、いま集めました。", "When and where your card was held, and what took note of it. Nobody keeps this list: it was gathered just now.", easy: "いつ どこで カードを つかったか わかります。"))</p>
            \(taps.isEmpty ? HTML("<p>\(call("記録はありません。", "There is nothing.", easy: "ありません。"))</p>") : HTML("<ul id=\"uses\" class=\"timeline\">\(taps.map { tapPiece(call, $0) })</ul>"))
            \(shelterLooks)<h2>\(call("登録内容の変更と閲覧", "Your file: changes and looks", easy: "だれが とうろくを みたか"))</h2>
            <ul id="rulings" class="timeline">\(file.history.map { rulingPiece(call, $0) })</ul>
            \(file.more ? HTML("<p class=\"hint\">\(call("これより前の分は、下のファイルに入っています。", "What came before is in the file below.", easy: "まえの きろくは したの ファイルに あります。"))</p>") : "")
            <p><a id="data" class="button" href="\(call.path("family/data"))" download>\(call("登録されている情報をすべてダウンロード(JSON)", "Download all that is held of you (JSON)", easy: "ぜんぶ ダウンロード(JSON)"))</a></p>
            <form method="post" action="\(call.path("family/sign-out"))">\(call.csrf)<button name="everywhere" value="1">\(call("ほかの端末も含めて、すべて終了する", "Sign out everywhere", easy: "ほかの スマートフォンも ぜんぶ おわる"))</button></form>
            """)
    }

    private func byTap(_ found: [FoundUse]) -> [[FoundUse]] {
        found.reduce(into: []) { taps, each in
            if taps.last?.first?.use.tap == each.use.tap { taps[taps.count - 1].append(each) } else { taps.append([each]) }
        }
    }

    private func tapPiece(_ call: Call, _ uses: [FoundUse]) -> HTML {
        guard let first = uses.first?.use else { return "" }
        let place = (first.place ?? uses.lazy.compactMap(\.use.place).first).map { placeTitle($0) }
        let purpose = (first.purpose ?? uses.lazy.compactMap(\.use.purpose).first).map { words(for: $0)[call.tongue] }
        let what = [place.map { HTML("\($0)") }, purpose].compactMap(\.self).joined(separator: call("・", ", "))
        let lines = uses.map { found -> HTML in
            let until = found.use.keptUntil.map {
                call("(\($0.day(offset)) まで保存)", " (kept until \($0.day(offset)))", easy: "(\($0.day(offset)) まで)")
            }
            let process = Address(found.process)
            return
                "<li>\(process?.program.phrase[call.tongue] ?? "\(found.process)") <span class=\"at\">\(process?.instance.text ?? "")</span>: \(useWords(found.use.what)[call.tongue])\(until)</li>\n"
        }
        return """
            <li><time>\(first.tap.time.minute(offset))</time>\(what)
            <details><summary>\(call("受け取った仕組み", "What took note of it", easy: "くわしく")) (\(lines.count))</summary><ul>\(lines)</ul></details></li>

            """
    }

    private func rulingPiece(_ call: Call, _ ruling: RulingFile) -> HTML {
        let isOwn = ruling.by == PortalPolicy.residents.user
        let by: HTML = isOwn ? call("本人のページ", "your own page", easy: "じぶんの ページ") : "\(ruling.by)"
        let undone: HTML = ruling.undone == true ? call("(取消済み)", " (taken back)") : ""
        let why = ruling.why.map { HTML(" <span>\(ownEntry($0)?[call.tongue] ?? "\($0)")</span>") }
        return
            "<li><time>\(ruling.at.minute(offset))</time>\(ruling.what.phrase[call.tongue])\(undone) <span class=\"at\">\(by)</span>\(why)</li>\n"
    }
}
